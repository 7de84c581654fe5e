// Time as an event, and topics that need not be fsynced: with a clock and a log of the test's own.
#include "base/hex.h"
#include "domain/adapter.h"
#include "sequencer/alarm.h"
#include "sequencer/event_ids.h"
#include "sequencer/sequencer.h"
#include "support/command_maker.h"
#include "support/guestbook/guestbook.h"
#include "support/memory_seam.h"
#include "support/wait.h"
#include "support/waiting_port.h"

#include <catch2/catch.hpp>

#include <deque>
#include <set>

namespace daybook {
namespace {

static_assert(TimedDomain<alarm::Domain>);
static_assert(DurabilityDomain<alarm::Domain>);
static_assert(!TimedDomain<guestbook::Domain>);

constexpr std::int64_t second_us = 1'000'000;

bool wait_for(const std::function<bool()>& condition) {
  return test::wait_until(condition, std::chrono::seconds(30));
}

struct Clockwork {
  explicit Clockwork(alarm::Policy policy = {}, SequencerLimits limits = {})
      : alarms(make_any_domain<alarm::Domain>(policy)),
        sequencer(domains, limits, log.seam(), Position{0}) {}

  Submission& make(AnyDomain& domain, const std::string& data) {
    Submission& s = submissions.emplace_back();
    s.port = &port;
    REQUIRE(maker.add(s, domain, data).ok());
    return s;
  }
  Outcome& send(AnyDomain& domain, const std::string& data) {
    Submission& s = make(domain, data);
    const std::size_t expected = port.completed() + 1;
    REQUIRE(sequencer.push(&s) == nullptr);
    REQUIRE(port.wait_for(expected));
    return s.items[0].outcome;
  }
  Outcome& set_alarm(std::int64_t at_us) {
    return send(*alarms, R"({"at":)" + std::to_string(at_us) + "}");
  }
  std::uint64_t total(std::size_t row) { return alarms->totals()[row].second; }

