// The rules, as rows: what was said before, a line, what becomes of it.
#include "domains/projectors/world.h"

namespace daybook::projectors {
namespace {

struct Row {
  const char* what;
  std::vector<std::string> before;
  std::string line;
  std::string outcome;
  std::string answer;  // of "ok" and "unchanged"
  Errc code = Errc::internal;
};

const std::string add = R"({"type":"add","projector":"sheet","topic":"forms","sink":"csv"})";
const std::string pause = R"({"type":"pause","projector":"sheet"})";
const std::string disable = R"({"type":"disable","projector":"sheet","reason":"410 Gone"})";
const std::string resume = R"({"type":"resume","projector":"sheet"})";
const std::string retry_all = R"({"type":"retry","projector":"sheet","all":true})";

std::string of_letter(std::string_view type, std::uint64_t position, std::string_view more = {}) {
  return R"({"type":")" + std::string(type) + R"(","projector":"sheet","position":")" +
         std::to_string(position) + "\"" + std::string(more) + "}";
}
std::string skip(std::uint64_t position) {
  return of_letter("skip", position, R"(,"reason":"a test")");
}
std::string failed(std::uint64_t position, std::string_view time = "2026-03-10T12:30:00Z") {
  return of_letter("letter_failed", position,
                   R"(,"reason":"500","at":")" + std::string(time) + "\"");
}
std::string delivered(std::uint64_t position) { return of_letter("letter_delivered", position); }
std::string retry(std::uint64_t position) { return of_letter("retry", position); }
std::string edit(std::uint64_t position) { return of_letter("edit", position, R"(,"data":{})"); }

std::string letter(std::uint64_t position, std::string_view status, bool asked) {
  return R"({"projector":"sheet","position":")" + std::to_string(position) + R"(","status":")" +
         std::string(status) + R"(","asked":)" + (asked ? "true}" : "false}");
}
std::string switched(std::string_view status) {
  return R"({"projector":"sheet","status":")" + std::string(status) + "\"}";
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    World world;
    for (const std::string& line : row.before) REQUIRE(world.line(line) == "ok");
    const std::size_t events = world.log.size();
    INFO(row.what);
    const std::string outcome = world.line(row.line);
    CHECK(outcome == row.outcome);
    CHECK(world.log.size() == events + (row.outcome == "ok" ? 1 : 0));
    if (row.outcome == "ok" || row.outcome == "unchanged")
      CHECK(world.last_answer.body == row.answer);
    else
      CHECK(world.last_error.code == row.code);
  }
}

TEST_CASE("a projector is added once, and again when its topic or its sink changed") {
  check({
      {"new", {}, add, "ok", switched("added")},
      {"the same", {add}, add, "unchanged", switched("added")},
      {"another sink",
       {add},
       R"({"type":"add","projector":"sheet","topic":"forms","sink":"jsonl"})",
       "ok",
       switched("added")},
      {"another topic",
       {add},
       R"({"type":"add","projector":"sheet","topic":"hits","sink":"csv"})",
       "ok",
       switched("added")},
  });
}

TEST_CASE("pause, disable and resume change what is not so already") {
  check({
      {"unknown", {}, pause, "projector not found", {}, Errc::not_found},
      {"pause", {add}, pause, "ok", switched("paused")},
      {"paused", {add, pause}, pause, "unchanged", switched("paused")},
      {"disable", {add}, disable, "ok", switched("disabled")},
      {"disabled", {add, disable}, disable, "unchanged", switched("disabled")},
      {"pause of a disabled one", {add, disable}, pause, "ok", switched("paused")},
      {"resume of a running one", {add}, resume, "unchanged", switched("running")},
      {"resume of a paused one", {add, pause}, resume, "ok", switched("running")},
      {"resume of a disabled one", {add, disable}, resume, "ok", switched("running")},
      {"resume lifts both",
       {add, pause, disable, resume},
       resume,
       "unchanged",
       switched("running")},
  });
}

