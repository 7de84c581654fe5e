#include "domains/hits/content.h"

#include "domains/hits/varint.h"

#include <algorithm>

namespace daybook::hits {
namespace {

bool before(const Count& entry, std::uint32_t at) { return entry.at < at; }

// The second an exact time is kept as at `now`.
std::uint32_t coarse(std::uint32_t at, std::uint32_t seconds_floor, std::uint32_t minutes_floor) {
  if (at > seconds_floor) return at;
  if (at / minute_s > minutes_floor) return at / minute_s * minute_s;
  return at / hour_s * hour_s;
}

void put_counts(std::string& out, const std::vector<Count>& list) {
  put_varint(out, list.size());
  std::uint32_t last = 0;
  for (const Count& entry : list) {
    put_varint(out, entry.at - last);
    put_varint(out, entry.count);
    last = entry.at;
  }
}

bool get_counts(VarintReader& in, std::vector<Count>& list) {
  const std::uint64_t size = in.u64();
  std::uint32_t last = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t at = std::uint64_t{last} + in.u32();
    const std::uint32_t count = in.u32();
    if (!in.ok() || at > 0xFFFF'FFFF || count == 0 || (i > 0 && at == last)) return false;
    last = static_cast<std::uint32_t>(at);
    list.push_back({last, count});
  }
  return in.ok();
}

// Days count from 2020, which takes a byte less than from 1970.
constexpr std::int32_t first_day = 18'262;
constexpr std::uint32_t days_max = 0x8000;

void put_day(std::string& out, Day day) {
  const std::int32_t since = day.value - first_day;  // before 2020: from days_max on
  put_varint(out, since >= 0 ? static_cast<std::uint32_t>(since)
                             : days_max + static_cast<std::uint32_t>(day.value));
}

bool get_day(VarintReader& in, Day& day) {
  const std::uint32_t value = in.u32();
  const bool is_early = value >= days_max;
  day.value = is_early ? static_cast<std::int32_t>(value - days_max)
                       : static_cast<std::int32_t>(value) + first_day;
  return in.ok() && (is_early ? value - days_max < first_day : day <= day_of(UnixMs{at_ms_max}));
}

void put_sketch(std::string& out, const DaySketch& sketch) {
  put_day(out, sketch.day);
  put_varint(out, sketch.visitors.size());
  sketch.visitors.each([&](std::uint32_t index, std::uint32_t rank) {
    const std::uint32_t item = index << 6 | rank;
    for (std::uint32_t i = 0; i < 3; ++i)
      out.push_back(static_cast<char>((item >> (8 * i)) & 0xFF));
  });
}

bool get_sketch(VarintReader& in, DaySketch& sketch) {
  if (!get_day(in, sketch.day)) return false;
  const std::uint32_t size = in.u32();
  std::uint32_t least = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    std::uint32_t item = 0;
    for (std::uint32_t b = 0; b < 3; ++b) item |= static_cast<std::uint32_t>(in.u8()) << (8 * b);
    const std::uint32_t index = item >> 6;
    const std::uint32_t rank = item & 63;
    if (!in.ok() || index < least || index >= registers || rank == 0 || rank > rank_max)
      return false;
    sketch.visitors.raise(index, rank);
    least = index + 1;
  }
  return in.ok() && size > 0;
}

enum Section : std::uint8_t { has_hits = 1, has_days = 2, has_sketches = 4 };

// A day: day visitors hours, and as many (hour of the day, count); without hours its total.
void put_days(std::string& out, const Content& content) {
  put_varint(out, content.days.size());
  auto hour = content.hours.begin();
  for (const DayTotal& total : content.days) {
    auto end = hour;
    while (end != content.hours.end() && day_of_hour(end->at) == total.day) ++end;
    put_day(out, total.day);
    put_varint(out, total.visitors);
    put_varint(out, static_cast<std::uint64_t>(end - hour));
    if (hour == end) put_varint(out, total.count);
    for (; hour != end; ++hour) {
      out.push_back(static_cast<char>(hour->at % day_hours));
      put_varint(out, hour->count);
    }
  }
}

bool get_hours(VarintReader& in, std::uint32_t size, DayTotal& total, std::vector<Count>& hours) {
  std::uint32_t least = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    const std::uint32_t hour = in.u8();
    const std::uint32_t count = in.u32();
    if (!in.ok() || hour < least || hour >= day_hours || count == 0) return false;
    hours.push_back({static_cast<std::uint32_t>(total.day.value) * day_hours + hour, count});
    total.count += count;
    least = hour + 1;
  }
  return true;
}

bool get_days(VarintReader& in, Content& content) {
  const std::uint64_t size = in.u64();
  for (std::uint64_t i = 0; i < size; ++i) {
    DayTotal total;
    if (!get_day(in, total.day)) return false;
    total.visitors = in.u32();
    const std::uint32_t hours = in.u32();
    if (hours == 0) total.count = in.u64();
    if (!get_hours(in, hours, total, content.hours)) return false;
    if (!in.ok() || total.count == 0 || (i > 0 && total.day <= content.days.back().day))
      return false;
    content.days.push_back(total);
  }
  return in.ok();
}

}  // namespace

