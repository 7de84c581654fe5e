// What can be asked of booking: JSON -> Command, with every broken rule of the body listed at once.
// Pure; strings and lists are copied into the Arena. Threads: any.
#pragma once

#include "domains/booking/events.h"

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace daybook::booking {

constexpr std::size_t name_chars_max = 64;  // of a station
constexpr std::size_t person_chars_max = 64;
constexpr std::size_t text_chars_max = 256;  // of a name, a phone number
constexpr std::size_t address_chars_max = 512;
constexpr std::size_t date_chars_max = 64;  // of a date as it came; a real one has 8

enum class CommandKind : std::uint8_t { book, hold, cancel, define_station };

struct Command {
  CommandKind kind = CommandKind::book;
  bool waiting_list = false;  // book: queue when the date is full
  std::string_view station;   // all but cancel
  // book, hold
  std::string_view person;
  std::string_view date;  // as it came: a wrong one is named in the refusal
  std::string_view first_name;
  std::string_view last_name;
  std::string_view address;
  std::string_view phone_number;
  std::optional<Id128> id;  // cancel: which; book: the hold to turn into a booking
  // define_station; absent: stays as it is
  std::span<const DateCapacity> dates;
  std::optional<std::uint32_t> bookings_per_person;
  std::optional<std::uint32_t> hold_seconds;
  std::optional<bool> closes_past_dates;
  std::string_view time_zone;
};

// `data` of an NDJSON line: by its "type"; book when there is none.
Result<Command> parse_line(const json::Value& body, Arena& arena);
// POST /booking
Result<Command> parse_booking(const json::Value& body, const Request& request, Arena& arena);
// POST /stations/{name}/holds
Result<Command> parse_hold(const json::Value& body, const Request& request, Arena& arena);
// PUT /stations/{name}
Result<Command> parse_station(const json::Value& body, const Request& request, Arena& arena);
// DELETE /bookings/{id}
Result<Command> parse_cancel(const json::Value& body, const Request& request, Arena& arena);

}  // namespace daybook::booking
