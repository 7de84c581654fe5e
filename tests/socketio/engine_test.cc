// Engine.IO's sessions: handshakes, polls, heartbeats, upgrades, ends.
#include "fakes.h"

#include <catch2/catch.hpp>

namespace daybook::test {
namespace {

using Said = std::vector<std::string>;
constexpr std::string_view bad_request = R"({"code":3,"message":"Bad request"})";
constexpr std::string_view unknown_session = R"({"code":1,"message":"Session ID unknown"})";

struct EngineWorld : World {
  Echo echo;
  explicit EngineWorld(socketio::Options options = quick()) {
    options.plain = &echo;
    server = socketio::Server::make(options, 3, 42);
  }
  ~EngineWorld() { server.reset(); }
  static socketio::Options quick() {
    socketio::Options options;
    options.ping_interval_ms = 300;
    options.ping_timeout_ms = 200;
    options.upgrade_timeout_ms = 1000;
    return options;
  }
};

TEST_CASE("a handshake over polling says what the protocol wants, and no more") {
  EngineWorld world;
  const auto reply = world.get({});
  CHECK(reply->status == 200);
  CHECK(reply->content_type == "text/plain; charset=UTF-8");
  const std::string sid = World::sid_of(reply->body);
  CHECK(reply->body == R"(0{"sid":")" + sid +
                           R"(","upgrades":["websocket"],"pingInterval":300,)"
                           R"("pingTimeout":200,"maxPayload":1000000})");
  CHECK(socketio::home_of(sid) == 3u);
  CHECK(world.echo.open == 1);
}

TEST_CASE("a handshake over a WebSocket offers no upgrade") {
  EngineWorld world;
  const auto socket = world.open();
  REQUIRE(socket->said.size() == 1);
  CHECK(socket->said[0] == R"(0{"sid":")" + World::sid_of(socket->said[0]) +
                               R"(","upgrades":[],"pingInterval":300,)"
                               R"("pingTimeout":200,"maxPayload":1000000})");
}

TEST_CASE("requests that are none are refused with Engine.IO's codes") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const std::string foreign = "AAA" + sid.substr(3);  // another thread's
  struct Case {
    Method method;
    Query query;
    std::string_view body;
  };
  for (const auto& [method, query, body] : std::vector<Case>{
           {Method::get, {}, R"({"code":0,"message":"Transport unknown"})"},
           {Method::get, {{"EIO", "4"}}, R"({"code":0,"message":"Transport unknown"})"},
           {Method::get,
            {{"EIO", "4"}, {"transport", "abc"}},
            R"({"code":0,"message":"Transport unknown"})"},
           {Method::get, {{"EIO", "4"}, {"transport", "websocket"}}, bad_request},
           {Method::get,
            {{"transport", "polling"}},
            R"({"code":5,"message":"Unsupported protocol version"})"},
           {Method::get,
            {{"EIO", "3"}, {"transport", "polling"}},
            R"({"code":5,"message":"Unsupported protocol version"})"},
           {Method::post, World::polling(), R"({"code":2,"message":"Bad handshake method"})"},
           {Method::put, World::polling(), R"({"code":2,"message":"Bad handshake method"})"},
           {Method::get, World::polling("nobody"), unknown_session},
           {Method::get, World::polling(foreign), unknown_session},
           {Method::post, World::polling("nobody"), unknown_session},
           {Method::put, World::polling(sid), bad_request}}) {
    const auto reply = world.request(method, query);
    CHECK(reply->status == 400);
    CHECK(reply->content_type == "application/json");
    CHECK(reply->body == body);
  }
  CHECK(world.server->counts().sessions == 1);
  CHECK(socketio::refused(socketio::Refusal::forbidden).status == 403);
  CHECK(socketio::refused(socketio::Refusal::forbidden).body ==
        R"({"code":4,"message":"Forbidden"})");
}

TEST_CASE("WebSockets that are none are refused with Engine.IO's codes") {
  EngineWorld world;
  CHECK(world.open_with({})->refused.status == 400);
  CHECK(world.open_with({{"EIO", "4"}, {"transport", "abc"}})->refused.body ==
        R"({"code":0,"message":"Transport unknown"})");
  CHECK(world.open_with({{"transport", "websocket"}})->refused.body ==
        R"({"code":5,"message":"Unsupported protocol version"})");
  CHECK(world.open_with(World::polling())->refused.body == bad_request);
  const auto unknown = world.open("AAAAAAAAAAAAAAAAAAAAAAAA");
  CHECK(unknown->refused.body == unknown_session);
  CHECK(unknown->peer == nullptr);
}

