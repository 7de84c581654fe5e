// `daybook log ...` and `daybook replay` on a stopped directory and beside a running server.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "support/http_client.h"
#include "support/temp_dir.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

namespace fs = std::filesystem;

constexpr Millis line_deadline{10'000};

// Checks one person in and gives the receipt.
std::string check_in(HttpClient& client, const std::string& user, const std::string& key = {}) {
  Headers headers;
  if (!key.empty()) headers.emplace_back("Idempotency-Key", "\"" + key + "\"");
  const auto answer = client.post_json(
      "/attendances",
      R"({"type":"checkin","userId":")" + user + R"(","schoolId":"s","temperature":38.5})",
      headers);
  REQUIRE(answer.has_value());
  REQUIRE(answer->status == 200);
  return answer->header("daybook-receipt");
}

std::vector<std::string> fill(const ServerOptions& options, int events) {
  auto server = Server::start(options);
  HttpClient client(server->url());
  std::vector<std::string> receipts;
  for (int i = 0; i < events; ++i)
    receipts.push_back(check_in(client, "u" + std::to_string(i), "key-" + std::to_string(i)));
  client.close();
  server->stop();
  return receipts;
}

TEST_CASE("the log of a stopped server can be measured, read, verified and replayed") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  const auto receipts = fill(options, 12);

  const Finished stat = run_tool({"log", "stat", "--json"}, options.data_dir);
  INFO(stat.err);
  REQUIRE(stat.exit.code == 0);
  const JsonDoc stat_json(stat.out);
  CHECK(stat_json.number("head") == 12);
  CHECK(stat_json.number("watermark") == 12);
  CHECK(stat_json.number("diskBytes") > 0);
  CHECK(stat.out.find(R"("serverRunning":false)") != std::string::npos);

  const Finished read =
      run_tool({"log", "read", "--json", "--from", "3", "--until", "5"}, options.data_dir);
  REQUIRE(read.exit.code == 0);
  const auto lines = lines_of(read.out);
  REQUIRE(lines.size() == 3);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const JsonDoc event(lines[i]);
    CHECK(event.number("position") == static_cast<std::int64_t>(i + 3));
    CHECK(event.text("topic") == "attendance");
    CHECK(event.text("idempotencyKey") == "key-" + std::to_string(i + 2));
    CHECK(event.number("schemaVersion") == 1);
    CHECK(event.number("payloadBytes") > 0);
    CHECK(event.text("payload") == "<none>");
    CHECK(event.text("time").ends_with("Z"));
    CHECK(event.text("eventId").size() == 36);
  }
  CHECK(
      lines_of(run_tool({"log", "read", "--limit", "2", "--json"}, options.data_dir).out).size() ==
      2);
  CHECK(lines_of(run_tool({"log", "read"}, options.data_dir).out).size() ==
        13);  // with the head line
  CHECK(lines_of(run_tool({"log", "tail", "-n", "4", "--topic", "attendance", "--json"},
                          options.data_dir)
                     .out)
            .size() == 4);

  const Finished verified = run_tool({"log", "verify"}, options.data_dir);
  CHECK(verified.exit.code == 0);
  CHECK(verified.out.starts_with("sound: 12 events"));

  const Finished replayed = run_tool({"replay", "--json"}, options.data_dir);
  INFO(replayed.err);
  REQUIRE(replayed.exit.code == 0);
  CHECK(replayed.out.find(R"("checkIns":12,"checkOuts":0,"fevers":12)") != std::string::npos);
  const Finished part = run_tool({"replay", "--until", "5", "--json"}, options.data_dir);
  CHECK(part.out.find(R"("checkIns":5,)") != std::string::npos);
  CHECK(JsonDoc(part.out).number("events") == 5);
  const Finished text = run_tool({"replay", "--topic", "attendance"}, options.data_dir);
  CHECK(text.out.starts_with("12 events up to position 12"));
  CHECK(text.out.find("events/s") != std::string::npos);
}

TEST_CASE("a receipt is found again, a receipt of another log or of the future is not") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  const auto receipts = fill(options, 3);
  for (const auto& receipt : receipts) {
    const Finished found = run_tool({"log", "verify", "--receipt", receipt}, options.data_dir);
    INFO(receipt << ": " << found.out << found.err);
    CHECK(found.exit.code == 0);
    CHECK(found.out.find("in the log") != std::string::npos);
  }
  std::string other = receipts[1];
  other.back() = other.back() == '0' ? '1' : '0';
  const Finished wrong =
      run_tool({"log", "verify", "--receipt", other, "--json"}, options.data_dir);
  CHECK(wrong.exit.code == 1);
  CHECK(wrong.out.find(R"("found":false)") != std::string::npos);
  const std::string hash = receipts[2].substr(receipts[2].find('-'));
  CHECK(run_tool({"log", "verify", "--receipt", "99" + hash}, options.data_dir).exit.code == 1);
  CHECK(run_tool({"log", "verify", "--receipt", "no receipt"}, options.data_dir).exit.code == 2);
}

