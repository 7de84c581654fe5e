#include "live/throttle.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <map>

namespace daybook::live {
namespace {

using Topics = std::vector<std::string>;

TEST_CASE("the first change of a topic is due at once, the next an interval later") {
  Throttle throttle;
  CHECK_FALSE(throttle.next_due().has_value());
  CHECK(throttle.changed("a", 500, 1000));
  CHECK(throttle.next_due() == 1000);
  CHECK(throttle.due(1000) == Topics{"a"});
  for (std::int64_t now = 1001; now < 1500; now += 7) {
    throttle.changed("a", 500, now);
    CHECK(throttle.due(now).empty());
  }
  CHECK(throttle.next_due() == 1500);
  CHECK(throttle.due(1500) == Topics{"a"});
  CHECK(throttle.due(2000).empty());
}

TEST_CASE("an interval of 0 is due at every change and not remembered") {
  Throttle throttle;
  for (std::int64_t now = 5; now < 8; ++now) {
    throttle.changed("a", 0, now);
    throttle.changed("a", 0, now);
    CHECK(throttle.due(now) == Topics{"a"});
    CHECK(throttle.topics() == 0);
  }
}

TEST_CASE("topics are due in the order of their times, then of their changes") {
  Throttle throttle;
  for (const auto* topic : {"late", "b", "c"}) throttle.changed(topic, 100, 0);
  CHECK(throttle.due(0) == Topics{"late", "b", "c"});
  throttle.changed("d", 0, 50);
  throttle.changed("c", 100, 60);
  throttle.changed("b", 100, 70);
  CHECK(throttle.due(100) == Topics{"d", "b", "c"});
}

TEST_CASE("a topic that rests for its interval is forgotten") {
  Throttle throttle;
  throttle.changed("a", 500, 0);
  CHECK(throttle.due(3).size() == 1);
  CHECK(throttle.due(502).empty());
  CHECK(throttle.topics() == 1);
  CHECK(throttle.due(503).empty());
  CHECK(throttle.topics() == 0);
  CHECK_FALSE(throttle.next_due().has_value());
}

TEST_CASE("over topics_max a new topic is not remembered, those that are go on") {
  Throttle throttle({.topics_max = 2});
  CHECK(throttle.changed("a", 500, 0));
  CHECK(throttle.changed("b", 500, 0));
  CHECK_FALSE(throttle.changed("c", 500, 0));
  CHECK(throttle.changed("a", 500, 0));
  CHECK(throttle.due(0) == Topics{"a", "b"});
  CHECK(throttle.due(500).empty());
  CHECK(throttle.changed("c", 500, 500));
}

// Random changes, looked at every few ms as the thread `live` does.
TEST_CASE("at any time at most one state per interval, and the last change is sent in time") {
  const std::uint64_t seed = test::test_seed();
  INFO("DAYBOOK_TEST_SEED=" << seed);
  Rng rng(seed);
  constexpr std::int64_t look_ms = 10;
  constexpr std::array<std::int64_t, 4> intervals{0, 30, 500, 2000};
  struct Seen {
    std::int64_t sent_ms = -1'000'000;
    std::int64_t waits_since_ms = -1;  // -1: no change waits
  };
  std::map<std::string, Seen> seen;
  Throttle throttle;
  const auto interval_of = [&](const std::string& name) {
    return intervals[static_cast<std::size_t>(name[0] - 'a')];
  };
  for (std::int64_t now = 0; now < 100'000; now += look_ms) {
    const bool busy = (now / 5000) % 2 == 0;
    for (std::uint64_t n = busy ? rng.below(6) : 0; n > 0; --n) {
      std::string name{static_cast<char>('a' + rng.below(intervals.size()))};
      name += std::to_string(rng.below(5));
      throttle.changed(name, interval_of(name), now);
      if (seen[name].waits_since_ms < 0) seen[name].waits_since_ms = now;
    }
    const auto next = throttle.next_due();
    const Topics topics = throttle.due(now);
    if (!topics.empty()) REQUIRE((next.has_value() && *next <= now));
    for (const auto& name : topics) {
      Seen& topic = seen.at(name);
      REQUIRE(topic.waits_since_ms >= 0);
      REQUIRE(now - topic.sent_ms >= interval_of(name));
      topic = {now, -1};
    }
    for (const auto& [name, topic] : seen) {
      if (topic.waits_since_ms < 0) continue;
      REQUIRE(now < topic.sent_ms + interval_of(name));
    }
    REQUIRE(throttle.topics() <= seen.size());
  }
  CHECK(throttle.due(200'000).size() < 20);
  CHECK(throttle.topics() <= 15);
}

}  // namespace
}  // namespace daybook::live
