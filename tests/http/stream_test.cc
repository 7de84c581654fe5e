// Answers that are made in parts: exact bytes, slow readers, readers that leave, errors, the end.
#include "http/session.h"
#include "raw_socket.h"
#include "running_server.h"

#include <fstream>
#include <thread>

namespace daybook::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t big_bytes = 10'000'000;
constexpr std::uint64_t huge_bytes = 50'000'000;        // more than the sockets hold
constexpr std::uint64_t endless_bytes = 1'000'000'000;  // far more than any buffer holds

std::string path_of(std::uint64_t bytes, const std::string& query = {}) {
  return "/front/stream/" + std::to_string(bytes) + query;
}

bool is_stream(std::string_view text, std::uint64_t bytes) {
  if (text.size() != bytes) return false;
  for (std::uint64_t at = 0; at < bytes; ++at)
    if (text[at] != front::stream_byte(at)) return false;
  return true;
}

bool all_dropped() {
  return wait_until([] { return front::stream_counts().alive == 0; }, seconds(10));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("a stream of ten megabytes comes in chunks and is exact, several at once as well") {
  RunningServer s;
  std::vector<std::thread> readers;
  std::atomic<int> good{0};
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      auto client = s.client();
      for (int round = 0; round < 2; ++round) {
        const auto answer = client.get(path_of(big_bytes));
        if (answer && answer->status == 200 && is_stream(answer->body, big_bytes) &&
            answer->header("transfer-encoding") == "chunked" &&
            !answer->has_header("content-length") &&
            answer->header("content-type") == "text/plain" &&
            answer->header("content-disposition") == "attachment")
          ++good;
      }
    });
  }
  for (auto& reader : readers) reader.join();
  CHECK(good == 6);
  CHECK(all_dropped());
}

TEST_CASE("a stream is exact whatever its length, and a short one is an ordinary answer") {
  RunningServer s;
  auto client = s.client();
  constexpr std::uint64_t part = body_part_bytes;
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1}, part - 1, part, part + 1, 2 * part, 3 * part + 7}) {
    INFO(bytes);
    const auto answer = client.get(path_of(bytes));
    REQUIRE(answer);
    CHECK(is_stream(answer->body, bytes));
    CHECK(answer->has_header("content-length") == (bytes <= part));
    CHECK(answer->has_header("transfer-encoding") == (bytes > part));
  }
}

TEST_CASE("HEAD of a stream, and a tag the client has, are answered without making it") {
  RunningServer s;
  auto client = s.client();
  const std::uint64_t before = front::stream_counts().bytes_made;
  const auto head = client.call("HEAD", path_of(big_bytes));
  REQUIRE(head);
  CHECK(head->status == 200);
  CHECK(head->header("content-disposition") == "attachment");
  CHECK(head->header("etag") == front::page_etag);
  CHECK_FALSE(head->has_header("content-length"));
  const auto same = client.get(path_of(big_bytes), {{"If-None-Match", "\"v1\""}});
  REQUIRE(same);
  CHECK(same->status == 304);
  CHECK(client.get("/healthz")->body == "OK");
  CHECK(front::stream_counts().bytes_made == before);
  CHECK(all_dropped());
}

