// The group's time: one reading, held over small steps back, following large ones.
#include "domain/adapter.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/command_maker.h"
#include "support/guestbook/guestbook.h"
#include "support/temp_dir.h"
#include "support/waiting_port.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <deque>

namespace daybook {
namespace {

TEST_CASE("a small step back of the clock is held, a large one is followed at once") {
  constexpr std::int64_t second = 1'000'000;
  constexpr std::int64_t noon = 1'800'000'000 * second;
  const std::int64_t readings[] = {noon, noon - 2 * second, noon + second, noon - 3600 * second};
  const std::int64_t expected[] = {noon, noon, noon + second, noon - 3600 * second};

  const test::TempDir dir;
  log::Options options;
  options.data_dir = dir.path();
  options.topics = {{guestbook::Domain::topic, "guestbook"}};
  auto log = log::EventLog::open(options);
  REQUIRE(log.ok());
  const auto domain = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[] = {domain.get()};
  std::atomic<std::int64_t> clock{0};
  SequencerSeam seam = make_log_seam(**log);
  seam.now = [&clock] { return UnixUs{clock.load()}; };
  test::WaitingPort port;
  std::deque<Submission> submissions;
  {
    Sequencer sequencer(domains, {}, std::move(seam), Position{});
    sequencer.start();
    test::CommandMaker maker;
    for (const std::int64_t reading : readings) {
      clock = reading;
      Submission& s = submissions.emplace_back();
      s.port = &port;
      const std::string name = std::to_string(submissions.size());
      REQUIRE(maker.add(s, *domain, R"({"name":")" + name + R"(","text":"x"})").ok());
      REQUIRE(sequencer.push(&s) == nullptr);
      REQUIRE(port.wait_for(submissions.size()));
    }
  }
  std::size_t at = 0;
  REQUIRE((*log)
              ->scan({},
                     [&](const log::EventView& event) {
                       REQUIRE(event.server_time.value == expected[at++]);
                       return true;
                     })
              .ok());
  CHECK(at == 4);
}

}  // namespace
}  // namespace daybook