  test::MemoryLog log;
  test::WaitingPort port;
  test::CommandMaker maker;
  std::unique_ptr<AnyDomain> alarms;
  std::unique_ptr<AnyDomain> book = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[2] = {book.get(), alarms.get()};
  std::deque<Submission> submissions;
  Sequencer sequencer;
};

TEST_CASE("what is due happens by itself, at its time and not before") {
  Clockwork c;
  c.sequencer.start();
  const std::int64_t now = c.log.now_us.load();
  REQUIRE(c.set_alarm(now + 3600 * second_us).accepted);
  REQUIRE(c.set_alarm(now + 7200 * second_us).accepted);
  c.send(*c.book, R"({"name":"ada","text":"still early"})");
  CHECK(c.total(1) == 0);
  c.log.now_us = now + 3600 * second_us;
  REQUIRE(wait_for([&] { return c.total(1) == 1; }));
  c.log.now_us = now + 9000 * second_us;
  REQUIRE(wait_for([&] { return c.total(1) == 2; }));
  c.sequencer.drain_and_stop();
  CHECK(c.log.groups().size() == 5);
  CHECK(c.sequencer.visible().value == 5);
}

TEST_CASE("what is due comes before the commands of its group and shares their append") {
  Clockwork c;
  const std::int64_t now = c.log.now_us.load();
  c.sequencer.start();
  REQUIRE(c.set_alarm(now + second_us).accepted);
  c.sequencer.drain_and_stop();
  // A second sequencer over the same domains, with the command waiting when it starts.
  Sequencer later(c.domains, {}, c.log.seam(), Position{1});
  c.log.now_us = now + 5 * second_us;
  Submission& refused = c.make(*c.alarms, R"({"at":)" + std::to_string(now) + "}");
  Submission& accepted =
      c.make(*c.alarms, R"({"at":)" + std::to_string(now + 99 * second_us) + "}");
  refused.next = &accepted;
  REQUIRE(later.push(&refused) == nullptr);
  later.start();
  REQUIRE(c.port.wait_for(3));
  later.drain_and_stop();
  CHECK_FALSE(refused.items[0].outcome.accepted);
  REQUIRE(accepted.items[0].outcome.accepted);
  CHECK(accepted.items[0].outcome.position.value == 3);  // the alarm rang at 2
  REQUIRE(c.log.groups().size() == 2);
  CHECK(c.log.groups()[1].parts.front().second == 2);
  CHECK(c.total(1) == 1);
}

TEST_CASE("more than due_events_max are committed over several groups") {
  Clockwork c;
  const std::int64_t now = c.log.now_us.load();
  c.sequencer.start();
  constexpr std::size_t alarms = due_events_max + 500;
  for (std::size_t i = 0; i < alarms; ++i) {
    REQUIRE(c.sequencer.push(&c.make(
                *c.alarms, R"({"at":)" + std::to_string(now + second_us + 1) + "}")) == nullptr);
  }
  REQUIRE(c.port.wait_for(alarms));
  const std::size_t groups = c.log.groups().size();
  c.log.now_us = now + 2 * second_us;
  REQUIRE(wait_for([&] { return c.total(1) == alarms; }));
  c.sequencer.drain_and_stop();
  CHECK(c.log.groups().size() == groups + 2);
}

TEST_CASE("ids are UUIDv7 of the given time, and none comes twice") {
  EventIds ids(0);
  const UnixUs now{1'700'000'000'123'456};
  std::set<Id128> seen;
  constexpr std::size_t each = 5000;
  for (std::size_t i = 0; i < each; ++i) {
    for (const Id128& id : {ids.command_id(now), ids.event_id(now)}) {
      seen.insert(id);
      REQUIRE(to_hex(std::span(id.bytes).first(6)) == "018bcfe5687b");
      REQUIRE((id.bytes[6] >> 4) == 7);
      REQUIRE((id.bytes[8] >> 6) == 2);
    }
    seen.insert(ids.secret());
  }
  CHECK(seen.size() == 3 * each);
}

TEST_CASE("a group of interval topics alone is not synced at once, but within the interval") {
  Clockwork c({}, {.sync_interval_ms = 50});
  const std::int64_t now = c.log.now_us.load();
  c.sequencer.start();
  const Outcome& outcome = c.set_alarm(now + second_us);
  CHECK(outcome.durability == Durability::interval);
  CHECK(c.log.groups()[0].durability == Durability::interval);
  REQUIRE(wait_for([&] { return c.log.syncs.load() == 1; }));
}

TEST_CASE("a group with one synced topic is synced, and so is everything before it") {
  Clockwork c({}, {.sync_interval_ms = 60'000});
  const std::int64_t now = c.log.now_us.load();
  c.sequencer.start();
  CHECK(c.set_alarm(now + second_us).durability == Durability::interval);
  CHECK(c.send(*c.book, R"({"name":"ada","text":"x"})").durability == Durability::synced);
  c.sequencer.drain_and_stop();
  CHECK(c.log.groups()[1].durability == Durability::synced);
  CHECK(c.log.syncs.load() == 0);  // nothing was left to sync
}

TEST_CASE("a sequencer that stops syncs what it wrote") {
  Clockwork c({}, {.sync_interval_ms = 60'000});
  c.sequencer.start();
  REQUIRE(c.set_alarm(c.log.now_us.load() + second_us).accepted);
  c.sequencer.drain_and_stop();
  CHECK(c.log.syncs.load() == 1);
}

TEST_CASE("a failed sync ends writing for good") {
  Clockwork c({}, {.sync_interval_ms = 1});
  SequencerSeam seam = c.log.seam();
  seam.sync = [] { return Result<void>(Error{Errc::unavailable, "sync failed (injected)"}); };
  Sequencer sequencer(c.domains, {.sync_interval_ms = 1}, std::move(seam), Position{0});
  std::atomic<int> told{0};
  sequencer.on_failure = [&](const Error&) { ++told; };
  sequencer.start();
  Submission& s =
      c.make(*c.alarms, R"({"at":)" + std::to_string(c.log.now_us.load() + second_us) + "}");
  REQUIRE(sequencer.push(&s) == nullptr);
  REQUIRE(wait_for([&] { return sequencer.failed(); }));
  sequencer.drain_and_stop();
  CHECK(told == 1);
}

}  // namespace
}  // namespace daybook
