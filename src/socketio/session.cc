#include "socketio/session.h"

#include "socketio/engine.h"

#include <daybook/check.h>
#include <daybook/json.h>

#include <algorithm>

namespace daybook::socketio {
namespace {

// A ping that goes out late by no more than this is counted from when it was due, so that a timeout
// is what the handshake said; the rest is the thread's fault, not the client's.
constexpr std::int64_t late_ms_max = 150;

// RFC 6455, 7.4.1.
std::uint16_t close_code(Ending ending) {
  switch (ending) {
    case Ending::transport_error:
    case Ending::malformed:
      return 1002;
    case Ending::ping_timeout:
    case Ending::connect_timeout:
      return 1008;
    case Ending::too_large:
      return 1009;
    case Ending::stopping:
      return 1001;
    default:
      return 1000;
  }
}

bool breaks_rule(Ending ending) {
  return ending == Ending::transport_error || ending == Ending::malformed ||
         ending == Ending::too_large;
}

}  // namespace

std::string_view ending_reason(Ending ending) {
  switch (ending) {
    case Ending::client_closed:
    case Ending::transport_gone:
      return "transport close";
    case Ending::transport_error:
    case Ending::too_large:
    case Ending::too_slow:
      return "transport error";
    case Ending::malformed:
      return "parse error";
    case Ending::ping_timeout:
      return "ping timeout";
    case Ending::connect_timeout:
      return "connect timeout";
    case Ending::server:
      return "forced server close";
    case Ending::stopping:
      return "server shutting down";
  }
  return "forced close";
}

Session::Session(Engine& engine, const SessionId& id, std::uint64_t key)
    : engine_(engine),
      id_(id),
      key_(key),
      beat_at_ms_(engine.now_ms() + engine.options().ping_interval_ms) {
  handshake_ = engine_.add_handshake(*this);
}

Session::~Session() { DAYBOOK_CHECK(stage_ == Stage::ended && websocket_ == nullptr); }

void Session::append_open_packet(std::string& out) const {
  const Options& options = engine_.options();
  out.push_back(type_digit(EngineType::open));
  json::Writer json(out);
  json.begin_object().member("sid", id_.text());
  json.key("upgrades").begin_array();
  if (!is_websocket() && options.websocket) json.string("websocket");
  json.end_array();
  json.member("pingInterval", options.ping_interval_ms);
  json.member("pingTimeout", options.ping_timeout_ms);
  json.member("maxPayload", static_cast<std::uint64_t>(options.payload_bytes_max));
  json.end_object();
}

void Session::send(live::Kind kind, std::string_view message) {
  const Engine::Entered entered(engine_);
  if (kind == live::Kind::binary) return send_binary(message);
  std::string& packet = engine_.scratch();
  packet.push_back(type_digit(EngineType::message));
  packet.append(message);
  send_packet(packet);
}

void Session::send_packet(std::string_view packet) { put(live::Kind::text, packet); }

void Session::send_binary(std::string_view bytes) { put(live::Kind::binary, bytes); }

void Session::put(live::Kind kind, std::string_view packet) {
  if (!is_open()) return;
  if (websocket_ != nullptr) return websocket_->connection().send(kind, packet);
  const std::size_t bytes_max = engine_.options().unsent_bytes_max;
  if (!polling_->queue.push(kind, packet, bytes_max)) {
    flush_poll();  // a poll may wait for the end of this call only
    if (!polling_->queue.push(kind, packet, bytes_max)) return end(Ending::too_slow);
  }
  want_flush();
}

void Session::offer(const live::MessagePtr& message, std::size_t packet_format,
                    std::size_t frame_format) {
  if (!is_open()) return;
  if (websocket_ != nullptr) return websocket_->connection().offer(message, frame_format);
  polling_->queue.offer(message, packet_format, frame_format);
  want_flush();
}

void Session::close() {
  const Engine::Entered entered(engine_);
  end(Ending::server);
}

void Session::end(Ending ending) {
  if (!is_open()) return;
  stage_ = Stage::ended;
  broke_rule_ = breaks_rule(ending);
  if (!joined_) engine_.remove_handshake(handshake_);
  engine_.layer().closed(*this, ending_reason(ending));
  const std::string_view reason = ending_reason(ending);
  drop_probe(close_code(ending), reason);
  if (polling_ != nullptr) return end_polling(ending);
  if (websocket_ != nullptr) std::exchange(websocket_, nullptr)->close(close_code(ending), reason);
  engine_.count_websocket(-1);
  engine_.forget(*this);
}

void Session::expire_at(std::int64_t at_ms) {
  expires_at_ms_ = at_ms;
  set_timer();
}

void Session::set_joined(bool joined) {
  if (joined == joined_ || !is_open()) return;
  joined_ = joined;
  if (joined)
    engine_.remove_handshake(handshake_);
  else
    handshake_ = engine_.add_handshake(*this);
}

void Session::stop_lingering() {
  if (stage_ != Stage::lingering) return;
  stage_ = Stage::ended;
  engine_.forget(*this);
}

void Session::look_at_clock() {
  const std::int64_t now = engine_.now_ms();
  if (now >= beat_at_ms_) stop_lingering();
  if (is_open() && now >= probe_ends_at_ms_) drop_probe(1008, "the upgrade took too long");
  if (is_open() && now >= expires_at_ms_) {
    expires_at_ms_ = never;
    engine_.layer().expired(*this);
  }
  while (is_open() && now >= beat_at_ms_) beat();
  if (stage_ != Stage::ended) set_timer();
}

void Session::beat() {
  if (awaits_pong_) return end(Ending::ping_timeout);
  awaits_pong_ = true;
  beat_at_ms_ =
      std::max(beat_at_ms_, engine_.now_ms() - late_ms_max) + engine_.options().ping_timeout_ms;
  constexpr char ping = type_digit(EngineType::ping);
  send_packet({&ping, 1});
}

// The next ping is due an interval after this one was, however long its pong took.
void Session::take_pong() {
  if (!awaits_pong_) return;
  awaits_pong_ = false;
  beat_at_ms_ += engine_.options().ping_interval_ms - engine_.options().ping_timeout_ms;
  set_timer();
}

void Session::set_timer() {
  engine_.set_timer(*this, std::min({beat_at_ms_, expires_at_ms_, probe_ends_at_ms_}));
}

void Session::take(const EnginePacket& packet, bool padded) {
  switch (packet.type) {
    case EngineType::message:
      return engine_.layer().received(*this, packet.kind, packet.data, padded);
    case EngineType::pong:
      return take_pong();
    case EngineType::close:
      return end(Ending::client_closed);
    case EngineType::noop:
      return;
    default:  // what only a server says, or only during an upgrade
      return end(Ending::malformed);
  }
}

}  // namespace daybook::socketio
