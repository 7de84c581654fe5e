// Hostile bytes as a record, a frame, a group header, a watermark slot and a removal mark: refused
// in words or read whole, never more. Every input is tried as each of them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/crc32c.h"
#include "log/record.h"
#include "log/removal.h"
#include "log/watermark.h"

namespace {

using namespace daybook;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

std::uint64_t touch(const log::EventView& event) {
  std::uint64_t sum = event.schema_version;
  for (const auto byte : event.payload) sum += byte;
  for (const char c : event.idempotency_key) sum += static_cast<std::uint8_t>(c);
  return sum;
}

void read_record(std::string_view bytes) {
  log::AlignedBytes buffer;
  const std::string_view record = buffer.assign(bytes);
  log::RecordHeader header;
  if (log::decode_record(record, header) != nullptr) return;
  log::FrameCursor frames(record, header);
  log::EventView event;
  std::uint64_t events = 0;
  volatile std::uint64_t sink = 0;
  while (frames.next(event)) {
    sink = sink + touch(event);
    check(event.position == header.first + events);
    ++events;
  }
  check(frames.problem() != nullptr || events == header.count);
}

// The CRC is set right, so that what lies behind it is reached.
void read_record_with_crc(std::string_view bytes) {
  if (bytes.size() < log::record_header_bytes) return;
  std::string record(bytes);
  const auto head = crc32c(std::string_view(record).substr(0, 24));
  log::put_le(record.data() + 24, crc32c(std::string_view(record).substr(28), head));
  read_record(record);
}

void read_group(std::string_view bytes) {
  log::GroupHeader header;
  if (log::decode_group_header(bytes, header) != nullptr) return;
  std::string again;
  log::encode_group_header(again, header);
  check(again == bytes);
}

void read_group_with_crc(std::string_view bytes) {
  if (bytes.size() < log::group_trailer_bytes) return;
  std::string group(bytes);
  const std::size_t end = group.size() - log::group_trailer_bytes;
  log::put_le(group.data() + end, crc32c(std::string_view(group).substr(0, end)));
  read_group(group);
}

void read_slot(std::string_view bytes) {
  const auto slot = log::decode_watermark_slot(bytes);
  if (!slot) return;
  const auto again = log::decode_watermark_slot(log::encode_watermark_slot(*slot));
  check(again.has_value() && again->mark == slot->mark && again->sequence == slot->sequence);
}

void read_mark(std::string_view bytes) {
  log::RemovalMark mark;
  if (log::decode_removal_mark(bytes, mark) != nullptr) return;
  check(log::encode_removal_mark(mark) == bytes);
}

void read_mark_with_crc(std::string_view bytes) {
  if (bytes.size() < log::removal_mark_bytes) return;
  std::string mark(bytes.substr(0, log::removal_mark_bytes));
  const std::size_t crc_at = log::removal_mark_bytes - 8;
  log::put_le(mark.data() + crc_at, crc32c(std::string_view(mark).substr(0, crc_at)));
  read_mark(mark);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The goldens of tests/golden are seeds as they are: each begins with its own mark.
  read_record(bytes);
  read_record_with_crc(bytes);
  read_group(bytes);
  read_group_with_crc(bytes);
  read_slot(bytes);
  read_mark(bytes);
  read_mark_with_crc(bytes);
  return 0;
}
