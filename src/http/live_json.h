// One client of the JSON protocol (docs/live.md): a WebSocket whose messages are JSON objects with
// a "type", or an event stream that only listens.
//
// Threads: one io thread. Owned by its connection; the app knows it by its key.
#pragma once

#include "live/connection.h"
#include "live/hub.h"

#include <cstdint>
#include <string_view>

namespace daybook::http {

class DomainLiveApp;

class JsonPeer final : public live::Peer, public live::Subscriber {
 public:
  // `format`: in which its states are sent. Registers itself with the app.
  JsonPeer(DomainLiveApp& app, live::Connection& connection, std::uint64_t key, std::size_t format);
  ~JsonPeer() override;

  void received(live::Kind kind, std::string_view message) override;
  void gone(std::string_view reason) override;
  void offer(const live::MessagePtr& message) override;

  // REQUIRES: not gone
  live::Connection& connection() { return *connection_; }
  [[nodiscard]] std::uint64_t key() const { return key_; }

 private:
  void forget();

  DomainLiveApp& app_;
  live::Connection* connection_;  // null: gone
  const std::uint64_t key_;
  const std::size_t format_;
};

}  // namespace daybook::http
