#include "project/sinks/mail/options.h"
#include "project/sinks/mail/outcome.h"
#include "project/sinks/mail/scripted_server.h"
#include "project/sinks/mail/sender.h"
#include "support/wait.h"

#include <atomic>
#include <chrono>

namespace daybook::mail_sink {
namespace {

using outbound::SmtpAnswer;
using outbound::SmtpStep;
using test::ScriptedServer;
using Outcome = Delivery::Outcome;

// Says `reply` to the first `times` commands that begin with `verb`.
ScriptedServer::Script refuse(std::string verb, std::string reply, int times = 1'000'000) {
  auto left = std::make_shared<std::atomic<int>>(times);
  return [verb = std::move(verb), reply = std::move(reply), left](std::string_view command) {
    const bool is_it = verb.empty() ? command.empty() : command.starts_with(verb);
    return is_it && (*left)-- > 0 ? reply : std::string();
  };
}

std::size_t count(const std::vector<std::string>& commands, std::string_view verb) {
  return static_cast<std::size_t>(std::ranges::count_if(
      commands, [verb](const std::string& line) { return line.starts_with(verb); }));
}

SmtpAnswer answered(SmtpStep step, int code) {
  SmtpAnswer answer;
  answer.step = step;
  answer.code = code;
  answer.failure = "words";
  return answer;
}

}  // namespace

TEST_CASE("each answer has its outcome") {
  struct Row {
    SmtpStep step;
    int code;
    Outcome outcome;
  };
  const Row row = GENERATE(
      Row{SmtpStep::connect, 0, Outcome::unavailable},
      Row{SmtpStep::connect, 421, Outcome::unavailable},
      Row{SmtpStep::connect, 554, Outcome::unavailable},
      Row{SmtpStep::tls, 454, Outcome::unavailable}, Row{SmtpStep::tls, 502, Outcome::disabled},
      Row{SmtpStep::auth, 454, Outcome::unavailable}, Row{SmtpStep::auth, 535, Outcome::disabled},
      Row{SmtpStep::auth, 504, Outcome::disabled}, Row{SmtpStep::sender, 530, Outcome::disabled},
      Row{SmtpStep::sender, 550, Outcome::disabled}, Row{SmtpStep::sender, 552, Outcome::rejected},
      Row{SmtpStep::sender, 451, Outcome::unavailable},
      Row{SmtpStep::recipient, 421, Outcome::unavailable},
      Row{SmtpStep::recipient, 452, Outcome::unavailable},
      Row{SmtpStep::recipient, 550, Outcome::rejected},
      Row{SmtpStep::recipient, 530, Outcome::disabled},
      Row{SmtpStep::data, 0, Outcome::unavailable}, Row{SmtpStep::data, 452, Outcome::unavailable},
      Row{SmtpStep::data, 554, Outcome::rejected}, Row{SmtpStep::data, 535, Outcome::disabled});
  CAPTURE(static_cast<int>(row.step), row.code);
  const Delivery delivery = verdict(answered(row.step, row.code));
  CHECK(delivery.outcome == row.outcome);
  CHECK(delivery.final == (row.outcome == Outcome::rejected));
  CHECK(delivery.reason == "words");
}

TEST_CASE("a recipient that is put off is tried again beside the others") {
  for (const int code : {450, 451}) {
    const Delivery delivery = verdict(answered(SmtpStep::recipient, code));
    CHECK(delivery.outcome == Outcome::rejected);
    CHECK_FALSE(delivery.final);
  }
}

TEST_CASE("an interruption and a broken trust have their outcome") {
  SmtpAnswer answer;
  answer.interrupted = true;
  CHECK(verdict(answer).outcome == Outcome::unavailable);
  answer = {};
  answer.needs_person = true;
  CHECK(verdict(answer).outcome == Outcome::disabled);
  answer = {};
  answer.ok = true;
  CHECK(verdict(answer).outcome == Outcome::delivered);
}

TEST_CASE("mails go over one connection, one for each event, with dots stuffed") {
  ScriptedServer server;
  Sender sender;
  auto table = sender.usual(server.url());
  table["body_file"] = sender.file("dots.txt", ".\n..\n.first\nlast.\n.\nafter\n");
  auto sink = sender.make(table);
  REQUIRE(sink.ok());
  REQUIRE(
      sender.deliver(**sink, {submission_to(1, "a@x.example"), submission_to(2, " b@x.example ")})
          .outcome == Outcome::delivered);
  REQUIRE(sender.deliver(**sink, {submission_to(3, "c@x.example")}).outcome == Outcome::delivered);
  CHECK(server.connections() == 1);
  const auto commands = server.commands();
  CHECK(count(commands, "MAIL FROM:<office@school.example>") == 3);
  CHECK(count(commands, "RCPT TO:<a@x.example>") == 1);
  CHECK(count(commands, "RCPT TO:<b@x.example>") == 1);
  CHECK(count(commands, "RCPT TO:<c@x.example>") == 1);
  const auto mails = server.mails();
  REQUIRE(mails.size() == 3);
  CHECK(mails[0].ends_with("\r\n\r\n..\r\n...\r\n..first\r\nlast.\r\n..\r\nafter"));
  CHECK(mails[0].find("\r\nSubject: We have it, Ann\r\n") != std::string::npos);
  CHECK(mails[2].find("Message-ID: <00000000-0000-0000-0000-000000000003@school.example>") !=
        std::string::npos);
}

TEST_CASE("data that begins with a dot is stuffed too") {
  ScriptedServer server;
  outbound::SmtpOptions options;
  options.server = server.url();
  options.tls = outbound::SmtpTls::none;
  outbound::SmtpClient client(options);
  REQUIRE(client.send({"a@x.example", {"b@x.example"}, ".one\r\n.\r\n"}).ok);
  CHECK(server.mails() == std::vector<std::string>{"..one\r\n.."});
}

TEST_CASE("fixed addresses get one mail together") {
  ScriptedServer server;
  Sender sender;
  auto table = sender.usual(server.url());
  table.erase("to_field");
  table["to"] = "a@x.example,b@x.example";
  auto sink = sender.make(table);
  REQUIRE(sink.ok());
  CHECK(sender.deliver(**sink, {submission(1, "{}")}).outcome == Outcome::delivered);
  CHECK(server.mails().size() == 1);
  CHECK(count(server.commands(), "RCPT TO:") == 2);
}

TEST_CASE("a refusal stops at its event, and says how many were taken before") {
  struct Row {
    std::string verb, reply;
    Outcome outcome;
    std::string reason;
  };
  const Row row = GENERATE(
      Row{"MAIL", "451 not now", Outcome::unavailable, "the server refused the sender with 451"},
      Row{"MAIL", "550 not you", Outcome::disabled, "the server refused the sender with 550"},
      Row{"MAIL", "530 log in", Outcome::disabled, "the server refused the sender with 530"},
      Row{"RCPT TO:<b@", "450 <b@x.example> busy", Outcome::rejected,
          "the server refused the recipient with 450"},
      Row{"RCPT TO:<b@", "550 <b@x.example> unknown", Outcome::rejected,
          "the server refused the recipient with 550"},
      Row{"DATA", "452 full", Outcome::unavailable, "the server refused the mail with 452"},
      Row{"DATA", "554 no", Outcome::rejected, "the server refused the mail with 554"},
      Row{".", "451 not now", Outcome::unavailable, "the server refused the mail with 451"},
      Row{".", "554 spam for b@x.example", Outcome::rejected,
          "the server refused the mail with 554"},
      Row{"MAIL", "421 going away", Outcome::unavailable,
          "the server refused the sender with 421"});
  CAPTURE(row.verb, row.reply);
  // The first mail is taken whatever the verb.
  auto seen = std::make_shared<std::atomic<int>>(0);
  ScriptedServer server([row, seen](std::string_view command) -> std::string {
    if (command == "MAIL FROM:<office@school.example>" || command.starts_with("MAIL")) ++*seen;
    return *seen == 2 && command.starts_with(row.verb) ? row.reply : "";
  });
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  REQUIRE(sink.ok());
  const std::vector<PublicEvent> events{submission_to(1, "a@x.example"),
                                        submission_to(2, "b@x.example"),
                                        submission_to(3, "c@x.example")};
  const Delivery delivery = sender.deliver(**sink, events);
  CHECK(delivery.outcome == row.outcome);
  CHECK(delivery.delivered == 1);
  CHECK(delivery.reason == row.reason);
  CHECK(delivery.culprit ==
        (row.outcome == Outcome::rejected ? std::optional<std::size_t>(1) : std::nullopt));
  CHECK(delivery.final == (row.outcome == Outcome::rejected && !row.reply.starts_with("4")));
  // And it can go on with what is left.
  CHECK(sender.deliver(**sink, {events[1], events[2]}).outcome == Outcome::delivered);
}

TEST_CASE("a mail whose answer is lost comes again, byte for byte") {
  ScriptedServer server(refuse(".", std::string(ScriptedServer::cut), 1));
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  REQUIRE(sink.ok());
  const std::vector<PublicEvent> events{submission_to(1, "a@x.example")};
  const Delivery lost = sender.deliver(**sink, events);
  CHECK(lost.outcome == Outcome::unavailable);
  CHECK(lost.delivered == 0);
  sender.context.time.value += 3'600'000'000;
  CHECK(sender.deliver(**sink, events).outcome == Outcome::delivered);
  const auto mails = server.mails();
  REQUIRE(mails.size() == 2);
  CHECK(mails[0] == mails[1]);
  CHECK(server.connections() == 2);
}

TEST_CASE("a connection that breaks anywhere is a server that is not there") {
  const std::string verb = GENERATE(as<std::string>(), "", "EHLO", "MAIL", "RCPT", "DATA", ".");
  CAPTURE(verb);
  ScriptedServer server([verb](std::string_view command) {
    const bool is_it =
        verb.empty() ? command.empty()
                     : command.starts_with(verb) || (verb == "EHLO" && command.starts_with("HELO"));
    return std::string(is_it ? ScriptedServer::cut : "");
  });
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  REQUIRE(sink.ok());
  const Delivery delivery = sender.deliver(**sink, {submission_to(1, "a@x.example")});
  CHECK(delivery.outcome == Outcome::unavailable);
  CHECK_FALSE(delivery.reason.empty());
}

TEST_CASE("a greeting that refuses is a server that is not there") {
  ScriptedServer server(refuse("", "554 no service"));
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  const Delivery delivery = sender.deliver(**sink, {submission_to(1, "a@x.example")});
  CHECK(delivery.outcome == Outcome::unavailable);
  CHECK(delivery.reason == "the server refused the connection with 554");
}

TEST_CASE("a server that went away between two mails is connected to anew") {
  Sender sender;
  auto first = std::make_unique<ScriptedServer>(refuse(".", "250 taken\r\n421 idle too long", 1));
  auto sink = sender.make(sender.usual(first->url()));
  CHECK(sender.deliver(**sink, {submission_to(1, "a@x.example")}).outcome == Outcome::delivered);
  const Delivery after = sender.deliver(**sink, {submission_to(2, "b@x.example")});
  CHECK((after.outcome == Outcome::delivered || after.outcome == Outcome::unavailable));
  CHECK(sender.deliver(**sink, {submission_to(2, "b@x.example")}).outcome == Outcome::delivered);
  first.reset();
  CHECK(sender.deliver(**sink, {submission_to(3, "c@x.example")}).outcome == Outcome::unavailable);
}

TEST_CASE("without an answer the time runs out, and a stop is heard before") {
  using Clock = std::chrono::steady_clock;
  ScriptedServer server(refuse("RCPT", std::string(ScriptedServer::silent)));
  Sender sender;
  auto table = sender.usual(server.url());
  const auto begun = Clock::now();
  SECTION("time") {
    table["timeout_ms"] = "200";
    auto sink = sender.make(table);
    const Delivery delivery = sender.deliver(**sink, {submission_to(1, "a@x.example")});
    CHECK(delivery.outcome == Outcome::unavailable);
    CHECK(delivery.reason == "Timeout was reached");
  }
  SECTION("stop") {
    class Stopping : public test::FakeSinkContext {
     public:
      mutable int asked = 0;
      bool interrupted() const override { return ++asked > 5; }
    } stopping;
    auto sink = sender.make(table);
    const std::vector<PublicEvent> events{submission_to(1, "a@x.example")};
    const Delivery delivery = (*sink)->deliver(test::batch_of(events), sender.progress, stopping);
    CHECK(delivery.outcome == Outcome::unavailable);
    CHECK(delivery.reason == "interrupted");
  }
  // The end of the sink does not wait for a server that says nothing, either.
  CHECK(Clock::now() - begun < std::chrono::seconds(15));
}

TEST_CASE("a server that does not answer QUIT holds nobody up") {
  using Clock = std::chrono::steady_clock;
  ScriptedServer server(refuse("QUIT", std::string(ScriptedServer::silent)));
  Sender sender;
  auto table = sender.usual(server.url());
  table["timeout_ms"] = "1000";
  const auto begun = Clock::now();
  {
    auto sink = sender.make(table);
    CHECK(sender.deliver(**sink, {submission_to(1, "a@x.example")}).outcome == Outcome::delivered);
  }
  CHECK(Clock::now() - begun < std::chrono::seconds(1));
  const auto told = [&] { return count(server.commands(), "QUIT") == 1; };
  CHECK(test::wait_until(told, std::chrono::seconds(5)));
}

TEST_CASE("a server that refuses and does not answer QUIT costs a timeout at most") {
  using Clock = std::chrono::steady_clock;
  ScriptedServer server([](std::string_view command) -> std::string {
    if (command == "QUIT") return std::string(ScriptedServer::silent);
    return command.starts_with("RCPT") ? "550 unknown" : "";
  });
  Sender sender;
  auto table = sender.usual(server.url());
  table["timeout_ms"] = "1000";
  const auto begun = Clock::now();
  auto sink = sender.make(table);
  CHECK(sender.deliver(**sink, {submission_to(1, "a@x.example")}).outcome == Outcome::rejected);
  CHECK(Clock::now() - begun < std::chrono::seconds(10));
}

TEST_CASE("nothing is sent when the projector is to stop") {
  ScriptedServer server;
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  sender.context.is_interrupted = true;
  CHECK(sender.deliver(**sink, {submission_to(1, "a@x.example")}).outcome == Outcome::unavailable);
  CHECK(server.connections() == 0);
}

TEST_CASE("a row without a usable address is refused without the server, and without the address") {
  struct Row {
    std::string row, reason;
  };
  const Row row = GENERATE(
      Row{R"({"name":"Ann"})", "its row has no \"email\", so there is no address"},
      Row{R"({"email":null})", "its row has no \"email\", so there is no address"},
      Row{R"({"email":""})", "its \"email\" is empty"},
      Row{R"({"email":"  "})", "its \"email\" is empty"},
      Row{R"({"email":7})", "its \"email\" is not a text"},
      Row{R"({"email":["secret@x.example"]})", "its \"email\" is not a text"},
      Row{R"({"email":"secret"})", "what is in \"email\" is not an address mail can be sent to"},
      Row{R"({"email":"secret@x.example, b@x.example"})",
          "what is in \"email\" is not an address mail can be sent to"},
      Row{R"({"email":"secret@x.example>\r\nRCPT TO:<b@x.example"})",
          "what is in \"email\" is not an address mail can be sent to"},
      Row{R"({"email":"secret@x.example\u0000"})",
          "what is in \"email\" is not an address mail can be sent to"});
  ScriptedServer server;
  Sender sender;
  auto sink = sender.make(sender.usual(server.url()));
  const Delivery delivery =
      sender.deliver(**sink, {submission_to(1, "a@x.example"), submission(2, row.row)});
  CHECK(delivery.outcome == Outcome::rejected);
  CHECK(delivery.final);
  CHECK(delivery.delivered == 1);
  CHECK(delivery.culprit == std::optional<std::size_t>(1));
  CHECK(delivery.reason == row.reason);
  CHECK(server.mails().size() == 1);
}

TEST_CASE("a mail that would be too large is refused") {
  ScriptedServer server;
  Sender sender;
  auto table = sender.usual(server.url());
  std::string text;
  for (int i = 0; i < 300; ++i) text += "{long}";
  table["body_file"] = sender.file("long.txt", text);
  auto sink = sender.make(table);
  const Delivery delivery = sender.deliver(
      **sink,
      {submission(1, R"({"email":"a@x.example","long":")" + std::string(5000, 'x') + "\"}")});
  CHECK(delivery.outcome == Outcome::rejected);
  CHECK(delivery.reason == "its mail is longer than 1 MiB");
  CHECK(server.connections() == 0);
}

