// config/examples/student-form.toml, end to end: the real binary, a sheet, a mailbox, a program of
// one's own, files; kill -9 in the middle. Every submission that was answered with yes arrives
// everywhere, once where the target allows it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "base/base64.h"
#include "base/digest.h"
#include "base/files.h"
#include "project/sinks/google_sheets/fake_sheets.h"
#include "support/fake_http_server.h"
#include "support/http_client.h"
#include "support/mailbox.h"
#include "support/seed.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr Millis arrival_deadline{60'000};
const std::string form = "student-data-form";
const std::string secret = "0123456789abcdef0123456789abcdef";

// The program at the webhook's URL: checks each signature, refuses now and then, keeps all.
class Intake {
 public:
  Intake() : server_([this](const FakeRequest& request) { return take(request); }) {}

  [[nodiscard]] std::string url() const { return server_.url() + "/daybook"; }
  // The names of the submissions, each event once, in the order first heard of.
  [[nodiscard]] std::vector<std::string> names() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return names_;
  }
  [[nodiscard]] std::vector<std::string> complaints() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return complaints_;
  }

 private:
  FakeAnswer take(const FakeRequest& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (++requests_ % 7 == 0) return {503, {{"Retry-After", "0"}}, {}, {}, 0};
    const std::string id = request.header("webhook-id");
    const auto mac =
        hmac_sha256(secret, id + "." + request.header("webhook-timestamp") + "." + request.body);
    const std::string bytes(mac.begin(), mac.end());
    if (request.header("webhook-signature") != "v1," + base64(bytes))
      complaints_.push_back("signature of " + id);
    const JsonDoc event(request.body);
    if (event.text("id") != id) complaints_.push_back("id of " + id);
    const auto data = event.root().find("data");
    const auto body = data && data->is_object() ? data->find("body") : std::nullopt;
    if (!body) complaints_.push_back("body of " + id);
    if (ids_.insert(id).second && body) names_.push_back(text_of(*body, "name"));
    // Taken, and the answer lost: it comes again with the same id.
    return {204, {}, {}, requests_ % 11 == 0 ? FakeAnswer::Fault::cut : FakeAnswer::Fault::none, 0};
  }

  mutable std::mutex mutex_;
  std::size_t requests_ = 0;
  std::set<std::string> ids_;
  std::vector<std::string> names_, complaints_;
  FakeHttpServer server_;  // last: its threads use the rest
};

struct StudentForm {
  StudentForm() {
    REQUIRE(write_file_durable(dir / "key.json", account.key_file(sheets.token_url()), 0600).ok());
    REQUIRE(write_file_durable(dir / "hook.secret", "whsec_" + base64(secret) + "\n", 0600).ok());
    write_config();
    start();
    const auto definition = read_file(DAYBOOK_SOURCE_DIR "/config/forms/" + form + ".json");
    REQUIRE(definition.ok());
    const auto made = client->call("PUT", "/forms/" + form, *definition,
                                   {{"Content-Type", "application/json"}, key});
    REQUIRE(made.has_value());
    INFO(made->body);
    REQUIRE(made->status == 201);
  }

