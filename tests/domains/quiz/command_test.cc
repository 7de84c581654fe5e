// JSON to commands: lines, routes and live messages say the same thing in the same words.
#include "domains/quiz/world.h"

namespace daybook::quiz {
namespace {

const std::string a_token(32, 'a');
constexpr std::string_view a_room = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr UnixUs arrived{1'800'000'000'000'123};

struct Fixture {
  // The command, or the errors in words.
  std::string line(std::string_view text) { return told(parse_line(parsed(text), arena)); }
  std::string live(LiveMessages<Domain>::Parse parse, std::string_view text) {
    return told(parse(LiveRequest{parsed(text), arrived}, arena));
  }
  std::string route(Routes<Domain>::Parse parse, std::vector<std::string> params,
                    std::string_view text, std::string_view bearer = {}) {
    Request request;
    request.params = std::move(params);
    request.bearer = bearer;
    request.now = arrived;
    return told(parse(parsed(text), request, arena));
  }
  json::Value parsed(std::string_view text) {
    auto value = parser.parse(text, false);
    REQUIRE(value.ok());
    return *value;
  }
  std::string told(const Result<Command>& result) {
    if (!result.ok()) {
      code = result.error().code;
      return words(result.error());
    }
    command = *result;
    return "ok";
  }

  json::Parser parser;
  Arena arena;
  Command command;
  Errc code = Errc::internal;
};

TEST_CASE_METHOD(Fixture, "a line says by its type what it asks for") {
  struct Row {
    const char* line;
    CommandKind kind;
  };
  for (
      const Row& row :
      {Row{R"({"type":"define-quiz","quizId":"Q","name":"N","questions":)"
           R"([{"text":"?","options":["1","2"],"answerIndex":0}]})",
           CommandKind::define_quiz},
       Row{R"({"type":"define-user","userId":"u","username":"U"})", CommandKind::define_user},
       Row{R"({"type":"open-room","quizId":"Q"})", CommandKind::open_room},
       Row{R"({"type":"submit-answer","userId":"u","quizId":"Q","questionId":"q","answerIndex":1})",
           CommandKind::submit_answer},
       Row{R"({"type":"join-room","pin":"123456","nickname":"Ann"})", CommandKind::join_room},
       Row{R"({"type":"answer","roomId":"123456","token":"x","questionId":"q","answerIndex":1})",
           CommandKind::answer},
       Row{R"({"type":"start-room","roomId":"123456","hostToken":"x"})", CommandKind::start_room},
       Row{R"({"type":"next-question","roomId":"123456"})", CommandKind::next_question},
       Row{R"({"type":"close-question","pin":123456})", CommandKind::close_question},
       Row{R"({"type":"pause-question","pin":123456})", CommandKind::pause_question},
       Row{R"({"type":"resume-question","pin":123456})", CommandKind::resume_question},
       Row{R"({"type":"finish-room","pin":123456})", CommandKind::finish_room},
       Row{R"({"type":"kick-player","pin":123456,"playerId":3})", CommandKind::kick_player}}) {
    INFO(row.line);
    REQUIRE(line(row.line) == "ok");
    CHECK(command.kind == row.kind);
    CHECK(command.received.value == 0);
    const bool is_admin = row.kind == CommandKind::define_quiz ||
                          row.kind == CommandKind::define_user ||
                          row.kind == CommandKind::open_room;
    CHECK(is_admin_line(parsed(row.line)) == is_admin);
  }
  CHECK(line(R"({"type":"dance"})") == "type: not_one_of");
  CHECK(line("{}") == "type: missing");
  CHECK(line("[]") == ": type");
  for (const char* text : {"{}", "[]", R"({"type":7})", R"({"type":"dance"})"})
    CHECK_FALSE(is_admin_line(parsed(text)));
}

TEST_CASE_METHOD(Fixture, "every broken rule of a message is told at once") {
  struct Row {
    LiveMessages<Domain>::Parse parse;
    std::string_view payload;
    const char* errors;
  };
  for (const Row& row :
       {Row{&live_submit_answer, "{}",
            "userId: missing, quizId: missing, questionId: missing, answerIndex: missing"},
        Row{&live_submit_answer,
            R"({"userId":7,"quizId":"","questionId":"a b","answerIndex":"first","token":1})",
            "userId: type, quizId: not_an_id, token: type, questionId: not_an_id, "
            "answerIndex: type"},
        Row{&live_submit_answer, R"("Q")", ": type"},
        Row{&live_submit_answer, R"({"userId":"u","quizId":"Q","questionId":"q","answerIndex":-1})",
            "answerIndex: range"},
        Row{&live_submit_answer,
            R"({"userId":"u","quizId":"Q","questionId":"q","answerIndex":1.5})",
            "answerIndex: not_whole"},
        Row{&live_join_room, "{}", "roomId: missing, nickname: missing"},
        Row{&live_join_room, R"({"pin":99999,"nickname":7})", "pin: not_a_pin, nickname: type"},
        Row{&live_join_room, R"({"roomId":"here","nickname":"a\u200bb"})",
            "roomId: not_an_id, nickname: hidden_character"},
        Row{&live_answer, R"({"roomId":7})",
            "roomId: type, questionId: missing, answerIndex: missing"},
        Row{&live_start_room, "null", ": type"},
        Row{&live_kick_player, R"({"pin":123456,"playerId":0})", "playerId: range"}}) {
    INFO(row.payload);
    CHECK(live(row.parse, row.payload) == row.errors);
    CHECK(code == Errc::invalid);
  }
}

TEST_CASE_METHOD(Fixture, "a message carries when it arrived, its room and its token") {
  const std::string payload = object({{"roomId", std::string(a_room)},
                                      {"token", a_token},
                                      {"questionId", "q"},
                                      {"answerIndex", "#2"}});
  REQUIRE(live(&live_answer, payload) == "ok");
  CHECK(command.kind == CommandKind::answer);
  CHECK(command.received == arrived);
  CHECK(command.room.id == parse_id(a_room));
  CHECK(command.room.pin == 0);
  CHECK(command.token == parse_token(a_token));
  CHECK(command.question == "q");
  CHECK(command.option == 2);
  // A PIN is taken in place of the id, as a text or a number.
  for (const char* room : {R"({"roomId":"123456")", R"({"pin":"123456")", R"({"pin":123456)",
                           R"({"pin":" 123456  ")"}) {
    REQUIRE(live(&live_join_room, std::string(room) + R"(,"nickname":" Ann "})") == "ok");
    CHECK(command.room.pin == 123'456);
    CHECK(command.name == "Ann");
    CHECK(command.name_key == "ann");
  }
  // A text that is no token is one that nobody has.
  REQUIRE(live(&live_finish_room, R"({"pin":123456,"hostToken":"x"})") == "ok");
  CHECK(command.token == Id128{});
  REQUIRE(live(&live_finish_room, R"({"pin":123456})") == "ok");
  CHECK_FALSE(command.token.has_value());
}

TEST_CASE_METHOD(Fixture, "each live message is its own command") {
  const std::pair<LiveMessages<Domain>::Parse, CommandKind> orders[] = {
      {&live_start_room, CommandKind::start_room},
      {&live_next_question, CommandKind::next_question},
      {&live_close_question, CommandKind::close_question},
      {&live_pause_question, CommandKind::pause_question},
      {&live_resume_question, CommandKind::resume_question},
      {&live_finish_room, CommandKind::finish_room},
  };
  for (const auto& [parse, kind] : orders) {
    REQUIRE(live(parse, object({{"roomId", std::string(a_room)}, {"hostToken", a_token}})) == "ok");
    CHECK(command.kind == kind);
    CHECK(command.token == parse_token(a_token));
  }
}

TEST_CASE_METHOD(Fixture, "routes take ids from the path and a token from the header or the body") {
  const std::pair<Routes<Domain>::Parse, CommandKind> orders[] = {
      {&parse_start, CommandKind::start_room},       {&parse_next, CommandKind::next_question},
      {&parse_close, CommandKind::close_question},   {&parse_pause, CommandKind::pause_question},
      {&parse_resume, CommandKind::resume_question}, {&parse_finish, CommandKind::finish_room},
  };
  for (const auto& [parse, kind] : orders) {
    REQUIRE(route(parse, {"123456"}, "{}", a_token) == "ok");
    CHECK(command.kind == kind);
    CHECK(command.room.pin == 123'456);
    CHECK(command.token == parse_token(a_token));
    REQUIRE(route(parse, {std::string(a_room)}, R"({"hostToken":")" + a_token + "\"}", "x") ==
            "ok");
    CHECK(command.token == parse_token(a_token));
    CHECK(route(parse, {"here"}, "{}") == "room not found");
    CHECK(code == Errc::not_found);
    CHECK(route(parse, {"123456"}, R"({"hostToken":7})") == "hostToken: type");
  }
  REQUIRE(route(&parse_submit, {"Q"}, R"({"userId":"u","questionId":"q","answerIndex":1})",
                a_token) == "ok");
  CHECK(command.quiz == "Q");
  CHECK(command.received == arrived);
  CHECK(command.token == parse_token(a_token));
  REQUIRE(route(&parse_answer, {"123456"}, R"({"questionId":"q","answerIndex":1})", a_token) ==
          "ok");
  CHECK(command.received == arrived);
  CHECK(command.token == parse_token(a_token));
  REQUIRE(route(&parse_join, {"123456"}, R"({"nickname":"Ann"})") == "ok");
  CHECK(command.room.pin == 123'456);
  REQUIRE(route(&parse_user, {"u"}, R"({"username":"U"})") == "ok");
  CHECK(command.user == "u");
  CHECK(route(&parse_user, {"u u"}, "{}") == "id: not_an_id, username: missing");
  REQUIRE(route(&parse_open_room, {"Q"}, R"({"playersMax":5})") == "ok");
  CHECK(command.players_max == 5);
  CHECK(route(&parse_open_room, {"Q"}, R"({"playerMax":5})") == "playerMax: unknown_member");
}

TEST_CASE_METHOD(Fixture, "a definition is checked whole, misspelt members too") {
  REQUIRE(route(&parse_quiz, {"Q"},
                R"({"name":"N","questions":[{"text":"?","options":["1","2"],"answerIndex":0}]})") ==
          "ok");
  CHECK(command.quiz == "Q");
  CHECK(command.questions == 1);
  CHECK(command.definition.starts_with(R"({"name":"N","open":false,"tokens":false,)"));
  CHECK(route(&parse_quiz, {"Q Q"}, R"({"name":"N","opened":true,"questions":[]})") ==
        "id: not_an_id, questions: empty, opened: unknown_member");
}

TEST_CASE_METHOD(Fixture, "a player is put out by number, with or without a body") {
  REQUIRE(route(&parse_kick, {"123456", "7"}, "null", a_token) == "ok");
  CHECK(command.player == 7);
  CHECK(command.token == parse_token(a_token));
  REQUIRE(route(&parse_kick, {"123456", "7"}, R"({"hostToken":")" + a_token + "\"}") == "ok");
  CHECK(command.token == parse_token(a_token));
  for (const char* player : {"0", "x", "7x", "-1", "99999999999"}) {
    CHECK(route(&parse_kick, {"123456", player}, "null") == "player not found");
    CHECK(code == Errc::not_found);
  }
}

TEST_CASE("tokens and the names of rooms have one text form") {
  const Id128 token = parse_token("00112233445566778899AABBCCDDEEFF").value();
  CHECK(token_text(token) == "00112233445566778899aabbccddeeff");
  CHECK(is_same_token(token, token));
  CHECK_FALSE(is_same_token(token, Id128{}));
  for (const char* text : {"", "0", "00112233445566778899aabbccddeef",
                           "00112233445566778899aabbccddeefg", "00112233445566778899aabbccddeeff0"})
    CHECK_FALSE(parse_token(text).has_value());
  CHECK(parse_room("100000")->pin == pin_min);
  CHECK(parse_room("999999")->pin == pin_max);
  CHECK(parse_room(a_room)->id == parse_id(a_room));
  for (const char* text : {"", "99999", "099999", "1000000", "12345x", "+12345",
                           "00000000-0000-0000-0000-000000000000"})
    CHECK_FALSE(parse_room(text).has_value());
}

}  // namespace
}  // namespace daybook::quiz
