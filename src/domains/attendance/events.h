// What can have happened in attendance, and its bytes (schemas/attendance.fbs, version 1).
// An Event carries all that apply and project need: the local day is worked out once, by decide, so
// a replay gives the same state whatever the zone rules have become.
#pragma once

#include <daybook/time_zone.h>

#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace daybook::attendance {

constexpr std::uint16_t event_version = 1;
constexpr std::int32_t no_temperature = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t fever_milli = 38'000;  // from here on a report is a fever

enum class Kind : std::uint8_t { checked_in = 0, checked_out = 1, school_defined = 2 };

// Strings are views: of the command (live) or of the record (replay).
struct Event {
  Kind kind = Kind::checked_in;
  std::string_view school_id;
  // checked_in, checked_out
  std::string_view user_id;
  UnixMs at{};                                      // the event's own time
  Day day{};                                        // of `at` in the school's zone
  std::int32_t temperature_milli = no_temperature;  // thousandths of a degree Celsius
  std::string_view image;                           // empty: none
  // school_defined; empty: stays as it is
  std::string_view school_name;
  std::string_view time_zone;

  [[nodiscard]] bool is_fever() const { return temperature_milli >= fever_milli; }
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::attendance
