#include "socketio/client.h"

#include <algorithm>

namespace daybook::socketio {

void Client::received(live::Kind kind, std::string_view message, bool padded) {
  const bool binary = kind == live::Kind::binary;
  if (binary != (incomplete_ != nullptr)) return session_.end(Ending::malformed);
  if (binary) return received_binary(message);
  const auto packet = decode_packet(message, engine().options().attachments_max);
  if (!packet.ok()) return session_.end(Ending::malformed);
  if (packet->attachments == 0) return take(*packet, padded, {});
  incomplete_ = std::make_unique<Incomplete>();
  incomplete_->text = message;
  incomplete_->expected = packet->attachments;
  if (!hold(message.size())) session_.end(Ending::too_large);
}

void Client::received_binary(std::string_view bytes) {
  if (!hold(bytes.size())) return session_.end(Ending::too_large);
  incomplete_->attachments.emplace_back(bytes);
  if (incomplete_->attachments.size() < incomplete_->expected) return;
  const Incomplete whole = std::move(*incomplete_);
  drop_incomplete();
  const auto packet = decode_packet(whole.text, whole.expected);
  take(*packet, false, whole.attachments);
}

bool Client::hold(std::size_t bytes) {
  const Options& options = engine().options();
  if (incomplete_->bytes + bytes > options.payload_bytes_max ||
      shared_.incomplete_bytes + bytes > options.incomplete_bytes_max)
    return false;
  incomplete_->bytes += bytes;
  shared_.incomplete_bytes += bytes;
  return true;
}

void Client::drop_incomplete() {
  if (incomplete_ == nullptr) return;
  shared_.incomplete_bytes -= incomplete_->bytes;
  incomplete_ = nullptr;
}

// What names a namespace the client is not in, or asks for one it is in, ends the session_.
void Client::take(const Packet& packet, bool padded, std::span<const std::string> attachments) {
  const auto payload = parse_payload(packet, shared_.parser, padded);
  if (!payload.ok()) return session_.end(Ending::malformed);
  SocketImpl* socket = find(packet.name);
  if ((socket == nullptr) != (packet.type == PacketType::connect))
    return session_.end(Ending::malformed);
  switch (packet.type) {
    case PacketType::connect:
      return connect(packet);
    case PacketType::disconnect:
      return leave(*socket, "client namespace disconnect");
    case PacketType::event:
    case PacketType::binary_event:
      return take_event(*socket, packet, *payload, attachments);
    default:  // an acknowledgement; nothing that is emitted here asks for one
      return;
  }
}

void Client::connect(const Packet& packet) {
  const auto answer = [&](PacketType type, std::string_view name, std::string_view key,
                          std::string_view value) {
    std::string json;
    json::Writer(json).begin_object().member(key, value).end_object();
    std::string& out = engine().scratch();
    out.push_back(type_digit(EngineType::message));
    append_packet(out, {type, 0, name, std::nullopt, json});
    session_.send_packet(out);
  };
  const Space* space = shared_.find_space(packet.name);
  if (space == nullptr)
    return answer(PacketType::connect_error, packet.name, "message", "Invalid namespace");
  const auto may = space->does->connecting(packet.json);
  if (!session_.is_open()) return;
  if (!may.ok())
    return answer(PacketType::connect_error, packet.name, "message", may.error().message);
  sockets_.push_back(shared_.make_socket(*this, *space));
  SocketImpl& socket = *sockets_.back();
  session_.set_joined(true);
  session_.expire_at(TimerNode::never);
  answer(PacketType::connect, space->name, "sid", socket.id());
  if (session_.is_open()) space->does->connected(socket, packet.json);
}

// A long name is refused: refusals say it again, and might wait for a client that never polls.
void Client::take_event(SocketImpl& socket, const Packet& packet, const json::Value& payload,
                        std::span<const std::string> attachments) {
  const EventParts parts = split_event(packet.json, payload, shared_.unescaped_name);
  if (parts.name.size() > event_name_bytes_max) return session_.end(Ending::malformed);
  const Event event{parts.name, parts.args, attachments, packet.ack, payload};
  socket.space().does->received(socket, event);
}

SocketImpl* Client::find(std::string_view name) {
  const auto at =
      std::ranges::find_if(sockets_, [&](const auto& s) { return s->space().name == name; });
  return at == sockets_.end() ? nullptr : at->get();
}

void Client::leave(SocketImpl& socket, std::string_view reason) {
  const auto at = std::ranges::find_if(sockets_, [&](const auto& s) { return s.get() == &socket; });
  auto leaving = std::move(*at);
  sockets_.erase(at);
  if (sockets_.empty()) shared_.must_join(session_);
  shared_.remove(std::move(leaving), reason);
}

void Client::leave_all(std::string_view reason) {
  while (!sockets_.empty()) leave(*sockets_.back(), reason);
  drop_incomplete();
}

void Client::disconnect() {
  while (!sockets_.empty()) sockets_.back()->disconnect(false);
  session_.end(Ending::server);
}

void SocketIo::opened(Session& session) {
  session.state = std::make_unique<Client>(*this, session);
  must_join(session);
}

void SocketIo::received(Session& session, live::Kind kind, std::string_view message, bool padded) {
  static_cast<Client&>(*session.state).received(kind, message, padded);
}

void SocketIo::expired(Session& session) { session.end(Ending::connect_timeout); }

void SocketIo::closed(Session& session, std::string_view reason) {
  static_cast<Client&>(*session.state).leave_all(reason);
}

void SocketIo::must_join(Session& session) {
  if (!session.is_open()) return;
  session.set_joined(false);
  if (engine->counts().handshakes > engine->options().handshakes_max)
    return session.end(Ending::server);  // it has left its last namespace, and others wait
  session.expire_at(engine->now_ms() + engine->options().connect_timeout_ms);
}

void SocketIo::add(Space space) { spaces_.push_back(std::make_unique<Space>(std::move(space))); }

const Space* SocketIo::find_space(std::string_view name) const {
  const auto at = std::ranges::find_if(spaces_, [&](const auto& s) { return s->name == name; });
  return at == spaces_.end() ? nullptr : at->get();
}

SocketImpl* SocketIo::find(std::uint64_t key) const {
  const auto at = sockets_.find(key);
  return at == sockets_.end() ? nullptr : at->second;
}

std::unique_ptr<SocketImpl> SocketIo::make_socket(Client& client, const Space& space) {
  constexpr int home_shift = 48;
  const std::uint64_t key = std::uint64_t{home_} << home_shift | ++sockets_made_;
  auto socket = std::make_unique<SocketImpl>(client, space, key, engine->ids().socket());
  sockets_.emplace(key, socket.get());
  return socket;
}

void SocketIo::remove(std::unique_ptr<SocketImpl> socket, std::string_view reason) {
  socket->cut();
  socket->space().does->disconnected(*socket, reason);
  if (hub != nullptr) hub->leave_all(*socket);
  sockets_.erase(socket->key());
  left_.push_back(std::move(socket));
}

}  // namespace daybook::socketio
