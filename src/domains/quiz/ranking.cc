#include "domains/quiz/ranking.h"

#include <daybook/check.h>

#include <algorithm>
#include <cstring>

namespace daybook::quiz {
namespace {

// Of what share of all members the places are sought anew, instead of one by one.
constexpr std::size_t rebuild_share = 8;

// The one order of docs/domains/quiz.md; the member's number only makes it total.
bool comes_before(const Standing& a, std::uint32_t a_member, const Standing& b,
                  std::uint32_t b_member) {
  if (a.score != b.score) return a.score > b.score;
  if (a.reached != b.reached) return a.reached < b.reached;
  if (a.order != b.order) return a.order < b.order;
  return a_member < b_member;
}

}  // namespace

bool Ranking::is_before(std::uint32_t a, std::uint32_t b) const {
  return comes_before(standings_[a], a, standings_[b], b);
}

Ranking::Place Ranking::find(std::uint32_t member) const {
  const auto before = [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); };
  const auto after = std::upper_bound(firsts_.begin(), firsts_.end(), member, before);
  Place place;
  place.leaf = after == firsts_.begin() ? 0 : static_cast<std::size_t>(after - firsts_.begin()) - 1;
  const Leaf& leaf = *leaves_[place.leaf];
  const std::uint32_t* end = leaf.members + leaf.count;
  place.at = static_cast<std::uint32_t>(std::lower_bound(leaf.members, end, member, before) -
                                        leaf.members);
  return place;
}

void Ranking::set(std::uint32_t member, const Standing& standing) {
  DAYBOOK_CHECK(standing.order > 0);
  if (contains(member)) {
    if (standings_[member] == standing) return;
    erase(member);
  }
  if (member >= standings_.size()) standings_.resize(std::size_t{member} + 1);
  standings_[member] = standing;
  insert(member);
}

void Ranking::set_all(std::span<const Change> changes) {
  if (changes.size() * rebuild_share < size_) {
    for (const Change& change : changes) set(change.member, change.standing);
    return;
  }
  for (const Change& change : changes) {
    DAYBOOK_CHECK(change.standing.order > 0);
    if (change.member >= standings_.size()) standings_.resize(std::size_t{change.member} + 1);
    standings_[change.member] = change.standing;
  }
  rebuild();
}

void Ranking::remove(std::uint32_t member) {
  if (!contains(member)) return;
  erase(member);
  standings_[member] = {};
}

void Ranking::insert(std::uint32_t member) {
  if (leaves_.empty()) {
    leaves_.push_back(std::make_unique<Leaf>());
    firsts_.push_back(member);
    rebuild_counts();
  }
  Place place = find(member);
  if (leaves_[place.leaf]->count == leaf_members_max) {
    split(place.leaf);
    place = find(member);
  }
  Leaf& leaf = *leaves_[place.leaf];
  std::uint32_t* at = leaf.members + place.at;
  std::memmove(at + 1, at, (leaf.count - place.at) * sizeof(*at));
  *at = member;
  ++leaf.count;
  ++size_;
  if (place.at == 0) firsts_[place.leaf] = member;
  add_count(place.leaf, 1);
}

void Ranking::erase(std::uint32_t member) {
  const Place place = find(member);
  Leaf& leaf = *leaves_[place.leaf];
  DAYBOOK_CHECK(place.at < leaf.count && leaf.members[place.at] == member);
  std::uint32_t* at = leaf.members + place.at;
  --leaf.count;
  --size_;
  std::memmove(at, at + 1, (leaf.count - place.at) * sizeof(*at));
  if (leaf.count == 0) {
    leaves_.erase(leaves_.begin() + static_cast<std::ptrdiff_t>(place.leaf));
    firsts_.erase(firsts_.begin() + static_cast<std::ptrdiff_t>(place.leaf));
    rebuild_counts();
    return;
  }
  if (place.at == 0) firsts_[place.leaf] = leaf.members[0];
  add_count(place.leaf, -1);
  // A leaf that has become small goes into the next one when both have room to grow in it.
  if (leaf.count > leaf_members_max / 4 || place.leaf + 1 == leaves_.size()) return;
  Leaf& next = *leaves_[place.leaf + 1];
  if (leaf.count + next.count > leaf_members_max / 2) return;
  std::memcpy(leaf.members + leaf.count, next.members, next.count * sizeof(*next.members));
  leaf.count += next.count;
  leaves_.erase(leaves_.begin() + static_cast<std::ptrdiff_t>(place.leaf) + 1);
  firsts_.erase(firsts_.begin() + static_cast<std::ptrdiff_t>(place.leaf) + 1);
  rebuild_counts();
}

