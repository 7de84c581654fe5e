// A server with the routes of src/project/feed.h over the guest book (topic `guestbook`, fsynced)
// and the front's test domain (topic `front`, interval), and named consumers that a test keeps
// itself.
#pragma once

#include "http/raw_socket.h"
#include "http/running_server.h"
#include "project/feed.h"
#include "system/json_doc.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace daybook::test {

constexpr std::chrono::milliseconds soon{10'000};  // a deadline nobody should need

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What the `consumers` domain would know.
class Consumers {
 public:
  void define(const std::string& name, project::ConsumerDefinition definition) {
    const std::lock_guard<std::mutex> lock(mutex_);
    definitions_[name] = std::move(definition);
  }
  void remove(const std::string& name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    definitions_.erase(name);
  }
  void acknowledge(const std::string& name, const std::string& position) {
    const std::lock_guard<std::mutex> lock(mutex_);
    definitions_.at(name).next = Position{std::stoull(position) + 1};
  }
  std::optional<project::ConsumerDefinition> find(std::string_view name) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = definitions_.find(name);
    if (at == definitions_.end()) return std::nullopt;
    return at->second;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, project::ConsumerDefinition, std::less<>> definitions_;
};

struct Feeds {
  explicit Feeds(ServerSetup setup = {}, std::int64_t keep_alive_ms = 15'000) {
    setup.services = [this, keep_alive_ms](log::EventLog& log, Sequencer& sequencer,
                                           std::span<AnyDomain* const> domains) {
      project::FeedDependencies dependencies;
      dependencies.log = &log;
      dependencies.sequencer = &sequencer;
      dependencies.domains = domains;
      dependencies.consumer = [this](std::string_view name) { return consumers.find(name); };
      dependencies.keep_alive_ms = keep_alive_ms;
      return project::feed_routes(dependencies);
    };
    server = std::make_unique<RunningServer>(setup);
  }
  [[nodiscard]] HttpClient client() const { return server->client(); }

  void sign(const std::string& name) const {
    REQUIRE(client().post_json("/guestbook", RunningServer::entry(name))->status == 200);
  }
  // The front's: events of another topic.
  void touch(const std::string& name) const {
    REQUIRE(client()
                .call("PUT", "/front/" + name, "{}", {{"Content-Type", "application/json"}})
                ->status < 400);
  }
  // Entries "<prefix>0", "<prefix>1", ... in one batch per 5,000.
  void sign_many(const std::string& prefix, int count) const {
    std::string lines;
    for (int i = 0; i < count; ++i) {
      lines += R"({"topic":"guestbook","data":{"name":")" + prefix + std::to_string(i) +
               R"(","text":"hello"}})" + "\n";
      if (i % 5000 != 4999 && i + 1 != count) continue;
      const auto answer =
          client().call("POST", "/events", lines, {{"Content-Type", "application/x-ndjson"}});
      REQUIRE(answer);
      REQUIRE(answer->status == 200);
      lines.clear();
    }
  }
  std::optional<HttpResponse> get(const std::string& target, Headers headers = {}) const {
    headers.push_back(server->admin().front());
    return client().get(target, headers);
  }
  // Sends without waiting for the answer.
  [[nodiscard]] HttpClient ask(const std::string& target, Headers headers = {}) const {
    headers.push_back(server->admin().front());
    HttpClient asking = client();
    REQUIRE((asking.connect() && asking.send(request_bytes("GET", target, {}, headers))));
    return asking;
  }
  // So many may wait now.
  bool wait_for_subscribers(int count) const {
    const std::string line = "daybook_http_subscribers " + std::to_string(count) + "\n";
    return wait_until([&] { return contains(client().get("/metrics")->body, line); }, soon);
  }

  Consumers consumers;  // outlives the server
  std::unique_ptr<RunningServer> server;
};

// The keys of the events of an answer, in order: "a b c".
inline std::string keys_of(const std::optional<HttpResponse>& answer) {
  REQUIRE(answer);
  INFO(answer->body);
  REQUIRE(answer->status == 200);
  const JsonDoc doc(answer->body);
  std::string keys;
  for (const json::Value& event : doc.elements("events"))
    keys += (keys.empty() ? "" : " ") + text_of(event, "key");
  return keys;
}

inline std::string member(const std::optional<HttpResponse>& answer, std::string_view name) {
  REQUIRE(answer);
  return JsonDoc(answer->body).text(name);
}

}  // namespace daybook::test
