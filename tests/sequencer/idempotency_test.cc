// Idempotency for life: the key is in the event, the index is rebuilt from the log.
#include "domain/adapter.h"
#include "sequencer/idempotency_index.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/command_maker.h"
#include "support/guestbook/guestbook.h"
#include "support/memory_seam.h"
#include "support/seed.h"
#include "support/temp_dir.h"
#include "support/waiting_port.h"

#include "base/random.h"

#include <catch2/catch.hpp>

#include <deque>
#include <map>

namespace daybook {
namespace {

// One run of a server's inside over a real log.
struct Run {
  explicit Run(const std::string& dir) {
    log::Options options;
    options.data_dir = dir;
    options.topics = {{guestbook::Domain::topic, "guestbook"}};
    auto opened = log::EventLog::open(options);
    REQUIRE(opened.ok());
    log = *std::move(opened);
    sequencer =
        std::make_unique<Sequencer>(domains, SequencerLimits{}, make_log_seam(*log), log->head());
    REQUIRE(log->scan({},
                      [&](const log::EventView& event) {
                        REQUIRE(domain->replay(event).ok());
                        if (!event.idempotency_key.empty())
                          sequencer->remember(event.idempotency_key, event.position);
                        return true;
                      })
                .ok());
    sequencer->start();
  }
  Outcome& submit(std::string_view data, std::string_view key) {
    Submission& s = submissions.emplace_back();
    s.port = &port;
    REQUIRE(maker.add(s, *domain, data, key).ok());
    REQUIRE(sequencer->push(&s) == nullptr);
    REQUIRE(port.wait_for(++submitted));
    return s.items[0].outcome;
  }

