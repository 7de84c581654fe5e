// Which event counts where. Days and hours are the event's own: `date` of attendance is the
// school's day, of booking the booked one; hits and forms are counted in UTC.
#include <daybook/texts.h>

#include "project/sinks/rollup/tally.h"

#include <algorithm>

namespace daybook::rollup_sink {
namespace {

constexpr std::size_t date_chars = 10;  // "2026-03-29"
constexpr std::size_t hour_chars = 13;  // "2026-03-29T12"

Error no_member(std::string_view name) {
  return Error{Errc::invalid, "the event has no usable " + std::string(name)};
}

Result<json::Value> object_of(const PublicEvent& event, json::Parser& parser) {
  auto data = parser.parse(event.data, false);
  if (!data) return std::move(data).error();
  if (!data->is_object()) return Error{Errc::invalid, "the event's data is no object"};
  return *data;
}

// The first ten characters of a text member: its date.
Result<std::string_view> date_of(const json::Value& data, std::string_view name) {
  const auto value = data.find(name);
  if (!value || !value->is_string() || value->string().size() < date_chars) return no_member(name);
  return value->string().substr(0, date_chars);
}

// "<topic>/<entity>/<time>"
std::string key_of(const PublicEvent& event, std::string_view entity, std::string_view time) {
  std::string key;
  key.reserve(event.topic.size() + entity.size() + time.size() + 2);
  key.append(event.topic).push_back('/');
  append_part(key, entity);
  key.push_back('/');
  return key.append(time);
}

constexpr std::string_view attendance_counts[] = {"check_ins", "check_outs", "fevers"};

Result<void> add_attendance(const PublicEvent& event, json::Parser& parser, Tally& tally) {
  if (event.type != "checked_in" && event.type != "checked_out") return {};
  DAYBOOK_TRY(const json::Value data, object_of(event, parser));
  DAYBOOK_TRY(const auto day, date_of(data, "date"));
  const auto fever = data.find("fever");
  Counts& counts = tally.row(key_of(event, event.key, day));
  ++counts.add[event.type == "checked_in" ? 0 : 1];
  if (fever && fever->kind() == json::Kind::boolean && fever->boolean()) ++counts.add[2];
  return {};
}

constexpr std::string_view booking_counts[] = {"booked",    "held",     "hold_booked", "queued",
                                               "cancelled", "promoted", "hold_expired"};

Result<void> add_booking(const PublicEvent& event, json::Parser& parser, Tally& tally) {
  const auto* name = std::ranges::find(booking_counts, event.type);
  if (name == std::end(booking_counts)) return {};
  DAYBOOK_TRY(const json::Value data, object_of(event, parser));
  DAYBOOK_TRY(const auto day, date_of(data, "date"));
  ++tally.row(key_of(event, event.key, day)).add[static_cast<std::size_t>(name - booking_counts)];
  return {};
}

constexpr std::string_view forms_counts[] = {"submitted", "spam", "flagged", "cleared"};

Result<void> add_forms(const PublicEvent& event, json::Parser&, Tally& tally) {
  const auto* name = std::ranges::find(forms_counts, event.type);
  if (name == std::end(forms_counts)) return {};
  const std::string at = time_text(event.server_time);
  ++tally.row(key_of(event, event.key, std::string_view(at).substr(0, hour_chars)))
        .add[static_cast<std::size_t>(name - forms_counts)];
  return {};
}

constexpr std::string_view hits_counts[] = {"hits", "visitors"};

// A roll-up holds all of a day's hits of its ids, whether or not the log still has them one by one.
Result<void> add_rolled_up(const PublicEvent& event, json::Parser& parser, Tally& tally) {
  DAYBOOK_TRY(const json::Value data, object_of(event, parser));
  DAYBOOK_TRY(const auto day, date_of(data, "date"));
  const auto ids = data.find("ids");
  if (!ids || !ids->is_array()) return no_member("ids");
  bool is_whole = true;
  ids->each_element([&](const json::Value& entry) {
    const auto id = entry.is_object() ? entry.find("id") : std::nullopt;
    const auto count = id ? entry.find("count") : std::nullopt;
    const auto visitors = id ? entry.find("visitors") : std::nullopt;
    if (!count || !visitors || !id->is_string()) {
      is_whole = false;
      return;
    }
    Counts& counts = tally.row(key_of(event, id->string(), day));
    counts.add = {};
    counts.set[0] = static_cast<std::uint64_t>(count->as_int64().value_or(0));
    counts.set[1] = static_cast<std::uint64_t>(visitors->as_int64().value_or(0));
    counts.is_set = 0b11;
  });
  if (!is_whole) return no_member("ids");
  return {};
}

Result<void> add_hits(const PublicEvent& event, json::Parser& parser, Tally& tally) {
  if (event.type == "rolled_up") return add_rolled_up(event, parser, tally);
  if (event.type != "hit") return {};
  DAYBOOK_TRY(const json::Value data, object_of(event, parser));
  DAYBOOK_TRY(const auto day, date_of(data, "timestamp"));
  ++tally.row(key_of(event, event.key, day)).add[0];
  return {};
}

constexpr Table all_tables[] = {
    {"attendance", attendance_counts, &add_attendance},
    {"booking", booking_counts, &add_booking},
    {"forms", forms_counts, &add_forms},
    {"hits", hits_counts, &add_hits},
};

}  // namespace

std::span<const Table> tables() { return all_tables; }

void append_part(std::string& key, std::string_view part) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (c != '/' && c != '%' && byte >= 0x20) {
      key.push_back(c);
      continue;
    }
    key.push_back('%');
    key.push_back(digits[byte >> 4]);
    key.push_back(digits[byte & 15]);
  }
}

}  // namespace daybook::rollup_sink