// People join, and reach a score, mostly one after another: a full last leaf is left full.
void Ranking::split(std::size_t n) {
  Leaf& leaf = *leaves_[n];
  const bool is_last = n + 1 == leaves_.size();
  const std::uint32_t kept = is_last ? leaf.count - leaf.count / 8 : leaf.count / 2;
  auto rest = std::make_unique<Leaf>();
  rest->count = leaf.count - kept;
  std::memcpy(rest->members, leaf.members + kept, rest->count * sizeof(*rest->members));
  leaf.count = kept;
  firsts_.insert(firsts_.begin() + static_cast<std::ptrdiff_t>(n) + 1, rest->members[0]);
  leaves_.insert(leaves_.begin() + static_cast<std::ptrdiff_t>(n) + 1, std::move(rest));
  rebuild_counts();
}

void Ranking::rebuild() {
  struct Entry {
    Standing standing;
    std::uint32_t member;
  };
  std::vector<Entry> entries;
  entries.reserve(standings_.size());
  for (std::uint32_t member = 0; member < standings_.size(); ++member)
    if (contains(member)) entries.push_back({standings_[member], member});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return comes_before(a.standing, a.member, b.standing, b.member);
  });
  constexpr std::uint32_t filled = leaf_members_max - leaf_members_max / 4;
  leaves_.clear();
  firsts_.clear();
  for (std::size_t i = 0; i < entries.size(); i += filled) {
    auto leaf = std::make_unique<Leaf>();
    leaf->count = static_cast<std::uint32_t>(std::min<std::size_t>(filled, entries.size() - i));
    for (std::uint32_t k = 0; k < leaf->count; ++k) leaf->members[k] = entries[i + k].member;
    firsts_.push_back(leaf->members[0]);
    leaves_.push_back(std::move(leaf));
  }
  size_ = entries.size();
  rebuild_counts();
}

void Ranking::rebuild_counts() {
  counts_.assign(leaves_.size() + 1, 0);
  for (std::size_t i = 1; i < counts_.size(); ++i) {
    counts_[i] += leaves_[i - 1]->count;
    const std::size_t parent = i + (i & (~i + 1));
    if (parent < counts_.size()) counts_[parent] += counts_[i];
  }
}

void Ranking::add_count(std::size_t leaf, std::int32_t by) {
  for (std::size_t i = leaf + 1; i < counts_.size(); i += i & (~i + 1))
    counts_[i] += static_cast<std::uint32_t>(by);
}

std::uint32_t Ranking::members_before(std::size_t leaf) const {
  std::uint32_t sum = 0;
  for (std::size_t i = leaf; i > 0; i &= i - 1) sum += counts_[i];
  return sum;
}

std::uint32_t Ranking::rank_of(std::uint32_t member) const {
  DAYBOOK_CHECK(contains(member));
  const Place place = find(member);
  return members_before(place.leaf) + place.at + 1;
}

std::vector<std::uint32_t> Ranking::members(std::size_t from, std::size_t count) const {
  std::vector<std::uint32_t> found;
  if (from >= size_) return found;
  found.reserve(std::min(count, size_ - from));
  std::size_t leaf = 0;
  while (from >= leaves_[leaf]->count) from -= leaves_[leaf++]->count;
  for (; leaf < leaves_.size() && found.size() < count; ++leaf, from = 0) {
    const Leaf& in = *leaves_[leaf];
    const std::size_t taken = std::min<std::size_t>(in.count - from, count - found.size());
    found.insert(found.end(), in.members + from, in.members + from + taken);
  }
  return found;
}

std::size_t Ranking::memory_bytes() const {
  return standings_.capacity() * sizeof(Standing) + leaves_.size() * sizeof(Leaf) +
         leaves_.capacity() * sizeof(leaves_[0]) +
         (firsts_.capacity() + counts_.capacity()) * sizeof(std::uint32_t);
}

}  // namespace daybook::quiz