  // The example as it is shipped, but for what is of this machine.
  void write_config() {
    auto text = read_file(DAYBOOK_SOURCE_DIR "/config/examples/student-form.toml");
    REQUIRE(text.ok());
    const std::pair<std::string, std::string> changes[] = {
        {"[server]\nlisten = [\"127.0.0.1:8080\"]\ndata = \"/var/lib/daybook\"\n", ""},
        {"spreadsheet_id = \"1AbCdEfGhIjKlMnOpQrStUvWxYz\"",
         "spreadsheet_id = \"" + sheets.spreadsheet() + "\"\nbase_url = \"" + sheets.url() +
             "\"\nallow_private = true\nbatch_ms = 50\nwrites_per_minute = 6000\nretry_min_ms = "
             "20"},
        {"\"/etc/daybook/google-key.json\"", "\"" + (dir / "key.json") + "\""},
        {"\"/var/lib/daybook-out\"", "\"" + (dir / "out") + "\"\nbatch_ms = 20"},
        {"\"https://intake.example.org/daybook\"",
         "\"" + intake.url() + "\"\nallow_private = true\nretry_min_ms = 20"},
        {"\"/etc/daybook/student-hook.secret\"", "\"" + (dir / "hook.secret") + "\""},
        {"server = \"smtps://mail.example.org:465\"\nuser = \"office@example.org\"\n"
         "password_file = \"/etc/daybook/mail.password\"\n",
         "server = \"smtp://127.0.0.1:" + std::to_string(mailbox.port()) +
             "\"\ntls = \"none\"\nretry_min_ms = 20\n"},
        {"\"/usr/share/daybook/words/en.txt\", \"/usr/share/daybook/words/de.txt\"]",
         "\"" DAYBOOK_SOURCE_DIR "/config/words/en.txt\"]\nbatch_ms = 20"},
        {"\"/var/lib/daybook-flagged\"", "\"" + (dir / "flagged") + "\"\nbatch_ms = 20"},
        {"\"/etc/daybook/student-form-mail.txt\"",
         "\"" DAYBOOK_SOURCE_DIR "/config/examples/student-form-mail.txt\""},
    };
    for (const auto& [from, to] : changes) {
      const auto at = text->find(from);
      INFO(from);
      REQUIRE(at != std::string::npos);
      text->replace(at, from.size(), to);
    }
    REQUIRE(write_file_durable(dir / "daybook.toml", *text, 0600).ok());
  }

  void start() {
    client.reset();
    ServerOptions options;
    options.data_dir = dir / "data";
    options.flags = {"--config", dir / "daybook.toml"};
    server = Server::start(options);
    if (!server->admin_key().empty()) key = server->authorization();
    client = std::make_unique<HttpClient>(server->url());
  }
  void kill_and_start() {
    server->process().kill_hard();
    start();
  }

  void submit(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(submitted.size() + 1);
      const std::string name = "Student " + number;
      const auto answer = client->post_json(
          "/" + form + "/", R"({"name":")" + name + R"(","email":"s)" + number +
                                R"(@example.org","gender":"F","mobile":"+60123456789","tech":")" +
                                (is_rude(submitted.size() + 1) ? "d4mn C++" : "C++") + R"("})");
      REQUIRE(answer.has_value());
      INFO(answer->body);
      REQUIRE(answer->status == 200);
      submitted.push_back(name);
    }
  }

  static bool is_rude(std::size_t number) { return number % 5 == 0; }
  [[nodiscard]] std::size_t rude() const {
    std::size_t count = 0;
    for (std::size_t number = 1; number <= submitted.size(); ++number)
      if (is_rude(number)) ++count;
    return count;
  }
  // The ids of the submissions that the processed stream says are flagged, in its order.
  std::vector<std::string> flagged() const {
    std::vector<std::string> ids;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "flagged", error)) {
      if (entry.path().extension() != ".jsonl") continue;
      for (const auto& line : lines_of(read_file(entry.path().string()).value())) {
        const JsonDoc event(line);
        const auto data = event.root().find("data");
        ids.push_back(data ? text_of(*data, "submission") : line);
      }
    }
    return ids;
  }

  // The column `name` of the tab, below its header.
  std::vector<std::string> in_sheet() {
    const auto rows = sheets.values("Answers");
    std::vector<std::string> names;
    if (rows.empty()) return names;
    const auto column = std::ranges::find(rows.front(), "name") - rows.front().begin();
    for (std::size_t i = 1; i < rows.size(); ++i)
      names.push_back(rows[i].at(static_cast<std::size_t>(column)));
    return names;
  }
  // The rows of all files in their order; a torn one is told as it is.
  std::vector<std::string> in_files() const {
    std::map<std::string, std::string> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "out", error))
      if (entry.path().extension() == ".csv")
        files[entry.path().filename().string()] = read_file(entry.path().string()).value();
    std::vector<std::string> names;
    for (const auto& [file, text] : files)
      for (const auto& line : lines_of(text)) {
        if (line.starts_with("position,")) continue;
        const auto at = line.find("Student ");
        names.push_back(at == std::string::npos ? line : line.substr(at, line.find(',', at) - at));
      }
    return names;
  }
  // The names in the subjects, each Message-ID once, in the order of the mailbox.
  std::vector<std::string> in_mailbox() const {
    std::set<std::string> ids;
    std::vector<std::string> names;
    for (const Mail& mail : mailbox.messages()) {
      const std::string id = mail.header("Message-ID"), subject = mail.header("Subject");
      if (id.empty() || !ids.insert(id).second) continue;
      const auto at = subject.find("Student ");
      names.push_back(at == std::string::npos ? subject : subject.substr(at));
    }
    return names;
  }
  std::string states() {
    const auto answer = client->call("GET", "/projectors", {}, {key});
    return answer ? answer->body : client->error();
  }

  TempDir dir;
  TestAccount account;
  FakeSheets sheets{account, {}};
  Intake intake;
  Mailbox mailbox;
  std::unique_ptr<Server> server;
  std::unique_ptr<HttpClient> client;
  std::pair<std::string, std::string> key;
  std::vector<std::string> submitted;
};

}  // namespace

