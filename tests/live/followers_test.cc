#include "live/followers.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <map>

namespace daybook::live {
namespace {

// Followers are told apart by their `had` here; nobody is behind them.
struct Model {
  Followers followers;
  std::map<std::uint64_t, std::size_t> places;
  std::map<std::uint64_t, bool> waits;
  std::uint64_t next_name = 1;

  auto moved() {
    return [this](const Follower& follower, std::size_t to) { places[follower.had] = to; };
  }
  void add(bool wait) {
    const std::uint64_t name = next_name++;
    places[name] = followers.add({nullptr, name}, wait, moved());
    waits[name] = wait;
  }
  void remove(std::uint64_t name) {
    followers.remove(places.at(name), moved());
    places.erase(name);
    waits.erase(name);
  }
  // False: it had been served already and is served again.
  bool serve() {
    const std::uint64_t name = followers.serve().had;
    return std::exchange(waits.at(name), false);
  }
  [[nodiscard]] std::size_t waiting() const {
    std::size_t count = 0;
    for (const auto& [name, wait] : waits) count += wait ? 1 : 0;
    return count;
  }
};

TEST_CASE("whoever waits is served, however others come and go meanwhile") {
  const std::uint64_t seed = test::test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  Model model;
  for (int step = 0; step < 50'000; ++step) {
    const std::uint64_t dice = rng.below(100);
    if (dice < 30) {
      model.add(rng.below(2) == 0);
    } else if (dice < 59 && !model.places.empty()) {
      auto one = model.places.lower_bound(rng.below(model.next_name));
      model.remove(one == model.places.end() ? model.places.begin()->first : one->first);
    } else if (dice < 62) {
      model.followers.let_all_wait();
      for (auto& [name, wait] : model.waits) wait = true;
    } else if (model.followers.waiting() > 0) {
      (void)model.serve();
    }
    REQUIRE(model.followers.size() == model.places.size());
    REQUIRE(model.followers.waiting() >= model.waiting());
    if (step % 100 == 0)
      for (const auto& [name, place] : model.places) REQUIRE(model.followers[place].had == name);
  }
  while (model.followers.waiting() > 0) (void)model.serve();
  CHECK(model.waiting() == 0);
}

TEST_CASE("without newcomers nobody is served twice") {
  Rng rng(test::test_seed());
  Model model;
  for (int i = 0; i < 500; ++i) model.add(true);
  for (int round = 0; round < 20; ++round) {
    for (std::uint64_t n = rng.below(100); n > 0; --n) CHECK(model.serve());
    auto one = model.places.lower_bound(rng.below(model.next_name));
    if (one != model.places.end()) model.remove(one->first);
    CHECK(model.followers.waiting() == model.waiting());
    if (model.followers.waiting() < 100) {
      model.followers.let_all_wait();
      for (auto& [name, wait] : model.waits) wait = true;
    }
  }
}

TEST_CASE("a new state begins where the last one had got to") {
  Model model;
  for (int i = 0; i < 10; ++i) model.add(false);
  model.followers.let_all_wait();
  std::vector<std::uint64_t> served;
  for (int state = 0; state < 4; ++state) {
    for (int i = 0; i < 5; ++i) served.push_back(model.followers.serve().had);
    model.followers.let_all_wait();
  }
  CHECK(served ==
        std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("memory is given back when most have left") {
  Model model;
  for (int i = 0; i < 10'000; ++i) model.add(false);
  while (model.places.size() > 10) model.remove(model.places.begin()->first);
  CHECK(model.followers.capacity() <= 40);
}

}  // namespace
}  // namespace daybook::live
