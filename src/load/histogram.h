// Latencies in a log-linear histogram (the idea of HdrHistogram): the first 128 ns are counted one
// by one, every doubling after that has 128 steps, so a value is known to better than 1 % over the
// whole range.
//
// Thread: one owner each; merge() joins them when their threads have ended.
// Invariant: recording never allocates; count() is the sum of all buckets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::load {

class LatencyHistogram {
 public:
  static constexpr std::uint64_t value_ns_max = 60'000'000'000;  // longer ones count as this long

  LatencyHistogram();

  void record(std::uint64_t ns);
  void merge(const LatencyHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // The smallest recorded latency that at least the share `q` (0..1) of all does not exceed, to
  // better than 1 %. 0 when empty.
  [[nodiscard]] std::uint64_t quantile_ns(double q) const;
  [[nodiscard]] std::uint64_t min_ns() const { return count_ == 0 ? 0 : min_; }  // exact
  [[nodiscard]] std::uint64_t max_ns() const { return max_; }                    // exact
  [[nodiscard]] double mean_ns() const;                                          // exact

  struct Bar {
    std::uint64_t from_ns = 0, to_ns = 0;  // [from, to)
    std::uint64_t count = 0;
  };
  // The counts between 1-2-5 steps (10 us, 20 us, 50 us ...), from the first to the last that is
  // not empty.
  [[nodiscard]] std::vector<Bar> bars() const;

 private:
  static constexpr unsigned step_bits = 7;  // 128 steps a doubling
  static std::size_t bucket_of(std::uint64_t ns);
  static std::uint64_t middle_of(std::size_t bucket);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t min_ = value_ns_max;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace daybook::load
