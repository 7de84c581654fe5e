// What a crowd may cost: sessions, handshakes, memory, time.
#include "fakes.h"

#include "base/clock.h"
#include "socketio/engine_packet.h"

#include <catch2/catch.hpp>

#include <malloc.h>

namespace daybook::test {
namespace {

struct Crowd : World {
  Notes notes;
  live::Audience audience;
  live::Hub hub{{}, audience};
  explicit Crowd(const socketio::Options& options) {
    server = socketio::Server::make(options, 0, 42);
    server->use(hub);
    server->add("/", notes, 0, 1);
  }
  ~Crowd() { server.reset(); }
};

TEST_CASE(
    "10,000 half-open handshakes: so many as are allowed, 503 for the rest, all gone in time") {
  socketio::Options options;
  options.handshakes_max = 1000;
  Crowd world(options);
  std::size_t opened = 0, refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto reply = world.get({});
    opened += reply->status == 200 ? 1u : 0u;
    if (reply->status != 503) continue;
    ++refused;
    REQUIRE(reply->body == R"({"code":6,"message":"Too many sessions"})");
  }
  CHECK(opened == 1000);
  CHECK(refused == 9000);
  CHECK(world.open()->refused.status == 503);
  CHECK(world.server->counts().handshakes == 1000);
  // Nobody pongs, nobody connects.
  world.pass(options.connect_timeout_ms + 100);
  CHECK(world.server->counts().sessions == 0);
  CHECK(world.server->counts().handshakes == 0);
  CHECK(world.get({})->status == 200);
}

TEST_CASE("a polling body has at most so many packets as one turn may take") {
  socketio::Options options;
  Crowd world(options);
  std::string body = "40";
  for (std::size_t i = 1; i < socketio::packets_per_body_max; ++i)
    body +=
        "\x1e"
        "3";
  const std::string fits = world.handshake(), over = world.handshake();
  CHECK(world.post(fits, body)->status == 200);
  CHECK(world.post(fits, R"(42["still-here"])")->status == 200);
  CHECK(world
            .post(over, body + "\x1e"
                               "3")
            ->status == 400);
  CHECK(world.post(over, "3")->status == 400);  // the session is gone
  CHECK(world.server->counts().sessions == 1);
}

TEST_CASE("where there is no room, a handshake that had its time gives way to a new one") {
  constexpr std::int64_t kept_ms = socketio::Server::handshake_kept_ms;
  socketio::Options options;
  options.handshakes_max = 3;
  options.sessions_max = 4;
  Crowd world(options);
  const std::string joined = world.handshake();
  world.post(joined, "40");
  const auto oldest = world.open();
  world.pass(100);
  const std::string second = world.handshake();
  const ReplyPtr waiting = world.get(second);
  world.pass(100);
  const std::string third = world.handshake();
  world.pass(kept_ms - 300);
  CHECK(world.get({})->status == 503);  // all of them may still go on
  world.pass(200);
  CHECK_FALSE(oldest->close_code.has_value());
  const std::string fourth = world.handshake();
  CHECK(oldest->close_code == 1008);
  CHECK(waiting->status == 0);
  CHECK(world.get({})->status == 200);  // 100 ms after the oldest, the second had its time
  CHECK(waiting->body == "1");
  CHECK(world.get({})->status == 503);
  CHECK(world.server->counts().handshakes == 3);
  CHECK(world.server->counts().sessions == 4);
  for (const std::string& sid : {joined, third, fourth})
    CHECK(world.post(sid, sid == joined ? R"(42["message"])" : "40")->status == 200);
  CHECK(world.post(second, "40")->status == 400);
}

TEST_CASE("whoever has 10,000 handshakes go nowhere does not keep others out for long") {
  socketio::Options options;
  options.handshakes_max = 1000;
  Crowd world(options);
  std::size_t served = 0, tries = 0;
  for (int tenth = 0; tenth < 100; ++tenth) {  // 10 s of 200 a second, in the face of 22 a second
    for (int i = 0; i < 20; ++i) world.get({});
    if (tenth % 10 == 0) {
      ++tries;
      const auto socket = world.open();
      if (socket->refused.status == 503) continue;
      socket->text("40");
      served += socket->said.size() > 1 ? 1u : 0u;
    }
    world.pass(100);
  }
  CHECK(served == tries);
  CHECK(world.server->counts().handshakes <= 1000);
}

TEST_CASE("who leaves its last namespace is let go where handshakes wait for room") {
  socketio::Options options;
  options.handshakes_max = 1;
  Crowd world(options);
  const auto one = world.open();
  one->text("40");
  const auto other = world.open();
  one->text("41");
  CHECK(one->close_code == 1000);
  CHECK_FALSE(other->close_code.has_value());
  CHECK(world.server->counts().handshakes == 1);
  other->text("40");
  other->text("41");
  CHECK_FALSE(other->close_code.has_value());
  other->text("40");
  CHECK(world.server->counts().sockets == 1);
}

TEST_CASE("an event's name is bounded, so that what repeats it is") {
  Crowd world({});
  const std::size_t bytes_max = 4096;
  for (const std::size_t size : {bytes_max, bytes_max + 1, std::size_t{900'000}}) {
    CAPTURE(size);
    const std::string text = "\"" + std::string(size, 'n') + "\"";
    const std::string number = "1." + std::string(size - 2, '0');  // a number is a name, too
    for (const std::string& name : {text, number}) {
      const auto socket = world.open();
      socket->text("40");
      socket->text("42[" + name + ",{}]");
      CHECK(socket->close_code.has_value() == (size > bytes_max));
    }
  }
}

TEST_CASE("who has joined a namespace makes room for the next handshake") {
  socketio::Options options;
  options.handshakes_max = 1;
  options.sessions_max = 3;
  Crowd world(options);
  for (int i = 0; i < 3; ++i) {
    const std::string sid = world.handshake();
    CHECK(world.get({})->status == 503);
    world.post(sid, "40");
  }
  CHECK(world.get({})->status == 503);  // sessions_max
  CHECK(world.server->counts().sessions == 3);
}

TEST_CASE("a client that asks for namespaces and never listens is let go") {
  Crowd world({});
  const std::string sid = world.handshake();
  int posts = 0;
  while (world.post(sid, "40/nowhere")->status == 200 && posts < 10'000) ++posts;
  CHECK(posts < 1000);
  CHECK(world.server->counts().sessions == 0);
}

TEST_CASE("binaries on their way are bounded, for one packet and for all") {
  socketio::Options options;
  options.payload_bytes_max = 1000;
  options.incomplete_bytes_max = 2500;
  options.attachments_max = 2;
  Crowd world(options);
  const std::string packet =
      R"(452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])";
  const auto joined = [&] {
    auto socket = world.open();
    socket->text("40");
    socket->text(packet);
    return socket;
  };
  const auto one = joined();
  one->binary(std::string(600, 'x'));
  CHECK_FALSE(one->close_code.has_value());
  one->binary(std::string(600, 'x'));
  CHECK(one->close_code == 1009);
  std::vector<std::unique_ptr<FakeSocket>> all;
  std::size_t closed = 0;
  for (int i = 0; i < 10; ++i) {
    all.push_back(joined());
    all.back()->binary(std::string(700, 'x'));
    closed += all.back()->close_code ? 1u : 0u;
  }
  CHECK(closed == 7);
  for (const auto& socket : all) socket->break_off();
  const auto after = joined();  // everything was given back
  after->binary(std::string(700, 'x'));
  after->binary("x");
  CHECK_FALSE(after->close_code.has_value());
}

TEST_CASE("10,000 idle WebSocket sessions: memory, and what a tick costs") {
  constexpr std::size_t count = 10'000;
  socketio::Options options;
  options.handshakes_max = count;
  Crowd world(options);
  FakeSocket connection;  // all of them: what a connection holds is not ours
  std::vector<std::unique_ptr<live::Peer>> peers;
  peers.reserve(count);
  world.notes.keys.reserve(count);
  const Query query = World::websocket();
  const std::string padded = "40" + std::string(json::Parser::padding_bytes, '\0');
  connection.close_code = 1000;  // takes nothing down
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) {
    peers.push_back(world.server->open({Method::get, query, {}, {}}, connection, world.now_ms,
                                       connection.refused));
    peers.back()->received(live::Kind::text, std::string_view(padded).substr(0, 2));
    world.notes.take();
  }
  const double bytes = static_cast<double>(mallinfo2().uordblks - before) / count;
  CHECK(world.server->counts().sockets == count);
  WARN("an idle WebSocket session in one namespace: " << bytes << " bytes");
  CHECK(bytes < 1024);

  constexpr int ticks = 100;  // 5 s, before the first ping
  const std::int64_t start = steady_us();
  world.pass(ticks * socketio::Server::tick_ms);
  const double us = static_cast<double>(steady_us() - start) / ticks;
  WARN("a tick with " << count << " idle sessions: " << us << " us");
  CHECK(us < 500);  // looking at each of them would be more
  for (const auto& peer : peers) peer->gone("test");
  CHECK(world.server->counts().sessions == 0);
}

}  // namespace
}  // namespace daybook::test
