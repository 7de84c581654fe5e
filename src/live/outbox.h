// What one connection still has to send, in order: its own bytes, and at most one waiting state per
// topic. A newer state takes the place of an older one of the same topic that has not begun to be
// sent. States are shared, so a thousand slow connections hold one copy of each.
//
// Threads: one.
#pragma once

#include "live/message.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::live {

class Outbox {
 public:
  // Small pushes in a row share one piece of at most so many bytes.
  static constexpr std::size_t piece_bytes_max = 16u << 10;

  // False: more than `bytes_max` own bytes would wait; nothing was put in.
  bool push(std::string_view bytes, std::size_t bytes_max);
  // A state no newer than what waits of its topic in the same format is nothing to send. Nor is one
  // without bytes.
  void offer(const MessagePtr& message, std::size_t format);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t own_bytes() const { return own_bytes_; }
  // Of states too: what a slow client keeps alive. O(what waits).
  [[nodiscard]] std::size_t unsent_bytes() const;
  // The next bytes to send; empty when there is nothing. Until the next call that changes it.
  [[nodiscard]] std::string_view front() const;
  // The next bytes to send as the first pieces of one gather write; how many of `pieces` were set.
  [[nodiscard]] std::size_t fronts(std::span<std::string_view> pieces) const;
  // So many bytes were sent, of front() or of fronts() in their order.
  void sent(std::size_t bytes);
  void clear();
  // Of the queue and its own bytes; 0 while empty.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Entry {
    std::string own;     // or
    MessagePtr message;  // a state
    std::size_t format = 0;
    [[nodiscard]] std::string_view bytes() const {
      return message == nullptr ? std::string_view(own) : message->bytes(format);
    }
  };
  [[nodiscard]] std::string_view unsent(std::size_t i) const;

  // A vector holds nothing while it is empty and has been given back, where a deque keeps a block;
  // there are a few dozen entries at most, so that taking the first one off is cheap.
  std::vector<Entry> entries_;
  std::size_t front_sent_ = 0;
  std::size_t own_bytes_ = 0;  // unsent
};

}  // namespace daybook::live
