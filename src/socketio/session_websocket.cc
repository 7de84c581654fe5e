// A session's WebSocket, and the change to it.
#include "socketio/engine.h"
#include "socketio/session.h"

#include <daybook/check.h>

namespace daybook::socketio {
namespace {

constexpr std::string_view probe_packet = "2probe";
constexpr std::string_view probe_answer = "3probe";
constexpr std::string_view upgrade_packet = "5";
constexpr std::string_view noop_packet = "6";

}  // namespace

void SessionPeer::received(live::Kind kind, std::string_view message) {
  if (session_ == nullptr) return;
  const Engine::Entered entered(engine_);
  session_->received(*this, kind, message);
}

void SessionPeer::gone(std::string_view reason) {
  (void)reason;
  if (session_ == nullptr) return;
  const Engine::Entered entered(engine_);
  std::exchange(session_, nullptr)->gone(*this);
}

void Session::begin_websocket(SessionPeer& peer) {
  websocket_ = &peer;
  engine_.count_websocket(+1);
  set_timer();
  std::string& packet = engine_.scratch();
  append_open_packet(packet);
  send_packet(packet);
  engine_.layer().opened(*this);
}

void Session::begin_probe(SessionPeer& peer) {
  probe_ = &peer;
  probe_ends_at_ms_ = engine_.now_ms() + engine_.options().upgrade_timeout_ms;
  set_timer();
}

void Session::received(SessionPeer& peer, live::Kind kind, std::string_view message) {
  if (&peer == probe_) return take_probe(kind, message);
  if (message.size() > engine_.options().payload_bytes_max) return end(Ending::too_large);
  const auto packet = decode_engine_packet(kind, message);
  if (packet)
    take(*packet, true);
  else
    end(Ending::malformed);
}

// Anything but the two packets of an upgrade, in their order, costs the WebSocket; the session goes
// on polling.
void Session::take_probe(live::Kind kind, std::string_view message) {
  const bool text = kind == live::Kind::text;
  if (text && !probed_ && message == probe_packet) {
    probed_ = true;
    probe_->connection().send(live::Kind::text, probe_answer);
    if (polling_->reply != nullptr && polling_->queue.empty())
      answer_poll(std::string(noop_packet));
    return;
  }
  if (text && probed_ && message == upgrade_packet) return become_websocket();
  drop_probe(1002, "not an upgrade");
}

void Session::become_websocket() {
  flush_poll();  // a poll that waits beside something to say: it is sent when the engine is left
  const auto polling = std::move(polling_);
  DAYBOOK_CHECK(polling->reply == nullptr);
  websocket_ = std::exchange(probe_, nullptr);
  probe_ends_at_ms_ = never;
  engine_.count_websocket(+1);
  polling->queue.move_to(websocket_->connection());
}

void Session::drop_probe(std::uint16_t code, std::string_view reason) {
  probe_ends_at_ms_ = never;
  probed_ = false;
  if (probe_ == nullptr) return;
  std::exchange(probe_, nullptr)->close(code, reason);
}

void Session::gone(SessionPeer& peer) {
  if (&peer == probe_) {
    probe_ = nullptr;
    return drop_probe(0, {});
  }
  websocket_ = nullptr;
  end(Ending::transport_gone);
}

}  // namespace daybook::socketio
