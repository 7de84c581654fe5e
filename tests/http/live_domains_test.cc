// Messages of a domain over the JSON protocol: who follows what after them, and what its sender is
// told when not all of it can be done.
#include "live_client.h"
#include "running_server.h"

namespace daybook::test {
namespace {

using std::chrono::seconds;

constexpr std::string_view path = "/front/topic/live";

ServerSetup domains_setup() {
  ServerSetup setup;
  setup.live_domains = true;
  front::live_states().clear();
  return setup;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool wait_for_topics(const RunningServer& server, std::size_t count) {
  return wait_until([&] { return server.server->audience().topics() == count; }, seconds(10));
}

TEST_CASE("the state who joins is sent makes it leave what it says, as a broadcast would") {
  RunningServer s(domains_setup());
  front::live_states().set("room", {"changed", "1", 4, {}});
  front::live_states().set("seat:ada", {"put-out", "{}", 1, {"room", "seat:ada"}});
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(contains(client.text(), "hello"));
  client.send_text(R"({"type":"follow","id":1,"topics":["room","seat:ada","board"]})");
  CHECK(client.text() == R"({"type":"changed","data":1})");
  CHECK(client.text() == R"({"type":"put-out","data":{}})");
  CHECK(client.text() == R"({"type":"answer","id":1,"ok":true})");
  CHECK(s.server->audience().topics() == 1);
  CHECK(s.server->audience().has("board"));
}

TEST_CASE("a command that was accepted is answered so, even when following is refused") {
  ServerSetup setup = domains_setup();
  setup.options.live.hub.topics_per_subscriber_max = 1;
  RunningServer s(setup);
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(contains(client.text(), "hello"));
  CHECK(client.ask(R"({"type":"follow","id":1,"topics":["one"]})") ==
        R"({"type":"answer","id":1,"ok":true})");
  const std::string answer = client.ask(R"({"type":"sign","id":"join","name":"ada"})");
  CHECK(contains(answer, R"("id":"join","ok":true,"receipt":")"));
  CHECK(contains(answer, R"("token":"of-ada")"));
  const std::string problem = client.text();
  CHECK(contains(problem, R"("id":null,"ok":false,)"));
  CHECK(contains(problem, "at most 1 topics"));
}

TEST_CASE("a command that was accepted has its receipt, even when there is no answer for it") {
  RunningServer s(domains_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(contains(client.text(), "hello"));
  CHECK(contains(client.ask(R"({"type":"sign","id":1,"name":"nobody"})"),
                 R"({"type":"answer","id":1,"ok":true,"receipt":")"));
  CHECK(contains(client.text(), "nobody has a seat"));
}

TEST_CASE("a read whose topics are too many is refused, and none of them is followed") {
  ServerSetup setup = domains_setup();
  setup.options.live.hub.topics_per_subscriber_max = 3;
  RunningServer s(setup);
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(contains(client.text(), "hello"));
  CHECK(contains(client.ask(R"({"type":"follow","id":1,"topics":["a","b"]})"), "\"ok\":true"));
  const std::string problem = client.ask(R"({"type":"follow","id":2,"topics":["b","c","d"]})");
  CHECK(contains(problem, R"("id":2,"ok":false)"));
  CHECK(wait_for_topics(s, 2));
  CHECK(s.server->audience().has("b"));
}

TEST_CASE("the id of a message is kept with its command, so that it has a limit") {
  RunningServer s(domains_setup());
  LiveClient client(s.url, path);
  REQUIRE(client.open());
  CHECK(contains(client.text(), "hello"));
  const std::string longest(126, 'i');  // and its quotes
  CHECK(contains(client.ask(R"({"type":"sign","name":"ada","id":")" + longest + "\"}"),
                 "\"id\":\"" + longest + "\",\"ok\":true"));
  const std::string refused =
      client.ask(R"({"type":"sign","name":"bob","id":"i)" + longest + "\"}");
  CHECK(contains(refused, R"("id":null,"ok":false)"));
  CHECK(contains(refused, "at most 128 bytes"));
  CHECK(s.sequencer->stats().events == 1);
}

}  // namespace
}  // namespace daybook::test