TEST_CASE("beside a running server the log can be read and followed") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  auto server = Server::start(options);
  HttpClient client(server->url());
  check_in(client, "first");
  const std::string receipt = check_in(client, "second");

  const Finished found = run_tool({"log", "verify", "--receipt", receipt}, options.data_dir);
  INFO(found.out << found.err);
  CHECK(found.exit.code == 0);
  const Finished stat = run_tool({"log", "stat", "--json"}, options.data_dir);
  CHECK(stat.out.find(R"("serverRunning":true)") != std::string::npos);
  CHECK(run_tool({"log", "verify"}, options.data_dir).exit.code == 0);

  auto tail = Process::start(daybook_program(),
                             {"log", "tail", "--follow", "--json", "--data", options.data_dir});
  REQUIRE(tail->wait_for_line(R"({"position":2,)", line_deadline).has_value());
  check_in(client, "third");
  CHECK(tail->wait_for_line(R"({"position":3,)", line_deadline).has_value());
  check_in(client, "fourth", "key-4");
  const auto fourth = tail->wait_for_line(R"({"position":4,)", line_deadline);
  REQUIRE(fourth.has_value());
  CHECK(JsonDoc(*fourth).text("idempotencyKey") == "key-4");
  tail->send_signal(SIGINT);
  const auto exit = tail->wait(line_deadline);
  REQUIRE(exit.has_value());
  CHECK(exit->code == 0);
  CHECK(lines_of(tail->out()).size() == 4);
  client.close();
  server->stop();
}

TEST_CASE("what the log tools cannot do they say in a sentence") {
  const TempDir dir;
  const Finished missing = run_tool({"log", "stat"}, dir / "nowhere");
  CHECK(missing.exit.code == 1);
  CHECK(missing.err.find("there is no data directory at " + (dir / "nowhere")) !=
        std::string::npos);
  CHECK_FALSE(fs::exists(dir / "nowhere"));
  fs::create_directory(dir / "empty");
  for (const std::vector<std::string>& command : {std::vector<std::string>{"log", "stat"},
                                                  {"log", "read"},
                                                  {"log", "tail"},
                                                  {"log", "verify"},
                                                  {"replay"}}) {
    const Finished empty = run_tool(command, dir / "empty");
    INFO(command[0] << ": " << empty.err);
    CHECK(empty.exit.code == 1);
    CHECK(empty.err.find("no log") != std::string::npos);
    CHECK(fs::is_empty(dir / "empty"));
  }
  const ServerOptions options{dir / "data"};
  Server::start(options)->stop();  // a log without an event
  CHECK(run_tool({"log", "read"}, options.data_dir).exit.code == 0);
  CHECK(run_tool({"log", "verify"}, options.data_dir).exit.code == 0);
  CHECK(run_tool({"log", "tail"}, options.data_dir).exit.code == 0);
  CHECK(run_tool({"replay"}, options.data_dir).exit.code == 0);
  const Finished topic = run_tool({"log", "read", "--topic", "attendence"}, options.data_dir);
  CHECK(topic.exit.code == 2);
  CHECK(topic.err.find("attendance") != std::string::npos);
  CHECK(run_tool({"replay", "--topic", "none"}, options.data_dir).exit.code == 2);
  CHECK(run_program(daybook_program(), {"log"}).exit.code == 2);
}

void flip_byte(const fs::path& path, std::uintmax_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(byte ^ 0x55));
  file.close();
  REQUIRE(file.good());
}

TEST_CASE("a byte changed in any file that holds events is found, by the tools and by the server") {
  const TempDir dir;
  const ServerOptions options{dir / "data"};
  fill(options, 40);
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(options.data_dir + "/log")) {
    const auto extension = entry.path().extension();
    if ((extension == ".sst" || extension == ".log") && entry.file_size() > 0)
      files.push_back(entry.path());
  }
  REQUIRE(files.size() >= 2);  // the topic's and the group headers'
  int named = 0;
  for (const auto& file : files) {
    const auto at = fs::file_size(file) / 4;
    flip_byte(file, at);
    const Finished verified = run_tool({"log", "verify"}, options.data_dir);
    INFO(file << ": " << verified.out << verified.err);
    CHECK(verified.exit.code == 3);
    if ((verified.out + verified.err).find("position") != std::string::npos) ++named;
    const Finished served = run_serve(options);
    INFO(served.err);
    CHECK(served.exit.code == 3);
    CHECK(served.err.find("position") != std::string::npos);
    flip_byte(file, at);
    CHECK(run_tool({"log", "verify"}, options.data_dir).exit.code == 0);
  }
  CHECK(named > 0);
}

}  // namespace
}  // namespace daybook::test