TEST_CASE("an HTTP/1.0 client gets the plain bytes and the connection's end") {
  RunningServer s;
  RawSocket old(s.url);
  old.send("GET " + path_of(big_bytes) + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = old.read_all();
  const std::size_t end = all.find("\r\n\r\n");
  REQUIRE(end != std::string::npos);
  CHECK(is_stream(std::string_view(all).substr(end + 4), big_bytes));
  CHECK(contains(all.substr(0, end + 2), "\r\nConnection: close\r\n"));
  CHECK_FALSE(contains(all.substr(0, end), "Transfer-Encoding"));
  CHECK_FALSE(old.failed());
}

TEST_CASE("requests behind a stream wait for it, those before it go first") {
  RunningServer s;
  s.log->append_gate.shut();
  auto client = s.client();
  REQUIRE(client.connect());
  REQUIRE(client.send(json_request_bytes("POST", "/guestbook", RunningServer::entry("first")) +
                      request_bytes("GET", path_of(big_bytes)) + request_bytes("GET", "/healthz") +
                      request_bytes("GET", path_of(1)) + request_bytes("GET", "/nowhere")));
  REQUIRE(s.log->append_gate.wait_for_arrivals(1));
  REQUIRE(wait_until([] { return front::stream_counts().alive == 1; }, seconds(10)));
  s.log->append_gate.open();
  CHECK(client.receive()->body == R"({"signed":"first"})");
  const auto stream = client.receive();
  REQUIRE(stream);
  CHECK(is_stream(stream->body, big_bytes));
  CHECK(client.receive()->body == "OK");
  CHECK(client.receive()->body == std::string(1, front::stream_byte(0)));
  CHECK(client.receive()->status == 404);
}

// The most the kernel may hold for one connection's sender.
std::uint64_t send_buffer_bytes_max() {
  std::ifstream file("/proc/sys/net/ipv4/tcp_wmem");
  std::uint64_t low = 0, usual = 0, high = 4u << 20;
  file >> low >> usual >> high;
  return high;
}

TEST_CASE("for a slow reader no more is made than a few parts and what the sockets hold") {
  RunningServer s;
  constexpr int receive_bytes = 64 << 10;
  const std::uint64_t held_bytes_max = http::Session::stream_unsent_bytes_max +
                                       2 * body_part_bytes + send_buffer_bytes_max() +
                                       4 * std::uint64_t{receive_bytes};
  const std::uint64_t start = front::stream_counts().bytes_made;
  const auto made = [&] { return front::stream_counts().bytes_made - start; };
  RawSocket slow(s.url, receive_bytes);
  slow.send(request_bytes("GET", path_of(endless_bytes)));
  std::uint64_t read = 0;
  auto other = s.client();
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string bytes = slow.read_some(32 << 10);
      REQUIRE_FALSE(bytes.empty());
      read += bytes.size();
    }
    // Long enough to make it all, were it not for the bound.
    CHECK_FALSE(wait_until([&] { return made() >= read + held_bytes_max; }, milliseconds(300)));
    CHECK(other.get("/front/scanned")->status == 200);  // the worker is free
  }
  CHECK(made() > read / 2);
}

TEST_CASE("a slow reader that takes something now and then gets every byte") {
  RunningServer s;
  RawSocket slow(s.url, 16 << 10);
  slow.send("GET " + path_of(big_bytes) + " HTTP/1.0\r\n\r\n");
  std::string all;
  for (std::string bytes = slow.read_some(7000); !bytes.empty(); bytes = slow.read_some(7000))
    all += bytes;
  CHECK(is_stream(std::string_view(all).substr(all.find("\r\n\r\n") + 4), big_bytes));
}

TEST_CASE("a client that vanishes in the middle of a stream ends it") {
  RunningServer s;
  {
    RawSocket gone(s.url);
    gone.send(request_bytes("GET", path_of(endless_bytes)));
    REQUIRE_FALSE(gone.read_some(1000).empty());
  }
  CHECK(all_dropped());
  CHECK(s.client().get(path_of(1))->status == 200);
}

TEST_CASE("a client that vanishes while a part is being made harms nobody") {
  RunningServer s;
  s.log->scan_gate.shut();
  auto other = s.client();
  {
    RawSocket gone(s.url);
    gone.reset_at_end();
    gone.send(request_bytes("GET", path_of(endless_bytes, "?gated=1")));
    REQUIRE(s.log->scan_gate.wait_for_arrivals(1));
  }
  REQUIRE(wait_until(
      [&] { return contains(other.get("/metrics")->body, "daybook_http_connections 1\n"); },
      seconds(10)));
  CHECK(front::stream_counts().alive == 1);  // the worker has it
  s.log->scan_gate.open();
  CHECK(all_dropped());
  CHECK(other.get(path_of(1))->status == 200);
}

