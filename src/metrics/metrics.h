// Metrics: per-thread counters and fixed-bucket histograms, summed when scraped.
// Text format: Prometheus text exposition 0.0.4.
//
// A metric is registered once at start-up and handed out as a handle. Writing is a relaxed add to
// the calling thread's own cache line; no lock, no contention. Reading (render) sums all threads.
// Gauges that are known elsewhere are given as functions, called when scraped, by one scrape at a
// time but from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;  // {name, value}

constexpr std::size_t cells_max = 16384;  // counters and buckets of one registry

class Registry;

// Cheap to copy; valid as long as its registry.
class Counter {
 public:
  Counter() = default;
  void add(std::uint64_t n = 1) const;

 private:
  friend class Registry;
  Registry* registry_ = nullptr;
  std::uint32_t cell_ = 0;
};

class Histogram {
 public:
  Histogram() = default;
  void observe(std::uint64_t value) const;  // in the unit the histogram was registered with

 private:
  friend class Registry;
  Registry* registry_ = nullptr;
  std::uint32_t first_cell_ = 0;
  const std::vector<std::uint64_t>* bounds_ = nullptr;
};

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // Same name and labels again gives the same metric. Names end in _total for counters.
  Counter counter(std::string_view name, std::string_view help, Labels labels = {});
  // `bounds`: upper bounds, ascending, in raw units; shown multiplied by `scale` (1e-6: us →
  // seconds).
  Histogram histogram(std::string_view name, std::string_view help,
                      std::vector<std::uint64_t> bounds, double scale, Labels labels = {});
  void gauge(std::string_view name, std::string_view help, std::function<double()> read,
             Labels labels = {});
  // A counter kept elsewhere, read when scraped.
  void counter_function(std::string_view name, std::string_view help, std::function<double()> read,
                        Labels labels = {});

  [[nodiscard]] std::string render() const;

 private:
  friend class Counter;
  friend class Histogram;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// 50 us .. 10 s, for latencies in microseconds.
std::vector<std::uint64_t> latency_bounds_us();
// 1, 2, 4 ... 16384, for group sizes.
std::vector<std::uint64_t> size_bounds();

}  // namespace daybook::metrics
