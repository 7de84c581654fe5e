// Against a real server: aiosmtpd of Debian (python3-aiosmtpd), which reads the mails with Python's
// own email package.
#include "outbound/smtp_client.h"
#include "project/sinks/mail/sender.h"
#include "support/process.h"
#include "support/wait.h"

#include <daybook/json.h>

#include <chrono>
#include <iostream>
#include <optional>

namespace daybook::mail_sink {
namespace {

using Outcome = Delivery::Outcome;
using test::Millis;
using test::Process;

constexpr Millis start_deadline{20'000};
const std::string python = "/usr/bin/python3";

bool has_server() {
  static const bool has = test::run_program(python, {"-c", "import aiosmtpd"}).exit.code == 0;
  if (!has) std::cout << "skipped: python3-aiosmtpd is not installed\n";
  return has;
}

void openssl(const std::vector<std::string>& arguments) {
  const auto made = test::run_program("/usr/bin/openssl", arguments);
  INFO(made.err);
  REQUIRE(made.exit.code == 0);
}

// A certificate of its own for 127.0.0.1, signed by an authority of the test's.
void make_certificates(const test::TempDir& dir) {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
           "-keyout", dir / "ca.key", "-out", dir / "ca.crt", "-days", "2", "-subj",
           "/CN=Test CA"});
  openssl({"req",
           "-x509",
           "-newkey",
           "ec",
           "-pkeyopt",
           "ec_paramgen_curve:P-256",
           "-nodes",
           "-keyout",
           dir / "mail.key",
           "-out",
           dir / "mail.crt",
           "-days",
           "2",
           "-subj",
           "/CN=mail.test",
           "-addext",
           "subjectAltName=IP:127.0.0.1",
           "-addext",
           "basicConstraints=critical,CA:FALSE",
           "-CA",
           dir / "ca.crt",
           "-CAkey",
           dir / "ca.key"});
}

struct Mail {
  std::int64_t connection = 0;
  bool tls = false;
  std::string user, sender, body;
  std::vector<std::string> recipients, defects;
  std::map<std::string, std::string> headers;
  std::size_t header_count = 0;
  std::int64_t longest_line = 0;
};

Mail read_mail(std::string_view line) {
  json::Parser parser;
  const auto value = parser.parse(line, false);
  REQUIRE(value.ok());
  Mail mail;
  const auto texts = [&](const char* name) {
    std::vector<std::string> list;
    value->find(name)->each_element(
        [&](const json::Value& text) { list.emplace_back(text.string()); });
    return list;
  };
  mail.connection = *value->find("connection")->as_int64();
  mail.tls = value->find("tls")->boolean();
  mail.user = value->find("user")->string();
  mail.sender = value->find("sender")->string();
  mail.body = value->find("body")->string();
  mail.recipients = texts("recipients");
  mail.defects = texts("defects");
  mail.longest_line = *value->find("longest_line")->as_int64();
  value->find("headers")->each_element([&](const json::Value& pair) {
    std::vector<std::string> both;
    pair.each_element([&](const json::Value& text) { both.emplace_back(text.string()); });
    mail.headers[both[0]] = both[1];
    ++mail.header_count;
  });
  return mail;
}

class RealServer {
 public:
  explicit RealServer(std::string mode) : mode_(std::move(mode)) {
    make_certificates(sender.dir);
    process_ =
        Process::start(python, {DAYBOOK_SOURCE_DIR "/tests/project/sinks/mail/smtp_server.py",
                                mode_, sender.dir / "mail.crt", sender.dir / "mail.key"});
    const auto line = process_->wait_for_line("ready ", start_deadline);
    INFO(process_->err());
    REQUIRE(line);
    port_ = line->substr(6);
  }

  Sender::Table table() const {
    auto table = sender.usual((mode_ == "tls" ? "smtps" : "smtp") + ("://127.0.0.1:" + port_));
    if (mode_ == "plain") return table;
    table["tls"] = "required";
    table["ca_file"] = sender.dir / "ca.crt";
    table["user"] = "post";
    table["password_file"] = sender.file("password", "open sesame\n");
    return table;
  }

