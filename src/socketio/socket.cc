#include "socketio/client.h"

namespace daybook::socketio {

void SocketImpl::emit(std::string_view name, std::string_view args,
                      std::span<const std::string> attachments) {
  std::string json;
  json.reserve(name.size() + args.size() + 8);
  append_event_array(json, name, args);
  const auto type = attachments.empty() ? PacketType::event : PacketType::binary_event;
  send({type, attachments.size(), space_.name, std::nullopt, json}, attachments);
}

void SocketImpl::acknowledge(std::uint64_t ack, std::string_view args,
                             std::span<const std::string> attachments) {
  std::string json;
  json.reserve(args.size() + 2);
  json.append("[").append(args).append("]");
  const auto type = attachments.empty() ? PacketType::ack : PacketType::binary_ack;
  send({type, attachments.size(), space_.name, ack, json}, attachments);
}

void SocketImpl::send(const Packet& packet, std::span<const std::string> attachments) {
  if (client_ == nullptr) return;
  Session& session = client_->session();
  Engine& engine = client_->engine();
  const Engine::Entered entered(engine);
  std::string& out = engine.scratch();
  out.push_back(type_digit(EngineType::message));
  append_packet(out, packet);
  session.send_packet(out);
  for (const std::string& bytes : attachments) session.send_binary(bytes);
}

void SocketImpl::offer(const live::MessagePtr& message) {
  if (client_ == nullptr) return;
  const Engine::Entered entered(client_->engine());
  client_->session().offer(message, space_.packet_format, space_.frame_format);
}

void SocketImpl::disconnect(bool close) {
  if (client_ == nullptr) return;
  Client& client = *client_;
  const Engine::Entered entered(client.engine());
  if (close) return client.disconnect();
  send({PacketType::disconnect, 0, space_.name, std::nullopt, {}}, {});
  if (client_ != nullptr) client.leave(*this, "server namespace disconnect");
}

void append_event_packet(std::string& out, std::string_view name, std::string_view event,
                         std::string_view args, bool engine) {
  std::string json;
  append_event_array(json, event, args);
  if (engine) out.push_back(type_digit(EngineType::message));
  append_packet(out, {PacketType::event, 0, name, std::nullopt, json});
}

}  // namespace daybook::socketio