TEST_CASE("each reset has the next number of its projector") {
  const auto reset = [](std::string_view to) {
    return R"({"type":"reset","projector":"sheet","to":")" + std::string(to) + "\"}";
  };
  const auto done = [](int number, std::string_view to) {
    return R"({"projector":"sheet","status":"reset","reset":)" + std::to_string(number) +
           R"(,"to":")" + std::string(to) + "\"}";
  };
  check({
      {"unknown", {}, reset("now"), "projector not found", {}, Errc::not_found},
      {"first", {add}, reset("beginning"), "ok", done(1, "beginning")},
      {"the same again", {add, reset("now")}, reset("now"), "ok", done(2, "now")},
      {"to a position", {add, reset("now"), reset("now")}, reset("17"), "ok", done(3, "17")},
  });
}

TEST_CASE("an event becomes a dead letter once, and again only after a reset") {
  const std::string reset = R"({"type":"reset","projector":"sheet","to":"beginning"})";
  check({
      {"unknown", {}, letter_line(7), "projector not found", {}, Errc::not_found},
      {"new", {add}, letter_line(7), "ok", letter(7, "open", false)},
      {"open", {add, letter_line(7)}, letter_line(7), "unchanged", letter(7, "open", false)},
      {"delivered",
       {add, letter_line(7), delivered(7)},
       letter_line(7),
       "unchanged",
       letter(7, "delivered", false)},
      {"skipped",
       {add, letter_line(7), skip(7)},
       letter_line(7),
       "unchanged",
       letter(7, "skipped", false)},
      {"skipped before a reset",
       {add, letter_line(7), skip(7), reset},
       letter_line(7),
       "ok",
       letter(7, "open", false)},
      {"open over a reset",
       {add, letter_line(7), reset},
       letter_line(7),
       "unchanged",
       letter(7, "open", false)},
  });
}

TEST_CASE("retry, edit and skip are of open dead letters") {
  const std::string none = "there is no open dead letter at 8 of projector sheet";
  const std::string was_skipped = "the dead letter at 7 was skipped: it is closed";
  const std::string was_delivered = "the dead letter at 7 was delivered: it is closed";
  const std::vector<std::string> open{add, letter_line(7)};
  const std::vector<std::string> skipped{add, letter_line(7), skip(7)};
  const std::vector<std::string> done{add, letter_line(7), delivered(7)};
  check({
      {"retry", open, retry(7), "ok", letter(7, "open", true)},
      {"retry of one asked for",
       {add, letter_line(7), retry(7)},
       retry(7),
       "unchanged",
       letter(7, "open", true)},
      {"retry after it failed",
       {add, letter_line(7), retry(7), failed(7)},
       retry(7),
       "ok",
       letter(7, "open", true)},
      {"edit", open, edit(7), "ok", letter(7, "open", true)},
      {"edit of one asked for",
       {add, letter_line(7), retry(7)},
       edit(7),
       "ok",
       letter(7, "open", true)},
      {"retry after an edit",
       {add, letter_line(7), edit(7)},
       retry(7),
       "unchanged",
       letter(7, "open", true)},
      {"skip", open, skip(7), "ok", letter(7, "skipped", false)},
      {"retry of none", open, retry(8), none, {}, Errc::not_found},
      {"edit of none", open, edit(8), none, {}, Errc::not_found},
      {"skip of none", open, skip(8), none, {}, Errc::not_found},
      {"retry of a skipped", skipped, retry(7), was_skipped, {}, Errc::conflict},
      {"edit of a skipped", skipped, edit(7), was_skipped, {}, Errc::conflict},
      {"skip of a skipped", skipped, skip(7), was_skipped, {}, Errc::conflict},
      {"retry of a delivered", done, retry(7), was_delivered, {}, Errc::conflict},
      {"skip of a delivered", done, skip(7), was_delivered, {}, Errc::conflict},
  });
}

