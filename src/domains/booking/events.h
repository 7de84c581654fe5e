// What can have happened in booking, and its bytes (schemas/booking.fbs, version 1).
// An Event carries all that apply and project need and everything decide worked out (when a hold
// runs out, the place in line), so a replay needs no clock and no setting.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace daybook::booking {

constexpr std::uint16_t event_version = 1;

enum class Kind : std::uint8_t {
  station_defined = 0,
  booked = 1,
  held = 2,
  hold_booked = 3,   // a hold became a booking, under the same id
  queued = 4,        // a place in the waiting list
  cancelled = 5,     // a booking, a hold or a place in line was given up
  promoted = 6,      // the first in line got a place
  hold_expired = 7,  // time took a hold back
};
constexpr std::uint8_t kinds = 8;

// A date of a station, as YYYYMMDD in a number, and its places.
struct DateCapacity {
  std::uint32_t date = 0;
  std::uint32_t capacity = 0;
  friend bool operator==(const DateCapacity&, const DateCapacity&) = default;
};

// A list of DateCapacity that may lie at any address (in a record's bytes).
class DateList {
 public:
  DateList() = default;
  DateList(const DateCapacity* first, std::size_t count)
      : bytes_(reinterpret_cast<const std::uint8_t*>(first)), count_(count) {}
  DateList(const std::uint8_t* bytes, std::size_t count) : bytes_(bytes), count_(count) {}
  [[nodiscard]] std::size_t size() const { return count_; }
  DateCapacity operator[](std::size_t i) const {
    DateCapacity value;
    std::memcpy(&value, bytes_ + i * sizeof(DateCapacity), sizeof(DateCapacity));
    return value;
  }

 private:
  const std::uint8_t* bytes_ = nullptr;
  std::size_t count_ = 0;
};

// Strings are views: of the command or the state (live), or of the record (replay).
struct Event {
  Kind kind = Kind::station_defined;
  bool closes_past_dates = false;  // station_defined
  bool created = false;            // station_defined
  std::string_view station;
  // all but station_defined
  Id128 id{};
  std::uint32_t date = 0;
  // booked, held, hold_booked, queued
  std::string_view person;
  std::string_view first_name;
  std::string_view last_name;
  std::string_view address;
  std::string_view phone_number;
  std::uint32_t position = 0;  // queued
  UnixUs expires{};            // held
  // station_defined: the whole station as it is from here on
  DateList dates;
  std::uint32_t bookings_per_person = 0;
  std::uint32_t hold_seconds = 0;
  std::string_view time_zone;
  std::uint64_t salt = 0;
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::booking
