// FrameWriter and the envelope's decoding: the only place that sees the generated schema code.
#include <envelope_generated.h>
#include <flatbuffers/flatbuffers.h>

#include <cstring>

#include "log/event_log.h"
#include "log/record.h"

namespace daybook::log {
namespace {

constexpr std::size_t builder_bytes_initial = 1024;

fb::Id128 to_fb(const Id128& id) {
  return fb::Id128(flatbuffers::span<const std::uint8_t, 16>(id.bytes.data(), 16));
}

Id128 from_fb(const fb::Id128* id) {
  Id128 out;
  if (id != nullptr) std::memcpy(out.bytes.data(), id->bytes()->data(), out.bytes.size());
  return out;
}

}  // namespace

struct FrameWriter::Impl {
  flatbuffers::FlatBufferBuilder builder{builder_bytes_initial};
};

FrameWriter::FrameWriter() : impl_(std::make_unique<Impl>()) {}
FrameWriter::~FrameWriter() = default;

void FrameWriter::append(std::string& out, const FrameFields& fields,
                         std::span<const std::uint8_t> payload) {
  auto& builder = impl_->builder;
  builder.Clear();
  builder.ForceVectorAlignment(payload.size(), 1, frame_alignment_bytes);
  const auto payload_at = builder.CreateVector(payload.data(), payload.size());
  flatbuffers::Offset<flatbuffers::String> key_at;
  if (!fields.idempotency_key.empty())
    key_at = builder.CreateString(fields.idempotency_key.data(), fields.idempotency_key.size());
  const fb::Id128 event_id = to_fb(fields.event_id);
  const fb::Id128 trace_id = to_fb(fields.trace_id);
  const fb::Id128 fingerprint = to_fb(fields.fingerprint);
  builder.Finish(fb::CreateEnvelope(
      builder, fields.schema_version, fields.topic.value, &event_id, fields.server_time.value,
      fields.trace_id.is_zero() ? nullptr : &trace_id, key_at,
      fields.fingerprint.is_zero() ? nullptr : &fingerprint, payload_at));

  const std::size_t size = builder.GetSize();
  const std::size_t padded = (size + 7) / 8 * 8;
  char header[frame_header_bytes] = {};
  put_le(header, static_cast<std::uint32_t>(size));
  out.append(header, sizeof header);
  out.append(reinterpret_cast<const char*>(builder.GetBufferPointer()), size);
  out.append(padded - size, '\0');
}

const char* decode_envelope(std::string_view bytes, EventView& out) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  if (!fb::VerifyEnvelopeBuffer(verifier)) return "an event's envelope does not verify";
  const fb::Envelope& envelope = *fb::GetEnvelope(data);
  if (envelope.event_id() == nullptr || envelope.payload() == nullptr)
    return "an event's envelope lacks its id or payload";
  const auto* payload = envelope.payload();
  if (payload->size() > 0 &&
      reinterpret_cast<std::uintptr_t>(payload->data()) % frame_alignment_bytes != 0)
    return "an event's payload is not aligned";
  out.topic = {envelope.topic()};
  out.schema_version = envelope.schema_version();
  out.event_id = from_fb(envelope.event_id());
  out.server_time = {envelope.server_time_us()};
  out.trace_id = from_fb(envelope.trace_id());
  out.idempotency_key = {};
  if (const auto* key = envelope.idempotency_key())
    out.idempotency_key = {key->c_str(), key->size()};
  out.fingerprint = from_fb(envelope.fingerprint());
  out.payload = {payload->data(), payload->size()};
  return nullptr;
}

}  // namespace daybook::log