TEST_CASE("a retry of all asks for those not asked for yet, and says how many") {
  const auto asked = [](int letters) {
    return R"({"projector":"sheet","asked":)" + std::to_string(letters) + "}";
  };
  check({
      {"unknown", {}, retry_all, "projector not found", {}, Errc::not_found},
      {"none", {add}, retry_all, "unchanged", asked(0)},
      {"all", {add, letter_line(7), letter_line(8), letter_line(9)}, retry_all, "ok", asked(3)},
      {"the rest",
       {add, letter_line(7), letter_line(8), letter_line(9), edit(8)},
       retry_all,
       "ok",
       asked(2)},
      {"open ones only", {add, letter_line(7), letter_line(8), skip(7)}, retry_all, "ok", asked(1)},
      {"asked for already", {add, letter_line(7), retry_all}, retry_all, "unchanged", asked(0)},
      {"failed since",
       {add, letter_line(7), letter_line(8), retry_all, failed(7)},
       retry_all,
       "ok",
       asked(1)},
      {"an asked one closed",
       {add, letter_line(7), letter_line(8), retry(7), skip(7)},
       retry_all,
       "ok",
       asked(1)},
  });
}

TEST_CASE("what a try came to is written once, and a letter closed meanwhile stays closed") {
  const std::vector<std::string> open{add, letter_line(7)};
  const std::vector<std::string> skipped{add, letter_line(7), skip(7)};
  const std::vector<std::string> done{add, letter_line(7), delivered(7)};
  const std::string none = "there is no open dead letter at 8 of projector sheet";
  check({
      {"delivered", open, delivered(7), "ok", letter(7, "delivered", false)},
      {"delivered again", done, delivered(7), "unchanged", letter(7, "delivered", false)},
      {"delivered after it was skipped: the truth", skipped, delivered(7), "ok",
       letter(7, "delivered", false)},
      {"delivered after it was skipped, again",
       {add, letter_line(7), skip(7), delivered(7)},
       delivered(7),
       "unchanged",
       letter(7, "delivered", false)},
      {"failed", open, failed(7), "ok", letter(7, "open", false)},
      {"the same failure again",
       {add, letter_line(7), failed(7)},
       failed(7),
       "unchanged",
       letter(7, "open", false)},
      {"another failure",
       {add, letter_line(7), failed(7)},
       failed(7, "2026-03-10T13:30:00Z"),
       "ok",
       letter(7, "open", false)},
      {"failed after it was skipped", skipped, failed(7), "unchanged", letter(7, "skipped", false)},
      {"failed after it was delivered", done, failed(7), "unchanged",
       letter(7, "delivered", false)},
      {"delivered, of none", open, delivered(8), none, {}, Errc::not_found},
      {"failed, of none", open, failed(8), none, {}, Errc::not_found},
  });
}

TEST_CASE("an event keeps its topic when the projector gets another before it is projected") {
  World world;
  const std::string before(40, 'a');  // too long to lie in the string object
  const std::string after(40, 'b');
  const auto with_topic = [](const std::string& topic) {
    return R"({"type":"add","projector":"sheet","sink":"csv","topic":")" + topic + "\"}";
  };
  REQUIRE(world.line(with_topic(before)) == "ok");
  Arena arena;
  Command command;
  command.kind = CommandKind::pause;
  command.projector = "sheet";
  const auto events = Domain::decide(world.state, world.policy, command, {{}, {}, {}, &arena});
  REQUIRE(events.ok());
  REQUIRE(world.line(with_topic(after)) == "ok");
  CHECK(events->front().topic == before);
}

