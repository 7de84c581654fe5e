// Line: the waiting list of one date. Taking a place, leaving it from anywhere, being first and
// asking for the place in line cost O(log n) at most; 8 bytes a place.
//
// A place is a ticket, an index into `members_`; those who left stay as gaps until gaps are half of
// it. A Fenwick tree over the tickets counts who is still there.
// Thread: the owner's.
#pragma once

#include "domains/booking/key_table.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::booking {

class Line {
 public:
  // Returns the ticket. renumber(booking, ticket): the ticket of one in line has changed.
  template <class Renumber>
  std::uint32_t push(std::uint32_t booking, Renumber&& renumber) {
    if (members_.size() >= gaps_looked_at_min && live_ * 2 <= members_.size()) {
      close_gaps();
      for (std::uint32_t t = 0; t < live_; ++t) renumber(members_[t], t);
    }
    return append(booking);
  }
  void remove(std::uint32_t ticket);
  [[nodiscard]] std::uint32_t size() const { return live_; }
  // From 1. REQUIRES: the ticket is in line
  [[nodiscard]] std::uint32_t position(std::uint32_t ticket) const;
  // Walking the line: the first ticket at or after `ticket`, none at its end.
  [[nodiscard]] std::uint32_t first() const { return from(head_); }
  [[nodiscard]] std::uint32_t from(std::uint32_t ticket) const;
  [[nodiscard]] std::uint32_t booking(std::uint32_t ticket) const { return members_[ticket]; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return (members_.capacity() + tree_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::size_t gaps_looked_at_min = 64;

  std::uint32_t append(std::uint32_t booking);
  void close_gaps();

  std::vector<std::uint32_t> members_;  // bookings; none: gone
  std::vector<std::uint32_t> tree_;     // Fenwick: [i] counts the members of (i - lowbit(i), i]
  std::uint32_t head_ = 0;              // nobody before it
  std::uint32_t live_ = 0;
};

}  // namespace daybook::booking
