#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace daybook::load {

// Bucket = (doublings above 128 ns) * 128 + the 7 bits after the leading one.
std::size_t LatencyHistogram::bucket_of(std::uint64_t ns) {
  const auto width = static_cast<unsigned>(std::bit_width(ns));
  if (width <= step_bits) return static_cast<std::size_t>(ns);
  const unsigned shift = width - step_bits - 1;
  return (static_cast<std::size_t>(shift) << step_bits) + static_cast<std::size_t>(ns >> shift);
}

std::uint64_t LatencyHistogram::middle_of(std::size_t bucket) {
  constexpr std::size_t steps = std::size_t{1} << step_bits;
  if (bucket < 2 * steps) return bucket;  // one bucket, one nanosecond
  const std::size_t shift = (bucket >> step_bits) - 1;
  const std::uint64_t low = static_cast<std::uint64_t>(bucket - (shift << step_bits)) << shift;
  return low + ((std::uint64_t{1} << shift) >> 1);
}

LatencyHistogram::LatencyHistogram() : buckets_(bucket_of(value_ns_max) + 1, 0) {}

void LatencyHistogram::record(std::uint64_t ns) {
  ns = std::min(ns, value_ns_max);
  ++buckets_[bucket_of(ns)];
  ++count_;
  min_ = std::min(min_, ns);
  max_ = std::max(max_, ns);
  sum_ += static_cast<double>(ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

std::uint64_t LatencyHistogram::quantile_ns(double q) const {
  if (count_ == 0) return 0;
  const double rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::clamp(middle_of(i), min_, max_);
  }
  return max_;
}

double LatencyHistogram::mean_ns() const {
  return count_ == 0 ? 0.0 : sum_ / static_cast<double>(count_);
}

std::vector<LatencyHistogram::Bar> LatencyHistogram::bars() const {
  std::vector<Bar> out;
  std::uint64_t from = 0;
  std::size_t bucket = 0;
  for (std::uint64_t decade = 1000; from <= value_ns_max; decade *= 10) {
    for (const std::uint64_t step : {1u, 2u, 5u}) {
      Bar bar{from, decade * step, 0};
      for (; bucket < buckets_.size() && middle_of(bucket) < bar.to_ns; ++bucket)
        bar.count += buckets_[bucket];
      out.push_back(bar);
      from = bar.to_ns;
    }
  }
  while (!out.empty() && out.back().count == 0) out.pop_back();
  const auto first =
      std::find_if(out.begin(), out.end(), [](const Bar& b) { return b.count != 0; });
  out.erase(out.begin(), first);
  return out;
}

}  // namespace daybook::load