TEST_CASE("open dead letters have a limit over all projectors, and so have projectors") {
  World world(Policy{2});
  world.add_sheet();
  REQUIRE(world.line(R"({"type":"add","projector":"b","topic":"forms","sink":"csv"})") == "ok");
  REQUIRE(world.line(letter_line(7)) == "ok");
  std::string other = letter_line(7);
  other.replace(other.find("sheet"), 5, "b");
  REQUIRE(world.line(other) == "ok");
  CHECK(world.line(letter_line(8)) == "too many open dead letters");
  CHECK(world.last_error.code == Errc::unavailable);
  CHECK(world.line(letter_line(7)) == "unchanged");
  REQUIRE(world.line(skip(7)) == "ok");
  CHECK(world.line(letter_line(8)) == "ok");
  for (std::size_t i = 2; i < projectors_max; ++i)
    REQUIRE(world.line(R"({"type":"add","topic":"forms","sink":"csv","projector":"p)" +
                       std::to_string(i) + "\"}") == "ok");
  CHECK(world.line(R"({"type":"add","projector":"more","topic":"forms","sink":"csv"})") ==
        "too many projectors");
}

TEST_CASE("a line that breaks a rule names the member and the rule") {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"projector":"a"})", "type: missing"},
      {R"({"type":"stop","projector":"a"})", "type: not_one_of"},
      {R"({"type":"pause"})", "projector: missing"},
      {R"({"type":"pause","projector":"a b"})", "projector: not_a_name"},
      {R"({"type":"add","projector":"a","topic":"Forms","sink":"a-b"})",
       "topic: not_a_word, sink: not_a_word"},
      {R"({"type":"disable","projector":"a"})", "reason: missing"},
      {R"({"type":"disable","projector":"a","reason":""})", "reason: empty"},
      {R"({"type":"reset","projector":"a"})", "to: missing"},
      {R"({"type":"reset","projector":"a","to":"0"})", "to: not_a_place"},
      {R"({"type":"reset","projector":"a","to":"-1"})", "to: not_a_place"},
      {R"({"type":"reset","projector":"a","to":"18446744073709551615"})", "to: not_a_place"},
      {R"({"type":"skip","projector":"a","position":"7"})", "reason: missing"},
      {R"({"type":"skip","projector":"a","position":7,"reason":"x"})", "position: type"},
      {R"({"type":"skip","projector":"a","position":"7x","reason":"x"})",
       "position: not_a_position"},
      {R"({"type":"retry","projector":"a"})", "position: missing"},
      {R"({"type":"retry","projector":"a","all":false})", "all: type"},
      {R"({"type":"retry","projector":"a","all":true,"position":"7"})", "position: not_both"},
      {R"({"type":"edit","projector":"a","position":"7","data":[1]})", "data: wrong_type"},
      {R"({"type":"letter_failed","projector":"a","position":"7","reason":"x","at":"soon"})",
       "at: not_a_time"},
      {R"({"type":"dead_letter","projector":"a","position":"7","reason":"x"})", "event: missing"},
      {R"({"type":"dead_letter","projector":"a","position":"7","reason":"x","attempts":[1],)"
       R"("event":{"type":"t","id":"1","time":"x","row":2}})",
       "attempts: malformed, event.id: not_an_id, event.time: not_a_time, event.data: missing, "
       "event.row: wrong_type"},
  };
  World world;
  for (const auto& [line, outcome] : rows) {
    INFO(line);
    CHECK(world.line(line) == outcome);
    CHECK(world.last_error.code == Errc::invalid);
  }
  std::string many = letter_line(7, "{}", {}, ",\"attempts\":[");
  many.insert(many.size() - 1, "]");
  const std::string attempt = R"({"at":"2026-03-10T12:00:00Z","reason":"x"})";
  for (std::size_t i = 0; i <= attempts_max; ++i)
    many.insert(many.size() - 2, (i == 0 ? "" : ",") + attempt);
  CHECK(world.line(many) == "attempts: too_many");
  const std::string long_reason(reason_chars_max + 1, 'x');
  CHECK(world.line(R"({"type":"pause","projector":"a","reason":")" + long_reason + "\"}") ==
        "reason: too_long");
}

}  // namespace
}  // namespace daybook::projectors
