// What the files hold: names, headers, rotation, and exactly once over restarts and faults.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "project/sinks/csv/harness.h"

namespace daybook::csv_sink {
namespace {

using Outcome = Delivery::Outcome;
const std::string head = "position,id,time,type,key,version";

std::string cells(std::uint8_t position, const std::string& rest, const std::string& key = "form",
                  const std::string& version = "1") {
  return std::to_string(position) + "," + id_of(position) + ",2026-03-29T12:00:00.000Z,submitted," +
         key + "," + version + "," + rest + "\r\n";
}

}  // namespace

TEST_CASE("a file has the columns of the form's definition, and all else in one") {
  Harness h;
  h.context.columns_by_key["form"] = {1, {"name", "age", "key"}};
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(1, R"({"age":7,"name":"Ann, B."})"),
                     event_at(2, R"({"name":"=1+1","key":"k","more":[1]})")})
              .outcome == Outcome::delivered);
  CHECK(h.files() == std::map<std::string, std::string>{
                         {"rows.000001.csv", head + ",name,age,data.key,other\r\n" +
                                                 cells(1, "\"Ann, B.\",7,,") +
                                                 cells(2, "'=1+1,,k,\"{\"\"more\"\":[1]}\"")}});
  struct stat info {};
  REQUIRE(::stat(h.path("rows.000001.csv").c_str(), &info) == 0);
  CHECK((info.st_mode & 0007) == 0);  // personal data is not for everybody
}

TEST_CASE("the row an event has of its own wins over its data") {
  Harness h;
  PublicEvent event = event_at(1, R"({"a":1,"internal":2})");
  event.row = R"({"a":1})";
  REQUIRE(h.deliver({event}).outcome == Outcome::delivered);
  CHECK(h.files().at("rows.000001.csv") == head + ",a,other\r\n" + cells(1, "1,"));
}

TEST_CASE("without a definition the members of the first row are the columns") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"b":1,"a":2})"), event_at(2, R"({"a":3,"c":4})")}).outcome ==
          Outcome::delivered);
  CHECK(h.files().at("rows.000001.csv") ==
        head + ",b,a,other\r\n" + cells(1, "1,2,") + cells(2, ",3,\"{\"\"c\"\":4}\""));
}

TEST_CASE("a new version of the one form begins a new file under its columns") {
  Harness h;
  h.context.columns_by_key["form"] = {1, {"a"}};
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  h.context.columns_by_key["form"] = {2, {"b", "a"}};
  REQUIRE(h.deliver({event_at(2, R"({"a":2})"), event_at(3, R"({"a":3,"b":4})", "form", 2),
                     event_at(4, R"({"a":5})", "form", 1)})
              .outcome == Outcome::delivered);
  CHECK(h.files() ==
        std::map<std::string, std::string>{
            {"rows.000001.csv", head + ",a,other\r\n" + cells(1, "1,") + cells(2, "2,")},
            {"rows.000002.csv",
             head + ",b,a,other\r\n" + cells(3, "4,3,", "form", "2") + cells(4, ",5,")}});
  CHECK(h.context.columns_asked == 2);  // once a version
}

TEST_CASE("a file of several forms has the columns of all, and begins anew when one more comes") {
  Harness h(false);
  h.context.columns_by_key["x"] = {1, {"a", "b"}};
  h.context.columns_by_key["y"] = {1, {"b", "c"}};
  REQUIRE(h.deliver({event_at(1, R"({"a":1})", "x"), event_at(2, R"({"c":2})", "y"),
                     event_at(3, R"({"b":3})", "x"), event_at(4, R"({"d":4})", "z")})
              .outcome == Outcome::delivered);
  CHECK(h.files() == std::map<std::string, std::string>{
                         {"rows.000001.csv", head + ",a,b,other\r\n" + cells(1, "1,,", "x")},
                         {"rows.000002.csv", head + ",a,b,c,other\r\n" + cells(2, ",,2,", "y") +
                                                 cells(3, ",3,,", "x") +
                                                 cells(4, ",,,\"{\"\"d\"\":4}\"", "z")}});
}

TEST_CASE("chosen columns are all there are, in their order, with a mark for spreadsheets") {
  Harness h;
  h.chosen = {"time", "name", "position"};
  h.bom = true;
  h.open();
  REQUIRE(h.deliver({event_at(1, R"({"name":"Zoë","secret":1})"), event_at(2, R"({})")}).outcome ==
          Outcome::delivered);
  CHECK(h.files().at("rows.000001.csv") ==
        "\xEF\xBB\xBF"
        "time,name,position\r\n2026-03-29T12:00:00.000Z,Zoë,1\r\n2026-03-29T12:00:00.000Z,,2\r\n");
}

