// Pages of a topic: what stands in them, cursors, filters, long polls, limits.
#include "feed_fixture.h"

#include "project/feed_body.h"
#include "project/feed_log.h"

namespace daybook::test {
namespace {

using std::chrono::milliseconds;

const Headers ndjson{{"Accept", "application/x-ndjson"}};
const std::string events_path = "/topics/guestbook/events";

TEST_CASE("the topics are listed with the types of their events and the cursor of now") {
  Feeds f;
  f.sign("ada");
  const auto answer = f.get("/topics");
  REQUIRE(answer);
  CHECK(answer->body == R"({"topics":[{"topic":"guestbook","types":["signed"]},)"
                        R"({"topic":"front","types":["signed"]}],"now":"1"})");
  CHECK(answer->header("cache-control") == "no-store");
}

TEST_CASE("feeds need the admin key") {
  Feeds f;
  for (const std::string path : {"/topics", "/topics/guestbook/events", "/consumers/a/events"})
    CHECK(f.client().get(path)->status == 401);
}

TEST_CASE("an event has its place, its type, its key, its id, its time and its data") {
  Feeds f;
  f.sign("ada");
  const auto answer = f.get(events_path);
  REQUIRE(answer);
  CHECK(answer->header("content-type") == "application/json");
  CHECK(answer->has_header("content-length"));
  CHECK(answer->header("daybook-next") == "1");
  const JsonDoc doc(answer->body);
  CHECK(doc.text("next") == "1");
  REQUIRE(doc.elements("events").size() == 1);
  const json::Value event = doc.elements("events").front();
  CHECK(text_of(event, "position") == "1");
  CHECK(text_of(event, "topic") == "guestbook");
  CHECK(text_of(event, "type") == "signed");
  CHECK(text_of(event, "key") == "ada");
  CHECK(text_of(event, "id").size() == 36);
  CHECK(text_of(event, "time").ends_with("Z"));
  CHECK_FALSE(event.find("version"));
  const auto data = event.find("data");
  REQUIRE(data);
  CHECK(text_of(*data, "name") == "ada");
  CHECK(text_of(*data, "text") == "hello");
}

TEST_CASE("following the cursor shows every event once and in order, whatever the limit") {
  Feeds f;
  std::string all;
  for (int i = 0; i < 23; ++i) {
    const std::string name = "n" + std::to_string(i);
    f.sign(name);
    if (i % 3 == 0) f.touch(name);
    all += (i == 0 ? "" : " ") + name;
  }
  f.sign("last");  // fsynced, so all before it is
  all += " last";
  for (const int limit : {1, 2, 7, 24, 1000}) {
    INFO("limit " << limit);
    std::string seen, cursor = "beginning";
    for (bool more = true; more;) {
      const auto page = f.get(events_path + "?after=" + cursor + "&limit=" + std::to_string(limit));
      const std::string keys = keys_of(page);
      if (!keys.empty()) seen += (seen.empty() ? "" : " ") + keys;
      cursor = member(page, "next");
      more = contains(page->body, "\"more\":true");
    }
    CHECK(seen == all);
    CHECK(keys_of(f.get(events_path + "?after=" + cursor)).empty());
  }
  CHECK(keys_of(f.get(events_path + "?after=now")).empty());
}

TEST_CASE("as NDJSON each event is a line, and the header says where to go on") {
  Feeds f;
  const auto none = f.get(events_path, ndjson);
  REQUIRE(none);
  CHECK(none->body.empty());
  CHECK(none->header("daybook-next") == "0");
  CHECK(none->header("daybook-more") == "false");
  f.sign("ada");
  f.touch("ada");
  f.sign("bob");
  const auto answer = f.get(events_path + "?limit=1", ndjson);
  REQUIRE(answer);
  CHECK(answer->header("content-type") == "application/x-ndjson");
  CHECK(lines_of(answer->body).size() == 1);
  CHECK(answer->header("daybook-next") == "1");
  CHECK(answer->header("daybook-more") == "true");
  const auto rest = f.get(events_path + "?after=1", ndjson);
  REQUIRE(rest);
  CHECK(JsonDoc(rest->body).text("key") == "bob");
  CHECK(rest->header("daybook-next") == "3");
}

TEST_CASE("a long page comes in parts and is whole") {
  Feeds f;
  constexpr int count = 4000;
  f.sign_many("n", count);
  const auto page = f.get(events_path + "?limit=10000");
  REQUIRE(page);
  CHECK(page->header("transfer-encoding") == "chunked");
  const JsonDoc doc(page->body);
  CHECK(doc.elements("events").size() == count);
  CHECK(doc.text("next") == std::to_string(count));
}

TEST_CASE("a long NDJSON page is cut at its limit of bytes, and its header says where") {
  Feeds f;
  constexpr int count = 10'000;
  f.sign_many("n", count);
  std::string cursor = "beginning";
  std::size_t seen = 0;
  int pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = f.get(events_path + "?limit=10000&after=" + cursor, ndjson);
    REQUIRE(page);
    REQUIRE(page->body.size() < project::PageBody::ndjson_bytes_max + 1000);
    const auto lines = lines_of(page->body);
    seen += lines.size();
    cursor = page->header("daybook-next");
    more = page->header("daybook-more") == "true";
    REQUIRE(JsonDoc(lines.back()).text("position") == cursor);
  }
  CHECK(seen == count);
  CHECK(pages > 1);
}

TEST_CASE("types and keys choose events, and the cursor moves over the others") {
  Feeds f;
  for (const std::string name : {"ada", "bob", "ada, the first", "eve"}) f.sign(name);
  CHECK(keys_of(f.get(events_path + "?keys=bob,eve")) == "bob eve");
  CHECK(keys_of(f.get(events_path + "?keys=bob&keys=eve&types=signed")) == "bob eve");
  CHECK(keys_of(f.get(events_path + "?key=ada%2C%20the%20first&key=eve")) == "ada, the first eve");
  const auto none = f.get(events_path + "?keys=nobody");
  CHECK(keys_of(none).empty());
  CHECK(member(none, "next") == "4");
}

TEST_CASE("a filter that wants nothing is looked through in turns, not in one") {
  Feeds f;
  constexpr int count = 25'000;
  f.sign_many("n", count);
  const int before = f.server->log->scan_gate.arrivals();
  const auto answer = f.get(events_path + "?keys=nobody");
  CHECK(keys_of(answer).empty());
  CHECK(member(answer, "next") == std::to_string(count));
  CHECK(f.server->log->scan_gate.arrivals() - before ==
        count / static_cast<int>(project::FeedLog::look_events_max) + 1);
}

TEST_CASE("between the turns of one reader others have theirs") {
  Feeds f;
  f.sign_many("n", 25'000);
  auto& gate = f.server->log->scan_gate;
  const int before = gate.arrivals();
  gate.shut();
  HttpClient slow = f.ask(events_path + "?keys=nobody");
  REQUIRE(gate.wait_for_arrivals(before + 1));
  HttpClient quick = f.ask("/topics");  // queued behind the first turn only
  REQUIRE(wait_until(
      [&] {
        return contains(f.client().get("/metrics")->body, "daybook_http_worker_queue_jobs 1\n");
      },
      soon));
  gate.open();
  REQUIRE(quick.receive());
  REQUIRE(slow.receive());
}

TEST_CASE("a long poll is answered by the first event that matches, not by others") {
  Feeds f;
  f.sign("ada");
  HttpClient polling = f.ask(events_path + "?after=now&keys=eve&wait=60");
  REQUIRE(f.wait_for_subscribers(1));
  f.sign("bob");
  f.touch("eve");
  f.sign("eve");
  const auto answer = polling.receive();
  CHECK(keys_of(answer) == "eve");
  CHECK(answer->has_header("content-length"));
  CHECK(f.wait_for_subscribers(0));
}

TEST_CASE("a long poll whose time is over has moved over what it did not want") {
  Feeds f;
  HttpClient polling = f.ask(events_path + "?keys=nobody&wait=1");
  REQUIRE(f.wait_for_subscribers(1));
  f.sign("ada");
  f.sign("bob");
  const auto answer = polling.receive();
  CHECK(keys_of(answer).empty());
  CHECK(member(answer, "next") == "2");
  CHECK(contains(answer->body, "\"more\":false"));
}

TEST_CASE("draining answers a long poll at once") {
  Feeds f;
  f.sign("ada");
  HttpClient json = f.ask(events_path + "?after=now&wait=60");
  HttpClient lines = f.ask(events_path + "?after=now&wait=60", ndjson);
  REQUIRE(f.wait_for_subscribers(2));
  f.server->server->begin_drain();
  const auto answer = json.receive();
  REQUIRE(answer);
  CHECK(answer->body == R"({"events":[],"next":"1","more":false})");
  const auto empty = lines.receive();
  REQUIRE(empty);
  CHECK(empty->body.empty());
  CHECK(empty->header("daybook-next") == "1");
}

TEST_CASE("an event is not shown before a crash cannot take it back") {
  ServerSetup setup;
  setup.sequencer.sync_interval_ms = 3'600'000;  // only a synced group brings the fsync
  Feeds f(setup);
  f.touch("early");
  REQUIRE(f.server->sequencer->visible() == Position{1});
  const auto before = f.get("/topics/front/events");
  CHECK(keys_of(before).empty());
  CHECK(member(before, "next") == "0");
  HttpClient polling = f.ask("/topics/front/events?wait=60");
  REQUIRE(f.wait_for_subscribers(1));
  f.sign("ada");
  CHECK(keys_of(polling.receive()) == "early");
}

TEST_CASE("what retention has removed is skipped") {
  Feeds f;
  for (int i = 0; i < 5; ++i) f.sign("n" + std::to_string(i));
  const auto removed = f.server->log->remove_before(
      guestbook::Domain::topic, Position{4},
      [](const log::EventView&) -> Result<bool> { return true; }, nullptr);
  REQUIRE(removed.ok());
  REQUIRE(removed->events == 3);
  const auto answer = f.get(events_path);
  CHECK(keys_of(answer) == "n3 n4");
  CHECK(member(answer, "next") == "5");
}

TEST_CASE("readers of a quiet topic do not read the log for what others write") {
  Feeds f;
  f.touch("ada");
  for (int i = 0; i < 10; ++i) f.sign("n" + std::to_string(i));
  CHECK(keys_of(f.get("/topics/front/events")) == "ada");
  CHECK(keys_of(f.get("/topics/front/events?after=1")).empty());
  const int before = f.server->log->scan_gate.arrivals();
  for (int i = 1; i <= 10; ++i)
    CHECK(keys_of(f.get("/topics/front/events?after=" + std::to_string(i))).empty());
  CHECK(f.server->log->scan_gate.arrivals() == before);
  f.touch("bob");
  f.sign("last");
  CHECK(keys_of(f.get("/topics/front/events?after=3")) == "bob");
}

TEST_CASE("HEAD of a feed says its type and waits for nothing") {
  Feeds f;
  auto client = f.client();
  REQUIRE((client.connect() && client.send(request_bytes(
                                   "HEAD", events_path + "?wait=60", {},
                                   {f.server->admin().front(), {"Accept", "text/event-stream"}}))));
  const auto head = client.receive(true);
  REQUIRE(head);
  CHECK(head->status == 200);
}

TEST_CASE("a topic that is not there is a 404 that names those that are") {
  Feeds f;
  const auto answer = f.get("/topics/guestbok/events");
  REQUIRE(answer);
  CHECK(answer->status == 404);
  CHECK(contains(answer->body, "the topics are guestbook, front"));
}

TEST_CASE("a parameter that breaks its rule is a 422 that names both") {
  struct Row {
    std::string query, field, words;
  };
  Feeds f;
  f.sign("ada");
  const Row row = GENERATE(values<Row>({
      {"types=singed", "types", "must be one of signed, is \\\"singed\\\"; did you mean signed?"},
      {"types=signed,zzzzzzzzzzzz", "types", "the nearest is signed"},
      {"types=", "types", "must not name the empty text"},
      {"keys=a,,b", "keys", "must not name the empty text"},
      {"after=abc", "after", "must be a cursor from an earlier answer"},
      {"after=-1", "after", "must be a cursor from an earlier answer"},
      {"after=1.5", "after", "must be a cursor from an earlier answer"},
      {"after=2", "after", "past the end of the log"},
      {"after=99999999999999999999999", "after", "must be a cursor from an earlier answer"},
      {"limit=0", "limit", "from 1 to 10000"},
      {"limit=10001", "limit", "from 1 to 10000"},
      {"limit=ten", "limit", "from 1 to 10000"},
      {"wait=61", "wait", "from 0 to 60"},
      {"wait=0.5", "wait", "from 0 to 60"},
      {"type=signed", "", "are after, limit, types, keys, key, wait; \\\"type\\\" is none of them"},
      {"types=" + std::string(65, 'x'), "types", "is something longer; the nearest is signed"},
  }));
  INFO(row.query);
  const auto answer = f.get(events_path + "?" + row.query);
  REQUIRE(answer);
  INFO(answer->body);
  CHECK(answer->status == 422);
  CHECK(contains(answer->body, R"("field":")" + row.field + "\""));
  CHECK(contains(answer->body, row.words));
}

TEST_CASE("a filter names at most a hundred keys") {
  Feeds f;
  std::string keys = "k";
  for (int i = 1; i < 100; ++i) keys += ",k";
  CHECK(f.get(events_path + "?keys=" + keys)->status == 200);
  CHECK(f.get(events_path + "?keys=" + keys + ",k")->status == 422);
}

}  // namespace
}  // namespace daybook::test
