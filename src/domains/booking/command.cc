#include "domains/booking/command.h"

#include "domains/booking/policy.h"
#include "domains/booking/texts.h"

#include <daybook/fields.h>
#include <daybook/time_zone.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace daybook::booking {
namespace {

constexpr std::array<std::string_view, 4> types{"book", "hold", "cancel", "station"};
constexpr std::string_view person_member = "mysejahteraId";
constexpr std::string_view person_empty = "MySejahteraID cannot be empty";
constexpr json::TextRule name_rule{.chars_min = 1, .chars_max = name_chars_max};
constexpr json::TextRule person_rule{.chars_max = person_chars_max};
constexpr json::TextRule date_rule{.chars_min = 1, .chars_max = date_chars_max};
constexpr json::TextRule text_rule{.chars_max = text_chars_max, .required = false};
constexpr json::TextRule address_rule{.chars_max = address_chars_max, .required = false};

std::string_view keep(Arena& arena, const std::optional<std::string_view>& text) {
  return text ? arena.copy(*text) : std::string_view{};
}

// The person, with the reference's own text when there is none.
std::optional<std::string_view> read_person(json::Fields& fields) {
  const auto value = fields.any(person_member);
  const auto is_blank = [](std::string_view text) {
    return text.find_first_not_of(' ') == std::string_view::npos;
  };
  if (!value || (value->is_string() && is_blank(value->string()))) {
    fields.fail(person_member, "empty", person_empty);
    return std::nullopt;
  }
  return fields.text(person_member, person_rule);
}

std::optional<Error> error_of(const json::Fields& fields) {
  auto error = fields.error();
  if (!error) return error;
  const bool lacks_person = std::ranges::any_of(
      error->fields, [](const FieldError& e) { return e.message == person_empty; });
  if (lacks_person) error->message = person_empty;
  return error;
}

std::optional<bool> read_flag(json::Fields& fields, std::string_view name) {
  const auto value = fields.any(name);
  if (!value) return std::nullopt;
  if (value->kind() == json::Kind::boolean) return value->boolean();
  fields.fail(name, "type",
              "must be true or false, is " + std::string(json::kind_name(value->kind())));
  return std::nullopt;
}

std::optional<std::uint32_t> read_number(json::Fields& fields, std::string_view name,
                                         std::int64_t min, std::int64_t max) {
  const auto value = fields.integer(name, {.min = min, .max = max, .required = false});
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

std::optional<Id128> read_id(json::Fields& fields, std::string_view name, bool required) {
  const auto text = fields.text(name, {.chars_max = id_text_chars, .required = required});
  if (!text) return std::nullopt;
  const auto id = parse_id(*text);
  if (!id) fields.fail(name, "not_an_id", "must be an id as it was answered, 8-4-4-4-12 digits");
  return id;
}

// One element of `dates`. False: what is wrong stands in `fields` under its place, "dates[0].date".
bool read_date(const json::Value& element, std::size_t at, json::Fields& fields, DateCapacity& to) {
  json::Fields own(element);
  const auto date = own.text("date", date_rule);
  const auto number = date ? parse_date(*date) : std::nullopt;
  if (date && !number) own.fail("date", "not_a_date", "must be a date as YYYYMMDD");
  const auto capacity = own.integer("capacity", {.min = 0, .max = capacity_max});
  own.only({"date", "capacity"});
  if (const auto error = own.error()) {
    const std::string place = "dates[" + std::to_string(at) + "]";
    for (const FieldError& wrong : error->fields)
      fields.fail(wrong.field.empty() ? place : place + "." + wrong.field, wrong.code,
                  wrong.message);
    return false;
  }
  to = {*number, static_cast<std::uint32_t>(*capacity)};
  return true;
}

std::span<const DateCapacity> read_dates(json::Fields& fields, Arena& arena) {
  const auto value = fields.any("dates");
  if (!value) return {};
  if (!value->is_array()) {
    fields.fail("dates", "type", "must be an array");
    return {};
  }
  std::vector<DateCapacity> dates;
  std::size_t at = 0;
  std::size_t wrong_dates = 0;
  value->each_element([&](const json::Value& element) {
    if (++at > static_cast<std::size_t>(dates_limit) || wrong_dates == json::field_errors_max)
      return;
    DateCapacity date;
    if (!read_date(element, at - 1, fields, date)) ++wrong_dates;
    dates.push_back(date);
  });
  if (at > static_cast<std::size_t>(dates_limit))
    fields.fail("dates", "too_many", "must be at most " + std::to_string(dates_limit));
  const auto before = [](const DateCapacity& a, const DateCapacity& b) { return a.date < b.date; };
  std::sort(dates.begin(), dates.end(), before);
  const auto twice = std::adjacent_find(
      dates.begin(), dates.end(),
      [](const DateCapacity& a, const DateCapacity& b) { return a.date == b.date && a.date != 0; });
  if (twice != dates.end())
    fields.fail("dates", "twice", "must name a date once: " + date_text(twice->date));
  if (dates.empty()) return {};
  auto* kept = static_cast<DateCapacity*>(
      arena.allocate(dates.size() * sizeof(DateCapacity), alignof(DateCapacity)));
  std::uninitialized_copy(dates.begin(), dates.end(), kept);
  return {kept, dates.size()};
}

Result<Command> read_station(json::Fields& fields, std::string_view name, Arena& arena) {
  Command command;
  command.kind = CommandKind::define_station;
  command.station = arena.copy(name);
  command.dates = read_dates(fields, arena);
  command.bookings_per_person = read_number(fields, "bookings_per_person", 0, per_person_max);
  command.hold_seconds = read_number(fields, "hold_seconds", 1, hold_seconds_limit);
  command.closes_past_dates = read_flag(fields, "closes_past_dates");
  const auto zone = fields.text(
      "time_zone", {.chars_min = 1, .chars_max = zone_name_chars_max, .required = false});
  if (zone && !TimeZone::exists(*zone))
    fields.fail("time_zone", "unknown_zone",
                "must be an IANA time zone, for example Asia/Kuala_Lumpur");
  fields.only({"dates", "bookings_per_person", "time_zone", "hold_seconds", "closes_past_dates",
               "name", "type"});
  if (auto error = fields.error()) return std::move(*error);
  command.time_zone = keep(arena, zone);
  return command;
}

Result<Command> read_hold(json::Fields& fields, std::string_view station, Arena& arena) {
  const auto person = read_person(fields);
  const auto date = fields.text("date", date_rule);
  if (auto error = error_of(fields)) return std::move(*error);
  Command command;
  command.kind = CommandKind::hold;
  command.station = arena.copy(station);
  command.person = arena.copy(*person);
  command.date = arena.copy(*date);
  return command;
}

Result<Command> read_booking(json::Fields& fields, Arena& arena) {
  const auto person = read_person(fields);
  const auto first_name = fields.text("firstName", text_rule);
  const auto last_name = fields.text("lastName", text_rule);
  const auto address = fields.text("address", address_rule);
  const auto location = fields.text("location", name_rule);
  const auto phone_number = fields.text("phoneNumber", text_rule);
  const auto date = fields.text("date", date_rule);
  const auto hold = read_id(fields, "hold", false);
  const auto waiting_list = read_flag(fields, "waitingList");
  if (auto error = error_of(fields)) return std::move(*error);
  Command command;
  command.kind = CommandKind::book;
  command.person = arena.copy(*person);
  command.first_name = keep(arena, first_name);
  command.last_name = keep(arena, last_name);
  command.address = keep(arena, address);
  command.station = arena.copy(*location);
  command.phone_number = keep(arena, phone_number);
  command.date = arena.copy(*date);
  command.id = hold;
  command.waiting_list = waiting_list.value_or(false);
  return command;
}

}  // namespace

Result<Command> parse_line(const json::Value& body, Arena& arena) {
  json::Fields fields(body);
  const bool has_type = fields.any("type").has_value();
  const auto type = fields.word("type", types, false);
  if (!body.is_object() || (has_type && !type)) return *fields.error();
  switch (type.value_or(0)) {
    case 1: {
      const auto location = fields.text("location", name_rule);
      return read_hold(fields, location.value_or(""), arena);
    }
    case 2: {
      const auto id = read_id(fields, "id", true);
      if (auto error = fields.error()) return std::move(*error);
      Command command;
      command.kind = CommandKind::cancel;
      command.id = id;
      return command;
    }
    case 3: {
      const auto name = fields.text("name", name_rule);
      return read_station(fields, name.value_or(""), arena);
    }
    default:
      return read_booking(fields, arena);
  }
}

Result<Command> parse_booking(const json::Value& body, const Request&, Arena& arena) {
  json::Fields fields(body);
  if (!body.is_object()) return *fields.error();
  return read_booking(fields, arena);
}

Result<Command> parse_hold(const json::Value& body, const Request& request, Arena& arena) {
  const std::string_view name = request.params.front();
  if (auto error = json::check_text("name", name, name_rule)) return std::move(*error);
  json::Fields fields(body);
  if (!body.is_object()) return *fields.error();
  return read_hold(fields, name, arena);
}

Result<Command> parse_station(const json::Value& body, const Request& request, Arena& arena) {
  const std::string_view name = request.params.front();
  if (auto error = json::check_text("name", name, name_rule)) return std::move(*error);
  json::Fields fields(body);
  return read_station(fields, name, arena);
}

Result<Command> parse_cancel(const json::Value&, const Request& request, Arena&) {
  const auto id = parse_id(request.params.front());
  if (!id) return Error{Errc::not_found, "booking not found"};
  Command command;
  command.kind = CommandKind::cancel;
  command.id = id;
  return command;
}

}  // namespace daybook::booking
