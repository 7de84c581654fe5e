#include "log/record.h"

#include <daybook/check.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/crc32c.h"

namespace daybook::log {
namespace {

constexpr std::uint32_t record_magic = 0x01524244;  // "DBR", version 1
constexpr std::uint32_t group_magic = 0x01474244;   // "DBG", version 1
constexpr std::uint32_t magic_mask = 0x00FFFFFF;
constexpr std::size_t record_crc_at = 24;
constexpr char group_key_prefix = 'g';

std::uint32_t record_crc(std::string_view record) {
  const std::uint32_t head = crc32c(record.substr(0, record_crc_at));
  return crc32c(record.substr(record_crc_at + 4), head);
}

const char* check_magic(std::uint32_t found, std::uint32_t expected, const char* no,
                        const char* newer) {
  if (found == expected) return nullptr;
  return (found & magic_mask) == (expected & magic_mask) ? newer : no;
}

// No event may stand past the last position there is.
bool fits(Position first, std::uint32_t count) {
  return first.value >= 1 && count >= 1 &&
         first.value <= std::numeric_limits<std::uint64_t>::max() - count;
}

}  // namespace

std::string_view AlignedBytes::assign(std::string_view bytes) {
  const std::size_t words = (bytes.size() + 7) / 8;
  if (words_.size() < words) words_.resize(std::max(words, words_.size() * 2));
  if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  return {reinterpret_cast<const char*>(words_.data()), bytes.size()};
}

void encode_record(std::string& out, TopicId topic, Position first, std::uint32_t count,
                   std::string_view frames) {
  DAYBOOK_CHECK(frames.size() % frame_alignment_bytes == 0);
  DAYBOOK_CHECK(frames.size() <= std::numeric_limits<std::uint32_t>::max());
  out.assign(record_header_bytes, '\0');
  put_le(out.data(), record_magic);
  put_le(out.data() + 4, topic.value);
  put_le(out.data() + 8, first.value);
  put_le(out.data() + 16, count);
  put_le(out.data() + 20, static_cast<std::uint32_t>(frames.size()));
  out.append(frames);
  put_le(out.data() + record_crc_at, record_crc(out));
}

const char* decode_record(std::string_view record, RecordHeader& out) {
  if (record.size() < record_header_bytes) return "the record is shorter than its header";
  const char* at = record.data();
  if (const char* problem = check_magic(get_le<std::uint32_t>(at), record_magic,
                                        "the record does not begin with the record mark",
                                        "the record has a version this program does not know"))
    return problem;
  if (get_le<std::uint32_t>(at + record_crc_at) != record_crc(record))
    return "the record's CRC does not match its bytes";
  out.topic = {get_le<std::uint16_t>(at + 4)};
  out.first = {get_le<std::uint64_t>(at + 8)};
  out.count = get_le<std::uint32_t>(at + 16);
  out.payload_bytes = get_le<std::uint32_t>(at + 20);
  if (get_le<std::uint16_t>(at + 6) != 0 || get_le<std::uint32_t>(at + 28) != 0)
    return "the record sets a flag this program does not know";
  if (out.payload_bytes != record.size() - record_header_bytes ||
      out.payload_bytes % frame_alignment_bytes != 0)
    return "the record's length is not what its header says";
  if (!fits(out.first, out.count)) return "the record's position or count is impossible";
  return nullptr;
}

FrameCursor::FrameCursor(std::string_view record, const RecordHeader& header)
    : rest_(record.substr(record_header_bytes)), header_(header) {
  DAYBOOK_CHECK(reinterpret_cast<std::uintptr_t>(record.data()) % frame_alignment_bytes == 0);
}

bool FrameCursor::fail(const char* problem) {
  problem_ = problem;
  return false;
}

bool FrameCursor::next(EventView& out) {
  if (problem_ != nullptr) return false;
  index_ = given_;
  if (given_ == header_.count) {
    if (!rest_.empty()) return fail("the record holds bytes after its last event");
    return false;
  }
  if (rest_.size() < frame_header_bytes) return fail("the record ends before its last event");
  const auto length = get_le<std::uint32_t>(rest_.data());
  if (get_le<std::uint32_t>(rest_.data() + 4) != 0) return fail("a frame's reserved word is not 0");
  const std::size_t padded = (std::size_t{length} + 7) / 8 * 8;
  if (padded > rest_.size() - frame_header_bytes) return fail("a frame is longer than its record");
  for (std::size_t i = length; i < padded; ++i)
    if (rest_[frame_header_bytes + i] != 0) return fail("a frame's padding is not 0");
  if (const char* problem = decode_envelope(rest_.substr(frame_header_bytes, length), out))
    return fail(problem);
  if (out.topic != header_.topic) return fail("an event is in another topic's record");
  out.position = header_.first + given_;
  rest_.remove_prefix(frame_header_bytes + padded);
  ++given_;
  return true;
}

void encode_group_header(std::string& out, const GroupHeader& header) {
  DAYBOOK_CHECK(!header.parts.empty() && header.parts.size() <= topics_max);
  out.assign(group_fixed_bytes + header.parts.size() * group_part_bytes + group_trailer_bytes,
             '\0');
  char* at = out.data();
  put_le(at, group_magic);
  put_le(at + 4, static_cast<std::uint32_t>(header.parts.size()));
  put_le(at + 8, header.first.value);
  put_le(at + 16, header.count);
  std::memcpy(at + 24, header.previous.data(), header.previous.size());
  at += group_fixed_bytes;
  for (const GroupPartHash& part : header.parts) {
    put_le(at, part.topic.value);
    put_le(at + 4, part.count);
    std::memcpy(at + 8, part.record_hash.data(), part.record_hash.size());
    at += group_part_bytes;
  }
  put_le(at, crc32c(std::string_view(out).substr(0, out.size() - group_trailer_bytes)));
}

const char* decode_group_header(std::string_view bytes, GroupHeader& out) {
  constexpr std::size_t frame = group_fixed_bytes + group_trailer_bytes;
  if (bytes.size() < frame) return "the group header is too short";
  const char* at = bytes.data();
  if (const char* problem =
          check_magic(get_le<std::uint32_t>(at), group_magic,
                      "the group header does not begin with the group mark",
                      "the group header has a version this program does not know"))
    return problem;
  const std::string_view checked = bytes.substr(0, bytes.size() - group_trailer_bytes);
  if (get_le<std::uint32_t>(at + checked.size()) != crc32c(checked) ||
      get_le<std::uint32_t>(at + checked.size() + 4) != 0)
    return "the group header's CRC does not match its bytes";
  const auto parts = get_le<std::uint32_t>(at + 4);
  if (parts < 1 || parts > topics_max || bytes.size() != frame + parts * group_part_bytes ||
      get_le<std::uint32_t>(at + 20) != 0)
    return "the group header's number of parts is impossible";
  out.first = {get_le<std::uint64_t>(at + 8)};
  out.count = get_le<std::uint32_t>(at + 16);
  std::memcpy(out.previous.data(), at + 24, out.previous.size());
  out.parts.resize(parts);
  at += group_fixed_bytes;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < parts; ++i, at += group_part_bytes) {
    GroupPartHash& part = out.parts[i];
    part.topic = {get_le<std::uint16_t>(at)};
    part.count = get_le<std::uint32_t>(at + 4);
    std::memcpy(part.record_hash.data(), at + 8, part.record_hash.size());
    total += part.count;
    if (part.count == 0 || get_le<std::uint16_t>(at + 2) != 0 ||
        (i > 0 && !(out.parts[i - 1].topic < part.topic)))
      return "the group header's parts are impossible";
  }
  if (total != out.count || !fits(out.first, out.count))
    return "the group header's position or count is impossible";
  return nullptr;
}

PositionKey position_key(Position position) {
  PositionKey key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<char>((position.value >> (8 * (7 - i))) & 0xFF);
  return key;
}

GroupKey group_key(Position first) {
  GroupKey key;
  key[0] = group_key_prefix;
  const PositionKey position = position_key(first);
  std::copy(position.begin(), position.end(), key.begin() + 1);
  return key;
}

std::optional<Position> parse_position_key(std::string_view key) {
  if (key.size() != PositionKey{}.size()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : key) value = value << 8 | static_cast<std::uint8_t>(c);
  return Position{value};
}

std::optional<Position> parse_group_key(std::string_view key) {
  if (key.empty() || key[0] != group_key_prefix) return std::nullopt;
  return parse_position_key(key.substr(1));
}

}  // namespace daybook::log
