// What can have happened to projectors and their dead letters, and its bytes
// (schemas/projectors.fbs, version 1). A dead letter holds its event's whole copy, so that nobody
// needs the topic it came from any more.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace daybook::projectors {

constexpr std::uint16_t event_version = 1;

enum class Kind : std::uint8_t {
  added = 0,             // a projector was started under this name for the first time, or changed
  paused = 1,            // by a person
  resumed = 2,           // lifts pause and disable
  disabled = 3,          // by its sink
  reset = 4,             // a person wants it to go on from elsewhere
  letter_made = 5,       // the target would not take an event
  letter_edited = 6,     // a person changed the copy, and wants it tried
  retry_asked = 7,       // a person wants one tried, or all
  letter_skipped = 8,    // a person gave it up
  letter_delivered = 9,  // the target has taken it
  letter_failed = 10,    // a try out of the dead letters failed
};
constexpr std::uint8_t kinds = 11;

enum class ResetTo : std::uint8_t { beginning = 0, now = 1, position = 2 };

struct Attempt {
  UnixUs at{};
  std::string_view reason;
};

// Attempts, of a command or of a record's bytes.
class AttemptList {
 public:
  AttemptList() = default;
  explicit AttemptList(std::span<const Attempt> attempts) : live_(attempts) {}
  // REQUIRES: the verified vector of schemas/projectors.fbs.
  static AttemptList of_record(const void* vector);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Attempt operator[](std::size_t i) const;

 private:
  std::span<const Attempt> live_;
  const void* record_ = nullptr;
};

// A dead letter's event as the sink saw it.
struct EventCopy {
  std::string_view type;
  std::string_view key;
  std::uint32_t version = 0;
  Id128 event_id{};
  UnixUs server_time{};
  std::string_view data;  // JSON object
  std::string_view row;   // JSON object; empty: data is the row
};

// Strings are views: of the command, the state or decide's arena (live), or of the record (replay).
struct Event {
  Kind kind = Kind::added;
  std::string_view projector;
  std::string_view topic;   // the one the projector reads
  std::string_view sink;    // added
  std::string_view reason;  // paused, disabled, letter_made, letter_skipped, letter_failed
  // reset
  std::uint64_t reset_number = 0;
  ResetTo reset_to = ResetTo::beginning;
  Position next{};  // {}: the position after this event (now)
  // letter_*; retry_asked: {} is all
  Position position{};
  std::uint32_t letters = 0;  // retry_asked of all
  EventCopy copy;             // letter_made; letter_edited: data only, what was put
  AttemptList attempts;       // letter_made
  UnixUs at{};                // letter_failed
  UnixUs next_try_at{};       // letter_made, letter_failed; {}: when a person asks
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::projectors
