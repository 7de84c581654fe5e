#include "load/broadcast_log.h"

#include <algorithm>
#include <charconv>

namespace daybook::load {

std::uint64_t score_sum(std::string_view json) {
  constexpr std::string_view member = "\"score\":";
  std::uint64_t sum = 0;
  for (std::size_t at = 0; (at = json.find(member, at)) != std::string_view::npos;) {
    at += member.size();
    std::uint64_t score = 0;
    std::from_chars(json.data() + at, json.data() + json.size(), score);
    sum += score;
  }
  return sum;
}

bool BroadcastLog::is(std::uint64_t number, std::string_view text) const {
  return number > forgotten_ && number <= numbered_ &&
         remembered_[number - forgotten_ - 1].text == text;
}

// Most often a socket gets the newest one, or the one after its last.
std::uint64_t BroadcastLog::number_of(const Seen& seen, std::string_view text) const {
  if (is(numbered_, text)) return numbered_;
  if (is(seen.last + 1, text)) return seen.last + 1;
  for (std::uint64_t number = numbered_; number > forgotten_; --number)
    if (is(number, text)) return number;
  return 0;
}

void BroadcastLog::add(std::string_view text, std::int64_t now_ns) {
  if (remembered_.size() == broadcasts_remembered_max) forget_oldest();
  const std::uint64_t sum = score_sum(text);
  if (sum >= newest_sum_) newest_complete_ = false;
  newest_sum_ = std::max(newest_sum_, sum);
  if (!remembered_.empty() && remembered_.back().first_ns >= measure_from_ns_ &&
      now_ns < measure_to_ns_)
    counts_.interval.record(static_cast<std::uint64_t>(now_ns - remembered_.back().first_ns));
  remembered_.push_back({std::string(text), sum, now_ns, now_ns, 0});
  ++numbered_;
}

void BroadcastLog::forget_oldest() {
  const Broadcast& oldest = remembered_.front();
  if (oldest.first_ns >= measure_from_ns_ && oldest.first_ns < measure_to_ns_) {
    ++counts_.broadcasts;
    if (oldest.steady >= steady_) {
      ++counts_.complete;
      counts_.spread.record(static_cast<std::uint64_t>(oldest.last_ns - oldest.first_ns));
    } else {
      counts_.missed += steady_ - oldest.steady;
    }
  }
  remembered_.pop_front();
  ++forgotten_;
}

void BroadcastLog::received(Seen& seen, bool steady, std::string_view text, std::int64_t now_ns) {
  const bool measured = now_ns >= measure_from_ns_ && now_ns < measure_to_ns_;
  if (measured) {
    ++counts_.messages;
    counts_.bytes += text.size();
  }
  std::uint64_t number = number_of(seen, text);
  if (number == 0 && !steady) {
    const std::uint64_t sum = score_sum(text);
    if (sum < seen.sum) ++counts_.out_of_order;
    seen.sum = std::max(seen.sum, sum);
    return;
  }
  if (number == 0) {
    add(text, now_ns);
    number = numbered_;
  }
  Broadcast& broadcast = at(number);
  if (number == seen.last || broadcast.sum < seen.sum) {
    ++(number == seen.last ? counts_.duplicates : counts_.out_of_order);
    return;
  }
  seen = {number, broadcast.sum};
  if (!steady) return;
  ++broadcast.steady;
  broadcast.last_ns = now_ns;
  if (broadcast.sum == newest_sum_ && broadcast.steady >= steady_) newest_complete_ = true;
}

bool BroadcastLog::complete() const { return newest_complete_; }

BroadcastCounts BroadcastLog::finish() {
  while (!remembered_.empty()) forget_oldest();
  return counts_;
}

}  // namespace daybook::load