  test::WaitingPort port;
  test::CommandMaker maker;
  std::unique_ptr<AnyDomain> domain = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[1] = {domain.get()};
  std::deque<Submission> submissions;
  std::size_t submitted = 0;
  std::unique_ptr<log::EventLog> log;
  std::unique_ptr<Sequencer> sequencer;
};

TEST_CASE("the same key and body gets the first answer again, also after a restart") {
  const test::TempDir dir;
  const std::string body = R"({"name":"Ada","text":"hello"})";
  Outcome first;
  {
    Run run(dir.path());
    first = run.submit(body, "key-1");
    REQUIRE(first.accepted);
    REQUIRE(run.submit(R"({"name":"Bob","text":"hello"})", "key-2").accepted);
    const Outcome again = run.submit(body, "key-1");
    CHECK(again.accepted);
    CHECK(again.repeated);
    CHECK(again.position == first.position);
    CHECK(again.group_hash == first.group_hash);
    CHECK(again.answer.body == first.answer.body);
    CHECK(run.log->head().value == 2);
  }
  Run run(dir.path());
  const Outcome again = run.submit(body, "key-1");
  CHECK(again.repeated);
  CHECK(again.position == first.position);
  CHECK(again.group_hash == first.group_hash);
  CHECK(again.answer.body == first.answer.body);
  CHECK(run.log->head().value == 2);
}

TEST_CASE("a batch sent again after a restart gets every first answer, line by line") {
  const test::TempDir dir;
  constexpr std::size_t lines = 500;
  const auto fill = [](Run& run) -> Submission& {
    Submission& s = run.submissions.emplace_back();
    s.port = &run.port;
    for (std::size_t i = 0; i < lines; ++i) {
      const std::string n = std::to_string(i);
      REQUIRE(run.maker
                  .add(s, *run.domain, R"({"name":"n)" + n + R"(","text":"x"})",
                       i % 3 == 0 ? "" : "key-" + n)
                  .ok());
    }
    REQUIRE(run.sequencer->push(&s) == nullptr);
    REQUIRE(run.port.wait_for(++run.submitted));
    return s;
  };
  std::vector<Outcome> first;
  {
    Run run(dir.path());
    for (const auto& item : fill(run).items) first.push_back(item.outcome);
  }
  Run run(dir.path());
  const Submission& again = fill(run);
  for (std::size_t i = 0; i < lines; ++i) {
    const Outcome& outcome = again.items[i].outcome;
    REQUIRE(first[i].accepted);
    if (i % 3 == 0) {
      REQUIRE(outcome.error.message == "already signed");
      continue;
    }
    REQUIRE(outcome.repeated);
    REQUIRE(outcome.position == first[i].position);
    REQUIRE(outcome.group_hash == first[i].group_hash);
    REQUIRE(outcome.answer.body == first[i].answer.body);
  }
  CHECK(run.log->head().value == lines);
}

TEST_CASE("the same key with another body is refused as invalid") {
  const test::TempDir dir;
  Run run(dir.path());
  REQUIRE(run.submit(R"({"name":"Ada","text":"hello"})", "key").accepted);
  const Outcome other = run.submit(R"({"name":"Eve","text":"hello"})", "key");
  CHECK_FALSE(other.accepted);
  CHECK(other.error.code == Errc::invalid);
  CHECK(other.error.fields.at(0).field == "Idempotency-Key");
}

TEST_CASE("a refused command leaves its key free") {
  const test::TempDir dir;
  Run run(dir.path());
  REQUIRE(run.submit(R"({"name":"Ada","text":"hello"})", "").accepted);
  CHECK_FALSE(run.submit(R"({"name":"Ada","text":"again"})", "key").accepted);
  CHECK(run.submit(R"({"name":"Eve","text":"hello"})", "key").accepted);
}

TEST_CASE("two requests with one key in one group: the second is told it is in flight") {
  const test::TempDir dir;
  Run run(dir.path());
  Submission& s = run.submissions.emplace_back();
  s.port = &run.port;
  REQUIRE(run.maker.add(s, *run.domain, R"({"name":"Ada","text":"x"})", "key").ok());
  REQUIRE(run.maker.add(s, *run.domain, R"({"name":"Ada","text":"x"})", "key").ok());
  REQUIRE(run.sequencer->push(&s) == nullptr);
  REQUIRE(run.port.wait_for(1));
  CHECK(s.items[0].outcome.accepted);
  CHECK(s.items[1].outcome.error.code == Errc::conflict);
}

// Whoever finds keys of one hash makes each of them cost a read of the log for every other.
TEST_CASE(
    "keys that were made to have one unseeded hash are not looked for at each other's place") {
  const std::string_view made[] = {
      "MmxTXnn2rmcbKuRs4TD3uRed_0VWEDPuZvM4Z2WwOWTcBgosGhRu0mqG2x_FfVtf"
      "CktKuhAQcYiPsE8KiU-j5RlIelboXU31z_gccuW1YkLX40K810Mr_BKM1V_QGR7H",
      "MmxTXnn2rmcbKuRs4TD3uRed_0VWEDPuZvM4Z2WwOWTcBgosGhRu0mqG2x_FfVtf"
      "bwRI-M5vXNRXV_AksKhA50k0HWl-_ZacUdeHvaXr-i6K4tXPnyIsaBOa6zKOcUKP"};
  REQUIRE(xxh64(made[0]) == xxh64(made[1]));
  test::MemoryLog memory;
  SequencerSeam seam = memory.seam();
  std::size_t recalls = 0;
  seam.recall = [&](Position, std::string_view) {
    ++recalls;
    return Result<SequencerSeam::Recalled>(SequencerSeam::Recalled{});
  };
  std::unique_ptr<AnyDomain> domain = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[1] = {domain.get()};
  Sequencer sequencer(domains, {}, std::move(seam), Position{0});
  test::CommandMaker maker;
  test::WaitingPort port;
  std::deque<Submission> submissions;
  sequencer.start();
  for (std::size_t i = 0; i < 2; ++i) {
    Submission& s = submissions.emplace_back();
    s.port = &port;
    const std::string data = R"({"name":"n)" + std::to_string(i) + R"(","text":"x"})";
    REQUIRE(maker.add(s, *domain, data, made[i]).ok());
    REQUIRE(sequencer.push(&s) == nullptr);
    REQUIRE(port.wait_for(i + 1));
    CHECK(s.items[0].outcome.accepted);
  }
  sequencer.drain_and_stop();
  CHECK(recalls == 0);
}

TEST_CASE("the index finds every position, and keys with equal hashes beside each other") {
  Rng rng(test::test_seed());
  IdempotencyIndex index;
  std::multimap<std::uint64_t, std::uint64_t> model;
  for (std::uint64_t position = 1; position <= 50'000; ++position) {
    const std::uint64_t hash = rng.next() % 40'000 * 0x9E3779B97F4A7C15u;
    index.insert(hash, Position{position});
    model.emplace(hash, position);
  }
  REQUIRE(index.size() == model.size());
  for (const auto& [hash, position] : model) {
    const std::uint64_t wanted = position;
    REQUIRE(index.any_of(hash, [&](Position p) { return p.value == wanted; }));
  }
  CHECK_FALSE(index.any_of(12345, [](Position) { return true; }));
}

}  // namespace
}  // namespace daybook
