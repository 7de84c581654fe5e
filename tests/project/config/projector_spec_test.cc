// [[projector]] tables: what they may say, and every mistake told with its place.
#include "project/projector_spec.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "project/config/world.h"
#include "project/sinks/csv/csv.h"
#include "project/sinks/rollup/rollup.h"

namespace daybook::project {
namespace {

// Two sinks are enough to see the rules, whatever others the program has.
SinkCatalog two_sinks() {
  SinkCatalog catalog;
  catalog.add(csv_sink::csv_type()).add(rollup_sink::type());
  return catalog;
}

}  // namespace

TEST_CASE("a file without [[projector]] tables has no projectors") {
  const auto specs = World(two_sinks()).read("");
  REQUIRE(specs.ok());
  CHECK(specs->empty());
}

TEST_CASE("a table with what is needed has the defaults for the rest, the batch's by its sink") {
  const auto specs =
      World(two_sinks())
          .read(
              "[[projector]]\nname = \"days\"\ntopic = \"attendance\"\nsink = \"rollup\"\n"
              "[[projector]]\nname = \"rows\"\ntopic = \"forms\"\nsink = \"csv\"\npath = "
              "\"/tmp/x\"\n");
  REQUIRE(specs.ok());
  REQUIRE(specs->size() == 2);
  const auto& days = specs->front();
  CHECK(days.name == "days");
  CHECK(days.topic == "attendance");
  CHECK(days.sink == "rollup");
  CHECK(days.filter.types.empty());
  CHECK(days.filter.keys.empty());
  CHECK_FALSE(days.start_now);
  CHECK(days.batch_events_max == rollup_sink::type().batch_events);
  CHECK(days.batch_ms == rollup_sink::type().batch_ms);
  CHECK(days.batch_bytes_max == 1u << 20);
  CHECK(days.retry_min_ms == 1000);
  CHECK(days.retry_max_ms == 300'000);
  CHECK(days.dead_letter_retry_s == 3600);
  CHECK(days.dead_letter_tries_max == 3);
  CHECK(days.dead_letters_max == 100'000);
  CHECK(days.sink_object != nullptr);
  CHECK(specs->back().batch_events_max == csv_sink::csv_type().batch_events);
  CHECK(specs->back().sink_object != nullptr);
}

TEST_CASE("a table may say all of it") {
  const auto specs = World(two_sinks()).read(R"(
[[projector]]
name = "A-z_9"
topic = "forms"
types = ["submitted", "spam"]
keys = ["student-data-form"]
sink = "csv"
start = "now"
batch_events_max = 7
batch_bytes_max = 2048
batch_ms = 0
retry_min_ms = 10
retry_max_ms = 10
dead_letter_retry_s = 0
dead_letter_tries_max = 0
dead_letters_max = 1
path = "out"
rotate = "day"
time_zone = "Asia/Jakarta"
columns = ["time", "name"]
bom = true
)");
  REQUIRE(specs.ok());
  REQUIRE(specs->size() == 1);
  const auto& spec = specs->front();
  CHECK(spec.name == "A-z_9");
  CHECK(spec.filter.types == std::vector<std::string>{"submitted", "spam"});
  CHECK(spec.filter.keys == std::vector<std::string>{"student-data-form"});
  CHECK(spec.start_now);
  CHECK(spec.batch_events_max == 7);
  CHECK(spec.batch_bytes_max == 2048);
  CHECK(spec.batch_ms == 0);
  CHECK(spec.retry_min_ms == 10);
  CHECK(spec.retry_max_ms == 10);
  CHECK(spec.dead_letter_retry_s == 0);
  CHECK(spec.dead_letter_tries_max == 0);
  CHECK(spec.dead_letters_max == 1);
}

TEST_CASE("each mistake is told with its file, its line and what would be right") {
  const World world(two_sinks());
  const std::string good = "[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"rollup\"\n";
  REQUIRE(world.mistakes(good) == "none");
  const std::pair<std::string, std::string> rows[] = {
      {"[[projector]]\ntopic = \"hits\"\nsink = \"rollup\"\n",
       "name must be given: 1 to 64 of A-Z a-z 0-9 _ - (file FILE:1)"},
      {"[[projector]]\nname = \"a b\"\ntopic = \"hits\"\nsink = \"rollup\"\n",
       "name must be given: 1 to 64 of A-Z a-z 0-9 _ -, is \"a b\" (file FILE:2)"},
      {"[[projector]]\nname = \"p\"\nsink = \"csv\"\npath = \"x\"\n",
       "topic must be given: one of attendance, booking, hits, forms"},
      {"[[projector]]\nname = \"p\"\ntopic = \"form\"\nsink = \"csv\"\npath = \"x\"\n",
       "is \"form\"; did you mean forms? (file FILE:3)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\n",
       "sink must be given: one of csv, rollup (file FILE:1)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"roll_up\"\nwhatever = 1\n",
       "sink must be one of csv, rollup, is \"roll_up\"; did you mean rollup? (file FILE:4)"},
      {good + "colour = \"red\"\n",
       "unknown key colour of [[projector]] at FILE:5; the nearest is "},
      {good + "bacth_ms = 5\n",
       "unknown key bacth_ms of [[projector]] at FILE:5; did you mean batch_ms?"},
      {good + "path = \"x\"\n", "unknown key path of [[projector]] at FILE:5"},
      {good + "batch_ms = \"soon\"\n", "batch_ms must be an integer, is a string (file FILE:5)"},
      {good + "batch_events_max = 0\n",
       "batch_events_max must be 1 to 100000 events, is 0 (file FILE:5)"},
      {good + "types = [\"hit\", \"hti\"]\n",
       "types must be one of hit, day_closed, rolled_up, is \"hti\"; did you mean hit? (file "
       "FILE:5)"},
      {good + "start = \"end\"\n", "start must be one of beginning, now, is \"end\" (file FILE:5)"},
      {good + "retry_min_ms = 50\nretry_max_ms = 40\n",
       "retry_max_ms must not be less than retry_min_ms, 50, is 40 (file FILE:6)"},
      {good + good, "name \"p\" is taken by the projector of file FILE:2 (file FILE:6)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"projectors\"\nsink = \"rollup\"\n",
       "topic must be one that rollup has rows for: attendance, booking, forms, hits (file "
       "FILE:3)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"csv\"\n",
       "path must be given (file FILE:1)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"csv\"\npath = \"x\"\n"
       "rotate = \"hour\"\n",
       "rotate must be \"none\", \"day\" or \"size\" (file FILE:6)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"csv\"\npath = \"x\"\n"
       "file = \"../x\"\n",
       "file must be a name of at most 100 bytes without a path or a leading dot (file FILE:6)"},
      {"[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"csv\"\npath = \"x\"\n"
       "time_zone = \"Mars/Base\"\n",
       "time_zone must be a time zone of the system (file FILE:6)"},
  };
  for (const auto& [text, mistake] : rows) {
    const std::string told = world.mistakes(text);
    INFO(text << "told: " << told);
    CHECK(told.find(mistake) != std::string::npos);
    CHECK(std::ranges::count(told, '\n') == 0);  // that one, and no other
  }
}

TEST_CASE("the mistakes of all tables are told at once, one of each does not hide another") {
  const std::string told =
      World(two_sinks())
          .mistakes(
              "[[projector]]\nname = \"p\"\ntopic = \"forms\"\ntypes = [\"sent\"]\nsink = \"csv\"\n"
              "start = \"later\"\nbatch_ms = -1\nrotate = \"hour\"\npath = \"x\"\n"
              "[[projector]]\nname = \"p\"\ntopic = \"nothing\"\nsink = \"nothing\"\n");
  INFO(told);
  CHECK(std::ranges::count(told, '\n') == 6);
  for (const char* part : {"types must", "start must", "batch_ms must", "rotate must",
                           "name \"p\" is taken", "topic must", "sink must"})
    CHECK(told.find(part) != std::string::npos);
}

TEST_CASE("two projectors of one file are refused, of two files they are not") {
  const World world(two_sinks());
  const auto table = [](const std::string& name, const std::string& file) {
    return "[[projector]]\nname = \"" + name +
           "\"\ntopic = \"hits\"\nsink = \"csv\"\npath = \"x\"\nfile = \"" + file + "\"\n";
  };
  CHECK(world.mistakes(table("a", "rows") + table("b", "others")) == "none");
  CHECK(
      world.mistakes(table("a", "rows") + table("b", "rows"))
          .find("sink writes to x/rows.csv, as the projector of file FILE:2 does (file FILE:10)") !=
      std::string::npos);
}

TEST_CASE("more projectors than there may be are told") {
  std::string text;
  for (std::size_t i = 0; i <= projectors_max; ++i)
    text += "[[projector]]\nname = \"p" + std::to_string(i) +
            "\"\ntopic = \"hits\"\nsink = \"rollup\"\n";
  CHECK(World(two_sinks()).mistakes(text) ==
        "more than 64 [[projector]] tables, 65 (file FILE:257)");
}

TEST_CASE("relative paths stay the process's own, and checking makes nothing") {
  const World world(two_sinks());
  const std::string folder = world.dir / "never-made";
  REQUIRE(world
              .read("[[projector]]\nname = \"p\"\ntopic = \"hits\"\nsink = \"csv\"\npath = \"" +
                    folder + "\"\n")
              .ok());
  CHECK_FALSE(std::filesystem::exists(folder));
}

}  // namespace daybook::project
