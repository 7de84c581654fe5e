// Ranking: who stands where among up to millions of members, by one documented order: the higher
// score first; of the same score, who reached it earlier; of the same time, who comes first in the
// log. Members are small numbers given by the owner (a player's number in a room).
//
// An array of members in order, cut into leaves of at most leaf_members_max, with a Fenwick tree
// over the leaves' sizes: rank_of and set take O(log n) comparisons and one move within a leaf.
// About 25 bytes a member. Thread: the owner's.
#pragma once

#include <daybook/ids.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace daybook::quiz {

struct Standing {
  UnixUs reached{};  // when the answer that made the score reached the server
  std::uint32_t score = 0;
  std::uint32_t order = 0;  // grows with the place in the log of what made the score; from 1
  friend bool operator==(const Standing&, const Standing&) = default;
};

class Ranking {
 public:
  struct Change {
    std::uint32_t member = 0;
    Standing standing{};
  };

  // Adds the member, or moves it. REQUIRES: standing.order > 0
  void set(std::uint32_t member, const Standing& standing);
  // The same for many at once; of two changes of one member the later holds.
  void set_all(std::span<const Change> changes);
  void remove(std::uint32_t member);  // nothing when it is not there

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool contains(std::uint32_t member) const {
    return member < standings_.size() && standings_[member].order != 0;
  }
  // REQUIRES: contains(member)
  [[nodiscard]] const Standing& standing(std::uint32_t member) const { return standings_[member]; }
  // 1 + how many stand before it. REQUIRES: contains(member)
  [[nodiscard]] std::uint32_t rank_of(std::uint32_t member) const;
  // At most `count` members from the place `from` on (0: the first), in order.
  [[nodiscard]] std::vector<std::uint32_t> members(std::size_t from, std::size_t count) const;
  [[nodiscard]] std::vector<std::uint32_t> top(std::size_t count) const {
    return members(0, count);
  }
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  static constexpr std::uint32_t leaf_members_max = 128;

  struct Leaf {
    std::uint32_t count = 0;
    std::uint32_t members[leaf_members_max];
  };
  struct Place {
    std::size_t leaf = 0;
    std::uint32_t at = 0;
  };

  [[nodiscard]] bool is_before(std::uint32_t a, std::uint32_t b) const;
  // Where the member stands, or would: the leaf that holds its place, and the place in it.
  [[nodiscard]] Place find(std::uint32_t member) const;
  void insert(std::uint32_t member);
  void erase(std::uint32_t member);
  void split(std::size_t leaf);
  void rebuild();         // leaves and all, from the standings
  void rebuild_counts();  // the Fenwick tree, from the leaves
  void add_count(std::size_t leaf, std::int32_t by);
  [[nodiscard]] std::uint32_t members_before(std::size_t leaf) const;

  std::vector<Standing> standings_;            // by member; order 0: not there
  std::vector<std::unique_ptr<Leaf>> leaves_;  // none is empty
  std::vector<std::uint32_t> firsts_;          // by leaf: its first member
  std::vector<std::uint32_t> counts_;          // Fenwick tree, from 1
  std::size_t size_ = 0;
};

}  // namespace daybook::quiz