void add_count(std::vector<Count>& list, std::uint32_t at, std::uint32_t count) {
  if (list.empty() || list.back().at < at) {
    list.push_back({at, count});
    return;
  }
  const auto entry = std::lower_bound(list.begin(), list.end(), at, before);
  if (entry->at == at)
    entry->count = add_counts(entry->count, count);
  else
    list.insert(entry, {at, count});
}

Sketch& open_sketch(std::vector<DaySketch>& list, Day day) {
  auto at = list.begin();
  while (at != list.end() && at->day < day) ++at;
  if (at == list.end() || at->day != day) at = list.insert(at, DaySketch{day, {}});
  return at->visitors;
}

void Content::clear() {
  hits.clear();
  hours.clear();
  days.clear();
  sketches.clear();
}

void Content::coarsen(std::uint32_t now_s, std::int32_t hours_kept_days) {
  const std::uint32_t seconds_floor = floor_of(now_s, seconds_kept);
  const std::uint32_t minutes_floor = floor_of(now_s / minute_s, minutes_kept);
  std::size_t size = 0;
  for (const Count& entry : hits) {
    const std::uint32_t at = coarse(entry.at, seconds_floor, minutes_floor);
    if (size > 0 && hits[size - 1].at == at)
      hits[size - 1].count = add_counts(hits[size - 1].count, entry.count);
    else
      hits[size++] = {at, entry.count};
  }
  hits.resize(size);
  const Day oldest = day_of_second(now_s) - hours_kept_days;
  std::erase_if(hours, [&](const Count& entry) { return day_of_hour(entry.at) < oldest; });
}

bool Content::day(Day day, Entry& entry) const {
  entry.hours = {};
  entry.visitors = 0;
  const std::uint32_t from = static_cast<std::uint32_t>(day.value) * day_s;
  bool found = false;
  for (auto at = std::lower_bound(hits.begin(), hits.end(), from, before);
       at != hits.end() && day_of_second(at->at) == day; ++at) {
    std::uint32_t& hour = entry.hours[at->at / hour_s % day_hours];
    hour = add_counts(hour, at->count);
    found = true;
  }
  for (const DaySketch& sketch : sketches)
    if (sketch.day == day) entry.visitors = sketch.visitors.estimate();
  return found;
}

void Content::roll_up(Day day, const Entry& entry) {
  std::erase_if(hits, [&](const Count& hit) { return day_of_second(hit.at) == day; });
  std::erase_if(sketches, [&](const DaySketch& sketch) { return sketch.day == day; });
  std::erase_if(hours, [&](const Count& hour) { return day_of_hour(hour.at) == day; });
  std::erase_if(days, [&](const DayTotal& total) { return total.day == day; });
  for (std::uint32_t hour = 0; hour < day_hours; ++hour)
    if (entry.hours[hour] != 0)
      add_count(hours, static_cast<std::uint32_t>(day.value) * day_hours + hour, entry.hours[hour]);
  const auto at = std::find_if(days.begin(), days.end(),
                               [&](const DayTotal& total) { return total.day > day; });
  days.insert(at, DayTotal{day, entry.visitors, entry.count()});
}

void pack(const Content& content, std::string& out) {
  out.assign(1, '\0');
  std::uint8_t sections = 0;
  if (!content.hits.empty()) {
    sections |= has_hits;
    put_counts(out, content.hits);
  }
  if (!content.days.empty()) {
    sections |= has_days;
    put_days(out, content);
  }
  if (!content.sketches.empty()) {
    sections |= has_sketches;
    put_varint(out, content.sketches.size());
    for (const DaySketch& sketch : content.sketches) put_sketch(out, sketch);
  }
  out[0] = static_cast<char>(sections);
}

bool unpack(std::string_view bytes, Content& content, std::size_t* used) {
  content.clear();
  VarintReader in(bytes);
  const std::uint8_t sections = in.u8();
  if (sections > (has_hits | has_days | has_sketches)) return false;
  if ((sections & has_hits) != 0 && !get_counts(in, content.hits)) return false;
  if ((sections & has_days) != 0 && !get_days(in, content)) return false;
  if ((sections & has_sketches) != 0) {
    const std::uint64_t size = in.u64();
    for (std::uint64_t i = 0; i < size; ++i) {
      DaySketch sketch;
      if (!get_sketch(in, sketch)) return false;
      if (i > 0 && sketch.day <= content.sketches.back().day) return false;
      content.sketches.push_back(std::move(sketch));
    }
  }
  if (used != nullptr) *used = in.at();
  return in.ok() && (used != nullptr || in.at_end());
}

std::uint64_t count_window(const Content& content, std::uint32_t now_s, std::uint32_t length) {
  std::uint64_t count = 0;
  const std::uint32_t begin = window_begin(now_s, length);
  for (auto at = std::lower_bound(content.hits.begin(), content.hits.end(), begin, before);
       at != content.hits.end() && at->at <= now_s; ++at)
    count += at->count;
  return count;
}

}  // namespace daybook::hits