TEST_CASE("a JSON line has the whole event, on one line whatever its data looks like") {
  Harness h;
  h.json = true;
  h.open();
  REQUIRE(
      h.deliver({event_at(1, R"({"a":1})"), event_at(2, "{\n \"a\": \"x\\ny\"\r\n}")}).outcome ==
      Outcome::delivered);
  const auto line = [](const std::string& position, const std::string& data) {
    return "{\"position\":\"" + position +
           "\",\"topic\":\"forms\",\"type\":\"submitted\",\"key\":\"form\",\"version\":1,\"id\":"
           "\"" +
           id_of(static_cast<std::uint8_t>(std::stoi(position))) +
           "\",\"time\":\"2026-03-29T12:00:00.000Z\",\"data\":" + data + "}\n";
  };
  CHECK(h.files() ==
        std::map<std::string, std::string>{
            {"rows.000001.jsonl", line("1", R"({"a":1})") + line("2", R"({"a":"x\ny"})")}});
}

TEST_CASE("a new day begins a new file named after it; an old event does not go back") {
  Harness h;
  h.options.rotate = Rotate::day;
  h.options.zone = TimeZone::make("Asia/Jakarta").value();
  h.open();
  auto first = event_at(1, R"({"a":1})"), second = event_at(2, R"({"a":2})"), old = first;
  first.server_time = UnixUs{1'774'785'600'000'000 + 5 * 3'600'000'000 - 1};  // 23:59:59 there
  second.server_time.value = first.server_time.value + 1;
  old.position = Position{3};
  REQUIRE(h.deliver({first, second, old}).outcome == Outcome::delivered);
  const auto files = h.files();
  REQUIRE(files.size() == 2);
  CHECK(files.begin()->first == "rows.000001.2026-03-29.csv");
  CHECK(files.rbegin()->first == "rows.000002.2026-03-30.csv");
  CHECK(std::ranges::count(files.rbegin()->second, '\n') == 3);
}

TEST_CASE("a file that has reached its size is the last of its sequence") {
  Harness h;
  h.options.rotate = Rotate::size;
  h.options.rotate_bytes_max = 250;
  h.open();
  std::vector<PublicEvent> events;
  for (std::uint64_t i = 1; i <= 10; ++i) events.push_back(event_at(i, R"({"a":1})"));
  REQUIRE(h.deliver(events).outcome == Outcome::delivered);
  const auto files = h.files();
  CHECK(files.size() == 4);
  for (const auto& [name, text] : files) {
    INFO(name << "\n" << text);
    CHECK(text.starts_with(head));
    CHECK(text.size() >= 100);
    CHECK(text.size() < 250 + 100);
  }
}

TEST_CASE("after a restart rows go on where they were; a torn tail and a later file are cut off") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  const SinkProgress saved = h.progress;
  const auto before = h.files();
  // The batch came to the file, its checkpoint did not come to the store.
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  REQUIRE(write_file_durable(h.path("rows.000002.csv"), "torn", 0600).ok());
  REQUIRE(write_file_durable(h.path("rows.notes.csv"), "mine", 0600).ok());
  REQUIRE(write_file_durable(h.path("rowsx.000009.csv"), "mine", 0600).ok());
  h.progress = saved;
  h.open();
  REQUIRE(h.begin().outcome == Outcome::delivered);
  auto files = h.files();
  CHECK(files.erase("rows.notes.csv") == 1);  // no file of ours
  CHECK(files.erase("rowsx.000009.csv") == 1);
  CHECK(files == before);
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  CHECK(h.files().at("rows.000001.csv") == head + ",a,other\r\n" + cells(1, "1,") + cells(2, "2,"));
}

