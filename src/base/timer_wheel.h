// Deadlines of many connections for the price of one timer: a wheel of intrusive lists, one slot
// per tick. Moving a deadline later costs one store; the node is looked at again when its old slot
// comes up.
//
// Threads: one (its io thread).
#pragma once

#include <daybook/check.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace daybook {

struct TimerNode {
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  TimerNode* previous = nullptr;  // null: not in a wheel
  TimerNode* next = nullptr;
  std::int64_t deadline_ms = never;
  std::int64_t slot_ms = never;  // when the wheel looks at it
};

class TimerWheel {
 public:
  static constexpr std::size_t slots = 512;

  TimerWheel(std::int64_t tick_ms, std::int64_t now_ms)
      : tick_ms_(tick_ms), now_tick_(now_ms / tick_ms) {
    for (TimerNode& head : heads_) head.previous = head.next = &head;
  }
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Sets or moves the deadline; `never` takes it out of force. Fires at most one tick late.
  void set(TimerNode& node, std::int64_t deadline_ms) {
    node.deadline_ms = deadline_ms;
    if (deadline_ms == TimerNode::never) return;
    if (node.previous != nullptr) {
      if (node.slot_ms <= deadline_ms) return;
      unlink(node);
    }
    link(node);
  }

  void remove(TimerNode& node) {
    if (node.previous != nullptr) unlink(node);
    node.deadline_ms = TimerNode::never;
  }

  // Calls f(node) for each node whose deadline has passed; f may set or remove any node.
  template <class F>
  void advance(std::int64_t now_ms, F&& f) {
    const std::int64_t tick = now_ms / tick_ms_;
    if (tick - now_tick_ > static_cast<std::int64_t>(slots))
      now_tick_ = tick - static_cast<std::int64_t>(slots);
    while (now_tick_ < tick) {
      ++now_tick_;
      TimerNode due;  // the slot's list moves here first: f may link into the same slot again
      TimerNode& head = heads_[static_cast<std::size_t>(now_tick_) % slots];
      if (head.next == &head) continue;
      due.next = head.next;
      due.previous = head.previous;
      due.next->previous = due.previous->next = &due;
      head.previous = head.next = &head;
      while (due.next != &due) {
        TimerNode& node = *due.next;
        unlink(node);
        if (node.deadline_ms == TimerNode::never) continue;
        if (node.deadline_ms > now_ms)
          link(node);
        else
          f(node);
      }
    }
  }

 private:
  void link(TimerNode& node) {
    std::int64_t tick = node.deadline_ms / tick_ms_ + 1;
    if (tick <= now_tick_) tick = now_tick_ + 1;
    // Beyond the horizon: looked at on the way and put in again.
    if (tick >= now_tick_ + static_cast<std::int64_t>(slots))
      tick = now_tick_ + static_cast<std::int64_t>(slots) - 1;
    node.slot_ms = tick * tick_ms_;
    TimerNode& head = heads_[static_cast<std::size_t>(tick) % slots];
    node.previous = head.previous;
    node.next = &head;
    head.previous->next = &node;
    head.previous = &node;
  }
  static void unlink(TimerNode& node) {
    node.previous->next = node.next;
    node.next->previous = node.previous;
    node.previous = node.next = nullptr;
  }

  std::int64_t tick_ms_;
  std::int64_t now_tick_;
  std::array<TimerNode, slots> heads_;
};

}  // namespace daybook
