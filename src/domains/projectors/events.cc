#include "domains/projectors/events.h"

#include <projectors_generated.h>

#include <cstring>
#include <string>
#include <vector>

namespace daybook::projectors {
namespace {

namespace wire = daybook::fb::projectors;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;
using AttemptVector = flatbuffers::Vector<flatbuffers::Offset<wire::Attempt>>;

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "projectors event: " + std::string(what)};
}

bool is_of_letter(Kind kind) {
  return kind == Kind::letter_made || kind == Kind::letter_edited || kind == Kind::letter_skipped ||
         kind == Kind::letter_delivered || kind == Kind::letter_failed;
}

const AttemptVector* as_vector(const void* record) {
  return static_cast<const AttemptVector*>(record);
}

flatbuffers::Offset<AttemptVector> put_attempts(Builder& builder, const AttemptList& attempts) {
  if (attempts.size() == 0) return {};
  std::vector<flatbuffers::Offset<wire::Attempt>> offsets;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Attempt attempt = attempts[i];
    const Text reason = put_text(builder, attempt.reason);
    offsets.push_back(wire::CreateAttempt(builder, attempt.at.value, reason));
  }
  return builder.CreateVector(offsets);
}

// What a kind cannot be without.
Result<void> check(const Event& event, bool has_id) {
  if (event.projector.empty() || event.topic.empty()) return corrupt("no projector or no topic");
  if (event.kind == Kind::added && event.sink.empty()) return corrupt("no sink");
  if (event.kind == Kind::reset && event.reset_number == 0) return corrupt("no reset number");
  if (event.kind == Kind::reset && (event.next.value == 0) != (event.reset_to == ResetTo::now))
    return corrupt("a reset to nowhere");
  if (is_of_letter(event.kind) && event.position.value == 0) return corrupt("no position");
  if (event.kind == Kind::letter_made && (event.copy.data.empty() || !has_id))
    return corrupt("no copy");
  if (event.kind == Kind::letter_edited && event.copy.data.empty()) return corrupt("no data");
  return {};
}

}  // namespace

AttemptList AttemptList::of_record(const void* vector) {
  AttemptList list;
  list.record_ = vector;
  return list;
}

std::size_t AttemptList::size() const {
  return record_ == nullptr ? live_.size() : as_vector(record_)->size();
}

Attempt AttemptList::operator[](std::size_t i) const {
  if (record_ == nullptr) return live_[i];
  const auto* attempt = as_vector(record_)->Get(static_cast<flatbuffers::uoffset_t>(i));
  return {UnixUs{attempt->at_us()}, get_text(attempt->reason())};
}

void encode(const Event& event, Builder& builder) {
  const Text projector = put_text(builder, event.projector);
  const Text topic = put_text(builder, event.topic);
  const Text sink = put_text(builder, event.sink);
  const Text reason = put_text(builder, event.reason);
  const Text type = put_text(builder, event.copy.type);
  const Text key = put_text(builder, event.copy.key);
  const Text data = put_text(builder, event.copy.data);
  const Text row = put_text(builder, event.copy.row);
  const auto attempts = put_attempts(builder, event.attempts);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> id;
  if (event.kind == Kind::letter_made)
    id = builder.CreateVector(event.copy.event_id.bytes.data(), event.copy.event_id.bytes.size());
  wire::EventBuilder table(builder);
  table.add_reset_number(event.reset_number);
  table.add_next(event.next.value);
  table.add_position(event.position.value);
  table.add_server_time_us(event.copy.server_time.value);
  table.add_at_us(event.at.value);
  table.add_next_try_us(event.next_try_at.value);
  table.add_projector(projector);
  table.add_topic(topic);
  table.add_sink(sink);
  table.add_reason(reason);
  table.add_letters(event.letters);
  table.add_type(type);
  table.add_key(key);
  table.add_version(event.copy.version);
  table.add_event_id(id);
  table.add_data(data);
  table.add_row(row);
  table.add_attempts(attempts);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  table.add_reset_to(static_cast<wire::ResetTo>(event.reset_to));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (static_cast<std::uint8_t>(table->kind()) >= kinds) return corrupt("unknown kind");
  if (table->reset_to() > wire::ResetTo::position) return corrupt("unknown place to reset to");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.projector = get_text(table->projector());
  event.topic = get_text(table->topic());
  event.sink = get_text(table->sink());
  event.reason = get_text(table->reason());
  event.reset_number = table->reset_number();
  event.reset_to = static_cast<ResetTo>(table->reset_to());
  event.next = Position{table->next()};
  event.position = Position{table->position()};
  event.letters = table->letters();
  event.copy.type = get_text(table->type());
  event.copy.key = get_text(table->key());
  event.copy.version = table->version();
  event.copy.server_time = UnixUs{table->server_time_us()};
  event.copy.data = get_text(table->data());
  event.copy.row = get_text(table->row());
  if (const auto* attempts = table->attempts()) event.attempts = AttemptList::of_record(attempts);
  event.at = UnixUs{table->at_us()};
  event.next_try_at = UnixUs{table->next_try_us()};
  const auto* id = table->event_id();
  const bool has_id = id != nullptr && id->size() == event.copy.event_id.bytes.size();
  if (has_id) std::memcpy(event.copy.event_id.bytes.data(), id->data(), id->size());
  DAYBOOK_TRY_VOID(check(event, has_id));
  return event;
}

}  // namespace daybook::projectors
