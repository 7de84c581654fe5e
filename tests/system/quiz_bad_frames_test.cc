// WebSocket bytes that no proper client sends: each costs its own connection at most.
#include <catch2/catch.hpp>

#include "support/wait.h"
#include "system/quiz_world.h"

namespace daybook::test {
namespace {

const std::string engine_path = "/socket.io/?EIO=4&transport=websocket";
const std::string json_path = "/quizzes/steady/live";
const std::string subprotocol = "Sec-WebSocket-Protocol: daybook.quiz.v1\r\n";

struct Row {
  std::string name;
  std::string bytes;
  std::vector<int> codes;  // of the server's close frame; 1006: none
};

// With what a sanitizer keeps of freed memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t incomplete_growth_max = std::size_t{1} << 30;
#else
constexpr std::size_t incomplete_growth_max = std::size_t{96} << 20;
#endif

const FrameForm more{false, true, 0};

std::vector<Row> broken_frames() {
  std::string giant = frame_bytes(Op::text, "x");
  giant = giant.substr(0, 1) + "\xff\x7f" + std::string(7, '\xff') + giant.substr(2);
  return {
      {"a frame without a mask", frame_bytes(Op::text, "40", {true, false, 0}), {1002}},
      {"reserved bits", frame_bytes(Op::text, "40", {true, true, 4}), {1002}},
      {"an unknown opcode", frame_bytes(3, "40"), {1002}},
      {"an unknown control opcode", frame_bytes(11, ""), {1002}},
      {"a control frame in parts", frame_bytes(Op::ping, "x", more), {1002}},
      {"a long control frame", frame_bytes(Op::ping, std::string(126, 'x')), {1002}},
      {"a continuation of nothing", frame_bytes(Op::more, "x"), {1002}},
      {"a new message within one",
       frame_bytes(Op::text, "4", more) + frame_bytes(Op::text, "0"),
       {1002}},
      {"a length of 63 bits", giant, {1002, 1009}},
      {"invalid UTF-8", frame_bytes(Op::text, "42[\"\xc3\x28\"]"), {1007}},
      {"UTF-8 cut off", frame_bytes(Op::text, "42[\"\xf0\x9f\x98"), {1007}},
      {"a surrogate in UTF-8", frame_bytes(Op::text, "\xed\xa0\x80"), {1007}},
      {"UTF-8 in more bytes than it needs", frame_bytes(Op::text, "\xc0\xaf"), {1007}},
      {"invalid UTF-8 in the second part",
       frame_bytes(Op::text, "42[\"\xc3", more) + frame_bytes(Op::more, "\x28\"]"),
       {1007}},
      {"a close frame of one byte", frame_bytes(Op::close, "x"), {1002}},
      {"a close code that must not be sent", frame_bytes(Op::close, close_payload(1005)), {1002}},
      {"a close code below all", frame_bytes(Op::close, close_payload(999)), {1002}},
      {"invalid UTF-8 in a close reason",
       frame_bytes(Op::close, close_payload(1000, "\xff")),
       {1007}},
      {"a proper end", frame_bytes(Op::close, close_payload(1000, "bye")), {1000}},
      {"a proper end without a code", frame_bytes(Op::close, ""), {1000, 1005}},
  };
}

TEST_CASE("a WebSocket that breaks RFC 6455 is closed with the code it asks for, and no other") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  for (const bool socketio : {true, false}) {
    for (const Row& row : broken_frames()) {
      INFO(row.name << (socketio ? ", Socket.IO" : ", the JSON protocol"));
      LiveSocket socket(server.url());
      REQUIRE(socket.open(socketio ? engine_path : json_path, socketio ? "" : subprotocol) == 101);
      REQUIRE(socket.send(row.bytes));
      CHECK_THAT(row.codes, Catch::Matchers::VectorContains(socket.closed()));
    }
    bystander.check_fine();
  }
}

TEST_CASE("what RFC 6455 allows is taken: parts, pings within them, long lengths") {
  QuizServer server;
  server.define_quiz();
  LiveSocket socket(server.url());
  REQUIRE(socket.open_socketio());
  const std::string face = "\xf0\x9f\x98\x80";
  REQUIRE(socket.send(frame_bytes(Op::text, "42", more) +
                      frame_bytes(Op::more, "7[\"join-qu", more) + frame_bytes(Op::ping, "here") +
                      frame_bytes(Op::more, "", more) +
                      frame_bytes(Op::more, "iz\",\"" + face.substr(0, 2), more) +
                      frame_bytes(Op::more, face.substr(2) + "\"]")));
  const auto pong = socket.frame(live_deadline);
  REQUIRE(pong);
  CHECK(pong->opcode == static_cast<int>(Op::pong));
  CHECK(pong->payload == "here");
  const auto answer = socket.text("437[");
  REQUIRE(answer);
  CHECK(answer->find("\"ok\":false") != std::string::npos);
  // One byte a frame, all in one write.
  std::string bytes;
  const std::string packet = "428[\"join-quiz\",\"steady\"]";
  for (std::size_t i = 0; i < packet.size(); ++i)
    bytes += frame_bytes(i == 0 ? Op::text : Op::more, packet.substr(i, 1),
                         {i + 1 == packet.size(), true, 0});
  REQUIRE(socket.send(bytes));
  REQUIRE(socket.text("438["));
  // And the same in writes of one byte.
  for (const char byte : frame_bytes(Op::text, "429[\"join-quiz\",\"steady\"]"))
    REQUIRE(socket.send(std::string(1, byte)));
  REQUIRE(socket.text("439["));
  server.server().stop();
}

TEST_CASE(
    "packets that are none, or come before the client is in a namespace, cost their session only") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  const std::string deep = "42[\"join-quiz\"," + std::string(20'000, '[');
  // Before CONNECT: all of these end the session.
  for (const std::string& packet :
       std::vector<std::string>{"42[\"join-quiz\",\"steady\"]", "421[\"join-quiz\",\"steady\"]",
                                "41", "43[]", "44{}", "42/other,[\"x\"]", "", "9", "4", "49", "4x",
                                "40{", "40[1", "{\"type\":\"join-quiz\"}", "bAAAA", deep}) {
    INFO(packet.substr(0, 80));
    LiveSocket socket(server.url());
    REQUIRE(socket.open_engine());
    REQUIRE(socket.send(Op::text, packet));
    const int code = socket.closed();
    CHECK(code >= 1000);
  }
  bystander.check_fine();
  // In a namespace: closed, or answered with a problem; never silence for who waits for an answer.
  for (const std::string& packet :
       std::vector<std::string>{"42",
                                "42{}",
                                "42[]",
                                "42[5]",
                                "42[null,1]",
                                "42[\"join-quiz\"",
                                "42/other,[\"x\"]",
                                "421e9[\"x\"]",
                                "4299999999999999999999[\"x\"]",
                                "42-1[\"x\"]",
                                "420x[\"x\"]",
                                "451-[\"x\",{\"_placeholder\":true,\"num\":5}]",
                                "450-[\"x\"]",
                                "45-[\"x\"]",
                                "45999999999-[\"x\"]",
                                "4517-[\"x\"]",
                                "46[]",
                                "40",
                                "40/,",
                                "40{\"again\":1}",
                                "47",
                                "4",
                                "",
                                "1",
                                "0{}",
                                "5",
                                "2probe",
                                "3probe",
                                "6",
                                "7",
                                deep,
                                "42[\"join-quiz\",1e999]",
                                "42[\"join-quiz\",\"\\ud800\"]",
                                "42[\"a\\u0000b\",{}]"}) {
    INFO(packet.substr(0, 80));
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    REQUIRE(socket.send(Op::text, packet));
    const bool answers = socket.ask(R"("join-quiz","steady")", Millis(5000)).has_value();
    CHECK((answers || socket.closed() >= 1000));
  }
  bystander.check_fine();
}

TEST_CASE("binary frames nobody announced, and announced ones that never come, are bounded") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  const std::string block(64u << 10, '\0');
  {
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    for (int i = 0; i < 2000 && socket.send(Op::binary, block); ++i) {
    }
    CHECK(socket.closed() >= 1000);
  }
  bystander.check_fine();
  {  // sixteen announced, each as large as a packet may be
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    std::string placeholders;
    for (int i = 0; i < 16; ++i)
      placeholders += ",{\"_placeholder\":true,\"num\":" + std::to_string(i) + "}";
    REQUIRE(socket.send(Op::text, "4516-[\"x\"" + placeholders + "]"));
    const std::string large(999'000, '\1');
    for (int i = 0; i < 16 && socket.send(Op::binary, large); ++i) {
    }
    // Taken and refused, or closed; not kept.
    const bool answered = socket.ask(R"("join-quiz","steady")", Millis(5000)).has_value();
    CHECK((answered || socket.closed() >= 1000));
  }
  bystander.check_fine();
  {  // a text where a binary was announced
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    REQUIRE(socket.send(Op::text, R"(451-["x",{"_placeholder":true,"num":0}])"));
    REQUIRE(socket.send(Op::text, R"(42["join-quiz","steady"])"));
    CHECK(socket.closed() >= 1000);
  }
  // Two hundred clients that announce one and send nothing more.
  std::vector<LiveSocket> waiting;
  for (int i = 0; i < 200; ++i) {
    waiting.emplace_back(server.url());
    REQUIRE(waiting.back().open_socketio());
    REQUIRE(waiting.back().send(Op::text, R"(451-["x",{"_placeholder":true,"num":0}])"));
  }
  bystander.check_fine();
}

TEST_CASE("two hundred messages of a megabyte that never end are bounded together") {
  QuizServer server({"--http-threads", "1"});
  server.define_quiz();
  LiveSocket normal(server.url());
  REQUIRE(normal.open_socketio());
  const std::size_t before = resident_bytes(server.server().process());
  const std::string message = frame_bytes(Op::text, std::string(999'000, '4'));
  std::vector<LiveSocket> unfinished;
  for (int i = 0; i < 200; ++i) {
    unfinished.emplace_back(server.url());
    REQUIRE(unfinished.back().open_engine());
    unfinished.back().send(message.substr(0, message.size() - 1));
  }
  CHECK(unfinished.back().closed() == 1013);
  const std::size_t grown = resident_bytes(server.server().process()) - before;
  INFO(grown << " bytes more");
  CHECK(grown < incomplete_growth_max);
  CHECK(normal.ask(R"("join-quiz","steady")").has_value());
  LiveSocket other(server.url());  // an ordinary message in two parts needs none of it
  REQUIRE(other.open_socketio());
  REQUIRE(other.send(frame_bytes(Op::text, R"(427["join-quiz")", more)));
  REQUIRE(other.send(frame_bytes(Op::more, R"(,"steady"])")));
  CHECK(other.text("437[").has_value());
  unfinished.clear();
  CHECK(wait_until(
      [&] {
        LiveSocket large(server.url());
        if (!large.open_socketio()) return false;
        large.send(
            frame_bytes(Op::text, R"(421["join-quiz",")" + std::string(900'000, 'x') + "\"]"));
        return large.text("431[").has_value();
      },
      live_deadline));
}

TEST_CASE("a message beyond its limit closes its WebSocket with 1009") {
  QuizServer server({"--socketio-payload-bytes-max", "20000", "--live-message-bytes-max", "2000"});
  server.define_quiz();
  Bystander bystander(server);
  for (const std::size_t size : {std::size_t{20'001}, std::size_t{5'000'000}}) {
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    socket.send(Op::text, "42[\"join-quiz\",\"" + std::string(size, 'x') + "\"]");
    const int code = socket.closed();
    CHECK((code == 1009 || code == 1006));  // 1006: what it still sent reset the connection
  }
  {  // in parts, each small
    LiveSocket socket(server.url());
    REQUIRE(socket.open_socketio());
    socket.send(frame_bytes(Op::text, "42[\"join-quiz\",\"", more));
    for (int i = 0; i < 30 && socket.send(frame_bytes(Op::more, std::string(1000, 'x'), more));
         ++i) {
    }
    const int code = socket.closed();
    CHECK((code == 1009 || code == 1006));
  }
  LiveSocket json(server.url());
  REQUIRE(json.open(json_path, subprotocol) == 101);
  REQUIRE(json.send(Op::text,
                    "{\"type\":\"join-quiz\",\"quizId\":\"" + std::string(2000, 'x') + "\"}"));
  CHECK(json.closed() == 1009);
  LiveSocket binary(server.url());
  REQUIRE(binary.open(json_path, subprotocol) == 101);
  REQUIRE(binary.send(Op::binary, "{}"));
  CHECK(binary.closed() == 1003);
  bystander.check_fine();
}

struct Handshake {
  std::string name, target, headers;
  std::vector<int> statuses;
};

TEST_CASE("a handshake that is none is answered with a status, and nothing is opened") {
  QuizServer server;
  server.define_quiz();
  Bystander bystander(server);
  const std::string bare = "GET " + engine_path + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n";
  const std::vector<std::pair<std::string, std::string>> raw{
      {"no key", bare + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n"},
      {"a key that is too short", bare + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                         "Sec-WebSocket-Key: c2hvcnQ=\r\n\r\n"},
      {"version 8", bare + "Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
      {"no upgrade at all", "GET " + engine_path + " HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"POST", "POST " + engine_path +
                   " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
  };
  for (const auto& [name, bytes] : raw) {
    INFO(name);
    HttpClient client(server.url());
    REQUIRE(client.connect());
    REQUIRE(client.send(bytes));
    const auto answer = client.receive();
    INFO(client.error());
    REQUIRE(answer);
    CHECK(answer->status >= 400);
    CHECK(answer->status < 500);
  }
  const std::vector<Handshake> rows{
      {"an unknown version of Engine.IO", "/socket.io/?EIO=3&transport=websocket", "", {400}},
      {"no version", "/socket.io/?transport=websocket", "", {400}},
      {"an unknown transport", "/socket.io/?EIO=4&transport=telegraph", "", {400}},
      {"polling by WebSocket", "/socket.io/?EIO=4&transport=polling", "", {400}},
      {"an unknown session", engine_path + "&sid=AAAAAAAAAAAAAAAAAAAA", "", {400}},
      {"a session id of 4 KiB", engine_path + "&sid=" + std::string(4096, 'A'), "", {400, 414}},
      {"a session id that is no text", engine_path + "&sid=%00%ff%22", "", {400}},
      {"an unknown quiz", "/quizzes/no-such-quiz/live", subprotocol, {404}},
      {"another protocol", json_path, "Sec-WebSocket-Protocol: chat\r\n", {400}},
      {"a path without WebSocket", "/api/v1/quizzes", "", {200, 400, 404, 426}},
  };
  for (const Handshake& row : rows) {
    INFO(row.name);
    LiveSocket socket(server.url());
    const int status = socket.open(row.target, row.headers);
    INFO("status " << status);
    CHECK_THAT(row.statuses, Catch::Matchers::VectorContains(status));
  }
  bystander.check_fine();
}

}  // namespace
}  // namespace daybook::test