TEST_CASE("a server that offers no TLS gets no mail") {
  ScriptedServer server;
  Sender sender;
  auto table = sender.usual(server.url());
  table.erase("tls");
  auto sink = sender.make(table);
  const Delivery delivery = sender.deliver(**sink, {submission_to(1, "a@x.example")});
  CHECK(delivery.outcome == Outcome::disabled);
  CHECK(delivery.reason == "the server offers no TLS");
  CHECK(count(server.commands(), "MAIL") == 0);
}

TEST_CASE("options that cannot be meant are named") {
  struct Row {
    std::string key, value, field;
  };
  const Row row =
      GENERATE(Row{"server", "", "server"}, Row{"server", "http://x", "server"},
               Row{"server", "smtp://user:p@x", "server"}, Row{"server", "smtp://x/path", "server"},
               Row{"server", "smtp://x:0", "server"}, Row{"server", "smtp://x:99999", "server"},
               Row{"server", "smtp://[::1", "server"}, Row{"server", "smtps://x:465", "tls"},
               Row{"tls", "maybe", "tls"}, Row{"from", "", "from"}, Row{"from", "Office", "from"},
               Row{"reply_to", "x", "reply_to"}, Row{"to", "a@x.example", "to_field"},
               Row{"to_field", "", "to_field"}, Row{"subject", "", "subject"},
               Row{"subject", "{x", "subject"}, Row{"body_file", "", "body_file"},
               Row{"body_file", "/nowhere/x", "body_file"}, Row{"user", "post", "password_file"},
               Row{"password_file", "/nowhere/x", "password_file"});
  CAPTURE(row.key, row.value);
  Sender sender;
  auto table = sender.usual("smtp://127.0.0.1:25");
  table[row.key] = row.value;
  const auto sink = sender.make(table);
  REQUIRE_FALSE(sink.ok());
  REQUIRE(sink.error().fields.size() == 1);
  CHECK(sink.error().fields[0].field == row.field);
}

TEST_CASE("a password is a line of a file, and not sent without TLS") {
  Sender sender;
  auto table = sender.usual("smtp://127.0.0.1:25");
  table["user"] = "post";
  table["password_file"] = sender.file("password", "open sesame\n");
  CHECK(sender.make(table).error().fields[0].field == "user");
  table["tls"] = "required";
  CHECK(sender.make(table).ok());
  const std::string bad =
      GENERATE(as<std::string>(), "", "\n", "two\nlines\n", std::string(1025, 'x'));
  table["password_file"] = sender.file("password", bad);
  const auto sink = sender.make(table);
  REQUIRE_FALSE(sink.ok());
  CHECK(sink.error().message ==
        "password_file must hold one line with the password, at most 1024 bytes");
}

TEST_CASE("servers are hosts with a scheme") {
  CHECK(is_server(GENERATE("smtp://mail.school.example:587", "smtps://mail.school.example",
                           "smtp://127.0.0.1:25", "smtp://[::1]:2525", "smtps://[2001:db8::1]")));
}

}  // namespace daybook::mail_sink
