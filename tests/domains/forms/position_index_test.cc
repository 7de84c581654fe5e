// The index against a plain vector, by random ranges; its size; its bytes.
#include "domains/forms/position_index.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>

namespace daybook::forms {
namespace {

struct Entry {
  Position position;
  UnixUs at;
};

struct Pair {
  PositionIndex index;
  std::vector<Entry> plain;

  void add(Position position, UnixUs at) {
    index.add(position, at);
    plain.push_back({position, at});
  }
};

// Steps of `gap_max` positions at most; now and then the clock goes back.
void fill(Pair& pair, Rng& rng, std::size_t count, std::uint64_t gap_max, bool clock_goes_back) {
  Position position{rng.below(1000)};
  UnixUs at{1'700'000'000'000'000};
  for (std::size_t i = 0; i < count; ++i) {
    position = position + 1 + rng.below(gap_max);
    at.value += static_cast<std::int64_t>(rng.below(3)) * 1'000'000;
    if (clock_goes_back && rng.below(700) == 0) at.value -= 400'000'000;
    pair.add(position, at);
  }
}

std::vector<Position> wanted(const std::vector<Entry>& plain, const IndexRange& range) {
  std::vector<Position> found;
  for (const Entry& e : plain)
    if (e.position >= range.first && e.position <= range.last && e.at >= range.from &&
        e.at < range.until)
      found.push_back(e.position);
  return found;
}

// What collect gives, less what the times of the entries themselves rule out, as a reader does.
std::vector<Position> read_all(const Pair& pair, IndexRange range, bool newest_first,
                               std::size_t batch, std::size_t& given) {
  std::vector<Position> all;
  while (true) {
    std::vector<Position> found;
    pair.index.collect(range, newest_first, batch, found);
    given += found.size();
    for (const Position p : found) {
      const auto entry =
          std::lower_bound(pair.plain.begin(), pair.plain.end(), p,
                           [](const Entry& e, Position x) { return e.position < x; });
      REQUIRE(entry != pair.plain.end());
      REQUIRE(entry->position == p);
      if (entry->at >= range.from && entry->at < range.until) all.push_back(p);
    }
    if (found.size() < batch) return all;
    if (newest_first)
      range.last = {found.back().value - 1};
    else
      range.first = found.back() + 1;
  }
}

void check_ranges(const Pair& pair, Rng& rng, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    IndexRange range;
    const auto any = [&] { return pair.plain[rng.below(pair.plain.size())]; };
    if (rng.below(2) == 0) range.first = {any().position.value + rng.below(3)};
    if (rng.below(2) == 0) range.last = {any().position.value + rng.below(3)};
    if (rng.below(2) == 0) range.from = {any().at.value + static_cast<std::int64_t>(rng.below(3))};
    if (rng.below(2) == 0) range.until = {any().at.value + static_cast<std::int64_t>(rng.below(3))};
    std::vector<Position> expected = wanted(pair.plain, range);
    for (const bool newest_first : {false, true}) {
      std::size_t given = 0;
      const auto found = read_all(pair, range, newest_first, 1 + rng.below(300), given);
      if (newest_first) std::reverse(expected.begin(), expected.end());
      CHECK(found == expected);
    }
  }
}

TEST_CASE("what is in the index is known to be, and nothing else") {
  Rng rng(test::test_seed());
  Pair pair;
  CHECK_FALSE(pair.index.contains({1}));
  fill(pair, rng, 5000, 5, true);
  auto entry = pair.plain.begin();
  for (std::uint64_t p = 0; p <= pair.plain.back().position.value + 3; ++p) {
    while (entry != pair.plain.end() && entry->position.value < p) ++entry;
    const bool is_there = entry != pair.plain.end() && entry->position.value == p;
    if (pair.index.contains({p}) != is_there) FAIL("position " << p);
  }
}

TEST_CASE("the index gives what a plain list gives, for any range of positions and times") {
  const std::uint64_t seed = test::test_seed();
  Rng rng(seed);
  for (const std::size_t count : {1U, 2U, 127U, 128U, 129U, 1000U, 20'000U}) {
    for (const bool clock_goes_back : {false, true}) {
      Pair pair;
      fill(pair, rng, count, 1 + rng.below(1000), clock_goes_back);
      REQUIRE(pair.index.size() == count);
      INFO("seed " << seed << " count " << count << " clock goes back " << clock_goes_back);
      check_ranges(pair, rng, 60);
    }
  }
}

TEST_CASE("an empty index and an empty range give nothing") {
  PositionIndex index;
  std::vector<Position> found;
  index.collect({}, false, 10, found);
  index.collect({}, true, 10, found);
  index.add({7}, {100});
  index.collect({{8}, {7}, {0}, {200}}, false, 10, found);
  index.collect({{1}, {6}, {0}, {200}}, true, 10, found);
  index.collect({{1}, {9}, {101}, {200}}, false, 10, found);
  index.collect({{1}, {9}, {0}, {100}}, true, 10, found);
  index.collect({}, false, 0, found);
  CHECK(found.empty());
  index.collect({{7}, {7}, {100}, {101}}, true, 1, found);
  CHECK(found == std::vector<Position>{{7}});
}

TEST_CASE("a time that few blocks hold is found without giving positions of the others") {
  Rng rng(1);
  Pair pair;
  fill(pair, rng, 100'000, 300, false);
  const UnixUs middle = pair.plain[50'000].at;
  IndexRange range;
  range.from = middle;
  range.until = {middle.value + 10'000'000};
  for (const bool newest_first : {false, true}) {
    std::size_t given = 0;
    const auto found = read_all(pair, range, newest_first, 50, given);
    CHECK(found.size() == wanted(pair.plain, range).size());
    CHECK_FALSE(found.empty());
    CHECK(given <= found.size() + 2 * PositionIndex::block_positions);
  }
}

TEST_CASE("five million submissions over three hundred forms take at most three bytes each") {
  constexpr std::size_t forms = 300;
  constexpr std::uint64_t submissions = 5'000'000;
  Rng rng(7);
  std::vector<PositionIndex> indexes(forms);
  UnixUs at{1'700'000'000'000'000};
  for (std::uint64_t i = 1; i <= submissions; ++i) {
    at.value += 6'000'000;
    indexes[rng.below(forms)].add({i}, at);
  }
  std::size_t bytes = 0;
  for (const PositionIndex& index : indexes) bytes += index.memory_bytes();
  const double each = static_cast<double>(bytes) / static_cast<double>(submissions);
  std::cout << "index: " << each << " bytes a submission\n";
  CHECK(each < 3.0);
  CHECK(each > 1.0);
}

TEST_CASE("a saved index loads into the same one and goes on") {
  Rng rng(test::test_seed());
  Pair pair;
  fill(pair, rng, 3000, 50, true);
  ByteWriter out;
  pair.index.save(out);
  Pair again;
  again.plain = pair.plain;
  ByteReader in(out.data());
  REQUIRE(again.index.load(in).ok());
  CHECK(in.at_end());
  for (Pair* p : {&pair, &again}) {
    const Entry last = pair.plain[2999];
    p->add(last.position + 5, {last.at.value - 1'000'000'000});
    p->add(last.position + 500, {last.at.value + 1});
  }
  check_ranges(again, rng, 40);
  ByteWriter a;
  ByteWriter b;
  pair.index.save(a);
  again.index.save(b);
  CHECK(a.data() == b.data());
}

TEST_CASE("a damaged index is refused") {
  Rng rng(3);
  Pair pair;
  fill(pair, rng, 300, 50, true);
  ByteWriter out;
  pair.index.save(out);
  const std::string bytes = out.take();
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    PositionIndex index;
    ByteReader in(std::string_view(bytes).substr(0, size));
    CHECK_FALSE(index.load(in).ok());
  }
  for (std::size_t i = 0; i < bytes.size();
       ++i) {  // any byte: refused or loaded, never out of bounds
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    PositionIndex index;
    ByteReader in(changed);
    if (!index.load(in).ok()) continue;
    std::vector<Position> found;
    index.collect({}, false, 1000, found);
    CHECK(found.size() <= 1000);
  }
}

}  // namespace
}  // namespace daybook::forms
