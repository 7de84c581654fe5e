// Topics as server-sent events: the form, where a reader goes on, keeping alive, the end.
#include "feed_fixture.h"

namespace daybook::test {
namespace {

const std::string events_path = "/topics/guestbook/events";

class EventSource {
 public:
  EventSource(const Feeds& feeds, const std::string& target, Headers headers = {})
      : socket_(feeds.server->url) {
    headers.push_back(feeds.server->admin().front());
    headers.emplace_back("Accept", "text/event-stream");
    socket_.send(request_bytes("GET", target, {}, headers));
    head_ = take("\r\n\r\n");
  }
  [[nodiscard]] const std::string& head() const { return head_; }
  // What comes up to and with `end`.
  std::string take(std::string_view end) {
    while (!contains(buffer_, end)) {
      const std::string bytes = socket_.read_some(4096);
      if (bytes.empty()) return std::exchange(buffer_, {});
      buffer_ += bytes;
    }
    const std::size_t size = buffer_.find(end) + end.size();
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

 private:
  RawSocket socket_;
  std::string head_, buffer_;
};

TEST_CASE("a follower gets its header and a first comment before there is any event") {
  Feeds f;
  EventSource source(f, events_path);
  CHECK(contains(source.head(), "HTTP/1.1 200 OK"));
  CHECK(contains(source.head(), "Content-Type: text/event-stream\r\n"));
  CHECK(contains(source.head(), "Cache-Control: no-store\r\n"));
  CHECK(contains(source.take("\n\n"), "retry: 2000\n: events of guestbook\nid: 0\n\n"));
}

TEST_CASE("a follower gets what was and what comes, each with its id, its type and its JSON") {
  Feeds f;
  f.sign("ada");
  EventSource source(f, events_path);
  source.take("\n\n");
  const std::string first = source.take("\n\n");
  CHECK(contains(first, "id: 1\nevent: signed\ndata: {\"position\":\"1\""));
  CHECK(contains(first, "\"key\":\"ada\""));
  f.touch("ada");
  f.sign("bob");
  CHECK(contains(source.take("\n\n"), "id: 3\nevent: signed\ndata: {\"position\":\"3\""));
}

TEST_CASE("Last-Event-ID wins over after, and now begins at the end") {
  Feeds f;
  for (const std::string name : {"a", "b", "c"}) f.sign(name);
  EventSource again(f, events_path + "?after=beginning", {{"Last-Event-ID", "2"}});
  again.take("\n\n");
  CHECK(contains(again.take("\n\n"), "\"key\":\"c\""));
  EventSource now(f, events_path + "?after=now");
  CHECK(contains(now.take("\n\n"), "id: 3\n"));
  f.sign("d");
  CHECK(contains(now.take("\n\n"), "\"key\":\"d\""));
  const auto wrong = f.get(events_path, {{"Accept", "text/event-stream"}, {"Last-Event-ID", "x"}});
  REQUIRE(wrong);
  CHECK(wrong->status == 422);
  CHECK(contains(wrong->body, R"("field":"Last-Event-ID")"));
}

TEST_CASE("a silent stream is kept alive by comments whose id moves over what is not wanted") {
  Feeds f({}, 50);
  EventSource source(f, events_path + "?keys=eve");
  source.take("\n\n");
  CHECK(contains(source.take("\n\n"), ": still here\nid: 0\n\n"));
  f.sign("ada");
  CHECK(contains(source.take("id: 1\n\n"), ": still here\nid: 1\n\n"));
  f.sign("eve");
  CHECK(contains(source.take("event: signed\n"), "id: 2\nevent: signed\n"));
}

TEST_CASE("a follower from the beginning gets thousands of events in order and then waits") {
  Feeds f;
  constexpr int count = 12'000;
  f.sign_many("n", count);
  EventSource source(f, events_path);
  bool in_order = true;
  for (int i = 1; i <= count; ++i) {
    const std::string key = "\"key\":\"n" + std::to_string(i - 1) + "\"";
    in_order = in_order && contains(source.take(key), "data: ");
  }
  CHECK(in_order);
  f.sign("last");
  CHECK(contains(source.take("\"key\":\"last\""), "event: signed"));
}

TEST_CASE("the first media type of Accept that is known decides") {
  Feeds f;
  f.sign("ada");
  const auto type_for = [&](const std::string& accept) {
    return f.get(events_path, {{"Accept", accept}})->header("content-type");
  };
  CHECK(type_for("*/*") == "application/json");
  CHECK(type_for("text/html, Application/X-NDJSON;q=0.5, text/event-stream") ==
        "application/x-ndjson");
  CHECK(type_for("application/json, text/event-stream") == "application/json");
}

TEST_CASE("draining ends followers with the last chunk, in the middle of nothing") {
  Feeds f;
  EventSource source(f, events_path);
  source.take("\n\n");
  REQUIRE(f.wait_for_subscribers(1));
  f.server->server->begin_drain();
  CHECK(source.take("0\r\n\r\n").ends_with("0\r\n\r\n"));
}

}  // namespace
}  // namespace daybook::test
