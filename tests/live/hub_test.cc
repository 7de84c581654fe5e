#include "live/hub.h"

#include "live/fan.h"

#include <catch2/catch.hpp>

namespace daybook::live {
namespace {

using namespace test;

TEST_CASE("a state goes to everyone who follows its topic, in run and not before") {
  Stadium stadium(3);
  stadium.all_join("quiz:1");
  REQUIRE(stadium.hub.join(*stadium.fans[0], "quiz:2", 0).ok());
  stadium.hub.publish(state("quiz:1", 1));
  CHECK(stadium.take_offers() == 0);
  CHECK_FALSE(stadium.hub.idle());
  CHECK_FALSE(stadium.hub.run(100));
  CHECK(stadium.hub.idle());
  for (auto& fan : stadium.fans) CHECK(fan->offered == Offers{{"quiz:1", 1}});
}

TEST_CASE("a run offers at most what it may, of all topics in turn") {
  Stadium stadium(1000);
  stadium.all_join("large");
  Fan other;
  REQUIRE(stadium.hub.join(other, "small", 0).ok());
  stadium.hub.publish(state("large", 1));
  stadium.hub.publish(state("small", 1));
  CHECK(stadium.hub.run(300));
  CHECK(other.offered.size() == 1);
  CHECK(stadium.take_offers() == 299);
  CHECK(stadium.hub.run(700));
  CHECK_FALSE(stadium.hub.run(700));
  CHECK(stadium.take_offers() == 701);
  stadium.hub.leave_all(other);
}

TEST_CASE("a newer state replaces an older one on its way, and those who had the older get it") {
  Stadium stadium(10);
  stadium.all_join("t");
  stadium.hub.publish(state("t", 1));
  CHECK(stadium.hub.run(4));
  stadium.hub.publish(state("t", 2));
  stadium.run_all();
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(stadium.fans[i]->offered == (i < 4 ? Offers{{"t", 1}, {"t", 2}} : Offers{{"t", 2}}));
}

TEST_CASE("an older state than the newest is ignored") {
  Stadium stadium(1);
  stadium.all_join("t");
  stadium.hub.publish(state("t", 5));
  stadium.hub.publish(state("t", 4));
  stadium.hub.publish(state("t", 5));
  stadium.run_all();
  stadium.hub.publish(state("t", 3));
  CHECK(stadium.hub.idle());
  CHECK(stadium.fans[0]->offered == Offers{{"t", 5}});
}

TEST_CASE("who joins with a newer revision is not offered older ones") {
  Stadium stadium(2);
  REQUIRE(stadium.hub.join(*stadium.fans[0], "t", 7).ok());
  REQUIRE(stadium.hub.join(*stadium.fans[1], "t", 0).ok());
  stadium.hub.publish(state("t", 6));
  stadium.run_all();
  CHECK(stadium.fans[0]->offered.empty());
  CHECK(stadium.fans[1]->offered == Offers{{"t", 6}});
  CHECK(stadium.hub.follows(*stadium.fans[0], "t"));
  CHECK_FALSE(stadium.hub.follows(*stadium.fans[0], "u"));
  CHECK(stadium.hub.had(*stadium.fans[0], "t") == 7);
  CHECK(stadium.hub.had(*stadium.fans[1], "t") == 6);
  stadium.hub.publish(state("t", 8));
  stadium.run_all();
  CHECK(stadium.fans[0]->offered == Offers{{"t", 8}});
}

TEST_CASE("who joins with an older revision than the newest is offered the newest") {
  Stadium stadium(2);
  REQUIRE(stadium.hub.join(*stadium.fans[0], "t", 0).ok());
  stadium.hub.publish(state("t", 6));
  stadium.run_all();
  REQUIRE(stadium.hub.join(*stadium.fans[1], "t", 5).ok());
  stadium.run_all();
  CHECK(stadium.fans[1]->offered == Offers{{"t", 6}});
  CHECK(stadium.fans[0]->offered.size() == 1);
}

TEST_CASE("joining again only raises what a subscriber had") {
  Stadium stadium(1);
  stadium.all_join("t", 0);
  stadium.hub.publish(state("t", 3));
  stadium.all_join("t", 3);
  stadium.all_join("t", 1);
  stadium.run_all();
  CHECK(stadium.fans[0]->offered.empty());
  CHECK(stadium.hub.had(*stadium.fans[0], "t") == 3);
  CHECK(stadium.hub.followers("t") == 1);
}

TEST_CASE("who gets a state leaves the topics it names, its own as well") {
  Stadium stadium(600);
  for (const auto* topic : {"room:1", "board:1"}) stadium.all_join(topic);
  REQUIRE(stadium.hub.join(*stadium.fans[0], "player:1", 0).ok());
  stadium.hub.publish(state("player:1", 1, {"player:1", "room:1", "board:1", "not followed"}));
  stadium.run_all();
  CHECK(stadium.hub.followers("player:1") == 0);
  CHECK(stadium.hub.followers("room:1") == 599);
  stadium.hub.publish(state("room:1", 1, {"room:1", "board:1"}));
  stadium.run_all();
  CHECK(stadium.take_offers() == 600);
  CHECK(stadium.hub.topics() == 0);
  CHECK(stadium.audience.topics() == 0);
}

TEST_CASE("who left is not offered what was on its way, the others are") {
  Stadium stadium(20);
  stadium.all_join("t");
  stadium.hub.publish(state("t", 1));
  CHECK(stadium.hub.run(7));
  for (const std::size_t i : {0u, 6u, 7u, 8u, 19u}) stadium.hub.leave(*stadium.fans[i], "t");
  stadium.run_all();
  for (std::size_t i = 0; i < 20; ++i) {
    const bool left_before = i == 7 || i == 8 || i == 19;
    INFO(i);
    CHECK(stadium.fans[i]->offered.size() == (left_before ? 0 : 1));
  }
}

TEST_CASE("a topic is its audience's while anybody follows it in any hub") {
  Audience audience;
  Hub one({}, audience);
  Fan a, b;
  REQUIRE(one.join(a, "t", 0).ok());
  {
    Hub two({}, audience);
    REQUIRE(two.join(b, "t", 0).ok());
    one.leave(a, "t");
    CHECK(audience.has("t"));
    one.publish(state("t", 1));
    CHECK(one.idle());
  }
  CHECK_FALSE(audience.has("t"));
  one.leave(a, "t");
  one.leave_all(a);
}

TEST_CASE("over a limit joining is refused as busy and changes nothing") {
  Stadium stadium(2, {.topics_max = 3, .topics_per_subscriber_max = 2});
  Fan& fan = *stadium.fans[0];
  REQUIRE(stadium.hub.join(fan, "a", 0).ok());
  REQUIRE(stadium.hub.join(fan, "b", 0).ok());
  CHECK(stadium.hub.join(fan, "b", 0).ok());
  const auto third = stadium.hub.join(fan, "c", 0);
  REQUIRE_FALSE(third.ok());
  CHECK(third.error().code == Errc::busy);
  CHECK(third.error().message == "one connection may follow at most 2 topics");
  Fan& other = *stadium.fans[1];
  REQUIRE(stadium.hub.join(other, "c", 0).ok());
  const auto fourth = stadium.hub.join(other, "d", 0);
  REQUIRE_FALSE(fourth.ok());
  CHECK(fourth.error().message == "at most 3 topics are followed at once");
  CHECK(stadium.hub.topics() == 3);
  stadium.hub.leave(other, "c");
  CHECK(stadium.hub.join(other, "d", 0).ok());
}

TEST_CASE("ten thousand followers of three topics cost less than 128 bytes a follow") {
  constexpr std::size_t count = 10'000;
  Stadium stadium(count);
  for (std::size_t i = 0; i < count; ++i) {
    Fan& fan = *stadium.fans[i];
    REQUIRE(stadium.hub.join(fan, "room:5auOzRcxikM2ebToYIPGx", 0).ok());
    REQUIRE(stadium.hub.join(fan, "board:5auOzRcxikM2ebToYIPGx", 0).ok());
  }
  const std::size_t shared = stadium.hub.memory_bytes();
  CHECK(shared / (2 * count) < 64);
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(
        stadium.hub.join(*stadium.fans[i], "player:5auOzRcxikM2ebToYIPGx:" + std::to_string(i), 0)
            .ok());
  CHECK(stadium.hub.memory_bytes() / (3 * count) < 128);
  for (auto& fan : stadium.fans) stadium.hub.leave_all(*fan);
  CHECK(stadium.hub.topics() == 0);
}

}  // namespace
}  // namespace daybook::live
