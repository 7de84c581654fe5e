// The followers of one topic, dense, and which of them wait for its newest state.
//
// Who waits stands in one range of the array, which may go over its end to its beginning: it begins
// at a cursor, everyone who is served leaves it there, and a new state makes it the whole circle,
// beginning where the last state had got to. So nobody is served twice before everybody was once,
// however fast states come.
//
//   |  served  |  wait  |  served  |     or     |  wait  |  served  |  wait  |
//              ^ cursor                                             ^ cursor
//
// Somebody who leaves is replaced by the last of its part, which by the last of the next part, so
// that the parts stay what they are: at most three moves.
//
// Threads: one (its hub's).
#pragma once

#include <daybook/check.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::live {

class Subscriber;

struct Follower {
  Subscriber* who = nullptr;
  std::uint64_t had = 0;  // the newest revision it was offered, or joined with
};

class Followers {
 public:
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  [[nodiscard]] std::size_t capacity() const { return all_.capacity(); }
  Follower& operator[](std::size_t i) { return all_[i]; }
  const Follower& operator[](std::size_t i) const { return all_[i]; }

  void let_all_wait() { waiting_ = all_.size(); }
  // The next who waits; it does not any more. REQUIRES: waiting() > 0
  Follower& serve() {
    if (cursor_ == all_.size()) cursor_ = 0;
    --waiting_;
    return all_[cursor_++];
  }

  // Puts one in; its place. Whoever has to make room is told: moved(Follower&, new place). One who
  // need not wait may be served all the same.
  template <class Moved>
  std::size_t add(const Follower& follower, bool waits, Moved&& moved) {
    const std::size_t place = all_.size();
    all_.push_back(follower);
    if (waiting_ == 0) {
      if (!waits) return place;
      cursor_ = place;
      waiting_ = 1;
      return place;
    }
    const std::size_t end = cursor_ + waiting_;
    if (end <= place && !waits) return place;
    ++waiting_;
    if (end >= place) return place;
    all_[place] = all_[end];
    moved(all_[place], place);
    all_[end] = follower;
    return end;
  }

  template <class Moved>
  void remove(std::size_t place, Moved&& moved) {
    const std::size_t size = all_.size();
    DAYBOOK_CHECK(place < size);
    const bool around = cursor_ + waiting_ > size;
    const std::size_t first = around ? cursor_ + waiting_ - size : cursor_;
    const std::size_t second = around ? cursor_ : cursor_ + waiting_;
    const bool inside = place >= first && place < second;
    std::size_t hole = place;
    for (const std::size_t part_end : std::array{first, second, size}) {
      if (hole >= part_end) continue;
      if (hole != part_end - 1) {
        all_[hole] = all_[part_end - 1];
        moved(all_[hole], hole);
      }
      hole = part_end - 1;
    }
    all_.pop_back();
    if (place < cursor_) --cursor_;
    if (inside != around) --waiting_;
    if (all_.size() < all_.capacity() / 4) all_.shrink_to_fit();
  }

 private:
  std::vector<Follower> all_;
  std::size_t cursor_ = 0;   // where those who wait begin; at most size()
  std::size_t waiting_ = 0;  // how many they are
};

}  // namespace daybook::live