  // A mail is printed before it is answered for, but the line may come a little later.
  std::vector<Mail> mails(std::size_t count) {
    std::vector<std::string> lines;
    const auto read = [&] {
      lines.clear();
      const std::string out = process_->out();
      std::string_view text = out;
      for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        if (text.starts_with('{')) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
      }
      return lines.size() >= count;
    };
    REQUIRE(test::wait_until(read, start_deadline));
    std::vector<Mail> mails;
    for (const std::string& line : lines) mails.push_back(read_mail(line));
    return mails;
  }

  Sender sender;

 private:
  const std::string mode_;
  std::unique_ptr<Process> process_;
  std::string port_;
};

}  // namespace

TEST_CASE("a real server takes the mails, encrypted and logged in, over one connection") {
  if (!has_server()) return;
  const std::string mode = GENERATE("starttls", "tls");
  CAPTURE(mode);
  RealServer server(mode);
  auto sink = server.sender.make(server.table());
  REQUIRE(sink.ok());
  const Delivery delivery = server.sender.deliver(
      **sink, {submission_to(1, "ann@home.example"), submission_to(2, "bob@home.example")});
  INFO(delivery.reason);
  REQUIRE(delivery.outcome == Outcome::delivered);
  REQUIRE(server.sender.deliver(**sink, {submission_to(3, "eve@home.example")}).outcome ==
          Outcome::delivered);
  const auto mails = server.mails(3);
  REQUIRE(mails.size() == 3);
  for (const Mail& mail : mails) {
    CHECK(mail.connection == 1);
    CHECK(mail.tls);
    CHECK(mail.user == "post");
    CHECK(mail.sender == "office@school.example");
    CHECK(mail.defects.empty());
  }
  CHECK(mails[1].recipients == std::vector<std::string>{"bob@home.example"});
  CHECK(mails[0].headers.at("Message-ID") ==
        "<00000000-0000-0000-0000-000000000001@school.example>");
  CHECK(mails[0].headers.at("Auto-Submitted") == "auto-generated");
  CHECK(mails[0].headers.at("From") == "School office <office@school.example>");
  CHECK(mails[0].headers.at("Date") == "Sun, 29 Mar 2026 12:00:00 +0000");
}

TEST_CASE("another program reads what was meant, whatever a form has in it") {
  if (!has_server()) return;
  RealServer server("starttls");
  auto table = server.table();
  table["from"] = "Schülerbüro \xE7\x8E\x8B <office@school.example>";
  table["reply_to"] = "Answers, please <answers@school.example>";
  table["subject"] = "{name}";
  table["body_file"] = server.sender.file("dots.txt", ".\n..{name}\n.\n {text} \n=20\n{list}\n");
  auto sink = server.sender.make(table);
  REQUIRE(sink.ok());
  const std::vector<PublicEvent> events{
      submission(
          1, R"({"email":"a@x.example","name":"Zoë 王小明 🎓","text":"a = b","list":["x","y"]})"),
      submission(2, R"({"email":"a@x.example","name":"x\r\nBcc: evil@x.example\r\n\r\nbody"})"),
      submission(3, R"({"email":"a@x.example","name":"=?UTF-8?Q?=0D=0ABcc:_e@x.example?="})"),
      submission(4, R"({"email":"a@x.example","name":")" + std::string(300, 'n') + "\"}")};
  const Delivery delivery = server.sender.deliver(**sink, events);
  INFO(delivery.reason);
  REQUIRE(delivery.outcome == Outcome::delivered);
  const auto mails = server.mails(4);
  REQUIRE(mails.size() == 4);
  for (const Mail& mail : mails) {
    CHECK(mail.defects.empty());
    CHECK(mail.header_count == 10);
    CHECK(mail.headers.count("Bcc") == 0);
    CHECK(mail.recipients == std::vector<std::string>{"a@x.example"});
    CHECK(mail.longest_line <= 76);
    CHECK(mail.headers.at("From") == "Schülerbüro \xE7\x8E\x8B <office@school.example>");
    CHECK(mail.headers.at("Reply-To") == "\"Answers, please\" <answers@school.example>");
  }
  CHECK(mails[0].headers.at("Subject") == "Zoë 王小明 🎓");
  CHECK(mails[0].body == ".\n..Zoë 王小明 🎓\n.\n a = b \n=20\nx, y\n");
  CHECK(mails[1].headers.at("Subject") == "x Bcc: evil@x.example body");
  CHECK(mails[2].headers.at("Subject") == "=?UTF-8?Q?=0D=0ABcc:_e@x.example?=");
  CHECK(mails[3].headers.at("Subject") == std::string(300, 'n'));
}