TEST_CASE("a file shorter than the checkpoint, or gone, is a person's matter") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  const auto path = h.path("rows.000001.csv");
  const auto whole = read_file(path).value();
  SECTION("shorter") {
    REQUIRE(::truncate(path.c_str(), 20) == 0);
    const auto told = h.deliver({event_at(2, R"({"a":2})")});
    CHECK(told.outcome == Outcome::disabled);
    CHECK(told.reason.find("has 20 bytes, less than the " + std::to_string(whole.size()) +
                           " of the checkpoint") != std::string::npos);
    h.open();
    CHECK(h.begin().outcome == Outcome::disabled);
  }
  SECTION("gone") {
    REQUIRE(::unlink(path.c_str()) == 0);
    const auto told = h.deliver({event_at(2, R"({"a":2})")});
    CHECK(told.outcome == Outcome::disabled);
    CHECK(told.reason.find("is gone") != std::string::npos);
    h.open();
    CHECK(h.begin().outcome == Outcome::disabled);
  }
  // Put back and resumed: nothing is missing.
  REQUIRE(write_file_durable(path, whole, 0600).ok());
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  CHECK(h.files().at("rows.000001.csv") == whole + cells(2, "2,"));
}

TEST_CASE("a reset begins a new file and leaves the old ones") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  const auto before = h.files();
  h.progress.position = Position{};
  REQUIRE(h.sink->reset(h.progress, h.context).outcome == Outcome::delivered);
  REQUIRE(h.begin().outcome == Outcome::delivered);
  CHECK(h.files() == before);
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  const auto files = h.files();
  REQUIRE(files.size() == 2);
  CHECK(files.at("rows.000001.csv") == before.at("rows.000001.csv"));
  CHECK(files.at("rows.000002.csv") == before.at("rows.000001.csv"));
}

TEST_CASE("a reset heals a file that is gone") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  REQUIRE(::unlink(h.path("rows.000001.csv").c_str()) == 0);
  REQUIRE(h.begin().outcome == Outcome::disabled);
  REQUIRE(h.sink->reset(h.progress, h.context).outcome == Outcome::delivered);
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  CHECK(h.files().begin()->first == "rows.000002.csv");
}

TEST_CASE("files that were there before the projector stay, and it begins behind them") {
  Harness h;
  REQUIRE(make_directories(h.dir / "out").ok());
  REQUIRE(write_file_durable(h.path("rows.000041.2020-01-01.csv"), "old", 0600).ok());
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  const auto files = h.files();
  CHECK(files.at("rows.000041.2020-01-01.csv") == "old");
  CHECK(files.contains("rows.000042.csv"));
}

TEST_CASE("a first batch that did not get into a checkpoint is not left behind") {
  Harness h;
  REQUIRE(make_directories(h.dir / "out").ok());
  REQUIRE(write_file_durable(h.path("rows.000007.csv"), "old", 0600).ok());
  for (int tries = 0; tries < 3; ++tries) {  // each killed before its first checkpoint
    h.progress = {};
    h.open();
    REQUIRE(h.begin().outcome == Outcome::delivered);
    CHECK(h.files().size() == 1);
    REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  }
  CHECK(h.files().size() == 2);
  CHECK(h.files().at("rows.000007.csv") == "old");
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  // Now it has had a checkpoint; should that ever be lost, its files stay.
  h.progress = {};
  h.open();
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  CHECK(h.files().size() == 3);
  CHECK(h.files().contains("rows.000009.csv"));
}

TEST_CASE("the first batch of another projector of the same files is not taken for its own") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  h.progress = {};
  h.context.name = "test2";
  h.open();
  REQUIRE(h.begin().outcome == Outcome::delivered);
  CHECK(h.files().size() == 1);
}

TEST_CASE("another folder in the settings begins anew there") {
  Harness h;
  REQUIRE(h.deliver({event_at(1, R"({"a":1})")}).outcome == Outcome::delivered);
  h.options.base = "others";
  h.open();
  REQUIRE(h.begin().outcome == Outcome::delivered);
  REQUIRE(h.deliver({event_at(2, R"({"a":2})")}).outcome == Outcome::delivered);
  CHECK(h.files().size() == 2);
  CHECK(h.files().contains("others.000001.csv"));
}

TEST_CASE("two sinks never write the same files") {
  Harness h;
  REQUIRE(h.begin().outcome == Outcome::delivered);
  FileSink other(h.options, make_csv_rows({}, true, false));
  SinkProgress progress;
  const auto told = other.begin(progress, h.context);
  CHECK(told.outcome == Outcome::unavailable);
  CHECK(told.reason.find("another projector or program writes") != std::string::npos);
}

TEST_CASE("a checkpoint that cannot be read stops the sink instead of starting over") {
  Harness h;
  h.progress.state = R"({"format":2,"sequence":1})";
  CHECK(h.begin().outcome == Outcome::disabled);
  CHECK(h.files().empty());
}

}  // namespace daybook::csv_sink
