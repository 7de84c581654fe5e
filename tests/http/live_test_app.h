// A small app over connections that stay open: it echoes, follows topics, closes and writes as its
// clients ask, over WebSockets of the path /front/{name}/live, event streams and Socket.IO.
//
// What a WebSocket client may say: "echo TEXT", "join TOPIC", "leave TOPIC", "bytes N" (a message
// of so many), "write NAME" (an entry of the guest book), "close CODE REASON".
// Socket.IO events: "echo" with anything, "join" and "write" with a string; acknowledged.
#pragma once

#include "http/io_thread.h"
#include "http/live_app.h"

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace daybook::test {

// What the apps of all io threads saw. Threads: any.
class LiveLog {
 public:
  void opened(unsigned thread);
  void gone(std::string_view reason);
  [[nodiscard]] std::size_t open_count() const;
  [[nodiscard]] std::vector<std::string> reasons() const;
  [[nodiscard]] std::set<unsigned> threads() const;  // that opened anything

 private:
  mutable std::mutex mutex_;
  std::size_t open_ = 0;
  std::set<unsigned> threads_;
  std::vector<std::string> reasons_;
};

class LiveTestApp final : public http::LiveApp {
 public:
  LiveTestApp(const http::LiveContext& context, AnyDomain& guestbook, LiveLog& log);
  ~LiveTestApp() override;

  socketio::Namespace& namespace_of(std::string_view name) override;
  Result<std::unique_ptr<live::Peer>> open_socket(const http::Route& route, const Request& request,
                                                  live::Connection& connection) override;
  Result<std::unique_ptr<live::Peer>> open_stream(const http::Route& route, const Request& request,
                                                  live::Connection& connection) override;
  void completed(Submission& submission) override;

 private:
  class Peer;
  class Echo;
  using Done = std::function<void(bool accepted, const std::string& name)>;
  void write(std::string name, Done done);
  Result<std::unique_ptr<live::Peer>> open(const Request& request, live::Connection& connection,
                                           std::size_t format);

  const http::LiveContext context_;
  AnyDomain& guestbook_;
  LiveLog& log_;
  std::unique_ptr<Echo> echo_;
  std::unordered_map<std::uint64_t, Peer*> peers_;
  std::unordered_map<std::uint64_t, std::pair<std::string, Done>> writes_;
  std::uint64_t next_key_ = 1;
};

}  // namespace daybook::test
