#include "http/live_domains.h"

#include "base/logging.h"
#include "http/io_thread.h"
#include "http/live_json.h"
#include "http/problem.h"
#include "http/router.h"

#include <daybook/check.h>

#include <utility>

namespace daybook::http {
namespace {

// {"ok":false,"type":...,...}: a problem, as an acknowledgement carries it.
void append_refusal(std::string& out, std::string_view first_members, const Error& error) {
  out += '{';
  out += first_members;
  std::string problem;
  append_problem(problem, status_of(error.code), error);
  if (!first_members.empty()) out += ',';
  out += std::string_view(problem).substr(1);
}

}  // namespace

// --- Socket.IO

class DomainLiveApp::Messages final : public socketio::Namespace {
 public:
  explicit Messages(DomainLiveApp& app) : app_(app) {}

  void received(socketio::Socket& socket, const socketio::Event& event) override {
    LiveSender sender;
    sender.dialect = LiveSender::Dialect::socketio;
    sender.key = socket.key();
    sender.ack = event.ack;
    sender.name = event.name;
    std::string& text = app_.text_;
    text.assign(1, '[').append(event.args).push_back(']');
    const std::size_t size = text.size();
    text.append(json::Parser::padding_bytes, '\0');
    auto args = app_.context_.io.json().parse(std::string_view(text).substr(0, size), true);
    if (!args) return app_.refused(sender, args.error());
    json::Value payload;
    bool first = true;
    args->each_element([&](const json::Value& value) {
      if (std::exchange(first, false)) payload = value;
    });
    app_.calls_.call(std::move(sender), payload);
  }

 private:
  DomainLiveApp& app_;
};

DomainLiveApp::DomainLiveApp(const LiveContext& context, const LiveTable& table)
    : context_(context), calls_(context_, table, *this) {}

DomainLiveApp::~DomainLiveApp() { DAYBOOK_CHECK(json_peers_.empty()); }

socketio::Namespace& DomainLiveApp::namespace_of(std::string_view name) {
  auto& messages = namespaces_[std::string(name)];
  if (!messages) messages = std::make_unique<Messages>(*this);
  return *messages;
}

// --- the JSON protocol

Result<std::unique_ptr<live::Peer>> DomainLiveApp::open_socket(const Route& route,
                                                               const Request& request,
                                                               live::Connection& connection) {
  AnyLive& live = *route.domain->live();
  DAYBOOK_TRY(const LiveAnswer answer, live.open(route.index, request));
  auto peer =
      std::make_unique<JsonPeer>(*this, connection, next_key_++, context_.formats.json_frame);
  std::string hello = "{\"type\":\"hello\",\"protocol\":";
  json::append_string(hello, live.paths()[route.index].subprotocol);
  hello += ",\"now\":" + std::to_string(to_ms(context_.io.wall()).value) + "}";
  connection.send(live::Kind::text, hello);
  DAYBOOK_TRY_VOID(calls_.follow(live, *peer, answer));
  return std::unique_ptr<live::Peer>(std::move(peer));
}

Result<std::unique_ptr<live::Peer>> DomainLiveApp::open_stream(const Route& route,
                                                               const Request& request,
                                                               live::Connection& connection) {
  AnyLive& live = *route.domain->live();
  DAYBOOK_TRY(const LiveAnswer answer, live.open(route.index, request));
  auto peer =
      std::make_unique<JsonPeer>(*this, connection, next_key_++, context_.formats.event_chunk);
  DAYBOOK_TRY_VOID(calls_.follow(live, *peer, answer));
  return std::unique_ptr<live::Peer>(std::move(peer));
}

void DomainLiveApp::received(JsonPeer& peer, std::string_view message) {
  LiveSender sender;
  sender.key = peer.key();
  auto parsed = context_.io.json().parse(message, true);
  if (!parsed) return refused(sender, parsed.error());
  if (!parsed->is_object()) {
    return refused(sender, Error{Errc::malformed, "a message is a JSON object with a type"});
  }
  if (const auto id = parsed->find("id")) {
    if (!id->is_string() && !id->is_number())
      return refused(sender, Error{Errc::invalid,
                                   "the id of a message is a string or a number",
                                   {{"id", "type", "must be a string or a number"}}});
    std::string text = id->to_string();
    if (text.size() > LiveSender::id_bytes_max)
      return refused(sender,
                     Error{Errc::invalid,
                           "the id of a message is too long",
                           {{"id", "too_long",
                             "at most " + std::to_string(LiveSender::id_bytes_max) + " bytes"}}});
    sender.id = std::move(text);
  }
  const auto type = parsed->find("type");
  if (!type || !type->is_string()) {
    return refused(sender, Error{Errc::invalid,
                                 "a message needs its type",
                                 {{"type", "required", "must be the message's name, a text"}}});
  }
  sender.name = type->string();
  calls_.call(std::move(sender), *parsed);
}

// --- answers, in the sender's dialect

JsonPeer* DomainLiveApp::json_peer(std::uint64_t key) {
  const auto at = json_peers_.find(key);
  return at == json_peers_.end() ? nullptr : at->second;
}

live::Subscriber* DomainLiveApp::subscriber_of(const LiveSender& sender) {
  if (sender.dialect == LiveSender::Dialect::json) return json_peer(sender.key);
  socketio::Socket* socket = context_.socketio.find(sender.key);
  return socket == nullptr ? nullptr : &socket->subscriber();
}

void DomainLiveApp::accepted(const LiveSender& sender, std::string_view body,
                             std::string_view receipt) {
  std::string out;
  if (sender.dialect == LiveSender::Dialect::socketio) {
    if (!sender.ack) return;
    socketio::Socket* socket = context_.socketio.find(sender.key);
    if (socket == nullptr) return;
    out = "{";
    append_accepted_members(out, body, receipt);
    out += '}';
    return socket->acknowledge(*sender.ack, out);
  }
  JsonPeer* peer = json_peer(sender.key);
  if (peer == nullptr || sender.id.empty()) return;
  out = "{\"type\":\"answer\",\"id\":" + sender.id + ",";
  append_accepted_members(out, body, receipt);
  out += '}';
  peer->connection().send(live::Kind::text, out);
}

void DomainLiveApp::refused(const LiveSender& sender, const Error& error) {
  std::string out;
  if (sender.dialect == LiveSender::Dialect::socketio) {
    socketio::Socket* socket = context_.socketio.find(sender.key);
    if (socket == nullptr) return;
    if (sender.ack) {
      append_refusal(out, "\"ok\":false", error);
      return socket->acknowledge(*sender.ack, out);
    }
    std::string first = "\"event\":";
    json::append_string(first, sender.name);
    append_refusal(out, first, error);
    return socket->emit("problem", out);
  }
  JsonPeer* peer = json_peer(sender.key);
  if (peer == nullptr) return;
  out = "{\"type\":\"answer\",\"id\":" + (sender.id.empty() ? std::string("null") : sender.id) +
        ",\"ok\":false,\"problem\":";
  append_refusal(out, {}, error);
  out += '}';
  peer->connection().send(live::Kind::text, out);
}

}  // namespace daybook::http
