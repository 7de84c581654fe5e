// Named consumers: reads from the checkpoint, one reader at a time, leases that end.
#include "feed_fixture.h"

namespace daybook::test {
namespace {

const std::string path = "/consumers/mailer/events";

struct Mailer : Feeds {
  explicit Mailer(EventFilter filter = {}) {
    consumers.define("mailer", {"guestbook", std::move(filter), Position{1}});
  }
  void acknowledge(const std::optional<HttpResponse>& answer) {
    consumers.acknowledge("mailer", member(answer, "next"));
  }
};

TEST_CASE("a read begins at the checkpoint and says what to acknowledge") {
  Mailer f;
  for (const std::string name : {"a", "b", "c"}) f.sign(name);
  const auto first = f.get(path + "?limit=2");
  CHECK(keys_of(first) == "a b");
  CHECK(member(first, "next") == "2");
  CHECK(member(first, "lease").size() == 16);
  CHECK(first->header("daybook-lease") == member(first, "lease"));
  CHECK(contains(first->body, R"("more":true,"waiting":false,)"));
  CHECK(contains(first->body, R"("lease_s":30})"));
  f.acknowledge(first);
  const auto second = f.get(path);
  CHECK(keys_of(second) == "c");
  f.acknowledge(second);
  const auto none = f.get(path + "?wait=0");
  CHECK(none->body == R"({"events":[],"next":"3","more":false,"waiting":false})");
}

TEST_CASE("a consumer's filter is its own, and its empty answer moves over the rest") {
  Mailer f(EventFilter{{}, {"eve"}});
  for (const std::string name : {"a", "b"}) f.sign(name);
  const auto none = f.get(path + "?wait=0");
  CHECK(keys_of(none).empty());
  CHECK(member(none, "next") == "2");
  const int before = f.server->log->scan_gate.arrivals();
  CHECK(member(f.get(path + "?wait=0"), "next") == "2");
  CHECK(f.server->log->scan_gate.arrivals() == before);  // remembered without an acknowledgement
  f.sign("eve");
  CHECK(keys_of(f.get(path)) == "eve");
}

TEST_CASE("a second reader waits until the first has acknowledged, then gets what is next") {
  Mailer f;
  for (const std::string name : {"a", "b"}) f.sign(name);
  const auto first = f.get(path + "?limit=1");
  CHECK(keys_of(first) == "a");
  HttpClient second = f.ask(path + "?wait=60");
  REQUIRE(f.wait_for_subscribers(1));
  f.acknowledge(first);
  f.touch("anything");  // as the acknowledgement's own event would move the log
  const auto answer = second.receive();
  CHECK(keys_of(answer) == "b");
  CHECK(member(answer, "lease") != member(first, "lease"));
}

TEST_CASE("acknowledging part of an answer keeps the lease") {
  Mailer f;
  for (const std::string name : {"a", "b"}) f.sign(name);
  const auto first = f.get(path);
  CHECK(keys_of(first) == "a b");
  f.consumers.acknowledge("mailer", "1");
  CHECK(contains(f.get(path + "?wait=0")->body, "\"waiting\":true"));
  const auto rest = f.get(path + "?lease=" + member(first, "lease"));
  CHECK(keys_of(rest) == "b");
}

TEST_CASE("a reader whose wait ends while another reads is told so") {
  Mailer f;
  f.sign("a");
  const auto first = f.get(path);
  const auto second = f.get(path + "?wait=1");
  REQUIRE(second);
  CHECK(second->status == 200);
  CHECK(second->body == R"({"events":[],"next":"0","more":false,"waiting":true})");
  CHECK(second->header("daybook-waiting") == "true");
}

TEST_CASE("a lease runs out, and the next reader gets the same events") {
  Mailer f;
  f.sign("a");
  const auto start = std::chrono::steady_clock::now();
  const auto first = f.get(path + "?lease_s=1");
  CHECK(keys_of(first) == "a");
  const auto second = f.get(path + "?wait=60");
  CHECK(keys_of(second) == "a");
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(990));
  CHECK(member(second, "lease") != member(first, "lease"));
  CHECK(
      contains(f.get(path + "?wait=0&lease=" + member(first, "lease"))->body, "\"waiting\":true"));
}

TEST_CASE("under its lease a reader may read again and gets the same until it acknowledges") {
  Mailer f;
  f.sign("a");
  const std::string lease = member(f.get(path), "lease");
  const auto again = f.get(path + "?lease=" + lease);
  CHECK(keys_of(again) == "a");
  CHECK(member(again, "lease") == lease);
  f.acknowledge(again);
  f.sign("b");
  const auto later = f.get(path + "?lease=" + lease);
  CHECK(keys_of(later) == "b");
  CHECK(member(later, "lease") == lease);
}

TEST_CASE("of two who wait for events one gets them, the other what comes after") {
  Mailer f;
  HttpClient one = f.ask(path + "?wait=60"), two = f.ask(path + "?wait=60");
  REQUIRE(f.wait_for_subscribers(2));
  f.sign("a");
  REQUIRE(f.wait_for_subscribers(1));
  f.consumers.acknowledge("mailer", "1");
  f.sign("b");
  REQUIRE(f.wait_for_subscribers(0));
  const auto first = one.receive(), second = two.receive();
  const std::string both = keys_of(first) + " " + keys_of(second);
  CHECK((both == "a b" || both == "b a"));
}

TEST_CASE("a read of thousands comes in parts under one lease") {
  Mailer f;
  f.sign_many("n", 4000);
  const auto answer = f.get(path + "?limit=10000");
  REQUIRE(answer);
  CHECK(answer->header("transfer-encoding") == "chunked");
  const JsonDoc doc(answer->body);
  CHECK(doc.elements("events").size() == 4000);
  CHECK(doc.text("next") == "4000");
  CHECK(doc.text("lease") == answer->header("daybook-lease"));
  f.consumers.acknowledge("mailer", "3999");
  CHECK(contains(f.get(path + "?wait=0")->body, "\"waiting\":true"));
  f.consumers.acknowledge("mailer", "4000");
  CHECK(contains(f.get(path + "?wait=0")->body, "\"waiting\":false"));
}

TEST_CASE("a consumer that is not there is a 404, also when it goes while its reader waits") {
  Mailer f;
  CHECK(f.get("/consumers/nobody/events")->status == 404);
  HttpClient waiting = f.ask(path + "?wait=60");
  REQUIRE(f.wait_for_subscribers(1));
  f.consumers.remove("mailer");
  f.touch("anything");
  const auto answer = waiting.receive();
  REQUIRE(answer);
  CHECK(answer->status == 404);
}

TEST_CASE("a consumer of a topic or a type that is not there is told so when it reads") {
  Mailer f;
  f.consumers.define("lost", {"guestbok", {}, Position{1}});
  const auto no_topic = f.get("/consumers/lost/events");
  REQUIRE(no_topic);
  CHECK(no_topic->status == 404);
  CHECK(contains(no_topic->body, "the topics are guestbook, front"));
  f.consumers.define("mailer", {"guestbook", EventFilter{{"singed"}, {}}, Position{1}});
  const auto no_type = f.get(path);
  REQUIRE(no_type);
  CHECK(no_type->status == 422);
  CHECK(contains(no_type->body, "did you mean signed?"));
}

TEST_CASE("a consumer that acknowledged past the end of the log stood still without a word") {
  Mailer f;
  f.sign("a");
  f.consumers.define("ahead", {"guestbook", {}, Position{2}});
  CHECK(f.get("/consumers/ahead/events?wait=0")->status == 200);  // all that is there
  f.consumers.define("ahead", {"guestbook", {}, Position{3}});
  const auto refused = f.get("/consumers/ahead/events?wait=0");
  REQUIRE(refused);
  CHECK(refused->status == 409);
  CHECK(contains(refused->body, "past the end of the log"));
  f.consumers.define("ahead", {"guestbook", {}, Position{1}});
  CHECK(keys_of(f.get("/consumers/ahead/events")) == "a");
}

TEST_CASE("HEAD takes no lease") {
  Mailer f;
  f.sign("a");
  auto client = f.client();
  REQUIRE((client.connect() && client.send(request_bytes("HEAD", path, {}, f.server->admin()))));
  CHECK(client.receive(true)->status == 200);
  CHECK(keys_of(f.get(path)) == "a");
}

TEST_CASE("draining answers a reader that waits, with or without a lease in its way") {
  Mailer f;
  f.sign("a");
  REQUIRE(keys_of(f.get(path)) == "a");
  HttpClient held = f.ask(path + "?wait=60");
  REQUIRE(f.wait_for_subscribers(1));
  f.server->server->begin_drain();
  const auto answer = held.receive();
  REQUIRE(answer);
  CHECK(answer->body == R"({"events":[],"next":"0","more":false,"waiting":true})");
}

TEST_CASE("a parameter of a consumer's read that breaks its rule is a 422") {
  Mailer f;
  for (const std::string query : {"limit=0", "wait=61", "lease_s=0", "lease_s=3601", "lease=xyz",
                                  "lease=0123456789ABCDEF", "after=1", "types=signed"}) {
    INFO(query);
    CHECK(f.get(path + "?" + query)->status == 422);
  }
}

}  // namespace
}  // namespace daybook::test
