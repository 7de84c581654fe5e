// kill -9 at any instant: a child brings a prepared list to its files, with its checkpoint in the
// real state store, and is killed again and again; the files hold each event once, in order.
//
// DAYBOOK_TEST_KILLS sets how often.
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "project/sinks/csv/harness.h"
#include "state/state_store.h"
#include "support/seed.h"

namespace daybook::csv_sink {
namespace {

constexpr std::uint64_t events_count = 60'000;
constexpr std::size_t batch_max = 60;
constexpr const char* projector = "rows";

PublicEvent numbered(std::uint64_t i) {
  // A line break and a comma in some, so that a row is more than a line.
  auto event = event_at(i, R"({"n":)" + std::to_string(i) + R"(,"text":")" +
                               (i % 7 == 0 ? R"(two\nlines, )" : "plain ") +
                               std::string(i % 97, 'x') + "\"}");
  event.server_time.value += static_cast<std::int64_t>(i) * 10'000'000;  // a week over all
  event.version = static_cast<std::uint32_t>(1 + i / 20'000);
  return event;
}

// "<position>\n<sink's state>"
void save(state::Store& store, const SinkProgress& progress) {
  const std::string value = std::to_string(progress.position.value) + "\n" + progress.state;
  DAYBOOK_CHECK(store.write({{state::Family::checkpoints, projector, value}}, false).ok());
}

SinkProgress load(const state::Store& store) {
  const auto value = store.get(state::Family::checkpoints, projector);
  DAYBOOK_CHECK(value.ok());
  if (!*value) return {};
  const std::string& text = **value;
  return {Position{std::stoull(text)}, text.substr(text.find('\n') + 1)};
}

// What a projector does; ends when all is delivered. `ready_fd`: written to when it begins.
void run_child(const std::string& dir, const FileOptions& options, bool json, std::uint64_t seed,
               int ready_fd) {
  auto store = state::Store::open(dir);
  DAYBOOK_CHECK(store.ok());
  SinkProgress progress = load(**store);
  test::FakeSinkContext context;
  for (std::uint32_t version = 1; version <= 4; ++version)
    context.columns_by_key["form"] = {4, {"text", "n"}};
  FileSink sink(options, json ? make_json_rows() : make_csv_rows({}, true, false));
  DAYBOOK_CHECK(::write(ready_fd, "r", 1) == 1);
  DAYBOOK_CHECK(sink.begin(progress, context).outcome == Delivery::Outcome::delivered);
  std::mt19937_64 random(seed);
  while (progress.position.value < events_count) {
    std::vector<PublicEvent> events;
    const std::uint64_t from = progress.position.value + 1;
    const std::uint64_t until = std::min(from + random() % batch_max, events_count);
    for (std::uint64_t i = from; i <= until; ++i) events.push_back(numbered(i));
    const auto told = sink.deliver(test::batch_of(events), progress, context);
    DAYBOOK_CHECK(told.outcome == Delivery::Outcome::delivered);
    progress.position = Position{until};
    save(**store, progress);
  }
  (*store)->close();
}

// True: it came to its end by itself.
bool run_and_kill(const std::string& dir, const FileOptions& options, bool json,
                  std::mt19937_64& random) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const std::uint64_t seed = random();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ready[0]);
    run_child(dir, options, json, seed, ready[1]);
    ::_exit(0);
  }
  ::close(ready[1]);
  char byte = 0;
  const bool began = ::read(ready[0], &byte, 1) == 1;
  // The pipe's other end closes with the child: wait for that, or for the moment of the kill.
  pollfd end{ready[0], POLLIN, 0};
  const auto wait_us = static_cast<long>(random() % 8'000);
  const timespec moment{0, wait_us * 1000};
  const int ended = ::ppoll(&end, 1, &moment, nullptr);
  if (ended == 0) ::kill(child, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  ::close(ready[0]);
  REQUIRE(began);
  if (WIFEXITED(status)) {
    REQUIRE(WEXITSTATUS(status) == 0);
    return true;
  }
  REQUIRE(WTERMSIG(status) == SIGKILL);  // and not by a check of its own
  return false;
}

// What the events make when nothing goes wrong.
std::map<std::string, std::string> expected_files(const FileOptions& options, bool json) {
  Harness h;
  h.options = options;
  h.json = json;
  h.open();
  h.context.columns_by_key["form"] = {4, {"text", "n"}};
  std::vector<PublicEvent> events;
  for (std::uint64_t i = 1; i <= events_count; ++i) events.push_back(numbered(i));
  REQUIRE(h.deliver(events).outcome == Delivery::Outcome::delivered);
  return h.files();
}

void kill_again_and_again(Rotate rotate, bool json) {
  std::mt19937_64 random(test::test_seed() + (json ? 1 : 0));
  const std::uint64_t kills_max = test::env_number("DAYBOOK_TEST_KILLS", 100);
  Harness h;
  h.json = json;
  h.options.rotate = rotate;
  h.options.rotate_bytes_max = 100'000;
  h.open();
  FileOptions options = h.options;
  h.sink.reset();
  std::uint64_t kills = 0;
  bool done = false;
  while (!done && kills < kills_max)
    if (!(done = run_and_kill(h.dir.path(), options, json, random))) ++kills;
  INFO(kills << " kills");
  CHECK(kills > 0);
  if (!done) {  // one more, to its end
    int none[2];
    REQUIRE(::pipe(none) == 0);
    run_child(h.dir.path(), options, json, random(), none[1]);
    ::close(none[0]);
    ::close(none[1]);
  }
  const auto files = h.files();
  const auto expected = expected_files(options, json);
  REQUIRE(expected.size() > 3);
  REQUIRE(files.size() == expected.size());
  for (const auto& [name, text] : expected) {
    INFO(name);
    REQUIRE(files.contains(name));
    CHECK((files.at(name) == text));  // without printing both
  }
}

}  // namespace

TEST_CASE("kill -9 at any instant leaves each event once, in order: csv, rotated by day") {
  kill_again_and_again(Rotate::day, false);
}

TEST_CASE("kill -9 at any instant leaves each event once, in order: jsonl, rotated by size") {
  kill_again_and_again(Rotate::size, true);
}

}  // namespace daybook::csv_sink
