// Control and Submitter over a real log and a real sequencer.
#include "project/log_control.h"

#include "config/config.h"
#include "domain/adapter.h"
#include "domains/consumers/domain.h"
#include "domains/projectors/domain.h"
#include "project/submitter.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/temp_dir.h"
#include "support/wait.h"

#include <daybook/texts.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace daybook::project {
namespace {

constexpr UnixUs start{1'800'000'000'000'000};

// A log with two topics and its sequencer; opened again on the same folder it replays.
struct Rig {
  explicit Rig(const std::string& dir, const SequencerLimits& limits = {},
               std::vector<log::Topic> other_topics = {})
      : projectors(make_any_domain<projectors::Domain>({})),
        consumers(make_any_domain<consumers::Domain>({})),
        raw{projectors.get(), consumers.get()} {
    log::Options options;
    options.data_dir = dir;
    options.topics = std::move(other_topics);
    for (AnyDomain* domain : raw)
      options.topics.push_back({domain->topic(), std::string(domain->name())});
    auto opened = log::EventLog::open(options);
    REQUIRE(opened.ok());
    log = *std::move(opened);
    SequencerSeam seam = make_log_seam(*log);
    seam.now = [this] { return UnixUs{now.load()}; };
    seam.append = [this](std::span<const log::GroupPart> parts,
                         Durability durability) -> Result<log::Committed> {
      if (before_append) before_append();
      if (fails) return Error{Errc::unavailable, "append failed (injected)"};
      return log->append(parts, durability);
    };
    sequencer = std::make_unique<Sequencer>(raw, limits, std::move(seam), log->head());
    REQUIRE(log->scan({},
                      [&](const log::EventView& event) {
                        for (AnyDomain* domain : raw)
                          if (domain->topic() == event.topic) REQUIRE(domain->replay(event).ok());
                        return true;
                      })
                .ok());
    sequencer->start();
    control = make_log_control(*projectors, *sequencer, *log);
  }
  ~Rig() { sequencer->drain_and_stop(); }

  // A person's word.
  Result<Outcome> say(std::string_view line) {
    return Submitter(*sequencer).submit(*projectors, line, {});
  }

  std::unique_ptr<AnyDomain> projectors;
  std::unique_ptr<AnyDomain> consumers;
  std::vector<AnyDomain*> raw;
  std::atomic<std::int64_t> now{start.value};
  std::atomic<bool> fails{false};
  std::function<void()> before_append;  // on the sequencer's thread; set while nothing is under way
  std::unique_ptr<log::EventLog> log;
  std::unique_ptr<Sequencer> sequencer;
  std::unique_ptr<Control> control;
};

TEST_CASE("a log made before there were projectors takes their topics when it is opened") {
  const test::TempDir dir;
  {
    log::Options options;
    options.data_dir = dir.path();
    options.topics = {{TopicId{4}, "forms"}};
    REQUIRE(log::EventLog::open(options).ok());
  }
  Rig rig(dir.path(), {}, {{TopicId{4}, "forms"}});
  CHECK(rig.control->add_projector("sheet", "forms", "csv").ok());
  CHECK(rig.log->head() == Position{1});
}

DeadLetter letter_at(std::uint64_t position, std::string data = R"({"name":"Ann"})",
                     std::string row = {}) {
  DeadLetter letter;
  letter.event.position = Position{position};
  letter.event.topic = "forms";
  letter.event.type = "submitted";
  letter.event.key = "student";
  letter.event.version = 3;
  for (std::uint8_t i = 0; i < 16; ++i) letter.event.event_id.bytes[i] = i;
  letter.event.server_time = UnixUs{start.value - 123'456};
  letter.event.data = std::move(data);
  letter.event.row = std::move(row);
  letter.reason = "cell too long";
  letter.attempts = {{start, "400"}, {UnixUs{start.value + 5}, "400 again"}};
  return letter;
}

void check_same(const PublicEvent& a, const PublicEvent& b) {
  CHECK(a.position == b.position);
  CHECK(a.topic == b.topic);
  CHECK(a.type == b.type);
  CHECK(a.key == b.key);
  CHECK(a.version == b.version);
  CHECK(a.event_id == b.event_id);
  CHECK(a.server_time == b.server_time);
  CHECK(a.data == b.data);
  CHECK(a.row == b.row);
}

TEST_CASE("a projector nothing was said about runs, without dead letters") {
  const test::TempDir dir;
  Rig rig(dir.path());
  const Orders orders = rig.control->orders("sheet");
  CHECK_FALSE(orders.paused);
  CHECK_FALSE(orders.disabled);
  CHECK(orders.reset_number == 0);
  CHECK(rig.control->version() == 0);
  CHECK(rig.control->dead_letters("sheet") == 0);
  CHECK(rig.control->due("sheet", start, 10).empty());
  CHECK_FALSE(rig.control->next_due("sheet").has_value());
  CHECK_FALSE(rig.control->was_dead("sheet", Position{1}));
  CHECK(rig.control->load("sheet", Position{1}).error().code == Errc::not_found);
}

TEST_CASE("orders follow what people and sinks say, and outlive a restart") {
  const test::TempDir dir;
  {
    Rig rig(dir.path());
    REQUIRE(rig.control->add_projector("sheet", "forms", "google_sheets").ok());
    const std::uint64_t added = rig.control->version();
    REQUIRE(rig.control->add_projector("sheet", "forms", "google_sheets").ok());
    CHECK(rig.control->version() == added);  // said already
    REQUIRE(rig.say(R"({"type":"pause","projector":"sheet","reason":"moving"})").ok());
    CHECK(rig.control->orders("sheet").paused);
    CHECK(rig.control->orders("sheet").reason == "moving");
    CHECK(rig.control->version() > added);
    REQUIRE(rig.control->disable("sheet", "410 Gone").ok());
    REQUIRE(rig.control->disable("sheet", "410 Gone").ok());
    CHECK(rig.control->orders("sheet").disabled);
    CHECK(rig.control->orders("sheet").reason == "410 Gone");
    REQUIRE(rig.say(R"({"type":"reset","projector":"sheet","to":"now"})").ok());
    CHECK(rig.control->orders("sheet").reset_number == 1);
    CHECK(rig.control->orders("sheet").reset_next == rig.log->head() + 1);
  }
  Rig again(dir.path());
  const Orders orders = again.control->orders("sheet");
  CHECK(orders.paused);
  CHECK(orders.disabled);
  CHECK(orders.reset_number == 1);
  CHECK(orders.reset_next == again.log->head() + 1);
  REQUIRE(again.say(R"({"type":"resume","projector":"sheet"})").ok());
  CHECK_FALSE(again.control->orders("sheet").paused);
  CHECK_FALSE(again.control->orders("sheet").disabled);
}

TEST_CASE("a dead letter's copy is loaded as it was, as edited last, and after a restart") {
  const test::TempDir dir;
  const DeadLetter plain = letter_at(7);
  const DeadLetter with_row =
      letter_at(8, R"({"form":"student","body":{"name":"Ann"}})", R"({"name":"Ann"})");
  {
    Rig rig(dir.path());
    REQUIRE(rig.control->add_projector("sheet", "forms", "csv").ok());
    REQUIRE(rig.control->add_dead_letter("sheet", plain).ok());
    REQUIRE(rig.control->add_dead_letter("sheet", with_row).ok());
    REQUIRE(rig.control->add_dead_letter("sheet", with_row).ok());
    CHECK(rig.control->dead_letters("sheet") == 2);
    CHECK(rig.control->was_dead("sheet", Position{7}));
    auto loaded = rig.control->load("sheet", Position{7});
    REQUIRE(loaded.ok());
    check_same(*loaded, plain.event);
    loaded = rig.control->load("sheet", Position{8});
    REQUIRE(loaded.ok());
    check_same(*loaded, with_row.event);
    for (const char* name : {"A", "B"})
      REQUIRE(rig.say(R"({"type":"edit","projector":"sheet","position":"8","data":{"name":")" +
                      std::string(name) + "\"}}")
                  .ok());
    REQUIRE(
        rig.say(R"({"type":"edit","projector":"sheet","position":"7","data":{"x":[1.50]}})").ok());
  }
  Rig again(dir.path());
  const auto edited = again.control->load("sheet", Position{8});
  REQUIRE(edited.ok());
  PublicEvent expected = with_row.event;
  expected.data = R"({"form":"student","body":{"name":"B"}})";
  expected.row = R"({"name":"B"})";
  check_same(*edited, expected);
  const auto plain_edited = again.control->load("sheet", Position{7});
  REQUIRE(plain_edited.ok());
  CHECK(plain_edited->data == R"({"x":[1.5]})");
  CHECK(plain_edited->row.empty());
  REQUIRE(again.control->letter_delivered("sheet", Position{8}).ok());
  CHECK(again.control->load("sheet", Position{8}).error().code == Errc::not_found);
  CHECK(again.control->was_dead("sheet", Position{8}));
}

TEST_CASE("dead letters come due by time and by a person's word, with their tries") {
  const test::TempDir dir;
  Rig rig(dir.path());
  REQUIRE(rig.control->add_projector("sheet", "forms", "csv").ok());
  DeadLetter letter = letter_at(7);
  letter.next_try_at = UnixUs{start.value + 3'600'000'000};
  REQUIRE(rig.control->add_dead_letter("sheet", letter).ok());
  REQUIRE(rig.control->add_dead_letter("sheet", letter_at(9)).ok());
  CHECK(rig.control->next_due("sheet") == letter.next_try_at);
  CHECK(rig.control->due("sheet", start, 10).empty());
  auto due = rig.control->due("sheet", *letter.next_try_at, 10);
  REQUIRE(due.size() == 1);
  CHECK(due[0].position == Position{7});
  CHECK(due[0].tries == 0);
  CHECK_FALSE(due[0].asked);

  const Attempt attempt{*letter.next_try_at, "400 still"};
  const UnixUs later{start.value + 7'200'000'000};
  REQUIRE(rig.control->letter_failed("sheet", Position{7}, attempt, later).ok());
  const std::uint64_t version = rig.control->version();
  REQUIRE(rig.control->letter_failed("sheet", Position{7}, attempt, later).ok());
  CHECK(rig.control->version() == version);  // the same attempt
  CHECK(rig.control->next_due("sheet") == later);
  REQUIRE(rig.say(R"({"type":"retry","projector":"sheet","all":true})").ok());
  CHECK_FALSE(rig.control->next_due("sheet").has_value());
  due = rig.control->due("sheet", start, 10);
  REQUIRE(due.size() == 2);
  CHECK(due[0].position == Position{7});
  CHECK(due[0].tries == 1);
  CHECK(due[0].asked);
  CHECK(due[1].position == Position{9});
  CHECK(rig.control->due("sheet", start, 1).size() == 1);

  REQUIRE(rig.control->letter_failed("sheet", Position{7}, {later, "400 yet"}, std::nullopt).ok());
  CHECK(rig.control->due("sheet", UnixUs{later.value * 2}, 10).size() == 1);
  REQUIRE(rig.control->letter_delivered("sheet", Position{9}).ok());
  REQUIRE(rig.control->letter_delivered("sheet", Position{9}).ok());
  CHECK(rig.control->dead_letters("sheet") == 1);
  CHECK(rig.control->letter_delivered("sheet", Position{11}).error().code == Errc::not_found);
}

TEST_CASE("a copy that no JSON body could hold is kept byte for byte") {
  const test::TempDir dir;
  Rig rig(dir.path());
  REQUIRE(rig.control->add_projector("sheet", "forms", "csv").ok());
  std::string deep = "1";
  for (std::size_t i = 0; i < json::depth_max; ++i) deep = R"({"n":)" + deep + "}";
  std::string wide = "{\"big\":\"" + std::string(2u << 20, 'x') + "\",\"number\":1e400}";
  REQUIRE(rig.control->add_dead_letter("sheet", letter_at(7, deep)).ok());
  REQUIRE(rig.control->add_dead_letter("sheet", letter_at(8, wide)).ok());
  CHECK(rig.control->load("sheet", Position{7})->data == deep);
  CHECK(rig.control->load("sheet", Position{8})->data == wide);
}

TEST_CASE("whatever a target says for a reason becomes a text that can be kept") {
  const test::TempDir dir;
  Rig rig(dir.path());
  const auto reason_of = [&](std::string_view said) {
    REQUIRE(rig.say(R"({"type":"resume","projector":"sheet"})").ok());
    REQUIRE(rig.control->disable("sheet", said).ok());
    return rig.control->orders("sheet").reason;
  };
  REQUIRE(rig.control->add_projector("sheet", "forms", "csv").ok());
  CHECK(reason_of("410 Gone: Täst") == "410 Gone: Täst");
  CHECK(reason_of("") == "no reason was given");
  CHECK(reason_of(std::string("a\r\nb\0c", 6)) == "a  b c");
  CHECK(reason_of("\xFF\xFEoops") == "??oops");
  std::string longest;
  for (std::size_t i = 0; i < projectors::reason_chars_max; ++i) longest += "ü";
  CHECK(reason_of(longest + "more") == longest);
  DeadLetter letter = letter_at(7);
  letter.reason = "\x01\xC3";
  letter.attempts.assign(projectors::attempts_max + 3, {start, "\xC3"});
  letter.attempts.back().reason = "the last";
  CHECK(rig.control->add_dead_letter("sheet", letter).ok());
}

TEST_CASE("what the domain refuses comes back as it refused it") {
  const test::TempDir dir;
  Rig rig(dir.path());
  const auto refused = rig.control->add_dead_letter("nobody", letter_at(7));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::not_found);
  CHECK(refused.error().message == "projector not found");
  CHECK(rig.say("{").error().code == Errc::malformed);
  CHECK(rig.say(R"({"type":"pause"})").error().code == Errc::invalid);
  CHECK(rig.log->head() == Position{});
}

TEST_CASE("the same command under one key is done once") {
  const test::TempDir dir;
  Rig rig(dir.path());
  const Submitter submitter(*rig.sequencer);
  const std::string_view line = R"({"type":"define","name":"c","topic":"forms"})";
  const auto first = submitter.submit(*rig.consumers, line, "key-1");
  REQUIRE(first.ok());
  CHECK(first->position == Position{1});
  REQUIRE(submitter.submit(*rig.consumers, R"({"type":"delete","name":"c"})", "key-2").ok());
  const auto again = submitter.submit(*rig.consumers, line, "key-1");
  REQUIRE(again.ok());
  CHECK(again->repeated);
  CHECK(again->position == first->position);
  CHECK(rig.log->head() == Position{2});
  const auto other =
      submitter.submit(*rig.consumers, R"({"type":"define","name":"d","topic":"hits"})", "key-1");
  CHECK(other.error().code == Errc::invalid);
}

TEST_CASE("a stopped server and a failed log are unavailable, not waited for") {
  const test::TempDir dir;
  SECTION("stopped") {
    Rig rig(dir.path());
    rig.sequencer->drain_and_stop();
    CHECK(rig.control->add_projector("a", "forms", "csv").error().code == Errc::unavailable);
  }
  SECTION("failed") {
    Rig rig(dir.path());
    rig.fails = true;
    CHECK(rig.control->add_projector("a", "forms", "csv").error().code == Errc::unavailable);
    CHECK(rig.control->add_projector("b", "forms", "csv").error().code == Errc::unavailable);
    CHECK(rig.sequencer->failed());
  }
}

// Holds the sequencer in its append until told.
class Gate {
 public:
  void pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_until_held() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

TEST_CASE("a full queue is waited for, by many threads at once, and nothing is lost") {
  const test::TempDir dir;
  SequencerLimits limits;
  limits.queue_commands_max = 2;
  Rig rig(dir.path(), limits);
  Gate gate;
  rig.before_append = [&gate] { gate.pass(); };
  constexpr int threads_count = 6;
  constexpr int each = 20;
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < threads_count; ++t)
    threads.emplace_back([&rig, &done, t] {
      for (int i = 0; i < each; ++i) {
        const std::string name = "p" + std::to_string(t) + "-" + std::to_string(i);
        if (rig.control->add_projector(name, "forms", "csv").ok()) done.fetch_add(1);
      }
    });
  gate.wait_until_held();
  const bool was_full = test::wait_until([&] { return rig.sequencer->queue_commands() == 2; },
                                         std::chrono::seconds(30));
  const int done_before = done.load();
  gate.open();
  for (std::thread& thread : threads) thread.join();
  CHECK(was_full);
  CHECK(done_before == 0);
  CHECK(done.load() == threads_count * each);
  CHECK(rig.projectors->totals().front().second == threads_count * each);
}

}  // namespace
}  // namespace daybook::project
