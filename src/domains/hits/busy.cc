#include "domains/hits/busy.h"

#include <algorithm>

namespace daybook::hits {
namespace {

constexpr std::uint32_t seconds_ring = 3968;
constexpr std::uint32_t minutes_ring = 4352;
static_assert(seconds_ring >= seconds_kept + future_s_limit + held_s_max);
static_assert(minutes_ring >= minutes_kept + future_s_limit / minute_s + 2);

bool before(const Count& entry, std::uint32_t at) { return entry.at < at; }

// Appends, or adds to the last entry when it is of the same time.
void push(std::vector<Count>& list, std::uint32_t at, std::uint32_t count) {
  if (count == 0) return;
  if (!list.empty() && list.back().at == at)
    list.back().count = add_counts(list.back().count, count);
  else
    list.push_back({at, count});
}

constexpr std::uint32_t less(std::uint32_t a, std::uint32_t b) { return a > b ? a - b : 0; }

}  // namespace

void RecentCounts::add(std::uint32_t at, std::uint32_t count, std::uint32_t floor) {
  if (!ring_.empty()) {
    add_to_ring(at, count);
    return;
  }
  newest_ = std::max(newest_, at);
  if (list_.size() == list_.capacity())
    std::erase_if(list_, [floor](const Count& entry) { return entry.at <= floor; });
  if (list_.size() < list_max) {
    add_count(list_, at, count);
    return;
  }
  ring_.assign(ring_size_, 0);
  for (const Count& entry : list_) add_to_ring(entry.at, entry.count);
  list_ = std::vector<Count>();  // gives its memory back
  add_to_ring(at, count);
}

void RecentCounts::add_to_ring(std::uint32_t at, std::uint32_t count) {
  if (at > newest_) {
    const std::uint32_t steps = std::min(at - newest_, ring_size_);
    for (std::uint32_t i = 0; i < steps; ++i) ring_[(at - i) % ring_size_] = 0;
    newest_ = at;
  } else if (newest_ - at >= ring_size_) {
    // The clock was set back by more than the ring is long: what it holds has not come yet.
    std::fill(ring_.begin(), ring_.end(), 0);
    newest_ = at;
  }
  std::uint32_t& cell = ring_[at % ring_size_];
  cell = add_counts(cell, count);
}

std::uint32_t RecentCounts::first_of(std::uint32_t from) const {
  return std::max(from, floor_of(newest_, ring_size_) + 1);
}

std::uint64_t RecentCounts::sum(std::uint32_t from, std::uint32_t until) const {
  std::uint64_t sum = 0;
  if (ring_.empty()) {
    for (auto at = std::lower_bound(list_.begin(), list_.end(), from, before);
         at != list_.end() && at->at <= until; ++at)
      sum += at->count;
    return sum;
  }
  until = std::min(until, newest_);
  from = first_of(from);
  if (from > until) return 0;
  std::uint32_t cell = from % ring_size_;
  for (std::uint32_t left = until - from + 1; left > 0; --left) {
    sum += ring_[cell];
    cell = cell + 1 == ring_size_ ? 0 : cell + 1;
  }
  return sum;
}

void RecentCounts::append(std::uint32_t from, std::uint32_t until, std::vector<Count>& out) const {
  if (ring_.empty()) {
    for (auto at = std::lower_bound(list_.begin(), list_.end(), from, before);
         at != list_.end() && at->at <= until; ++at)
      out.push_back(*at);
    return;
  }
  until = std::min(until, newest_);
  for (std::uint64_t at = first_of(from); at <= until; ++at)
    if (const std::uint32_t count = ring_[at % ring_size_]; count != 0)
      out.push_back({static_cast<std::uint32_t>(at), count});
}

Busy::Busy(const Content& content, std::uint32_t now_s)
    : seconds_(seconds_ring),
      minutes_(minutes_ring),
      hours_(content.hours),
      days_(content.days),
      sketches_(content.sketches) {
  for (const Count& hit : content.hits) count(hit.at, hit.count, now_s);
}

void Busy::count(std::uint32_t second, std::uint32_t count, std::uint32_t now_s) {
  const std::uint32_t seconds_floor = floor_of(now_s, seconds_kept);
  const std::uint32_t minutes_floor = floor_of(now_s / minute_s, minutes_kept);
  if (second > seconds_floor) seconds_.add(second, count, seconds_floor);
  if (second / minute_s > minutes_floor) minutes_.add(second / minute_s, count, minutes_floor);
  if (open_hours_.size() == open_hours_.capacity())
    open_hours_.reserve(open_hours_.size() + day_hours);
  add_count(open_hours_, second / hour_s, count);
}

void Busy::add(std::uint32_t second, std::uint64_t visitor, std::uint32_t now_s) {
  count(second, 1, now_s);
  if (visitor != 0) open_sketch(sketches_, day_of_second(second)).add(visitor);
}

std::uint64_t Busy::count_window(std::uint32_t now_s, std::uint32_t length) const {
  const std::uint32_t begin = window_begin(now_s, length);
  if (length <= hour_s) return seconds_.sum(begin, now_s);
  const std::uint32_t minute = now_s / minute_s;
  const std::uint64_t this_minute = seconds_.sum(minute * minute_s, now_s);
  return this_minute + (minute == 0 ? 0 : minutes_.sum(begin / minute_s, minute - 1));
}

bool Busy::day(Day day, Entry& entry) const {
  entry.hours = {};
  entry.visitors = 0;
  bool found = false;
  for (const Count& hour : open_hours_) {
    if (day_of_hour(hour.at) != day) continue;
    entry.hours[hour.at % day_hours] = hour.count;
    found = true;
  }
  for (const DaySketch& sketch : sketches_)
    if (sketch.day == day) entry.visitors = sketch.visitors.estimate();
  return found;
}

void Busy::collect(std::uint32_t now_s, std::int32_t hours_kept_days, Content& out) const {
  out.clear();
  std::vector<Count> minutes;
  std::vector<Count> seconds;
  minutes_.append(floor_of(now_s / minute_s, minutes_kept) + 1, minutes_.newest(), minutes);
  seconds_.append(floor_of(now_s, seconds_kept) + 1, seconds_.newest(), seconds);
  // Each hour is what its minutes do not explain, then its minutes; these likewise with seconds.
  auto minute = minutes.begin();
  auto second = seconds.begin();
  for (const Count& hour : open_hours_) {
    const auto first = minute;
    std::uint32_t rest = hour.count;
    while (minute != minutes.end() && minute->at * std::uint64_t{minute_s} / hour_s <= hour.at)
      rest = less(rest, (minute++)->count);
    push(out.hits, hour.at * hour_s, rest);
    for (auto m = first; m != minute; ++m) {
      const auto first_second = second;
      rest = m->count;
      while (second != seconds.end() && second->at / minute_s <= m->at)
        rest = less(rest, (second++)->count);
      push(out.hits, m->at * minute_s, rest);
      for (auto s = first_second; s != second; ++s) push(out.hits, s->at, s->count);
    }
  }
  out.hours = hours_;
  out.days = days_;
  out.sketches = sketches_;
  out.coarsen(now_s, hours_kept_days);
}

std::size_t Busy::memory_bytes() const {
  std::size_t bytes = sizeof(Busy) + seconds_.heap_bytes() + minutes_.heap_bytes() +
                      (open_hours_.capacity() + hours_.capacity()) * sizeof(Count) +
                      days_.capacity() * sizeof(DayTotal) +
                      sketches_.capacity() * sizeof(DaySketch);
  for (const DaySketch& sketch : sketches_) bytes += sketch.visitors.heap_bytes();
  return bytes;
}

}  // namespace daybook::hits
