// Socket.IO: namespaces, events, acknowledgements, binaries, broadcasts, and what ends a client.
#include "fakes.h"

#include <catch2/catch.hpp>

namespace daybook::test {
namespace {

using Said = std::vector<std::string>;

struct SocketWorld : World {
  Notes main, custom;
  live::Audience audience;
  live::Hub hub{{}, audience};
  explicit SocketWorld(const socketio::Options& options = quick()) {
    server = socketio::Server::make(options, 0, 42);
    server->use(hub);
    server->add("/", main, 0, 1);
    server->add("/custom", custom, 2, 3);
  }
  ~SocketWorld() { server.reset(); }
  static socketio::Options quick() {
    socketio::Options options;
    options.ping_interval_ms = 300;
    options.ping_timeout_ms = 200;
    options.connect_timeout_ms = 1000;
    return options;
  }
  // A client in the main namespace over a WebSocket; what it was told so far is taken away.
  std::unique_ptr<FakeSocket> joined() {
    auto socket = open();
    socket->text("40");
    socket->take();
    main.take();
    return socket;
  }
  // The same over polls: its session's id.
  std::string joined_polling() {
    const std::string sid = handshake();
    post(sid, "40");
    get(sid);
    main.take();
    return sid;
  }
  socketio::Socket& last_socket() {
    socketio::Socket* socket = server->find(main.keys.back());
    REQUIRE(socket != nullptr);
    return *socket;
  }
  void publish(const std::string& topic, std::uint64_t revision, const std::string& text) {
    hub.publish(std::make_shared<const live::Message>(
        topic, revision,
        std::vector<std::string>{"42[" + text + "]", "frame " + text, "42/custom,[" + text + "]",
                                 "custom frame " + text},
        std::vector<std::string>{}));
    while (hub.run(100)) {
    }
  }
};

TEST_CASE("a client joins the main namespace, with and without a payload") {
  SocketWorld world;
  const auto socket = world.open();
  socket->take();
  socket->text("40");
  REQUIRE(socket->said.size() == 2);
  CHECK(socket->said[0] == R"(40{"sid":")" + std::string(world.last_socket().id()) + "\"}");
  CHECK(socket->said[1] == R"(42["auth",{}])");
  CHECK(world.main.take() == Said{"connecting "});
  const auto other = world.open();
  other->text(R"(40{"token":"123"})");
  CHECK(other->said.back() == R"(42["auth",{"token":"123"}])");
  CHECK(world.server->counts().sockets == 2);
  CHECK(world.server->counts().handshakes == 0);
}

TEST_CASE("a client joins another namespace besides, and leaves it without the other") {
  SocketWorld world;
  const auto socket = world.joined();
  socket->text(R"(40/custom,{"token":"abc"})");
  REQUIRE(socket->said.size() == 2);
  CHECK(socket->said[0].starts_with(R"(40/custom,{"sid":")"));
  CHECK(socket->said[1] == R"(42/custom,["auth",{"token":"abc"}])");
  CHECK(world.server->counts().sockets == 2);
  socket->take();
  socket->text("41/custom");
  socket->text(R"(42["message","message to main namespace"])");
  CHECK(socket->take() == Said{R"(42["message-back","message to main namespace"])"});
  CHECK(world.custom.take().back() == "disconnected client namespace disconnect");
  socket->text("40/custom,");  // and again
  CHECK(socket->take().size() == 2);
}

TEST_CASE("an unknown namespace and a refused CONNECT are told so; the connection stays") {
  SocketWorld world;
  const auto socket = world.open();
  socket->take();
  socket->text("40/random");
  CHECK(socket->take() == Said{R"(44/random,{"message":"Invalid namespace"})"});
  world.main.refuse_with = "Not \"authorized\"";
  socket->text("40");
  CHECK(socket->take() == Said{R"(44{"message":"Not \"authorized\""})"});
  CHECK(world.server->counts().handshakes == 1);
  world.main.refuse_with.clear();
  socket->text("40");
  CHECK(socket->take().size() == 2);
}

TEST_CASE("events and acknowledgements, with and without binaries") {
  SocketWorld world;
  const auto socket = world.joined();
  socket->text(R"(42["message",1,"2",{"3":[true]}])");
  CHECK(socket->take() == Said{R"(42["message-back",1,"2",{"3":[true]}])"});
  socket->text(R"(42456["message-with-ack",1,"2",{"3":[false]}])");
  CHECK(socket->take() == Said{R"(43456[1,"2",{"3":[false]}])"});
  socket->text(R"(4212["nothing"])");
  CHECK(socket->take() == Said{"4312[]"});
  socket->text(R"(452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
  socket->binary("\x01\x02\x03");
  CHECK(socket->said.empty());
  socket->binary("\x04\x05\x06");
  CHECK(socket->take() ==
        Said{R"(452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])",
             "b:\x01\x02\x03", "b:\x04\x05\x06"});
  CHECK(world.main.attachments == Said{"\x01\x02\x03", "\x04\x05\x06"});
  socket->text(R"(451-789["message-with-ack",{"_placeholder":true,"num":0}])");
  socket->binary("");
  CHECK(socket->take() == Said{R"(461-789[{"_placeholder":true,"num":0}])", "b:"});
  socket->text(R"(43/custom,1["nobody asked"])");  // nor is it in that namespace
  CHECK(socket->close_code.has_value());
}

TEST_CASE("an acknowledgement nobody asked for is taken and forgotten") {
  SocketWorld world;
  const auto socket = world.joined();
  socket->text(R"(431["x"])");
  socket->text(R"(461-2[{"_placeholder":true,"num":0}])");
  socket->binary("\x01");
  CHECK(socket->take().empty());
  CHECK_FALSE(socket->close_code.has_value());
}

TEST_CASE("binaries over polls, both ways, in one payload or in several") {
  SocketWorld world;
  const std::string sid = world.joined_polling();
  world.post(sid,
             "451-[\"message\",{\"_placeholder\":true,\"num\":0}]\x1e"
             "bAQIDBA==");
  const std::string back =
      "451-[\"message-back\",{\"_placeholder\":true,\"num\":0}]\x1e"
      "bAQIDBA==";
  CHECK(world.get(sid)->body == back);
  world.post(sid, "451-[\"message\",{\"_placeholder\":true,\"num\":0}]");
  world.post(sid, "bAQIDBA==");
  CHECK(world.get(sid)->body == back);
}

TEST_CASE("a name may be a number; the parsed payload comes along") {
  struct Sum final : socketio::Namespace {
    std::int64_t sum = 0;
    void received(socketio::Socket&, const socketio::Event& event) override {
      event.payload.each_element([&](const json::Value& value) {
        if (value.is_number()) sum += *value.as_int64();
      });
      CHECK(event.name == "1");
      CHECK(event.args == "2,3");
    }
  } sum;
  World world;
  world.server = socketio::Server::make({}, 0, 42);
  world.server->add("/", sum, 0, 1);
  const auto socket = world.open();
  socket->text("40");
  socket->text("42[1,2,3]");
  CHECK(sum.sum == 6);
  socket->break_off();
  world.server.reset();
}

TEST_CASE("what a client must not send ends its connection and says why") {
  for (const std::string_view message :
       {"4abc", "42{}", "42[]", "42", R"(42abc["message-with-ack"])", R"(42["connect"])",
        R"(42/custom,["not there"])", "41/custom", "40", "40[]", R"(44{"message":"x"})",
        R"(451-["x"])", R"(4599-["x"])", "42[\"x\"", R"(43["x"])"}) {
    CAPTURE(message);
    SocketWorld world;
    const auto socket = world.joined();
    socket->text(message);
    CHECK(socket->close_code.has_value() == (message != R"(451-["x"])"));
    socket->binary("\x01");
    CHECK(socket->close_code == 1002);
    CHECK(world.main.take() == Said{"disconnected parse error"});
    CHECK(world.server->counts().sockets == 0);
    CHECK(world.server->counts().sessions == 0);
  }
}

TEST_CASE("text where a binary is due, and a binary where none is, end the connection") {
  SocketWorld world;
  const auto first = world.joined(), second = world.joined();
  first->text(R"(451-["x",{"_placeholder":true,"num":0}])");
  first->text(R"(42["message"])");
  CHECK(first->close_code == 1002);
  second->binary("\x01");
  CHECK(second->close_code == 1002);
}

TEST_CASE("what is not a CONNECT first ends the connection") {
  for (const std::string_view message : {R"(42["message"])", "41", "431[]", "4abc"}) {
    SocketWorld world;
    const auto socket = world.open();
    socket->text(message);
    CHECK(socket->close_code == 1002);
    CHECK(world.main.lines.empty());
  }
}

TEST_CASE("malformed over polls: 400, and the session is gone") {
  SocketWorld world;
  const std::string sid = world.joined_polling();
  CHECK(world.post(sid, "42{}")->status == 400);
  CHECK(world.get(sid)->status == 400);
  CHECK(world.main.take() == Said{"disconnected parse error"});
}

// Pongs included.
void live_on(SocketWorld& world, FakeSocket& socket, int pings) {
  for (int i = 0; i < pings; ++i) {
    world.pass(300);
    socket.text("3");
  }
}

TEST_CASE("who joins no namespace in time is closed, pongs or not") {
  SocketWorld world;
  const auto idle = world.open(), joined = world.joined();
  for (int i = 0; i < 3; ++i) {
    world.pass(350);
    idle->text("3");
    joined->text("3");
  }
  CHECK(idle->close_code == 1008);
  CHECK_FALSE(joined->close_code.has_value());
  SECTION("who has left the last has the same time again") {
    joined->text("41");
    CHECK(world.server->counts().handshakes == 1);
    live_on(world, *joined, 2);
    CHECK_FALSE(joined->close_code.has_value());
    SECTION("and is closed") {
      live_on(world, *joined, 2);
      CHECK(joined->close_code == 1008);
    }
    SECTION("or joins again") {
      joined->text("40");
      live_on(world, *joined, 5);
      CHECK_FALSE(joined->close_code.has_value());
    }
  }
}

TEST_CASE("every end has its word") {
  SocketWorld world;
  const auto socket = world.joined();
  const auto reason = [&] { return world.main.take().back(); };
  SECTION("the connection breaks") {
    socket->break_off();
    CHECK(reason() == "disconnected transport close");
  }
  SECTION("silence") {
    world.pass(600);
    CHECK(reason() == "disconnected ping timeout");
  }
  SECTION("the client closes") {
    socket->text("1");
    CHECK(reason() == "disconnected transport close");
  }
  SECTION("the client leaves") {
    socket->text("41");
    CHECK(reason() == "disconnected client namespace disconnect");
    CHECK_FALSE(socket->close_code.has_value());
  }
  SECTION("the server stops") {
    world.server->close_all();
    CHECK(reason() == "disconnected server shutting down");
  }
  SECTION("the server goes") {
    world.server.reset();
    CHECK(reason() == "disconnected server shutting down");
  }
  CHECK((!world.server || world.server->counts().sockets == 0));
}

TEST_CASE("the server makes a client leave, from inside and outside a call") {
  SocketWorld world;
  const auto socket = world.joined();
  SECTION("one namespace, from inside") {
    socket->text(R"(427["leave",false])");
    CHECK(socket->take() == Said{"41"});  // no acknowledgement after it
    CHECK_FALSE(socket->close_code.has_value());
  }
  SECTION("all, from inside") {
    socket->text("40/custom,");
    socket->take();
    socket->text(R"(427["leave",true])");
    CHECK(socket->take() == Said{"41/custom,", "41"});
    CHECK(socket->close_code == 1000);
    CHECK(world.custom.take().back() == "disconnected server namespace disconnect");
  }
  SECTION("one, from outside") {
    world.last_socket().disconnect(false);
    CHECK(socket->take() == Said{"41"});
  }
  SECTION("all, from outside") {
    world.last_socket().disconnect(true);
    CHECK(socket->take() == Said{"41"});
    CHECK(socket->close_code == 1000);
  }
  CHECK(world.main.take().back() == "disconnected server namespace disconnect");
  CHECK(world.server->find(world.main.keys.back()) == nullptr);
}

TEST_CASE("who is made to leave while polling learns it by its next poll") {
  SocketWorld world;
  const std::string sid = world.joined_polling();
  SECTION("waiting") {
    const auto poll = world.get(sid);
    world.last_socket().disconnect(true);
    CHECK(poll->body ==
          "41\x1e"
          "1");
  }
  SECTION("not waiting") {
    world.last_socket().disconnect(true);
    CHECK(world.get(sid)->body ==
          "41\x1e"
          "1");
  }
  CHECK(world.get(sid)->status == 400);
}

TEST_CASE("a socket's key finds it for as long as it is there, and is never used again") {
  SocketWorld world;
  const auto socket = world.joined();
  const std::uint64_t key = world.main.keys.back();
  CHECK(world.server->find(key) == &world.last_socket());
  socket->text("41");
  CHECK(world.server->find(key) == nullptr);
  socket->text("40");
  CHECK(world.main.keys.back() != key);
  CHECK(world.server->find(0) == nullptr);
}

TEST_CASE("broadcasts over a WebSocket go as frames, each namespace in its form") {
  SocketWorld world;
  const auto socket = world.joined();
  REQUIRE(world.hub.join(world.last_socket().subscriber(), "quiz:1", 0).ok());
  world.publish("quiz:1", 1, "one");
  world.publish("quiz:2", 1, "other");
  CHECK(socket->take() == Said{"state:frame one"});
  socket->text("40/custom");
  socket->take();
  socketio::Socket* custom = world.server->find(world.custom.keys.back());
  REQUIRE(world.hub.join(custom->subscriber(), "quiz:1", 0).ok());
  world.publish("quiz:1", 2, "two");
  CHECK(socket->take().size() == 2);
  socket->text("41");
  world.publish("quiz:1", 3, "three");
  CHECK(socket->take() == Said{"state:custom frame three"});
  CHECK(world.hub.followers("quiz:1") == 1);
  socket->break_off();
  CHECK(world.hub.followers("quiz:1") == 0);
  world.publish("quiz:1", 4, "nobody");
}

TEST_CASE("broadcasts wait for a poll, the newest of each topic") {
  SocketWorld world;
  const std::string sid = world.joined_polling();
  REQUIRE(world.hub.join(world.last_socket().subscriber(), "quiz:1", 0).ok());
  REQUIRE(world.hub.join(world.last_socket().subscriber(), "quiz:2", 0).ok());
  const auto poll = world.get(sid);
  world.publish("quiz:1", 1, "one");
  CHECK(poll->body == "42[one]");
  world.publish("quiz:1", 2, "two");
  world.publish("quiz:2", 1, "other");
  world.publish("quiz:1", 3, "three");
  CHECK(world.get(sid)->body ==
        "42[three]\x1e"
        "42[other]");
  world.publish("quiz:1", 4, "four");
  const auto socket = world.open(sid);  // and follow it to a WebSocket
  socket->text("2probe");
  socket->text("5");
  world.publish("quiz:1", 5, "five");
  CHECK(socket->take() == Said{"3probe", "state:frame four", "state:frame five"});
}

TEST_CASE("answers given outside a call reach a waiting poll at once") {
  SocketWorld world;
  const std::string sid = world.joined_polling();
  const auto poll = world.get(sid);
  world.last_socket().acknowledge(3, R"({"ok":true})");
  CHECK(poll->body == R"(433[{"ok":true}])");
  world.last_socket().emit("later", "1,2");
  CHECK(world.get(sid)->body == R"(42["later",1,2])");
}

TEST_CASE("one large answer is not too much for a poll, nor what follows it in the same call") {
  struct Large final : socketio::Namespace {
    void received(socketio::Socket& socket, const socketio::Event& event) override {
      socket.acknowledge(*event.ack, '"' + std::string(200'000, 'x') + '"');
      socket.emit("after", "");
    }
  } large;
  World world;
  world.server = socketio::Server::make({}, 0, 42);
  world.server->add("/", large, 0, 1);
  const std::string sid = world.handshake();
  world.post(sid, "40");
  world.get(sid);
  const auto poll = world.get(sid);
  CHECK(world.post(sid, R"(421["x"])")->status == 200);
  CHECK(poll->body.size() > 200'000);
  CHECK(world.get(sid)->body == R"(42["after"])");
  world.server.reset();
}

}  // namespace
}  // namespace daybook::test