TEST_CASE("every submission of the student form arrives at all its targets, over kill -9") {
  StudentForm world;
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 4; ++round) {
    world.submit(25 + random() % 25);
    // In the middle of it: something has arrived, not all.
    const std::size_t some = world.submitted.size() - random() % 25;
    wait_until([&] { return world.intake.names().size() >= some; }, Millis(2000));
    world.kill_and_start();
  }
  world.submit(10);
  const auto all_there = [&] {
    return world.in_sheet().size() >= world.submitted.size() &&
           world.in_files().size() >= world.submitted.size() &&
           world.intake.names().size() >= world.submitted.size() &&
           world.in_mailbox().size() >= world.submitted.size() &&
           world.flagged().size() >= world.rude();
  };
  const bool arrived = wait_until(all_there, arrival_deadline);
  INFO(world.states());
  CHECK(arrived);
  CHECK(world.in_sheet() == world.submitted);
  CHECK(world.in_files() == world.submitted);
  CHECK(world.intake.names() == world.submitted);
  CHECK(world.in_mailbox() == world.submitted);
  const auto flagged = world.flagged();
  CHECK(flagged.size() == world.rude());
  CHECK(std::set<std::string>(flagged.begin(), flagged.end()).size() == world.rude());
  CHECK(world.intake.complaints().empty());
  for (const Mail& mail : world.mailbox.messages()) {
    const std::string number = mail.header("Subject").substr(mail.header("Subject").rfind(' ') + 1);
    CHECK(mail.to == std::vector<std::string>{"s" + number + "@example.org"});
    CHECK(mail.text.find("Dear Student " + number + ",") != std::string::npos);
  }
  CHECK(world.sheets.counts().complaints.empty());
  world.server->stop();
  // Nothing came twice while it stopped.
  CHECK(world.in_sheet() == world.submitted);
  CHECK(world.in_files() == world.submitted);
}

TEST_CASE("`config check` finds nothing wrong with the shipped example but the files it names") {
  const auto run = run_program(
      daybook_program(),
      {"config", "check", "--config", DAYBOOK_SOURCE_DIR "/config/examples/student-form.toml"});
  INFO(run.err);
  CHECK(run.exit.code == 2);
  for (const auto& line : lines_of(run.err))
    CHECK((line.find("/etc/daybook/") != std::string::npos ||
           line.find("/usr/share/daybook/") != std::string::npos || line.empty()));
}

}  // namespace daybook::test
