// The answers one connection still owes, in the order of its requests. An answer that is ready
// before those in front of it waits here as bytes.
//
// Threads: one (its session's).
#pragma once

#include "http/events_route.h"
#include "http/response_writer.h"
#include "http/router.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace daybook::http {

struct Slot {
  bool ready = false;
  AnswerForm form;
  const Route* route = nullptr;  // null: no route was found
  std::int64_t start_us = 0;
  bool heavy = false;                 // its answer may be large: see Session::mark_heavy
  std::uint64_t poll = 0;             // not 0: a Socket.IO poll that waits
  std::string bytes;                  // ready, but not at the front
  std::unique_ptr<EventsJob> events;  // POST /events only
};

// A ring that grows by doubling; a connection that never pipelines holds one slot.
class AnswerQueue {
 public:
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }
  // The number of the next request.
  [[nodiscard]] std::uint64_t next_number() const { return front_ + count_; }
  [[nodiscard]] bool is_front(std::uint64_t number) const { return number == front_; }
  [[nodiscard]] bool is_last(std::uint64_t number) const { return number + 1 == next_number(); }

  Slot& push() {
    if (count_ == ring_.size()) grow();
    Slot& slot = at(front_ + count_);
    ++count_;
    return slot;
  }
  // Null: answered or given up already.
  Slot* find(std::uint64_t number) {
    if (number < front_ || number - front_ >= count_) return nullptr;
    return &at(number);
  }
  Slot& front() { return at(front_); }
  // Calls f(slot) for each, in order.
  template <class F>
  void each(F&& f) {
    for (std::uint64_t n = front_; n != front_ + count_; ++n) f(at(n));
  }
  void pop() {
    Slot& slot = front();
    slot.ready = false;
    slot.bytes.clear();
    slot.bytes.shrink_to_fit();
    slot.events.reset();
    ++front_;
    --count_;
  }

 private:
  Slot& at(std::uint64_t number) { return ring_[number & (ring_.size() - 1)]; }
  void grow() {
    std::vector<Slot> grown(ring_.empty() ? 1 : ring_.size() * 2);
    for (std::uint64_t n = front_; n != front_ + count_; ++n)
      grown[n & (grown.size() - 1)] = std::move(at(n));
    ring_ = std::move(grown);
  }

  std::vector<Slot> ring_;  // a power of two
  std::uint64_t front_ = 0;
  std::size_t count_ = 0;
};

}  // namespace daybook::http