TEST_CASE("an error in the first part is an error answer, in a later one the connection breaks") {
  RunningServer s;
  auto client = s.client();
  const auto first = client.get(path_of(big_bytes, "?failAt=0"));
  REQUIRE(first);
  CHECK(first->status == 500);
  CHECK(contains(first->body, "it broke (injected)"));
  CHECK(client.get("/healthz")->body == "OK");
  const std::string later = path_of(big_bytes, "?failAt=1000000");
  CHECK_FALSE(client.get(later));
  CHECK_FALSE(client.connected());
  RawSocket chunked(s.url);
  chunked.send(request_bytes("GET", later));
  const std::string all = chunked.read_all();
  CHECK(contains(all, "HTTP/1.1 200 OK"));
  CHECK_FALSE(contains(all, "\r\n0\r\n\r\n"));
  // Without chunks an orderly end would look like the whole.
  RawSocket old(s.url);
  old.send("GET " + later + " HTTP/1.0\r\n\r\n");
  old.read_all();
  CHECK(old.failed());
  CHECK(all_dropped());
}

TEST_CASE("over streams_max an answer in parts is refused with 503, and room is found again") {
  ServerSetup setup;
  setup.options.limits.streams_max = 2;
  RunningServer s(setup);
  auto client = s.client();
  {
    RawSocket one(s.url), two(s.url);
    for (RawSocket* socket : {&one, &two}) {
      socket->send(request_bytes("GET", path_of(endless_bytes)));
      REQUIRE_FALSE(socket->read_some(1000).empty());
    }
    CHECK(contains(client.get("/metrics")->body, "daybook_http_streams 2\n"));
    const auto refused = client.get(path_of(1));
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->header("retry-after") == "1");
  }
  CHECK(wait_until([&] { return client.get(path_of(1))->status == 200; }, seconds(10)));
}

TEST_CASE("a stream goes on although the worker's queue is full") {
  ServerSetup setup;
  setup.options.limits.worker_queue_max = 1;
  RunningServer s(setup);
  s.log->scan_gate.shut();
  auto streaming = s.client(), running = s.client(), waiting = s.client(), watcher = s.client();
  const std::string scan = request_bytes("GET", "/guestbook/a/history");
  RawSocket reader(s.url);
  reader.send("GET " + path_of(huge_bytes) + " HTTP/1.0\r\n\r\n");
  std::string all = reader.read_some(1000);
  REQUIRE_FALSE(all.empty());
  REQUIRE((running.connect() && running.send(scan)));
  REQUIRE(s.log->scan_gate.wait_for_arrivals(1));  // the worker stands, the stream with it
  REQUIRE((waiting.connect() && waiting.send(scan)));
  REQUIRE(wait_until(
      [&] { return contains(watcher.get("/metrics")->body, "daybook_http_worker_queue_jobs 1\n"); },
      seconds(10)));
  CHECK(watcher.get("/guestbook/a/history")->status == 503);
  s.log->scan_gate.open();
  all += reader.read_all();
  CHECK(is_stream(std::string_view(all).substr(all.find("\r\n\r\n") + 4), huge_bytes));
  CHECK(running.receive()->status == 200);
  CHECK(waiting.receive()->status == 200);
}

TEST_CASE("a reader that takes nothing is cut after idle_timeout") {
  ServerSetup setup;
  setup.options.limits.idle_timeout_ms = 300;
  RunningServer s(setup);
  RawSocket deaf(s.url);
  deaf.send(request_bytes("GET", path_of(endless_bytes)));
  REQUIRE_FALSE(deaf.read_some(1).empty());
  CHECK(all_dropped());
}

TEST_CASE("draining breaks streams off, and stop does not wait for who does not read") {
  RunningServer s;
  RawSocket reading(s.url), deaf(s.url);
  for (RawSocket* socket : {&reading, &deaf}) {
    socket->send(request_bytes("GET", path_of(endless_bytes)));
    REQUIRE_FALSE(socket->read_some(1000).empty());
  }
  s.server->begin_drain();
  const std::string rest = reading.read_all();
  CHECK(rest.size() < endless_bytes / 2);
  CHECK_FALSE(rest.ends_with("0\r\n\r\n"));
  const auto start = std::chrono::steady_clock::now();
  s.stop();
  CHECK(std::chrono::steady_clock::now() - start < seconds(5));
  CHECK(all_dropped());
}

}  // namespace
}  // namespace daybook::test
