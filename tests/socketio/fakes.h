// A Socket.IO server without sockets, driven by a test: requests, WebSockets and a clock that are
// plain values.
//
// Threads: one.
#pragma once

#include "socketio/server.h"

#include <daybook/json.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::test {

using Query = std::vector<std::pair<std::string, std::string>>;

// Where an answer lands. `status` 0: none yet.
struct FakeReply final : socketio::HttpReply {
  int status = 0;
  int answers = 0;
  std::string content_type, body;
  void answer(int status_in, std::string_view type, std::string body_in) override {
    ++answers;
    status = status_in;
    content_type = type;
    body = std::move(body_in);
  }
};
using ReplyPtr = std::shared_ptr<FakeReply>;

// A WebSocket as its protocol sees it, and as its client does: `said` is what reached the client;
// a binary message with "b:" before it, a state with "state:".
class FakeSocket final : public live::Connection {
 public:
  std::vector<std::string> said;
  std::optional<std::uint16_t> close_code;
  std::unique_ptr<live::Peer> peer;
  socketio::Refused refused{0, {}};
  ~FakeSocket() override { break_off(); }

  // What came since the last call.
  std::vector<std::string> take() { return std::exchange(said, {}); }
  void text(std::string_view message) { receive(live::Kind::text, message); }
  void binary(std::string_view message) { receive(live::Kind::binary, message); }
  // The connection breaks, or ends after a close.
  void break_off() {
    if (auto going = std::exchange(peer, nullptr)) going->gone("test");
  }

  void send(live::Kind kind, std::string_view message) override {
    if (!close_code)
      said.push_back((kind == live::Kind::binary ? "b:" : "") + std::string(message));
  }
  void offer(const live::MessagePtr& message, std::size_t format) override {
    if (!close_code) said.push_back("state:" + std::string(message->bytes(format)));
  }
  void close(std::uint16_t code, std::string_view) override {
    if (!close_code) close_code = code;
  }
  [[nodiscard]] std::size_t unsent_bytes() const override { return 0; }

 private:
  void receive(live::Kind kind, std::string_view message) {
    std::string padded(message);
    padded.append(json::Parser::padding_bytes, '\0');
    if (peer) peer->received(kind, std::string_view(padded).substr(0, message.size()));
  }
};

// The server and its clients.
class World {
 public:
  std::int64_t now_ms = 1'000'000'007;  // not on a tick
  std::unique_ptr<socketio::Server> server;

  ReplyPtr request(Method method, const Query& query, std::string_view body = {},
                   std::string_view content_type = {}) {
    auto reply = std::make_shared<FakeReply>();
    last_key = server->request({method, query, content_type, body}, reply, now_ms);
    return reply;
  }
  static Query polling(std::string_view sid = {}) { return query_of("polling", sid); }
  static Query websocket(std::string_view sid = {}) { return query_of("websocket", sid); }

  ReplyPtr get(std::string_view sid) { return request(Method::get, polling(sid)); }
  ReplyPtr post(std::string_view sid, std::string_view body) {
    return request(Method::post, polling(sid), body);
  }
  // A session that polls: its id.
  std::string handshake() { return sid_of(get({})->body); }
  // Opens a WebSocket, with a session of its own or for `sid`; refused or closed ones too.
  std::unique_ptr<FakeSocket> open(std::string_view sid = {}) { return open_with(websocket(sid)); }
  std::unique_ptr<FakeSocket> open_with(const Query& query) {
    auto socket = std::make_unique<FakeSocket>();
    socket->peer = server->open({Method::get, query, {}, {}}, *socket, now_ms, socket->refused);
    return socket;
  }
  // Time goes by in ticks.
  void pass(std::int64_t ms) {
    const std::int64_t end = now_ms + ms;
    while (now_ms < end) {
      now_ms = std::min(end, now_ms + socketio::Server::tick_ms);
      server->tick(now_ms);
    }
  }

  static std::string sid_of(std::string_view open_packet) {
    json::Parser parser;
    const auto value = parser.parse(open_packet.substr(1), false);
    return std::string(value->find("sid")->string());
  }

  std::uint64_t last_key = 0;  // of the last request's poll

 private:
  static Query query_of(std::string_view transport, std::string_view sid) {
    Query query{{"EIO", "4"}, {"transport", std::string(transport)}};
    if (!sid.empty()) query.emplace_back("sid", sid);
    return query;
  }
};

// Answers every message with itself, as the official Engine.IO suite expects.
struct Echo final : socketio::EngineHandler {
  std::size_t open = 0;
  void opened(socketio::EngineSession&) override { ++open; }
  void received(socketio::EngineSession& session, live::Kind kind,
                std::string_view message) override {
    session.send(kind, message);
  }
  void closed(socketio::EngineSession&) override { --open; }
};

// The namespace the official Socket.IO suite expects; writes down what happens.
struct Notes final : socketio::Namespace {
  std::vector<std::string> lines;
  std::vector<std::string> attachments;  // of the last event
  std::vector<std::uint64_t> keys;       // of sockets, as they came
  std::string refuse_with;               // not empty: CONNECT is refused with it

  Result<void> connecting(std::string_view auth) override {
    lines.push_back("connecting " + std::string(auth));
    if (!refuse_with.empty()) return Error{Errc::forbidden, refuse_with};
    return {};
  }
  void connected(socketio::Socket& socket, std::string_view auth) override {
    keys.push_back(socket.key());
    socket.emit("auth", auth.empty() ? "{}" : auth);
  }
  void received(socketio::Socket& socket, const socketio::Event& event) override {
    lines.push_back(std::string(event.name) + " " + std::string(event.args));
    attachments.assign(event.attachments.begin(), event.attachments.end());
    if (event.name == "message") socket.emit("message-back", event.args, event.attachments);
    if (event.name == "leave") socket.disconnect(event.args == "true");
    if (event.ack) socket.acknowledge(*event.ack, event.args, event.attachments);
  }
  void disconnected(socketio::Socket& socket, std::string_view reason) override {
    socket.emit("too-late", "");
    lines.push_back("disconnected " + std::string(reason));
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

}  // namespace daybook::test
