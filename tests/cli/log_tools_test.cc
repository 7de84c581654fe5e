// The log tools on a log made here, with a topic that the program's catalog does not know.
#include "cli/log_tools.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <catch2/catch.hpp>

#include "cli/exit_codes.h"
#include "support/temp_dir.h"

namespace daybook::cli {
namespace {

constexpr TopicId attendance{1};
constexpr TopicId rare{900};

// Collects what a command prints.
class Capture {
 public:
  Capture()
      : out_(::open_memstream(&out_text_, &out_size_)),
        err_(::open_memstream(&err_text_, &err_size_)) {}
  ~Capture() {
    std::fclose(out_);
    std::fclose(err_);
    std::free(out_text_);
    std::free(err_text_);
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  [[nodiscard]] Streams streams() const { return {out_, err_}; }
  std::string out() {
    std::fflush(out_);
    return {out_text_, out_size_};
  }
  std::string err() {
    std::fflush(err_);
    return {err_text_, err_size_};
  }

 private:
  char* out_text_ = nullptr;
  char* err_text_ = nullptr;
  std::size_t out_size_ = 0, err_size_ = 0;
  std::FILE* out_;
  std::FILE* err_;
};

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// One event of the rare topic at position 1, then `events` others in groups of 100.
void make_log(const std::string& data_dir, int events) {
  log::Options options;
  options.data_dir = data_dir;
  options.topics = {{attendance, "attendance"}, {rare, "rare"}};
  auto log = log::EventLog::open(options);
  REQUIRE(log.ok());
  log::FrameWriter writer;
  const auto append = [&](TopicId topic, int count) {
    std::string frames;
    for (int i = 0; i < count; ++i) {
      const std::array<std::uint8_t, 4> payload{1, 2, 3, static_cast<std::uint8_t>(i)};
      writer.append(frames, {topic, 1, {}, {1'700'000'000'000'000}, {}, {}, {}}, payload);
    }
    const log::GroupPart part{topic, static_cast<std::uint32_t>(count), frames};
    REQUIRE((*log)->append({&part, 1}).ok());
  };
  append(rare, 1);
  for (int done = 0; done < events; done += 100) append(attendance, std::min(100, events - done));
}

TEST_CASE("the last events of a rare topic are found, however far back they are") {
  const test::TempDir dir;
  make_log(dir / "data", 3000);
  Capture capture;
  LogTailOptions options;
  options.data.data = dir / "data";
  options.topic = "rare";
  options.json = true;
  REQUIRE(log_tail(options, capture.streams()) == exit_ok);
  CHECK(capture.err().empty());
  CHECK(count_lines(capture.out()) == 1);
  CHECK(capture.out().starts_with(R"({"position":1,"topic":"rare",)"));
}

TEST_CASE("tail gives the last events in order, or from a position on") {
  const test::TempDir dir;
  make_log(dir / "data", 250);
  for (const std::uint64_t wanted : {0U, 1U, 7U, 251U, 1000U}) {
    Capture capture;
    LogTailOptions options;
    options.data.data = dir / "data";
    options.events = wanted;
    options.json = true;
    REQUIRE(log_tail(options, capture.streams()) == exit_ok);
    const std::uint64_t shown = std::min<std::uint64_t>(wanted, 251);
    CHECK(count_lines(capture.out()) == shown);
    if (shown > 0)
      CHECK(capture.out().starts_with("{\"position\":" + std::to_string(252 - shown) + ","));
  }
  Capture capture;
  LogTailOptions options;
  options.data.data = dir / "data";
  options.from = 240;
  options.json = true;
  REQUIRE(log_tail(options, capture.streams()) == exit_ok);
  CHECK(count_lines(capture.out()) == 12);
}

TEST_CASE("read keeps to its bounds and its topic") {
  const test::TempDir dir;
  make_log(dir / "data", 250);
  struct Row {
    std::string topic;
    std::uint64_t from;
    std::optional<std::uint64_t> until, limit;
    std::size_t lines;
  };
  const std::vector<Row> rows{
      {"", 1, {}, {}, 251},
      {"", 0, {}, {}, 251},
      {"", 100, 199, {}, 100},
      {"", 251, {}, {}, 1},
      {"", 252, {}, {}, 0},
      {"", 5, 4, {}, 0},
      {"", 1, {}, 0, 0},
      {"", 1, {}, 3, 3},
      {"rare", 1, {}, {}, 1},
      {"rare", 2, {}, {}, 0},
      {"attendance", 1, {}, {}, 250},
      {"attendance", 1, 1, {}, 0},
      {"attendance", 50, 60, 5, 5},
  };
  for (const auto& row : rows) {
    CAPTURE(row.topic, row.from);
    Capture capture;
    LogReadOptions options;
    options.data.data = dir / "data";
    options.topic = row.topic;
    options.from = row.from;
    options.until = row.until;
    options.limit = row.limit;
    options.json = true;
    CHECK(log_read(options, capture.streams()) == exit_ok);
    CHECK(count_lines(capture.out()) == row.lines);
  }
  Capture capture;
  LogReadOptions options;
  options.data.data = dir / "data";
  options.topic = "unknown";
  CHECK(log_read(options, capture.streams()) == exit_usage);
  CHECK(capture.err().find("attendance, rare") != std::string::npos);
}

TEST_CASE(
    "a topic that the program does not know is verified and shown, and left out of a replay") {
  const test::TempDir dir;
  make_log(dir / "data", 0);
  Capture verify;
  LogVerifyOptions verify_options;
  verify_options.data.data = dir / "data";
  CHECK(log_verify(verify_options, verify.streams()) == exit_ok);
  CHECK(verify.out().starts_with("sound: 1 events"));
  Capture replay;
  ReplayOptions replay_options;
  replay_options.data.data = dir / "data";
  CHECK(replay_log(replay_options, replay.streams()) == exit_ok);
  CHECK(replay.out().find("1 events of topics unknown to this program left out") !=
        std::string::npos);
}

TEST_CASE("an event whose bytes are no event of its domain ends a replay with its position") {
  const test::TempDir dir;
  make_log(dir / "data", 5);
  Capture capture;
  ReplayOptions options;
  options.data.data = dir / "data";
  CHECK(replay_log(options, capture.streams()) == exit_data_refused);
  CHECK(capture.err().find("position 2") != std::string::npos);
  CHECK(capture.out().empty());
}

}  // namespace
}  // namespace daybook::cli
