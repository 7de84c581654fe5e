#include "domains/quiz/ranking.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

namespace daybook::quiz {
namespace {

using Members = std::vector<std::uint32_t>;

TEST_CASE("the higher score is first, then who reached it earlier, then who is first in the log") {
  Ranking ranking;
  ranking.set(1, {.reached = {50}, .score = 10, .order = 4});
  ranking.set(2, {.reached = {40}, .score = 10, .order = 5});
  ranking.set(3, {.reached = {90}, .score = 11, .order = 6});
  ranking.set(4, {.reached = {40}, .score = 10, .order = 3});
  ranking.set(5, {.reached = {0}, .score = 0, .order = 2});
  ranking.set(6, {.reached = {0}, .score = 0, .order = 1});
  CHECK(ranking.top(10) == Members{3, 4, 2, 1, 6, 5});
  CHECK(ranking.rank_of(3) == 1);
  CHECK(ranking.rank_of(5) == 6);
  CHECK(ranking.top(2) == Members{3, 4});
  CHECK(ranking.members(4, 10) == Members{6, 5});
  CHECK(ranking.members(6, 10).empty());
}

TEST_CASE("nobody is in an empty ranking, and one who left is gone") {
  Ranking ranking;
  CHECK(ranking.size() == 0);
  CHECK(ranking.top(10).empty());
  CHECK_FALSE(ranking.contains(0));
  ranking.remove(7);
  ranking.set(7, {.reached = {}, .score = 1, .order = 1});
  CHECK(ranking.contains(7));
  CHECK(ranking.rank_of(7) == 1);
  ranking.remove(7);
  CHECK_FALSE(ranking.contains(7));
  CHECK(ranking.size() == 0);
  CHECK(ranking.top(10).empty());
  ranking.set(7, {.reached = {}, .score = 1, .order = 2});
  CHECK(ranking.top(10) == Members{7});
}

struct Naive {
  std::map<std::uint32_t, Standing> standings;

  [[nodiscard]] Members sorted() const {
    Members members;
    for (const auto& [member, standing] : standings) members.push_back(member);
    std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
      const Standing& x = standings.at(a);
      const Standing& y = standings.at(b);
      return std::tuple(-std::int64_t{x.score}, x.reached.value, x.order, a) <
             std::tuple(-std::int64_t{y.score}, y.reached.value, y.order, b);
    });
    return members;
  }
};

void check_same(const Ranking& ranking, const Naive& naive) {
  const Members sorted = naive.sorted();
  REQUIRE(ranking.size() == sorted.size());
  REQUIRE(ranking.top(sorted.size() + 1) == sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) REQUIRE(ranking.rank_of(sorted[i]) == i + 1);
}

// Few scores and times, so that every rule of the order decides often.
Standing random_standing(Rng& random, std::uint32_t order) {
  return {.reached = {static_cast<std::int64_t>(random.below(5))},
          .score = static_cast<std::uint32_t>(random.below(20)),
          .order = order};
}

TEST_CASE("a long random run ranks as a plain sort does") {
  for (const std::uint32_t members : {3U, 100U, 3000U}) {
    Rng random(test::test_seed() + members);
    INFO("seed " << test::test_seed() << " members " << members);
    Ranking ranking;
    Naive naive;
    std::uint32_t order = 0;
    for (int step = 0; step < 20'000; ++step) {
      const auto member = static_cast<std::uint32_t>(random.below(members));
      const std::uint64_t what = random.below(10'000);
      if (what < 3) {  // many at once
        std::vector<Ranking::Change> changes;
        for (std::uint64_t i = random.below(members * 2 + 1); i > 0; --i)
          changes.push_back({static_cast<std::uint32_t>(random.below(members)),
                             random_standing(random, ++order)});
        ranking.set_all(changes);
        for (const auto& change : changes) naive.standings[change.member] = change.standing;
      } else if (what < (step % 10'000 < 5'000 ? 1'000U : 8'000U)) {  // grows, then shrinks
        ranking.remove(member);
        naive.standings.erase(member);
      } else {
        const Standing standing = random_standing(random, ++order);
        ranking.set(member, standing);
        naive.standings[member] = standing;
        REQUIRE(ranking.standing(member) == standing);
      }
      if (step % 1'000 == 0) check_same(ranking, naive);
    }
    check_same(ranking, naive);
    for (std::uint32_t member = 0; member < members; ++member) ranking.remove(member);
    CHECK(ranking.size() == 0);
  }
}

TEST_CASE("a member takes few bytes, with a hundred thousand of them") {
  constexpr std::uint32_t members = 100'000;
  Ranking ranking;
  for (std::uint32_t member = 1; member <= members; ++member)
    ranking.set(member, {.reached = {}, .score = 0, .order = member});
  Rng random(test::test_seed());
  std::uint32_t order = members;
  for (int i = 0; i < 200'000; ++i) {
    const auto member = static_cast<std::uint32_t>(1 + random.below(members));
    Standing standing = ranking.standing(member);
    standing.score += 500 + static_cast<std::uint32_t>(random.below(500));
    standing.reached.value = ++order * 10;
    standing.order = order;
    ranking.set(member, standing);
  }
  CHECK(ranking.memory_bytes() < members * std::size_t{40});
  const Members all = ranking.top(members);
  for (std::size_t i = 0; i < members; i += 997) CHECK(ranking.rank_of(all[i]) == i + 1);
}

}  // namespace
}  // namespace daybook::quiz
