// What a load counted.
//
// Thread: each worker its own; merged by the runner when the workers have ended.
#pragma once

#include "load/histogram.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t status_end = 600;
constexpr std::size_t refusal_bytes_max = 400;  // of the first refusal's body, kept to be shown

enum class Failure : std::uint8_t {
  connect,     // no connection
  reset,       // a socket error with answers outstanding
  closed,      // the server closed with answers outstanding
  malformed,   // bytes that are no HTTP answer
  unanswered,  // no answer when the time for stragglers was over
};
constexpr std::size_t failure_kinds = 5;
std::string_view failure_name(Failure failure);

// The lines of NDJSON answers.
struct LineCounts {
  std::uint64_t accepted = 0;   // 2xx
  std::uint64_t conflicts = 0;  // 409
  std::uint64_t refused = 0;    // anything else
  [[nodiscard]] std::uint64_t all() const { return accepted + conflicts + refused; }
  LineCounts& operator+=(const LineCounts& other);
};

// Counts by each line's "status" member. `first_refused`: set to the first refused line when it is
// empty.
LineCounts count_lines(std::string_view body, std::string& first_refused);

struct Tally {
  LatencyHistogram latency;                             // measured answers; sums up to `answers`
  std::array<std::uint64_t, status_end> codes{};        // measured answers by status
  std::uint64_t answers = 0;                            // measured: after the warm-up
  LineCounts lines;                                     // measured
  std::uint64_t answers_total = 0;                      // with the warm-up
  std::array<std::uint64_t, status_end> codes_total{};  // with the warm-up
  std::uint64_t accepted_total = 0;                     // 2xx, with the warm-up
  LineCounts lines_total;                               // with the warm-up
  std::array<std::uint64_t, failure_kinds> failures{};
  std::uint64_t reconnects = 0;  // after a close that lost nothing
  std::uint64_t unsent = 0;      // open loop: due in time, not sent in time
  std::uint64_t bytes_sent = 0, bytes_received = 0;
  std::int64_t last_answer_ns = 0;  // steady clock; 0: none
  std::string first_refusal;        // the first answer (or line) of 400 and above but 409

  [[nodiscard]] std::uint64_t failed() const;
  std::uint64_t& failure(Failure f) { return failures[static_cast<std::size_t>(f)]; }
  void merge(const Tally& other);
};

}  // namespace daybook::load
