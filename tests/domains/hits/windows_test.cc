// The five windows, against a model that keeps every hit.
#include "domains/hits/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <map>

namespace daybook::hits {
namespace {

using Counts = std::vector<std::uint64_t>;
constexpr std::int64_t day_ms = 86'400'000;

// What docs/domains/hits.md says, spelt out.
class Model {
 public:
  void add(const std::string& id, std::int64_t at_ms) { hits_[id].push_back(at_ms / 1000); }
  [[nodiscard]] Counts counts(const std::string& id, std::int64_t now_ms) const {
    const std::int64_t now = now_ms / 1000;
    Counts counts(5);
    const auto at = hits_.find(id);
    if (at == hits_.end()) return counts;
    for (const std::int64_t hit : at->second) {
      if (hit > now) continue;
      for (std::size_t days = 3; days >= 1; --days)
        if (now / 60 - hit / 60 < static_cast<std::int64_t>(days) * 1440) ++counts[3 - days];
      if (now - hit < 3600) ++counts[3];
      if (now - hit < 300) ++counts[4];
    }
    return counts;
  }

 private:
  std::map<std::string, std::vector<std::int64_t>> hits_;
};

TEST_CASE("an unknown id has zeros, and the answer has the reference's shape") {
  World world;
  CHECK(world.get("/analytics/{id}", "1") ==
        R"({"id":"1","counts":[{"reference":"3 days ago","count":0},)"
        R"({"reference":"2 days ago","count":0},{"reference":"1 day ago","count":0},)"
        R"({"reference":"1 hour ago","count":0},{"reference":"5 minutes ago","count":0}]})");
  REQUIRE(world.hit("1") == "ok");
  CHECK(world.counts("1") == Counts{1, 1, 1, 1, 1});
  CHECK(world.counts("2") == Counts{0, 0, 0, 0, 0});
}

TEST_CASE("each window ends where it says, to the second or to the minute") {
  World world;
  world.now = at("2026-03-10T12:00:30Z");
  const std::pair<std::int64_t, Counts> rows[] = {
      // seconds ago; 12:00:30 is 30 seconds into its minute
      {0, {1, 1, 1, 1, 1}},
      {299, {1, 1, 1, 1, 1}},
      {300, {1, 1, 1, 1, 0}},
      {3599, {1, 1, 1, 1, 0}},
      {3600, {1, 1, 1, 0, 0}},
      {86'400 - 30, {1, 1, 1, 0, 0}},      // 12:01:00 yesterday
      {86'400 - 30 + 1, {1, 1, 0, 0, 0}},  // 12:00:59 yesterday
      {2 * 86'400 - 30, {1, 1, 0, 0, 0}},
      {2 * 86'400 - 29, {1, 0, 0, 0, 0}},
      {3 * 86'400 - 30, {1, 0, 0, 0, 0}},
      {3 * 86'400 - 30 + 1, {0, 0, 0, 0, 0}},
  };
  int number = 0;
  for (const auto& [ago, expected] : rows) {
    const std::string id = "id" + std::to_string(number++);
    REQUIRE(world.hit(id, world.now.value - ago * 1000) == "ok");
    INFO(ago << " seconds ago");
    CHECK(world.counts(id) == expected);
  }
}

TEST_CASE("a hit ahead of now counts in every window when its time has come") {
  World world;
  const std::int64_t later = world.now.value + 45'000;
  REQUIRE(world.hit("a", later) == "ok");
  for (int i = 0; i < 400; ++i) REQUIRE(world.hit("busy", later - i % 7) == "ok");
  world.now.value += 44'000;
  CHECK(world.counts("a") == Counts{0, 0, 0, 0, 0});
  world.now.value += 1'000;
  CHECK(world.counts("a") == Counts{1, 1, 1, 1, 1});
  CHECK(world.counts("busy")[0] == 400);
}

TEST_CASE("a reader whose clock stepped back a little sees what is there") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  world.now.value -= 5'000;
  CHECK(world.counts("a") == Counts{1, 1, 1, 1, 1});
  world.now.value -= 60'000;
  CHECK(world.counts("a") == Counts{0, 0, 0, 0, 0});
}

// Many hits at random times on ids of every size, read at random moments; in the end once more
// after a replay and from a snapshot.
TEST_CASE("windows equal the model at random times, through growth, replay and snapshot") {
  Rng rng(test::test_seed());
  World world;
  Model model;
  const std::vector<std::string> ids{"cold", "cool", "warm", "hot", "hottest"};
  const std::uint64_t weights[] = {1, 20, 150, 1500, 5000};
  const auto check = [&](const World& which, const char* what) {
    for (const auto& id : ids) {
      INFO(what << ": " << id << " at " << which.now.value);
      REQUIRE(which.counts(id) == model.counts(id, which.now.value));
    }
  };
  for (int i = 0; i < 30'000; ++i) {
    std::uint64_t choice = rng.below(6671);
    std::size_t number = 0;
    while (choice >= weights[number]) choice -= weights[number++];
    std::int64_t at = world.now.value;
    switch (rng.below(6)) {
      case 0:
        at -= static_cast<std::int64_t>(rng.below(3 * day_ms));
        break;
      case 1:
        at -= static_cast<std::int64_t>(rng.below(2 * 3'600'000));
        break;
      case 2:
        at += static_cast<std::int64_t>(rng.below(60'001));
        break;
      default:
        break;
    }
    REQUIRE(world.hit(ids[number], at) == "ok");
    model.add(ids[number], at);
    world.now.value += static_cast<std::int64_t>(rng.below(20'000));
    if (rng.below(500) == 0) world.now.value += static_cast<std::int64_t>(rng.below(3'000'000));
    if (i % 400 == 0) check(world, "live");
  }
  CHECK(world.view->busy_count() >= 2);
  check(world, "live");
  auto again = replayed(world, world.log);
  check(*again, "replayed");
  CHECK(again->saved() == world.saved());

  World loaded;
  loaded.now = world.now;
  const std::string bytes = world.saved();
  ByteReader in(bytes);
  REQUIRE(Domain::load(*loaded.view, in).ok());
  CHECK(in.at_end());
  CHECK(loaded.saved() == bytes);
  for (int i = 0; i < 40; ++i) {  // time passes without hits: all fall out of every window
    check(loaded, "loaded");
    loaded.now.value += static_cast<std::int64_t>(rng.below(day_ms / 6));
  }
}

TEST_CASE("a clock that was far ahead once does not stop the counting of a busy id") {
  World world;
  for (int i = 0; i < 5000; ++i) {
    world.now.value += 997;
    REQUIRE(world.hit("a") == "ok");
  }
  World again;  // its own clock: the same hits, one of them in a week to come
  again.now = world.now;
  for (std::size_t i = 0; i < world.log.size(); ++i) again.take(world.log[i]);
  Event event;
  event.id = "a";
  event.at = UnixMs{world.now.value + 2 * day_ms};
  again.now = event.at;
  again.commit(Events<Event>{event});
  again.now = world.now;
  for (int i = 0; i < 100; ++i) REQUIRE(again.hit("a") == "ok");
  CHECK(again.counts("a")[4] == 100);
}

}  // namespace
}  // namespace daybook::hits
