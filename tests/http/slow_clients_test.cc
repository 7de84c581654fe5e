// Clients that do not take what they are sent: bounded, newest state first, closed with a reason.
#include "live_client.h"
#include "running_server.h"

namespace daybook::test {
namespace {

using std::chrono::seconds;
using Step = LiveClient::Step;

constexpr std::string_view path = "/front/topic/live";
constexpr int small_window = 4096;

ServerSetup slow_setup() {
  ServerSetup setup;
  setup.live = true;
  setup.options.limits.idle_timeout_ms = 400;  // so that the clock ticks often
  return setup;
}

std::string state_of(std::size_t bytes, int number) {
  return "\"" + std::to_string(number) + std::string(bytes, '.') + "\"";
}

// How many connections were given up as too slow.
int slow_ends(const RunningServer& server) {
  const std::string metrics = server.metrics.render();
  constexpr std::string_view line = "daybook_live_ended_total{by=\"slow\"} ";
  return std::stoi(metrics.substr(metrics.find(line) + line.size()));
}

TEST_CASE("a slow client gets the newest state, not a queue of old ones") {
  RunningServer s(slow_setup());
  LiveClient slow(s.url, path, {}, small_window);
  REQUIRE(slow.open());
  CHECK(slow.text() == "hello ");
  LiveClient brisk(s.url, path);
  REQUIRE(brisk.open());
  CHECK(brisk.text() == "hello ");
  constexpr int states = 2000;
  for (int i = 1; i <= states; ++i) {
    s.publish("topic", static_cast<std::uint64_t>(i), state_of(1000, i));
    if (i % 50 == 0) {  // the brisk one keeps up
      std::string text;
      do {
        text = brisk.text();
      } while (text.find("\"" + std::to_string(i) + ".") == std::string::npos && !text.empty());
      REQUIRE(!text.empty());
    }
  }
  const std::string last = "\"" + std::to_string(states) + ".";
  int seen = 0;
  for (std::string text = slow.text(); !text.empty(); text = slow.text()) {
    ++seen;
    if (text.find(last) != std::string::npos) break;
  }
  WARN("of " << states << " states the slow client had " << seen);
  CHECK(seen > 0);
  CHECK(seen < states / 2);
}

TEST_CASE("a client that asks and does not listen is closed when too much waits for it") {
  ServerSetup setup = slow_setup();
  setup.options.live.unsent_bytes_max = 20'000;
  RunningServer s(setup);
  LiveClient client(s.url, path, {}, small_window);
  REQUIRE(client.open());
  for (int i = 0; i < 3; ++i) client.send_text("bytes 4000000");
  const auto closed = client.wait_for_close();
  REQUIRE(closed);
  CHECK(closed->close_code == 1008);
  CHECK(closed->payload == "too slow: more than 20000 bytes wait to be taken");
  CHECK(client.at_end());
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"the client was too slow"});
}

TEST_CASE("a client that takes nothing for slow_timeout is closed, heard or not") {
  ServerSetup setup = slow_setup();
  setup.options.live.slow_timeout_ms = 500;
  RunningServer s(setup);
  LiveClient client(s.url, path, {}, small_window);
  REQUIRE(client.open());
  const auto start = std::chrono::steady_clock::now();
  client.send_text("bytes 8000000");
  CHECK(wait_until([&] { return slow_ends(s) == 1; }, seconds(10)));
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(500));
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"the client was too slow"});
}

TEST_CASE("the close frame of a slow client comes whole behind the frame that had begun") {
  ServerSetup setup = slow_setup();
  setup.options.live.slow_timeout_ms = 300;
  RunningServer s(setup);
  LiveClient client(s.url, path, {}, small_window);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  for (int i = 1; i <= 500; ++i)
    s.publish("topic", static_cast<std::uint64_t>(i), state_of(5000, i));
  CHECK(wait_until([&] { return slow_ends(s) == 1; }, seconds(10)));  // as a client that hangs
  const auto closed = client.wait_for_close();
  REQUIRE(closed);
  CHECK(closed->close_code == 1013);
  CHECK(closed->payload == "too slow: nothing was taken for 300 ms");
}

TEST_CASE("a flood of pings that nobody reads the pongs of ends, too") {
  ServerSetup setup = slow_setup();
  setup.options.live.slow_timeout_ms = 1000;
  RunningServer s(setup);
  LiveClient client(s.url, path, {}, small_window);
  REQUIRE(client.open());
  std::string pings;
  for (int i = 0; i < 1000; ++i)
    websocket::append_client_frame(pings, websocket::Opcode::ping, std::string(125, 'p'), 3);
  for (int i = 0; i < 200 && s.live_log.open_count() != 0; ++i) {
    if (!client.raw().try_send(pings)) break;
  }
  CHECK(wait_until([&] { return s.live_log.open_count() == 0; }, seconds(10)));
  CHECK(s.live_log.reasons() == std::vector<std::string>{"the client was too slow"});
}

TEST_CASE("who asks much at once and reads is not read from faster than it reads") {
  ServerSetup setup = slow_setup();
  setup.options.live.unsent_bytes_max = 4096;
  RunningServer s(setup);
  LiveClient client(s.url, path, {}, small_window);
  REQUIRE(client.open());
  CHECK(client.text() == "hello ");
  constexpr int messages = 3000;
  std::string block;
  for (int i = 0; i < messages; ++i)
    websocket::append_client_frame(block, websocket::Opcode::text,
                                   "echo " + std::to_string(i) + std::string(20, '.'), 7);
  client.raw().send(block);
  int got = 0;
  while (got < messages && client.text() == std::to_string(got) + std::string(20, '.')) ++got;
  CHECK(got == messages);
  CHECK(slow_ends(s) == 0);
}

}  // namespace
}  // namespace daybook::test
