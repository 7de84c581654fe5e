// The sink: options, what it appends, what it passes over, what becomes of a refusal. Each line it
// makes is read by the forms domain itself.
#include "project/sinks/moderation/moderation.h"

#include "base/files.h"
#include "config/table.h"
#include "domains/forms/domain.h"
#include "support/fake_sink_context.h"
#include "support/temp_dir.h"

#include <catch2/catch.hpp>

#include <deque>

namespace daybook::moderation_sink {
namespace {

class Options final : public Settings {
 public:
  std::vector<std::string> word_files, fields;
  bool emit_cleared = false;
  [[nodiscard]] std::string text(std::string_view) const override { return {}; }
  [[nodiscard]] std::int64_t integer(std::string_view) const override { return 0; }
  [[nodiscard]] double real(std::string_view) const override { return 0; }
  [[nodiscard]] bool boolean(std::string_view) const override { return emit_cleared; }
  [[nodiscard]] std::vector<std::string> text_list(std::string_view key) const override {
    return key == "fields" ? fields : word_files;
  }
};

// A log that refuses what it is told to.
class Context final : public test::FakeSinkContext {
 public:
  std::deque<Error> refusals;
  Result<Position> append(std::string_view topic, std::string_view line,
                          std::string_view key) override {
    if (refusals.empty()) return FakeSinkContext::append(topic, line, key);
    Error error = refusals.front();
    refusals.pop_front();
    return error;
  }
};

struct Fixture {
  Fixture() {
    context.name = "moderator";
    for (const auto& [name, text] :
         {std::pair{"en", "bad\ndarn\n"}, std::pair{"de", "# nichts\nmist\n"}}) {
      const std::string path = dir.path() + "/" + name + ".txt";
      REQUIRE(write_file_durable(path, text, 0644).ok());
      options.word_files.push_back(path);
    }
  }
  std::unique_ptr<Sink> make() {
    auto made = type().make(options, source);
    REQUIRE(made.ok());
    return *std::move(made);
  }
  std::string refusal() {
    const auto made = type().make(options, source);
    REQUIRE_FALSE(made.ok());
    return made.error().fields.front().field + ": " + made.error().fields.front().code;
  }
  PublicEvent& add(std::string row, std::string type = "submitted") {
    PublicEvent event;
    event.topic = "forms";
    event.type = std::move(type);
    event.key = "contact";
    event.version = 1;
    event.position = Position{40 + events.size()};
    event.event_id.bytes[15] = static_cast<std::uint8_t>(events.size());
    event.data = R"({"form":"contact","body":)" + row + "}";
    event.row = std::move(row);
    return events.emplace_back(std::move(event));
  }
  Delivery deliver() {
    SinkProgress progress;
    const auto sink = make();
    REQUIRE(sink->begin(progress, context).outcome == Delivery::Outcome::delivered);
    return sink->deliver(test::batch_of(events), progress, context);
  }
  // The command that forms makes of an appended line.
  forms::Command command(std::size_t i) {
    const auto line = parser.parse(context.appended.at(i).line, false);
    REQUIRE(line.ok());
    CHECK(forms::Domain::needs_admin(*line));
    auto read = forms::Domain::parse(*line, arena);
    INFO(context.appended.at(i).line);
    REQUIRE(read.ok());
    return *read;
  }

