// Streams that wait for the log: asked again when it has moved or their time is over, not before;
// gone when their client is; whole when the server stops.
#include "raw_socket.h"
#include "running_server.h"

#include <memory>
#include <vector>

namespace daybook::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds soon{10'000};  // a deadline nobody should need
constexpr milliseconds a_while{300};  // in which nothing is to happen

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Counts {
  std::atomic<std::int64_t> alive{0};
  std::atomic<std::uint64_t> asked{0};
};

// Says how far the log is whenever it has moved. Kinds, by name: "follow" greets and never ends;
// "poll" says nothing until it ends with the first move; "tick" greets and waits 30 ms at a time;
// "stubborn" greets and cannot be ended early; "flood" never waits.
class Follower final : public BodyStream {
 public:
  Follower(const Sequencer& sequencer, Counts& counts, std::string kind)
      : sequencer_(sequencer), counts_(counts), kind_(std::move(kind)), seen_(sequencer.visible()) {
    ++counts_.alive;
  }
  ~Follower() override { --counts_.alive; }

  Result<bool> next(std::string& out) override {
    ++counts_.asked;
    if (kind_ == "flood") {
      out.assign(body_part_bytes, 'x');
      return true;
    }
    if (kind_ != "poll" && !std::exchange(greeted_, true)) {
      out += "hello\n";
      return true;
    }
    const Position visible = sequencer_.visible();
    if (visible == seen_) return true;
    seen_ = visible;
    out += "to " + std::to_string(seen_.value) + "\n";
    return kind_ != "poll";
  }
  [[nodiscard]] std::optional<Wait> wait() const override {
    if (kind_ == "flood") return std::nullopt;
    return Wait{seen_, kind_ == "tick" ? 30 : 60'000};
  }
  [[nodiscard]] bool waits() const override { return true; }
  bool end_early(std::string& out) override {
    if (kind_ == "stubborn") return false;
    out += "bye\n";
    return true;
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> late_headers() const override {
    return {{"X-Seen", std::to_string(seen_.value)}};
  }

 private:
  const Sequencer& sequencer_;
  Counts& counts_;
  const std::string kind_;
  Position seen_;
  bool greeted_ = false;
};

struct Fixture {
  explicit Fixture(ServerSetup setup = {}) {
    setup.services = [this](log::EventLog&, Sequencer& sequencer, std::span<AnyDomain* const>) {
      return std::vector<ServiceRoute>{
          {Method::get, "/wait/{kind}", Access::open,
           [this, &sequencer](const Request& request) -> Result<Response> {
             Response response;
             response.content_type = "text/plain";
             response.stream =
                 std::make_shared<Follower>(sequencer, counts, request.params.front());
             return response;
           }}};
    };
    server = std::make_unique<RunningServer>(setup);
  }
  void write(const std::string& name) const {
    auto client = server->client();
    REQUIRE(client.post_json("/guestbook", RunningServer::entry(name))->status == 200);
  }
  // It has been asked and has nothing to say.
  void wait_until_asked(std::uint64_t times) {
    REQUIRE(wait_until([&] { return counts.asked >= times; }, soon));
  }
  bool all_gone() {
    return wait_until([&] { return counts.alive == 0; }, soon);
  }
  std::string metrics() const { return server->client().get("/metrics")->body; }

  Counts counts;  // outlives the server
  std::unique_ptr<RunningServer> server;
};

// What comes until `end` is there.
std::string read_until(RawSocket& socket, std::string_view end) {
  std::string all;
  while (!contains(all, end)) {
    const std::string bytes = socket.read_some(4096);
    if (bytes.empty()) break;
    all += bytes;
  }
  return all;
}

TEST_CASE("a stream that waits is asked again when the log has moved, and not before") {
  Fixture f;
  RawSocket reader(f.server->url);
  reader.send(request_bytes("GET", "/wait/follow"));
  const std::string begin = read_until(reader, "hello\n");
  CHECK(contains(begin, "HTTP/1.1 200 OK"));
  CHECK(contains(begin, "Transfer-Encoding: chunked"));
  CHECK(contains(begin, "X-Seen: 0\r\n"));
  f.wait_until_asked(2);
  CHECK_FALSE(wait_until([&] { return f.counts.asked > 2; }, a_while));
  f.write("ada");
  CHECK(contains(read_until(reader, "to 1\n"), "to 1\n"));
  f.write("bob");
  CHECK(contains(read_until(reader, "to 2\n"), "to 2\n"));
}

TEST_CASE("a stream that waits is asked again when its time is over") {
  Fixture f;
  RawSocket reader(f.server->url);
  reader.send(request_bytes("GET", "/wait/tick"));
  REQUIRE(contains(read_until(reader, "hello\n"), "hello\n"));
  f.wait_until_asked(6);
}

TEST_CASE("what ends with its first bytes is an ordinary answer, however long it waited") {
  Fixture f;
  auto client = f.server->client();
  REQUIRE((client.connect() &&
           client.send(request_bytes("GET", "/wait/poll") + request_bytes("GET", "/healthz"))));
  f.wait_until_asked(1);
  CHECK(f.counts.alive == 1);
  f.write("ada");
  const auto answer = client.receive();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "to 1\n");
  CHECK(answer->header("content-length") == "5");
  CHECK(answer->header("x-seen") == "1");
  CHECK(client.receive()->body == "OK");  // what was sent behind it
  CHECK(f.all_gone());
}

TEST_CASE("every one of many that wait hears of a write") {
  Fixture f;
  constexpr std::size_t readers_count = 150;
  std::vector<HttpClient> readers;
  for (std::size_t i = 0; i < readers_count; ++i) {
    readers.push_back(f.server->client());
    REQUIRE((readers.back().connect() && readers.back().send(request_bytes("GET", "/wait/poll"))));
  }
  f.wait_until_asked(readers_count);
  CHECK(contains(f.metrics(), "daybook_http_subscribers 150\n"));
  CHECK(contains(f.metrics(), "daybook_http_streams 0\n"));
  f.write("ada");
  for (HttpClient& reader : readers) {
    const auto answer = reader.receive();
    REQUIRE(answer);
    CHECK(answer->body == "to 1\n");
  }
  CHECK(f.all_gone());
}

TEST_CASE("a client that leaves while its stream waits is noticed without a write") {
  Fixture f;
  for (const bool reset : {false, true}) {
    for (const std::string kind : {"follow", "poll"}) {
      INFO(kind << (reset ? ", reset" : ", closed"));
      {
        const std::uint64_t before = f.counts.asked;
        RawSocket gone(f.server->url);
        if (reset) gone.reset_at_end();
        gone.send(request_bytes("GET", "/wait/" + kind));
        f.wait_until_asked(before + (kind == "follow" ? 2 : 1));
        REQUIRE(f.counts.alive == 1);
      }
      CHECK(f.all_gone());
    }
  }
  CHECK(contains(f.metrics(), "daybook_http_subscribers 0\n"));
}

TEST_CASE("a client that has sent its last byte waits no longer and gets a whole answer") {
  Fixture f;
  auto client = f.server->client();
  REQUIRE((client.connect() && client.send(request_bytes("GET", "/wait/poll"))));
  client.shutdown_send();
  const auto answer = client.receive();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "bye\n");
  CHECK(client.wait_for_close());
}

TEST_CASE("draining ends what waits, whole: the last chunk, or an answer") {
  Fixture f;
  RawSocket following(f.server->url);
  following.send(request_bytes("GET", "/wait/follow"));
  REQUIRE(contains(read_until(following, "hello\n"), "hello\n"));
  auto polling = f.server->client();
  REQUIRE((polling.connect() && polling.send(request_bytes("GET", "/wait/poll"))));
  f.wait_until_asked(3);
  f.server->server->begin_drain();
  CHECK(contains(read_until(following, "\r\n0\r\n\r\n"), "bye\n\r\n0\r\n\r\n"));
  const auto answer = polling.receive();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "bye\n");
  CHECK(answer->header("connection") == "close");
  CHECK(f.all_gone());
}

