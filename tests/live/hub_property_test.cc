// The hub against a model that is only a table: who follows what, and what each has had.
// DAYBOOK_TEST_SEED repeats a run.
#include "base/random.h"
#include "live/fan.h"
#include "live/hub.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace daybook::live {
namespace {

using namespace test;

constexpr std::size_t fans = 60;
constexpr std::size_t topics = 6;
constexpr int steps = 20'000;

std::string topic_name(std::uint64_t n) { return "topic:" + std::to_string(n); }

struct Model {
  struct Topic {
    std::uint64_t newest = 0;                  // since it has had followers
    std::vector<std::string> leave;            // of the newest
    std::map<std::size_t, std::uint64_t> had;  // by fan
  };
  std::map<std::string, Topic> topics;

  void leave(std::size_t fan, const std::string& name) {
    const auto found = topics.find(name);
    if (found == topics.end()) return;
    found->second.had.erase(fan);
    if (found->second.had.empty()) topics.erase(found);
  }
  void join(std::size_t fan, const std::string& name, std::uint64_t had) {
    std::uint64_t& mine = topics[name].had[fan];
    mine = std::max(mine, had);
  }
  void publish(const std::string& name, std::uint64_t revision, std::vector<std::string> leave) {
    const auto found = topics.find(name);
    if (found == topics.end() || revision <= found->second.newest) return;
    found->second.newest = revision;
    found->second.leave = std::move(leave);
  }
  // An offer is right when it is the topic's newest and newer than what the fan had.
  void offered(std::size_t fan, const std::string& name, std::uint64_t revision) {
    const auto found = topics.find(name);
    REQUIRE(found != topics.end());
    REQUIRE(found->second.had.contains(fan));
    REQUIRE(revision == found->second.newest);
    REQUIRE(revision > found->second.had.at(fan));
    found->second.had.at(fan) = revision;
    const std::vector<std::string> names = found->second.leave;
    for (const auto& other : names) leave(fan, other);
  }
  [[nodiscard]] bool idle() const {
    for (const auto& [name, topic] : topics)
      for (const auto& [fan, had] : topic.had)
        if (had < topic.newest) return false;
    return true;
  }
};

class Watched final : public Subscriber {
 public:
  Watched(Model& model, std::size_t number) : model_(model), number_(number) {}
  void offer(const MessagePtr& message) override {
    model_.offered(number_, message->topic(), message->revision());
  }

 private:
  Model& model_;
  const std::size_t number_;
};

struct World {
  explicit World(std::uint64_t seed) : rng(seed), hub({}, audience) {
    for (std::size_t i = 0; i < fans; ++i)
      subscribers.push_back(std::make_unique<Watched>(model, i));
  }
  ~World() {
    for (auto& one : subscribers) hub.leave_all(*one);
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void step() {
    const std::size_t fan = rng.below(fans);
    const std::string topic = topic_name(rng.below(topics));
    const std::uint64_t dice = rng.below(100);
    if (dice < 35) {
      const std::uint64_t had = rng.below(2) == 0 ? 0 : revision - rng.below(revision + 1);
      REQUIRE(hub.join(*subscribers[fan], topic, had).ok());
      model.join(fan, topic, had);
    } else if (dice < 55) {
      hub.leave(*subscribers[fan], topic);
      model.leave(fan, topic);
    } else if (dice < 57) {
      hub.leave_all(*subscribers[fan]);
      for (std::size_t t = 0; t < topics; ++t) model.leave(fan, topic_name(t));
    } else if (dice < 70) {
      publish(topic);
    } else {
      const std::uint64_t most = rng.below(25);
      const bool more = hub.run(most);
      if (!more) REQUIRE(model.idle());
    }
  }
  void publish(const std::string& topic) {
    std::vector<std::string> leave;
    if (rng.below(10) == 0) leave = {topic_name(rng.below(topics)), topic};
    const std::uint64_t age = rng.below(4);  // sometimes older than the newest
    revision += 2;
    const std::uint64_t number = age == 0 && revision > 8 ? revision - 7 : revision;
    hub.publish(state(topic, number, leave));
    model.publish(topic, number, leave);
  }
  void check() const {
    REQUIRE(hub.topics() == model.topics.size());
    REQUIRE(audience.topics() == model.topics.size());
    for (const auto& [name, topic] : model.topics) {
      REQUIRE(hub.followers(name) == topic.had.size());
      for (const auto& [fan, had] : topic.had) REQUIRE(hub.had(*subscribers[fan], name) == had);
    }
    if (hub.idle()) REQUIRE(model.idle());
  }

  Rng rng;
  Model model;
  Audience audience;
  Hub hub;
  std::vector<std::unique_ptr<Watched>> subscribers;
  std::uint64_t revision = 0;
};

TEST_CASE("random joins, leaves, states and runs agree with a table of who had what") {
  const std::uint64_t seed = daybook::test::test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  World world(seed);
  for (int i = 0; i < steps; ++i) {
    world.step();
    world.check();
  }
  while (world.hub.run(7)) {
  }
  REQUIRE(world.model.idle());
  world.check();
}

}  // namespace
}  // namespace daybook::live
