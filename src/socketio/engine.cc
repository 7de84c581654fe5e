#include "socketio/engine.h"

#include <daybook/check.h>

#include <algorithm>
#include <array>

namespace daybook::socketio {
namespace {

constexpr std::string_view protocol_version = "4";

std::optional<std::string_view> parameter(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.query)
    if (key == name) return value;
  return std::nullopt;
}

// What polls and WebSockets are refused for alike; `wanted` and `other`: the two transports, and
// whether they are served.
struct Transport {
  std::string_view name;
  bool served = false;
};
std::optional<Refusal> check_request(const HttpRequest& request, Transport wanted,
                                     Transport other) {
  const auto name = parameter(request, "transport");
  if (name == other.name && other.served) return Refusal::bad_request;
  if (name != wanted.name || !wanted.served) return Refusal::unknown_transport;
  if (parameter(request, "EIO") != protocol_version) return Refusal::bad_version;
  return std::nullopt;
}

void refuse(HttpReply& reply, Refusal why) {
  Refused with = refused(why);
  reply.answer(with.status, "application/json", std::move(with.body));
}

}  // namespace

Refused refused(Refusal why) {
  static constexpr std::array<std::string_view, 7> messages{
      "Transport unknown", "Session ID unknown",           "Bad handshake method", "Bad request",
      "Forbidden",         "Unsupported protocol version", "Too many sessions"};
  const auto code = static_cast<std::size_t>(why);
  const int status = why == Refusal::forbidden ? 403 : why == Refusal::busy ? 503 : 400;
  Refused with{status, {}};
  json::Writer(with.body)
      .begin_object()
      .member("code", static_cast<std::uint64_t>(code))
      .member("message", messages[code])
      .end_object();
  return with;
}

Engine::Engine(const Options& options, unsigned home, std::uint64_t seed, Layer& layer)
    : options_(options), layer_(layer), ids_(home, seed), wheel_(Server::tick_ms, 0) {
  DAYBOOK_CHECK(home < homes_max);
}

Engine::~Engine() {
  DAYBOOK_CHECK(depth_ == 0);
  close_all();
}

std::uint64_t Engine::request(const HttpRequest& request, std::shared_ptr<HttpReply> reply,
                              std::int64_t now_ms) {
  const Entered entered(*this);
  now_ms_ = std::max(now_ms_, now_ms);
  const auto wrong =
      check_request(request, {"polling", options_.polling}, {"websocket", options_.websocket});
  if (wrong) return refuse(*reply, *wrong), 0;
  const auto sid = parameter(request, "sid");
  if (!sid) {
    if (request.method != Method::get) return refuse(*reply, Refusal::bad_method), 0;
    if (!make_room()) return refuse(*reply, Refusal::busy), 0;
    add_session().begin_polling(*reply);
    return 0;
  }
  Session* session = find(*sid);
  const bool polls = request.method == Method::get;
  if (session == nullptr || (!session->is_open() && !polls))
    return refuse(*reply, Refusal::unknown_session), 0;
  if (session->is_websocket() || (!polls && request.method != Method::post))
    return refuse(*reply, Refusal::bad_request), 0;
  if (polls) return session->poll(std::move(reply));
  session->post(request, *reply);
  return 0;
}

void Engine::poll_gone(std::uint64_t key) {
  const auto at = polls_.find(key);
  if (at == polls_.end()) return;
  const Entered entered(*this);
  Session& session = *at->second;
  polls_.erase(at);
  session.poll_gone();
}