TEST_CASE("a stop right away ends what waits as well, and what cannot be ended is broken off") {
  Fixture f;
  RawSocket following(f.server->url), stubborn(f.server->url);
  following.send(request_bytes("GET", "/wait/follow"));
  stubborn.send(request_bytes("GET", "/wait/stubborn"));
  REQUIRE(contains(read_until(following, "hello\n"), "hello\n"));
  REQUIRE(contains(read_until(stubborn, "hello\n"), "hello\n"));
  f.wait_until_asked(4);
  const auto start = std::chrono::steady_clock::now();
  f.server->stop();
  CHECK(std::chrono::steady_clock::now() - start < seconds(2));
  CHECK(contains(following.read_all(), "bye\n\r\n0\r\n\r\n"));
  CHECK_FALSE(contains(stubborn.read_all(), "0\r\n\r\n"));
  CHECK(f.all_gone());
}

TEST_CASE("idle_timeout does not end a stream that waits") {
  ServerSetup setup;
  setup.options.limits.idle_timeout_ms = 50;
  Fixture f(setup);
  RawSocket reader(f.server->url);
  reader.send(request_bytes("GET", "/wait/follow"));
  REQUIRE(contains(read_until(reader, "hello\n"), "hello\n"));
  f.wait_until_asked(2);
  CHECK_FALSE(wait_until([&] { return f.counts.alive == 0; }, a_while));
  f.write("ada");
  CHECK(contains(read_until(reader, "to 1\n"), "to 1\n"));
}

