// The retention thread over a real log, with domains made of the guest book.
#include "sequencer/retention.h"

#include "domain/adapter.h"
#include "sequencer/log_seam.h"
#include "support/guestbook/guestbook.h"
#include "support/temp_dir.h"
#include "support/wait.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace daybook {
namespace {

using Positions = std::vector<std::uint64_t>;

constexpr std::chrono::seconds deadline{20};
constexpr UnixUs now{1'700'000'000'000'000};

// A guest book that needs only its newest entry, and those that say "keep".
template <std::uint16_t topic_number>
struct Forgetful : guestbook::Domain {
  static constexpr TopicId topic{topic_number};
  static void routes(Routes<Forgetful>&) {}
  static Position removable_before(const View& view, const Policy&, UnixUs) {
    Position newest;
    for (const auto& entry : view.newest) newest = std::max(newest, entry.position);
    return newest;
  }
  static bool removable(const Event& event) { return event.text != "keep"; }
};
using First = Forgetful<1001>;
using Second = Forgetful<1002>;
static_assert(RetainedDomain<First>);

struct House {
  House() {
    log::Options options;
    options.data_dir = dir.path();
    options.topics = {{First::topic, "first"}, {Second::topic, "second"}};
    auto opened = log::EventLog::open(options);
    REQUIRE(opened.ok());
    log = *std::move(opened);
    retention_options.first_after_ms = 0;
    retention_options.now = [] { return now; };
  }

  Position append(AnyDomain& domain, std::string_view text, std::string_view key = {},
                  std::uint16_t schema_version = 1) {
    flatbuffers::FlatBufferBuilder builder;
    guestbook::Domain::encode({"name" + std::to_string(log->head().value), text, now}, builder);
    log::FrameFields fields;
    fields.topic = domain.topic();
    fields.schema_version = schema_version;
    fields.server_time = now;
    fields.idempotency_key = key;
    std::string frames;
    log::FrameWriter().append(frames, fields, builder.GetBufferSpan());
    const log::GroupPart part{domain.topic(), 1, frames};
    const auto committed = log->append({&part, 1});
    REQUIRE(committed.ok());
    return committed->first;
  }
  void project_all() {
    REQUIRE(log->scan({},
                      [&](const log::EventView& event) {
                        for (AnyDomain* domain : domains)
                          if (domain->topic() == event.topic && event.schema_version == 1)
                            REQUIRE(domain->replay(event).ok());
                        return true;
                      })
                .ok());
  }
  Positions left() const {
    Positions positions;
    REQUIRE(log->scan({},
                      [&](const log::EventView& event) {
                        positions.push_back(event.position.value);
                        return true;
                      })
                .ok());
    return positions;
  }

  test::TempDir dir;
  std::unique_ptr<AnyDomain> first = make_any_domain<First>({});
  std::unique_ptr<AnyDomain> second = make_any_domain<Second>({});
  AnyDomain* domains[2] = {first.get(), second.get()};
  std::unique_ptr<log::EventLog> log;
  RetentionOptions retention_options;
};

// 1 first, 2 second, 3 first "keep", 4 second, 5 first.
void fill(House& house) {
  house.append(*house.first, "hello");
  house.append(*house.second, "hello");
  house.append(*house.first, "keep");
  house.append(*house.second, "hello");
  house.append(*house.first, "hello");
  house.project_all();
}

bool rounds_reach(const Retention& retention, std::uint64_t rounds) {
  return test::wait_until([&] { return retention.stats().rounds >= rounds; }, deadline);
}

TEST_CASE("retention removes what the domains no longer need, soon after the start") {
  House house;
  fill(house);
  Retention retention(*house.log, house.domains, house.retention_options);
  CHECK(retention.stats().last_run_us == 0);
  retention.start();
  REQUIRE(rounds_reach(retention, 1));
  retention.stop();
  CHECK(house.left() == Positions{3, 4, 5});
  CHECK(retention.stats().removed_events == 2);
  CHECK(retention.stats().removed_records == 2);
  CHECK(retention.stats().removed_bytes > 0);
  CHECK(retention.stats().failures == 0);
  CHECK(retention.stats().last_run_us == now.value);
}

TEST_CASE("retention comes again after its interval") {
  House house;
  house.retention_options.interval_s = 1;
  Retention retention(*house.log, house.domains, house.retention_options);
  fill(house);
  retention.start();
  REQUIRE(rounds_reach(retention, 2));
}

TEST_CASE("retention never goes past its limit") {
  House house;
  fill(house);
  std::atomic<std::uint64_t> limit{2};
  house.retention_options.limit = [&](const AnyDomain&) {
    return RetentionLimit{Position{limit}, "projector slow"};
  };
  house.retention_options.interval_s = 1;
  Retention retention(*house.log, house.domains, house.retention_options);
  retention.start();
  REQUIRE(rounds_reach(retention, 1));
  CHECK(house.left() == Positions{2, 3, 4, 5});
  CHECK(retention.held(house.first->topic()) > 0);
  limit = Position::max().value;
  REQUIRE(test::wait_until([&] { return retention.stats().removed_events == 2; }, deadline));
  retention.stop();
  CHECK(house.left() == Positions{3, 4, 5});
  CHECK(retention.held(house.first->topic()) == 0);
}

TEST_CASE("a domain that cannot say what may go is counted, and the others are served") {
  House house;
  house.append(*house.first, "hello", {}, 99);  // of a version that this program does not know
  fill(house);
  Retention retention(*house.log, house.domains, house.retention_options);
  retention.start();
  REQUIRE(rounds_reach(retention, 1));
  retention.stop();
  CHECK(retention.stats().failures == 1);
  CHECK(retention.stats().removed_events == 1);
  CHECK(house.left() == Positions{1, 2, 4, 5, 6});
  CHECK_FALSE(house.log->failed());
}

TEST_CASE("retention stops at once, also while it waits, and twice") {
  House house;
  house.retention_options.interval_s = 86'400;
  Retention retention(*house.log, house.domains, house.retention_options);
  retention.start();
  REQUIRE(rounds_reach(retention, 1));
  const auto start = std::chrono::steady_clock::now();
  retention.stop();
  retention.stop();
  CHECK(std::chrono::steady_clock::now() - start < deadline);
}

TEST_CASE("an idempotency key whose events were removed is not found, and no error") {
  House house;
  const Position gone = house.append(*house.first, "hello", "key-1");
  const Position kept = house.append(*house.first, "keep", "key-2");
  house.append(*house.first, "hello", "key-3");
  house.project_all();
  Retention retention(*house.log, house.domains, house.retention_options);
  retention.start();
  REQUIRE(rounds_reach(retention, 1));
  retention.stop();
  const auto seam = make_log_seam(*house.log);
  const auto recalled = seam.recall(gone, "key-1");
  REQUIRE(recalled.ok());
  CHECK_FALSE(recalled->found);
  CHECK(seam.recall(kept, "key-2")->found);
}

}  // namespace
}  // namespace daybook