std::unique_ptr<live::Peer> Engine::open(const HttpRequest& request, live::Connection& connection,
                                         std::int64_t now_ms, Refused& refused_with) {
  const Entered entered(*this);
  now_ms_ = std::max(now_ms_, now_ms);
  const auto refuse_with = [&](Refusal why) {
    refused_with = refused(why);
    return nullptr;
  };
  const auto wrong =
      check_request(request, {"websocket", options_.websocket}, {"polling", options_.polling});
  if (wrong) return refuse_with(*wrong);
  const auto sid = parameter(request, "sid");
  if (!sid) {
    if (!make_room()) return refuse_with(Refusal::busy);
    Session& session = add_session();
    auto peer = std::make_unique<SessionPeer>(*this, &session, connection);
    session.begin_websocket(*peer);
    return peer;
  }
  Session* session = find(*sid);
  if (session == nullptr || !session->is_open()) return refuse_with(Refusal::unknown_session);
  // A second WebSocket is opened and closed: that is what clients expect.
  const bool one_too_many = session->is_websocket() || session->is_probing();
  auto peer = std::make_unique<SessionPeer>(*this, one_too_many ? nullptr : session, connection);
  if (one_too_many)
    connection.close(1008, "the session has a WebSocket");
  else
    session->begin_probe(*peer);
  return peer;
}

void Engine::tick(std::int64_t now_ms) {
  const Entered entered(*this);
  now_ms_ = std::max(now_ms_, now_ms);
  wheel_.advance(now_ms_, [](TimerNode& node) { static_cast<Session&>(node).look_at_clock(); });
}

void Engine::close_all() {
  const Entered entered(*this);
  stopping_ = true;
  while (!sessions_.empty()) {
    Session& session = *sessions_.begin()->second;
    session.end(Ending::stopping);
    session.stop_lingering();
  }
}

Server::Counts Engine::counts() const {
  Server::Counts counts;
  counts.sessions = sessions_.size();
  counts.handshakes = handshakes_.size();
  counts.websockets = websockets_;
  return counts;
}

std::string& Engine::scratch() {
  constexpr std::size_t kept_bytes_max = 64u << 10;  // after a packet that was larger
  if (scratch_.capacity() > kept_bytes_max) scratch_ = {};
  scratch_.clear();
  return scratch_;
}

std::uint64_t Engine::add_poll(Session& session) {
  polls_.emplace(++polls_made_, &session);
  return polls_made_;
}

void Engine::forget(Session& session) {
  wheel_.remove(session);
  const auto at = sessions_.find(session.id());
  DAYBOOK_CHECK(at != sessions_.end());
  ended_.push_back(std::move(at->second));
  sessions_.erase(at);
}

void Engine::settle() {
  for (std::size_t i = 0; i < talkative_.size(); ++i) talkative_[i]->flush_poll();
  talkative_.clear();
  layer_.settled();
  ended_.clear();
}

// What is due is done before a request is: between two ticks too, a session is as old as it is.
Session* Engine::find(std::string_view sid) {
  const auto id = SessionId::parse(sid);
  if (!id) return nullptr;
  auto at = sessions_.find(*id);
  if (at == sessions_.end()) return nullptr;
  if (at->second->deadline_ms <= now_ms_) {
    at->second->look_at_clock();
    at = sessions_.find(*id);
  }
  return at == sessions_.end() ? nullptr : at->second.get();
}

Session& Engine::add_session() {
  const SessionId id = ids_.session();
  auto session = std::make_unique<Session>(*this, id, ++sessions_made_);
  const auto [at, added] = sessions_.emplace(id, std::move(session));
  DAYBOOK_CHECK(added);
  return *at->second;
}

Handshakes::iterator Engine::add_handshake(Session& session) {
  return handshakes_.insert(handshakes_.end(), {&session, now_ms_});
}

bool Engine::is_full() const {
  return sessions_.size() >= options_.sessions_max || handshakes_.size() >= options_.handshakes_max;
}

// A crowd of handshakes that go nowhere must not shut everybody out until the last has timed out:
// whoever comes takes the place of the oldest that had time enough to go on.
bool Engine::make_room() {
  if (stopping_) return false;
  if (is_full() && !handshakes_.empty() &&
      now_ms_ - handshakes_.front().since_ms >= Server::handshake_kept_ms)
    handshakes_.front().session->end(Ending::connect_timeout);
  return !is_full();
}

}  // namespace daybook::socketio
