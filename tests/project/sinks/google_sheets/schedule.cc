#include "project/sinks/google_sheets/schedule.h"

#include <daybook/json.h>

#include "base/random.h"

namespace daybook::test {
namespace {

constexpr std::size_t events_min = 40, events_more = 160;
constexpr std::uint64_t gap_max = 4;
constexpr std::size_t too_long_chars = 50'001;

std::string row_json(const std::map<std::string, std::string>& members) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const auto& [name, value] : members) writer.member(name, value);
  writer.end_object();
  return out;
}

}  // namespace

Schedule make_schedule(std::uint64_t seed) {
  Rng rng(seed);
  Schedule schedule;
  schedule.first = {1, {"name", "age"}};
  schedule.second = {2, {"class", "age", "city"}};
  const std::size_t count = events_min + rng.below(events_more);
  const std::size_t changed_at = rng.below(count);
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < count; ++i) {
    PlannedEvent planned;
    position += 1 + rng.below(gap_max);
    planned.members["age"] = std::to_string(rng.below(100));
    planned.members["name"] = "=name " + std::to_string(position);
    if (rng.below(3) == 0) planned.members["class"] = std::to_string(1 + rng.below(9)) + "b";
    if (rng.below(4) == 0) planned.members["stray"] = "\"\xC3\xA4\"\n" + std::to_string(i);
    if (rng.below(20) == 0) planned.members["city"] = std::string(1 + rng.below(30'000), 'c');
    PublicEvent& event = planned.event;
    event.position = {position};
    event.topic = "forms";
    event.type = "submitted";
    event.key = "student";
    event.version = i < changed_at ? 1 : 2;
    event.server_time = {1'774'785'600'000'000 + static_cast<std::int64_t>(position) * 1'000'000};
    for (auto& byte : event.event_id.bytes) byte = static_cast<std::uint8_t>(rng.below(256));
    event.row = row_json(planned.members);
    planned.mended = event;
    auto broken = planned.members;
    const auto kind = rng.below(25);
    if (kind == 0) broken["name"] = std::string(too_long_chars, 'x');
    if (kind == 1) broken["name"] = poison;
    planned.wrong = kind < 2;
    event.row = row_json(broken);
    schedule.events.push_back(std::move(planned));
  }
  return schedule;
}

}  // namespace daybook::test