TEST_CASE("a transport that is not served is unknown, and offered to nobody") {
  socketio::Options options;
  options.websocket = false;
  EngineWorld polls(options);
  CHECK(polls.get({})->body.find(R"("upgrades":[])") != std::string::npos);
  CHECK(polls.open()->refused.body == R"({"code":0,"message":"Transport unknown"})");
  options.websocket = true;
  options.polling = false;
  EngineWorld sockets(options);
  CHECK(sockets.get({})->body == R"({"code":0,"message":"Transport unknown"})");
  CHECK(sockets.open()->said.size() == 1);
}

TEST_CASE("a poll gets what was said before it, or waits") {
  EngineWorld world;
  const std::string sid = world.handshake();
  CHECK(world
            .post(sid,
                  "4hello\x1e"
                  "bAQIDBA==\x1e"
                  "4test")
            ->body == "ok");
  CHECK(world.get(sid)->body ==
        "4hello\x1e"
        "bAQIDBA==\x1e"
        "4test");
  CHECK(world.last_key == 0);
  const auto poll = world.get(sid);
  CHECK(poll->status == 0);
  CHECK(world.last_key != 0);
  world.post(sid,
             "4a\x1e"
             "4b");
  CHECK(poll->body ==
        "4a\x1e"
        "4b");  // in one go
  CHECK(poll->answers == 1);
}

TEST_CASE("a second poll ends the session: 1 for the first, 400 for the second") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto first = world.get(sid), second = world.get(sid);
  CHECK(first->status == 200);
  CHECK(first->body == "1");
  CHECK(second->status == 400);
  CHECK(second->body == bad_request);
  CHECK(world.get(sid)->body == unknown_session);
  CHECK(world.echo.open == 0);
}

TEST_CASE("a poll whose client is gone ends the session; a key that was answered ends nothing") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto poll = world.get(sid);
  const std::uint64_t key = world.last_key;
  world.post(sid, "4a");
  CHECK(poll->body == "4a");
  world.server->poll_gone(key);
  world.server->poll_gone(0);
  CHECK(world.echo.open == 1);
  const auto next = world.get(sid);
  world.server->poll_gone(world.last_key);
  CHECK(next->answers == 0);
  CHECK(world.get(sid)->body == unknown_session);
  CHECK(world.echo.open == 0);
}

TEST_CASE("a POST that is none is answered 400 and ends the session") {
  for (const std::string_view body : {"abc", "", "4a\x1e",
                                      "4a\x1e"
                                      "b!",
                                      "0{}", "2", "2probe", "5", "4\xff"}) {
    CAPTURE(body);
    EngineWorld world;
    const std::string sid = world.handshake();
    const auto poll = world.get(sid);
    CHECK(world.post(sid, body)->status == 400);
    CHECK(poll->body.ends_with("1"));
    CHECK(world.get(sid)->body == unknown_session);
  }
  EngineWorld world;
  const std::string sid = world.handshake();
  CHECK(
      world.request(Method::post, World::polling(sid), "4a", "application/octet-stream")->status ==
      400);
  CHECK(world.echo.open == 0);
}

TEST_CASE("a message that is none ends the session over a WebSocket") {
  for (const std::string_view message : {"abc", "", "0{}", "2", "2probe", "5"}) {
    EngineWorld world;
    const auto socket = world.open();
    socket->text(message);
    CHECK(socket->close_code == 1002);
    CHECK(world.echo.open == 0);
    socket->text("4late");  // nobody listens
    socket->break_off();
    CHECK(world.server->counts().sessions == 0);
  }
}

TEST_CASE("what is too large ends the session, over either transport") {
  auto options = EngineWorld::quick();
  options.payload_bytes_max = 1000;
  EngineWorld world(options);
  const std::string sid = world.handshake();
  CHECK(world.post(sid, std::string(1000, '4'))->status == 200);
  CHECK(world.post(sid, std::string(1001, '4'))->status == 413);
  CHECK(world.get(sid)->body == unknown_session);
  const auto socket = world.open();
  socket->text(std::string(1000, '4'));
  CHECK_FALSE(socket->close_code.has_value());
  socket->text(std::string(1001, '4'));
  CHECK(socket->close_code == 1009);
}

TEST_CASE("text and binary are echoed over a WebSocket") {
  EngineWorld world;
  const auto socket = world.open();
  socket->take();
  socket->text("4hello");
  socket->binary("\x01\x02");
  socket->text("6");  // a noop says nothing
  CHECK(socket->take() == Said{"4hello", "b:\x01\x02"});
}

