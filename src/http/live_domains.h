// The LiveApp of the domains: their messages over Socket.IO namespaces and over the JSON protocol,
// their topics as states and as server-sent events. docs/live.md is what clients read.
//
// Threads: one io thread.
#pragma once

#include "http/live_app.h"
#include "http/live_calls.h"
#include "http/live_table.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace daybook::http {

class JsonPeer;

class DomainLiveApp final : public LiveApp, private LiveSpeaker {
 public:
  // `table` outlives it.
  DomainLiveApp(const LiveContext& context, const LiveTable& table);
  ~DomainLiveApp() override;

  socketio::Namespace& namespace_of(std::string_view name) override;
  Result<std::unique_ptr<live::Peer>> open_socket(const Route& route, const Request& request,
                                                  live::Connection& connection) override;
  Result<std::unique_ptr<live::Peer>> open_stream(const Route& route, const Request& request,
                                                  live::Connection& connection) override;
  void completed(Submission& submission) override { calls_.completed(submission); }

 private:
  class Messages;  // a Socket.IO namespace
  friend class JsonPeer;

  live::Subscriber* subscriber_of(const LiveSender& sender) override;
  void accepted(const LiveSender& sender, std::string_view body, std::string_view receipt) override;
  void refused(const LiveSender& sender, const Error& error) override;
  void received(JsonPeer& peer, std::string_view message);
  JsonPeer* json_peer(std::uint64_t key);

  const LiveContext context_;
  LiveCalls calls_;
  std::map<std::string, std::unique_ptr<Messages>, std::less<>> namespaces_;
  std::unordered_map<std::uint64_t, JsonPeer*> json_peers_;  // owned by their connections
  std::uint64_t next_key_ = 1;
  std::string text_;  // for what is parsed and written; used again and again
};

}  // namespace daybook::http
