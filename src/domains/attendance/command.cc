#include "domains/attendance/command.h"

#include <daybook/time_zone.h>

#include <daybook/fields.h>

#include <array>
#include <cmath>

namespace daybook::attendance {
namespace {

constexpr std::array<std::string_view, 2> types{"checkin", "checkout"};
constexpr json::TextRule id_rule{.chars_min = 1, .chars_max = id_chars_max};

std::string_view keep(Arena& arena, const std::optional<std::string_view>& text) {
  return text ? arena.copy(*text) : std::string_view{};
}

// Thousandths, cut, not rounded: 37.9996 is no fever. The nudge is for decimals that a double holds
// a hair too small.
std::int32_t to_milli(double degrees) {
  constexpr double nudge = 1e-6;
  return static_cast<std::int32_t>(std::floor(degrees * 1000 + nudge));
}

}  // namespace

Result<Command> parse_report(const json::Value& body, Arena& arena) {
  json::Fields fields(body);
  const auto type = fields.word("type", types);
  const auto user = fields.text("userId", id_rule);
  const auto school = fields.text("schoolId", id_rule);
  const auto at = fields.integer("timestamp", {.min = 1, .required = false});
  const auto temperature =
      fields.number("temperature", {.min = temperature_min, .max = temperature_max});
  const auto image = fields.text("image", {.chars_max = image_chars_max, .required = false});
  if (auto error = fields.error()) return std::move(*error);

  Command command;
  command.kind = *type == 0 ? CommandKind::check_in : CommandKind::check_out;
  command.user_id = arena.copy(*user);
  command.school_id = arena.copy(*school);
  command.at = UnixMs{at.value_or(0)};
  command.temperature_milli = to_milli(*temperature);
  command.image = keep(arena, image);
  return command;
}

Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena) {
  const std::string_view id = request.params.front();
  if (auto error = json::check_text("id", id, id_rule)) return std::move(*error);
  json::Fields fields(body);
  const auto name =
      fields.text("name", {.chars_min = 1, .chars_max = school_name_chars_max, .required = false});
  const auto zone = fields.text(
      "timeZone", {.chars_min = 1, .chars_max = zone_name_chars_max, .required = false});
  if (zone && !TimeZone::exists(*zone))
    fields.fail("timeZone", "unknown_zone", "must be an IANA time zone, for example Asia/Jakarta");
  fields.only({"name", "timeZone"});
  if (auto error = fields.error()) return std::move(*error);
  if (!name && !zone) return Error::field("", "nothing_to_do", "the body needs name or timeZone");

  Command command;
  command.kind = CommandKind::define_school;
  command.school_id = arena.copy(id);
  command.school_name = keep(arena, name);
  command.time_zone = keep(arena, zone);
  return command;
}

}  // namespace daybook::attendance
