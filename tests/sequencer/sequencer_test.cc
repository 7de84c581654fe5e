// The sequencer without a disk: seam {now, append, publish}.
#include "sequencer/sequencer.h"
#include "domain/adapter.h"
#include "support/command_maker.h"
#include "support/guestbook/guestbook.h"
#include "support/memory_seam.h"
#include "support/waiting_port.h"

#include <catch2/catch.hpp>

#include <deque>
#include <thread>

namespace daybook {
namespace {

using test::CommandMaker;
using test::MemoryLog;
using test::WaitingPort;

struct Bench {
  explicit Bench(SequencerLimits limits = {})
      : sequencer(domains, limits, log.seam(), Position{0}) {}

  Submission& make(std::string_view data, std::string_view key = {}) {
    Submission& s = submissions.emplace_back();
    s.port = &port;
    REQUIRE(maker.add(s, *domain, data, key).ok());
    return s;
  }
  static std::string signed_by(std::size_t n) {
    return R"({"name":"person )" + std::to_string(n) + R"(","text":"hello"})";
  }

  MemoryLog log;
  WaitingPort port;
  CommandMaker maker;
  std::unique_ptr<AnyDomain> domain = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[1] = {domain.get()};
  std::deque<Submission> submissions;
  Sequencer sequencer;
};

TEST_CASE("ten thousand groups commit without a disk, positions gapless and in order") {
  Bench b({.group_commands_max = 1});
  b.sequencer.start();
  constexpr std::size_t groups = 10'000;
  for (std::size_t i = 0; i < groups; ++i)
    REQUIRE(b.sequencer.push(&b.make(Bench::signed_by(i))) == nullptr);
  REQUIRE(b.port.wait_for(groups));
  b.sequencer.drain_and_stop();
  CHECK(b.log.groups().size() == groups);
  std::uint64_t expected = 1;
  for (const Submission& s : b.submissions) {
    REQUIRE(s.items[0].outcome.accepted);
    REQUIRE(s.items[0].outcome.position.value == expected++);
  }
  CHECK(b.sequencer.visible().value == groups);
  CHECK(b.log.published.load() == groups);
}

TEST_CASE("what waits becomes one group with one append and one hand-over") {
  Bench b;
  std::vector<Submission*> list;
  for (std::size_t i = 0; i < 100; ++i) list.push_back(&b.make(Bench::signed_by(i)));
  for (std::size_t i = 0; i + 1 < list.size(); ++i) list[i]->next = list[i + 1];
  REQUIRE(b.sequencer.push(list.front()) == nullptr);
  b.sequencer.start();
  REQUIRE(b.port.wait_for(100));
  CHECK(b.log.groups().size() == 1);
  CHECK(b.port.calls() == 1);
}

TEST_CASE("a refusal that rests on an event of its own group is not answered before the append") {
  Bench b;
  std::size_t answered_at_append = 99;
  b.log.before_append = [&] { answered_at_append = b.port.completed(); };
  Submission& first = b.make(Bench::signed_by(1));
  Submission& second = b.make(Bench::signed_by(1));
  first.next = &second;
  REQUIRE(b.sequencer.push(&first) == nullptr);
  b.sequencer.start();
  REQUIRE(b.port.wait_for(2));
  CHECK(answered_at_append == 0);
  CHECK(first.items[0].outcome.accepted);
  CHECK_FALSE(second.items[0].outcome.accepted);
  CHECK(second.items[0].outcome.error.code == Errc::conflict);
}

TEST_CASE("refusals alone write nothing") {
  Bench b;
  b.sequencer.start();
  REQUIRE(b.sequencer.push(&b.make(Bench::signed_by(1))) == nullptr);
  REQUIRE(b.port.wait_for(1));
  for (int i = 0; i < 50; ++i) REQUIRE(b.sequencer.push(&b.make(Bench::signed_by(1))) == nullptr);
  REQUIRE(b.port.wait_for(51));
  CHECK(b.log.groups().size() == 1);
  CHECK(b.sequencer.stats().refused.load() == 50);
}

TEST_CASE("commands of one submission are judged in its order") {
  Bench b;
  b.sequencer.start();
  Submission& s = b.make(Bench::signed_by(7));
  REQUIRE(b.maker.add(s, *b.domain, Bench::signed_by(7)).ok());
  REQUIRE(b.maker.add(s, *b.domain, Bench::signed_by(8)).ok());
  REQUIRE(b.sequencer.push(&s) == nullptr);
  REQUIRE(b.port.wait_for(1));
  CHECK(s.items[0].outcome.position.value == 1);
  CHECK(s.items[1].outcome.error.message == "already signed");
  CHECK(s.items[2].outcome.position.value == 2);
}

TEST_CASE("a group whose events grow large is committed in parts and answered as one") {
  constexpr std::size_t bytes_max = 4096;
  Bench b({.group_frames_bytes_max = bytes_max});
  Submission& s = b.make(Bench::signed_by(0));
  for (std::size_t i = 1; i < 200; ++i)
    REQUIRE(b.maker.add(s, *b.domain, Bench::signed_by(i % 100)).ok());
  REQUIRE(b.sequencer.push(&s) == nullptr);
  b.sequencer.start();
  REQUIRE(b.port.wait_for(1));
  b.sequencer.drain_and_stop();
  const auto groups = b.log.groups();
  REQUIRE(groups.size() > 2);
  std::uint64_t position = 0;
  for (const auto& group : groups) {
    CHECK(group.first.value == position + 1);
    CHECK(group.frames.size() < bytes_max + 1024);  // and one event
    for (std::uint32_t i = 0; i < group.parts.front().second; ++i, ++position) {
      const Outcome& outcome = s.items[position].outcome;
      REQUIRE(outcome.accepted);
      REQUIRE(outcome.position.value == position + 1);
      REQUIRE(outcome.group_hash == sha256(group.frames));
    }
  }
  CHECK(position == 100);
  CHECK(b.sequencer.visible().value == 100);
  for (std::size_t i = 100; i < 200; ++i)
    CHECK(s.items[i].outcome.error.message == "already signed");
  CHECK(b.port.calls() == 1);
}

TEST_CASE("a full queue hands the rest back, in order, and takes it later") {
  Bench b({.queue_commands_max = 3});
  std::vector<Submission*> list;
  for (std::size_t i = 0; i < 5; ++i) list.push_back(&b.make(Bench::signed_by(i)));
  for (std::size_t i = 0; i + 1 < list.size(); ++i) list[i]->next = list[i + 1];
  Submission* rest = b.sequencer.push(list[0]);
  REQUIRE(rest == list[3]);
  CHECK(rest->next == list[4]);
  CHECK(b.sequencer.stats().busy.load() == 2);
  b.sequencer.start();
  REQUIRE(b.port.wait_for(3));
  REQUIRE(b.sequencer.push(rest) == nullptr);
  REQUIRE(b.port.wait_for(5));
}

TEST_CASE("after a failed append nothing is written or accepted any more") {
  Bench b({.group_commands_max = 1});
  b.log.fail_after = 2;
  std::atomic<int> failures{0};
  b.sequencer.on_failure = [&](const Error&) { ++failures; };
  b.sequencer.start();
  for (std::size_t i = 0; i < 3; ++i)
    REQUIRE(b.sequencer.push(&b.make(Bench::signed_by(i))) == nullptr);
  REQUIRE(b.port.wait_for(3));
  CHECK(b.submissions[0].items[0].outcome.accepted);
  CHECK(b.submissions[1].items[0].outcome.accepted);
  CHECK_FALSE(b.submissions[2].items[0].outcome.accepted);
  CHECK(b.submissions[2].items[0].outcome.error.code == Errc::unavailable);
  Submission& late = b.make(Bench::signed_by(9));
  CHECK(b.sequencer.push(&late) == &late);
  b.sequencer.drain_and_stop();
  CHECK(b.sequencer.failed());
  CHECK(failures.load() == 1);
  CHECK(b.sequencer.visible().value == 2);
  CHECK(b.domain->totals()[0].second == 2);
}

TEST_CASE("a drain answers all that was accepted and takes no more") {
  Bench b({.group_commands_max = 4});
  for (std::size_t i = 0; i < 500; ++i)
    REQUIRE(b.sequencer.push(&b.make(Bench::signed_by(i))) == nullptr);
  b.sequencer.start();
  b.sequencer.drain_and_stop();
  CHECK(b.port.completed() == 500);
  Submission& late = b.make(Bench::signed_by(1000));
  CHECK(b.sequencer.push(&late) == &late);
}

TEST_CASE("several threads push at once and every command is answered once") {
  Bench b;
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 2'000;
  for (std::size_t i = 0; i < threads * each; ++i) b.make(Bench::signed_by(i));
  b.sequencer.start();
  std::vector<std::thread> pushers;
  for (std::size_t t = 0; t < threads; ++t) {
    pushers.emplace_back([&, t] {
      for (std::size_t i = 0; i < each; ++i) {
        Submission* s = &b.submissions[t * each + i];
        while (s != nullptr) s = b.sequencer.push(s);
      }
    });
  }
  for (auto& p : pushers) p.join();
  REQUIRE(b.port.wait_for(threads * each));
  b.sequencer.drain_and_stop();
  std::vector<bool> seen(threads * each + 1);
  for (const Submission& s : b.submissions) {
    const auto position = s.items[0].outcome.position.value;
    REQUIRE(position >= 1);
    REQUIRE(position <= threads * each);
    REQUIRE_FALSE(seen[position]);
    seen[position] = true;
  }
}

}  // namespace
}  // namespace daybook