TEST_CASE("the server pings; a pong in time keeps the session, over polls") {
  EngineWorld world;
  const std::string sid = world.handshake();
  world.pass(40);
  for (int i = 0; i < 5; ++i) {  // every 300 ms, however long the pong takes
    const auto poll = world.get(sid);
    world.pass(250);
    CHECK(poll->status == 0);
    world.pass(50);
    CHECK(poll->body == "2");
    CHECK(world.post(sid, "3")->body == "ok");
  }
  CHECK(world.echo.open == 1);
}

TEST_CASE("the server pings; a pong in time keeps the session, over a WebSocket") {
  EngineWorld world;
  const auto socket = world.open();
  socket->take();
  world.pass(40);
  for (int i = 0; i < 5; ++i) {
    world.pass(300);
    CHECK(socket->take() == Said{"2"});
    socket->text("3");
    socket->text("3");  // one that nobody asked for moves nothing
  }
  world.pass(300);
  CHECK(socket->take() == Said{"2"});
  world.pass(250);
  CHECK(socket->close_code == 1008);
  CHECK(world.echo.open == 0);
}

TEST_CASE("without a pong the session ends when the handshake said it would") {
  EngineWorld world;
  const std::string sid = world.handshake();
  SECTION("by a tick") {
    const auto poll = world.get(sid);
    world.pass(350);
    CHECK(poll->body == "2");
    const auto next = world.get(sid);
    world.pass(200);
    CHECK(next->body == "1");
    CHECK(world.echo.open == 0);
  }
  SECTION("or by the first request after it, before the tick") {
    world.pass(349);
    world.now_ms += 151;  // 500 in all, no tick
    CHECK(world.get(sid)->body == unknown_session);
  }
  SECTION("not a millisecond before") {
    world.pass(349);
    world.now_ms += 150;
    CHECK(world.get(sid)->body == "2");
  }
}

TEST_CASE("a thread that stands still does not cost its clients their sessions") {
  EngineWorld world;
  const auto socket = world.open();
  socket->take();
  world.now_ms += 60'000;
  world.server->tick(world.now_ms);
  CHECK(socket->take() == Said{"2"});
  socket->text("3");
  world.pass(200);
  CHECK(world.echo.open == 1);
}

TEST_CASE("a close packet ends the session: noop for its poll") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto poll = world.get(sid);
  CHECK(world
            .post(sid,
                  "1\x1e"
                  "4never")
            ->body == "ok");
  CHECK(poll->body == "6");
  CHECK(world.get(sid)->body == unknown_session);
  const auto socket = world.open();
  socket->text("1");
  CHECK(socket->close_code == 1000);
  CHECK(world.echo.open == 0);
}

TEST_CASE("an upgrade: probe, noop to the poll, then the WebSocket has it all") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto waiting = world.get(sid);
  const auto socket = world.open(sid);
  CHECK(socket->said.empty());
  CHECK(waiting->status == 0);
  socket->text("2probe");
  CHECK(socket->take() == Said{"3probe"});
  CHECK(waiting->body == "6");
  CHECK(world.get(sid)->body == "6");  // until the upgrade is complete no poll waits
  world.post(sid, "4before");          // its echo waits for the WebSocket
  CHECK(socket->said.empty());
  socket->text("5");
  CHECK(socket->take() == Said{"4before"});
  socket->text("4after");
  CHECK(socket->take() == Said{"4after"});
  CHECK(world.server->counts().websockets == 1);
  CHECK(world.server->counts().sessions == 1);
}

TEST_CASE("polls and WebSockets with the id of an upgraded session are refused, it goes on") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto socket = world.open(sid);
  socket->text("2probe");
  socket->text("5");
  CHECK(world.get(sid)->body == bad_request);
  CHECK(world.post(sid, "4x")->body == bad_request);
  const auto second = world.open(sid);
  CHECK(second->close_code == 1008);
  second->text("4x");
  second->break_off();
  socket->take();
  socket->text("4hello");
  CHECK(socket->take() == Said{"4hello"});
}

TEST_CASE("of two WebSockets that want one session the first has it") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto first = world.open(sid), second = world.open(sid);
  CHECK_FALSE(first->close_code.has_value());
  CHECK(second->close_code == 1008);
  second->text("2probe");
  CHECK(second->said.empty());
  first->text("2probe");
  CHECK(first->said == Said{"3probe"});
}

