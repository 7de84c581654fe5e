#include "http/live_json.h"

#include "http/live_domains.h"

#include <string>

namespace daybook::http {
namespace {
constexpr std::uint16_t close_unsupported_data = 1003;  // RFC 6455 7.4.1
}

JsonPeer::JsonPeer(DomainLiveApp& app, live::Connection& connection, std::uint64_t key,
                   std::size_t format)
    : app_(app), connection_(&connection), key_(key), format_(format) {
  app_.json_peers_.emplace(key_, this);
}

JsonPeer::~JsonPeer() { forget(); }

void JsonPeer::forget() {
  if (connection_ == nullptr) return;
  connection_ = nullptr;
  app_.context_.hub.leave_all(*this);
  app_.json_peers_.erase(key_);
}

void JsonPeer::received(live::Kind kind, std::string_view message) {
  if (kind == live::Kind::binary)
    return connection_->close(close_unsupported_data, "messages are JSON texts");
  app_.received(*this, message);
}

void JsonPeer::gone(std::string_view /*reason*/) { forget(); }

void JsonPeer::offer(const live::MessagePtr& message) { connection_->offer(message, format_); }

}  // namespace daybook::http