  test::TempDir dir;
  Options options;
  SinkSource source{"moderator", "forms", {}, {}};
  Context context;
  std::vector<PublicEvent> events;
  json::Parser parser;
  Arena arena;
};

TEST_CASE("a submission with a word of the lists is flagged, with every place that has one") {
  Fixture f;
  f.add(R"({"name":"Ann","message":"all good"})");
  f.add(R"({"name":"B.A.D","message":"So ein M1st, darn, DARN!",)"
        R"("tags":["ok",{"a/b~":"bаd"}],"n":7})");
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  REQUIRE(f.context.appended.size() == 1);
  CHECK(f.context.appended[0].topic == "forms");
  CHECK(f.context.appended[0].idempotency_key.starts_with("moderator/41/"));
  CHECK(f.context.appended[0].line ==
        R"({"type":"flag","form":"contact","submission":"00000000-0000-0000-0000-000000000001",)"
        R"("position":"41","by":"moderator",)"
        R"("findings":[{"field":"/name","word":"bad","language":"en"},)"
        R"({"field":"/message","word":"mist","language":"de"},)"
        R"({"field":"/message","word":"darn","language":"en"},)"
        R"({"field":"/tags/1/a~1b~0","word":"bad","language":"en"}]})");
  const forms::Command command = f.command(0);
  CHECK(command.kind == forms::CommandKind::flag);
  CHECK(command.position == Position{41});
  CHECK(command.findings.size() == 4);
}

TEST_CASE("an innocent submission gets no event, or a cleared one where that is wanted") {
  Fixture f;
  f.add(R"({"name":"Ann"})");
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  CHECK(f.context.appended.empty());
  f.options.emit_cleared = true;
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  REQUIRE(f.context.appended.size() == 1);
  CHECK(f.command(0).kind == forms::CommandKind::clear);
  CHECK(f.command(0).by == "moderator");
}

TEST_CASE("the same verdict has the same key, another has another") {
  Fixture f;
  f.add(R"({"name":"bad"})");
  for (int i = 0; i < 2; ++i) REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  f.options.fields = {"other"};
  f.options.emit_cleared = true;
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  REQUIRE(f.context.appended.size() == 3);
  CHECK(f.context.appended[0].idempotency_key == f.context.appended[1].idempotency_key);
  CHECK(f.context.appended[0].idempotency_key != f.context.appended[2].idempotency_key);
}

TEST_CASE("only the named members are looked at, with all below them") {
  Fixture f;
  f.options.fields = {"message", "tags"};
  f.add(R"({"name":"bad","message":"fine","tags":[{"x":["darn"]}]})");
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  REQUIRE(f.command(0).findings.size() == 1);
  CHECK(f.command(0).findings[0].field == "/tags/0/x/0");
}

TEST_CASE("what is no submission is passed over") {
  Fixture f;
  for (const char* type : {"form_defined", "spam", "flagged", "cleared"})
    f.add(R"({"a":"bad"})", type);
  f.add(R"({"a":"bad"})").topic = "guestbook";
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  CHECK(f.context.appended.empty());
}

TEST_CASE("findings, and the names of fields, stay within what forms takes") {
  Fixture f;
  std::string row = "{";
  for (int i = 0; i < 100; ++i) row += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":"bad")";
  f.add(row + "}");
  f.add(R"({")" + std::string(3000, 'k') + R"(":"bad"})");
  f.add(R"({"\u0001\u007f":"bad"})");
  std::string wide;
  for (int i = 0; i < 400; ++i) wide += "ä";
  f.add(R"({")" + wide + R"(":"bad"})");
  REQUIRE(f.deliver().outcome == Delivery::Outcome::delivered);
  REQUIRE(f.context.appended.size() == 4);
  CHECK(f.command(0).findings.size() == 64);
  CHECK(f.command(1).findings[0].field.size() == 500);
  CHECK(f.command(2).findings[0].field == "/??");
  CHECK(f.command(3).findings[0].field.size() <= 500);
}

TEST_CASE("what the domain refuses is rejected for good, what may pass comes again") {
  Fixture f;
  f.add(R"({"a":"fine"})");
  f.add(R"({"a":"bad"})");
  f.add(R"({"a":"darn"})");
  f.context.refusals = {Error{Errc::not_found, "form not found"}};
  Delivery told = f.deliver();
  CHECK(told.outcome == Delivery::Outcome::rejected);
  CHECK(told.culprit == 1U);
  CHECK(told.delivered == 1);
  CHECK(told.final);
  CHECK(told.reason == "forms: form not found");
  for (const Errc code : {Errc::unavailable, Errc::busy}) {
    f.context.refusals = {Error{code, "stopping"}};
    told = f.deliver();
    CHECK(told.outcome == Delivery::Outcome::unavailable);
    CHECK(told.delivered == 1);
  }
  f.context.appended.clear();
  CHECK(f.deliver().outcome == Delivery::Outcome::delivered);
  CHECK(f.context.appended.size() == 2);
  f.context.is_interrupted = true;
  CHECK(f.deliver().outcome == Delivery::Outcome::unavailable);
}

TEST_CASE("a row that is no object is a dead letter") {
  Fixture f;
  f.add("[1");
  f.add("[]");
  const Delivery told = f.deliver();
  CHECK(told.outcome == Delivery::Outcome::rejected);
  CHECK(told.culprit == 0U);
  CHECK(told.reason.find("[1") == std::string::npos);
}

TEST_CASE("options that cannot work are refused by name") {
  Fixture f;
  const auto files = f.options.word_files;
  f.source.topic = "hits";
  CHECK(f.refusal() == "topic: not_forms");
  f.source.topic = "forms";
  f.source.filter.types = {"flagged"};
  CHECK(f.refusal() == "types: not_submitted");
  f.source.filter = {{"submitted"}, {"contact"}};
  f.make();
  f.options.word_files.clear();
  CHECK(f.refusal() == "word_files: missing");
  f.options.word_files = {f.dir.path() + "/none.txt"};
  CHECK(f.refusal() == "word_files: unreadable");
  const std::string empty = f.dir.path() + "/fr.txt";
  REQUIRE(write_file_durable(empty, "# rien\n", 0644).ok());
  f.options.word_files = {empty};
  CHECK(f.refusal() == "word_files: empty");
}

TEST_CASE("its options are rows of a [[projector]] table") {
  const auto read = config::TableSettings::read({}, type().options);
  REQUIRE(read.ok());
  CHECK(read->text_list("word_files").empty());
  CHECK(read->text_list("fields").empty());
  CHECK_FALSE(read->boolean("emit_cleared"));
}

}  // namespace
}  // namespace daybook::moderation_sink
