// What can have happened to named consumers, and its bytes (schemas/consumers.fbs, version 1).
// An acknowledgement stands for all before it, so that those may leave the log.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace daybook::consumers {

constexpr std::uint16_t event_version = 1;

enum class Kind : std::uint8_t { defined = 0, acknowledged = 1, deleted = 2 };

// Where a consumer begins. kept: defined otherwise, it goes on where it was.
enum class From : std::uint8_t { beginning = 0, now = 1, position = 2, kept = 3 };

// A list of texts, of a command or of a record's bytes.
class TextList {
 public:
  TextList() = default;
  explicit TextList(std::span<const std::string_view> texts) : live_(texts) {}
  // REQUIRES: a verified vector of strings.
  static TextList of_record(const void* vector);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::string_view operator[](std::size_t i) const;

 private:
  std::span<const std::string_view> live_;
  const void* record_ = nullptr;
};

// Strings are views: of the command (live), or of the record (replay).
struct Event {
  Kind kind = Kind::defined;
  std::string_view name;
  // defined
  std::string_view topic;
  TextList types;  // empty: all
  TextList keys;   // empty: all
  From from = From::beginning;
  // defined from a position: the first to read; acknowledged: the last one done, {}: none
  Position position{};
  // acknowledged: the consumer went back once, so it may lie before where it began. Without it, one
  // that began "now" goes on from there at the earliest: only the view knows where that was.
  bool free = false;
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::consumers