TEST_CASE("a real server's refusals stop at their event") {
  if (!has_server()) return;
  RealServer server("starttls");
  auto sink = server.sender.make(server.table());
  REQUIRE(sink.ok());
  const auto poison = GENERATE("nobody@x.example", "later@x.example");
  const Delivery delivery =
      server.sender.deliver(**sink, {submission_to(1, "a@x.example"), submission_to(2, poison)});
  const bool is_final = std::string_view(poison).starts_with("nobody");
  CHECK(delivery.outcome == Outcome::rejected);
  CHECK(delivery.final == is_final);
  CHECK(delivery.delivered == 1);
  CHECK(delivery.reason == (is_final ? "the server refused the recipient with 550"
                                     : "the server refused the recipient with 451"));
  CHECK(server.sender.deliver(**sink, {submission_to(3, "c@x.example")}).outcome ==
        Outcome::delivered);
}

TEST_CASE("a wrong password, a missing one, or a stranger's certificate stops the projector") {
  if (!has_server()) return;
  const std::string mode = GENERATE("starttls", "tls");
  CAPTURE(mode);
  RealServer server(mode);
  auto table = server.table();
  SECTION("wrong password") {
    table["password_file"] = server.sender.file("wrong", "open barley\n");
    auto sink = server.sender.make(table);
    const Delivery delivery = server.sender.deliver(**sink, {submission_to(1, "a@x.example")});
    CHECK(delivery.outcome == Outcome::disabled);
    CHECK(delivery.reason == "the server refused the user and password with 535");
  }
  SECTION("no password") {
    table.erase("user");
    table.erase("password_file");
    auto sink = server.sender.make(table);
    const Delivery delivery = server.sender.deliver(**sink, {submission_to(1, "a@x.example")});
    CHECK(delivery.outcome == Outcome::disabled);
    CHECK(delivery.reason == "the server refused the sender with 530");
  }
  SECTION("a certificate nobody here trusts") {
    table.erase("ca_file");
    auto sink = server.sender.make(table);
    const Delivery delivery = server.sender.deliver(**sink, {submission_to(1, "a@x.example")});
    CHECK(delivery.outcome == Outcome::disabled);
    CHECK(delivery.reason == "SSL peer certificate or SSH remote key was not OK");
  }
  SECTION("a certificate of another host") {
    table["server"].replace(table["server"].find("127.0.0.1"), 9, "localhost");
    auto sink = server.sender.make(table);
    const Delivery delivery = server.sender.deliver(**sink, {submission_to(1, "a@x.example")});
    CHECK(delivery.outcome == Outcome::disabled);
  }
  SECTION("no such file of certificates") {
    table["ca_file"] = "/nowhere/ca.crt";
    auto sink = server.sender.make(table);
    CHECK(server.sender.deliver(**sink, {submission_to(1, "a@x.example")}).outcome ==
          Outcome::disabled);
  }
}

// Printed, for the notes; it fails only when the connection is not kept.
TEST_CASE("a batch of mails goes over a kept connection") {
  if (!has_server()) return;
  RealServer server("starttls");
  auto sink = server.sender.make(server.table());
  REQUIRE(sink.ok());
  std::vector<PublicEvent> events;
  for (std::uint8_t i = 1; i <= 100; ++i)
    events.push_back(submission_to(i, "a" + std::to_string(i) + "@x.example"));
  const auto begun = std::chrono::steady_clock::now();
  REQUIRE(server.sender.deliver(**sink, events).outcome == Outcome::delivered);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << "mail: " << 100 / took.count() << " mails/s over STARTTLS\n";
  const auto mails = server.mails(100);
  CHECK(mails.size() == 100);
  CHECK(mails.back().connection == 1);
}

}  // namespace daybook::mail_sink
