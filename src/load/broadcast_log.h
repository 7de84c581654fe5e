// The broadcasts a load saw: each known by its text, with when the first and the last steady socket
// had it. A text that only others had is what somebody was sent who just joined, not a broadcast.
//
// Thread: one owner.
// Invariant: a broadcast's number is its place in the order in which the first of each came.
#pragma once

#include "load/histogram.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t broadcasts_remembered_max = 256;  // an older one would be taken for a new one

struct BroadcastCounts {
  std::uint64_t broadcasts = 0;    // whose first copy came in the measured time
  std::uint64_t complete = 0;      // of them: had by every steady socket
  std::uint64_t messages = 0;      // copies that came in the measured time, to any socket
  std::uint64_t bytes = 0;         // of their texts
  std::uint64_t missed = 0;        // copies of measured broadcasts that steady sockets did not get
  std::uint64_t duplicates = 0;    // a socket had it already
  std::uint64_t out_of_order = 0;  // a socket had a newer one already
  LatencyHistogram spread;         // of complete ones: from the first socket to the last
  LatencyHistogram interval;       // from one's first copy to the next one's
};

class BroadcastLog {
 public:
  // What one socket has had; starts anew with each connection.
  struct Seen {
    std::uint64_t last = 0;  // number, from 1; 0: none
    std::uint64_t sum = 0;   // of its scores
  };

  // Steady sockets stay for the whole measured time; completeness is about them.
  void set_steady(std::uint64_t sockets) { steady_ = sockets; }
  void start_measuring(std::int64_t now_ns) { measure_from_ns_ = now_ns; }
  void end_measuring(std::int64_t now_ns) { measure_to_ns_ = now_ns; }

  void received(Seen& seen, bool steady, std::string_view text, std::int64_t now_ns);

  // The newest broadcast has come to every steady socket.
  [[nodiscard]] bool complete() const;
  [[nodiscard]] std::uint64_t messages() const { return counts_.messages; }
  [[nodiscard]] std::uint64_t broadcasts() const { return numbered_; }  // of all times
  // Of all that came; call when no more will.
  BroadcastCounts finish();

 private:
  struct Broadcast {
    std::string text;
    std::uint64_t sum = 0;  // of its scores
    std::int64_t first_ns = 0, last_ns = 0;
    std::uint64_t steady = 0;  // steady sockets that had it
  };
  // 0: none that is remembered.
  [[nodiscard]] std::uint64_t number_of(const Seen& seen, std::string_view text) const;
  [[nodiscard]] bool is(std::uint64_t number, std::string_view text) const;
  Broadcast& at(std::uint64_t number) { return remembered_[number - forgotten_ - 1]; }
  void add(std::string_view text, std::int64_t now_ns);
  void forget_oldest();

  std::uint64_t steady_ = 0;
  std::int64_t measure_from_ns_ = INT64_MAX, measure_to_ns_ = INT64_MAX;
  std::uint64_t numbered_ = 0;   // broadcasts so far
  std::uint64_t forgotten_ = 0;  // of them: not in remembered_ any more
  std::deque<Broadcast> remembered_;
  std::uint64_t newest_sum_ = 0;
  bool newest_complete_ = true;
  BroadcastCounts counts_;
};

// The sum of all members "score" of a leaderboard's JSON.
std::uint64_t score_sum(std::string_view json);

}  // namespace daybook::load