TEST_CASE("an upgrade that fails leaves the session polling") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto socket = world.open(sid);
  SECTION("not a probe") {
    socket->text("4hello");
    CHECK(socket->close_code == 1002);
  }
  SECTION("upgraded without a probe") {
    socket->text("5");
    CHECK(socket->close_code == 1002);
  }
  SECTION("probed twice") {
    socket->text("2probe");
    socket->text("2probe");
    CHECK(socket->close_code == 1002);
  }
  SECTION("binary") {
    socket->binary("2probe");
    CHECK(socket->close_code == 1002);
  }
  SECTION("broken off") {
    socket->text("2probe");
    socket->break_off();
  }
  const auto poll = world.get(sid);
  CHECK(poll->status == 0);  // it waits again
  world.post(sid, "4still");
  CHECK(poll->body == "4still");
  const auto again = world.open(sid);
  again->text("2probe");
  again->text("5");
  CHECK(world.server->counts().websockets == 1);
}

TEST_CASE("an upgrade that takes too long costs the WebSocket, not the session") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto socket = world.open(sid);
  for (int i = 0; i < 6; ++i) {
    world.pass(200);
    world.post(sid, "3");
    world.get(sid);
    world.server->tick(world.now_ms);
    if (world.last_key != 0) world.post(sid, "4x");
  }
  CHECK(socket->close_code == 1008);
  CHECK(world.echo.open == 1);
}

TEST_CASE("a session that ends takes the WebSocket of its upgrade along") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto socket = world.open(sid);
  socket->text("2probe");
  SECTION("by its close packet") { world.post(sid, "1"); }
  SECTION("by silence") { world.pass(600); }
  CHECK(socket->close_code.has_value());
  CHECK(world.echo.open == 0);
  socket->text("5");  // too late
  socket->break_off();
  CHECK(world.server->counts().sessions == 0);
  CHECK(world.open(sid)->refused.body == unknown_session);
}

TEST_CASE("a ping that waited for a poll goes over the WebSocket") {
  EngineWorld world;
  const std::string sid = world.handshake();
  const auto socket = world.open(sid);
  socket->text("2probe");
  world.pass(350);
  socket->take();
  socket->text("5");
  CHECK(socket->take() == Said{"2"});
  socket->text("3");
  world.pass(250);
  CHECK(world.echo.open == 1);
}

TEST_CASE("a client that never polls is let go when too much waits for it") {
  auto options = EngineWorld::quick();
  options.unsent_bytes_max = 10'000;
  EngineWorld world(options);
  const std::string sid = world.handshake();
  int posts = 0;
  while (world.echo.open == 1 && posts < 1000) {
    world.post(sid, "4" + std::string(999, 'x'));
    ++posts;
  }
  CHECK(posts == 10);
}

TEST_CASE("the server closes: a poll is told at once, or by its next poll what was said before") {
  struct Closing final : socketio::EngineHandler {
    void received(socketio::EngineSession& session, live::Kind kind,
                  std::string_view message) override {
      session.send(kind, message);
      session.close();
      session.send(kind, "not any more");
      session.close();
    }
  } closing;
  World world;
  auto options = EngineWorld::quick();
  options.plain = &closing;
  world.server = socketio::Server::make(options, 0, 42);
  const std::string sid = world.handshake();
  const auto waiting = world.get(sid);
  world.post(sid, "4bye");
  CHECK(waiting->body ==
        "4bye\x1e"
        "1");
  CHECK(world.get(sid)->body == unknown_session);

  const std::string other = world.handshake();
  world.post(other, "4bye");
  CHECK(world.post(other, "4more")->body == unknown_session);
  CHECK(world.open(other)->refused.body == unknown_session);
  SECTION("it comes") {
    CHECK(world.get(other)->body ==
          "4bye\x1e"
          "1");
    CHECK(world.get(other)->body == unknown_session);
  }
  SECTION("it does not come") {
    world.pass(300);
    CHECK(world.get(other)->body == unknown_session);
  }
  CHECK(world.server->counts().sessions == 0);
}

TEST_CASE("the process stops: everybody is told, nobody comes in") {
  EngineWorld world;
  const std::string polling = world.handshake(), silent = world.handshake(),
                    upgrading = world.handshake();
  const auto poll = world.get(polling);
  const auto socket = world.open(), probe = world.open(upgrading);
  world.server->close_all();
  CHECK(poll->body == "1");
  CHECK(socket->close_code == 1001);
  CHECK(probe->close_code == 1001);
  CHECK(world.echo.open == 0);
  CHECK(world.server->counts().sessions == 0);
  CHECK(world.get({})->status == 503);
  CHECK(world.open()->refused.status == 503);
  CHECK(world.get(silent)->body == unknown_session);
}

}  // namespace
}  // namespace daybook::test