TEST_CASE("a subscriber that takes nothing while bytes are owed is cut after idle_timeout") {
  ServerSetup setup;
  setup.options.limits.idle_timeout_ms = 200;
  Fixture f(setup);
  RawSocket deaf(f.server->url, 16 << 10);
  deaf.send(request_bytes("GET", "/wait/flood"));
  REQUIRE_FALSE(deaf.read_some(1).empty());
  CHECK(f.all_gone());
}

TEST_CASE("those who may wait have a limit of their own, beside that of long answers") {
  ServerSetup setup;
  setup.options.limits.streams_max = 1;
  setup.options.limits.subscribers_max = 2;
  Fixture f(setup);
  auto client = f.server->client();
  {
    RawSocket one(f.server->url), two(f.server->url);
    for (RawSocket* socket : {&one, &two}) {
      socket->send(request_bytes("GET", "/wait/follow"));
      REQUIRE(contains(read_until(*socket, "hello\n"), "hello\n"));
    }
    const auto refused = client.get("/wait/poll");
    REQUIRE(refused);
    CHECK(refused->status == 503);
    CHECK(refused->header("retry-after") == "1");
    const auto exported = client.get("/front/stream/1000000");
    REQUIRE(exported);
    CHECK(exported->status == 200);
  }
  REQUIRE(f.all_gone());
  RawSocket three(f.server->url);
  three.send(request_bytes("GET", "/wait/follow"));
  CHECK(contains(read_until(three, "hello\n"), "hello\n"));
}

TEST_CASE("an HTTP/1.0 client that waits gets plain bytes and the connection's end") {
  Fixture f;
  RawSocket old(f.server->url);
  old.send("GET /wait/follow HTTP/1.0\r\n\r\n");
  const std::string begin = read_until(old, "hello\n");
  CHECK_FALSE(contains(begin, "Transfer-Encoding"));
  CHECK(contains(begin, "\r\n\r\nhello\n"));
  f.write("ada");
  CHECK(read_until(old, "to 1\n") == "to 1\n");
  f.server->server->begin_drain();
  CHECK(old.read_all() == "bye\n");
  CHECK_FALSE(old.failed());
}

}  // namespace
}  // namespace daybook::test
