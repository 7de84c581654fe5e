// The Socket.IO half: what the messages of an Engine.IO session mean. A Client is one session's
// state, a SocketImpl one namespace it is in, SocketIo what all of a thread's have in common.
//
// Threads: one (its io thread).
#pragma once

#include "socketio/engine.h"
#include "socketio/packet.h"
#include "socketio/server.h"

#include <daybook/json.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::socketio {

class Client;
class SocketIo;

// A namespace of the server.
struct Space {
  std::string name;
  Namespace* does = nullptr;
  std::size_t packet_format = 0, frame_format = 0;
};

class SocketImpl final : public Socket, public live::Subscriber {
 public:
  SocketImpl(Client& client, const Space& space, std::uint64_t key,
             const std::array<char, socket_id_chars>& id)
      : space_(space), client_(&client), key_(key), id_(id) {}

  [[nodiscard]] std::uint64_t key() const override { return key_; }
  [[nodiscard]] std::string_view id() const override { return {id_.data(), id_.size()}; }
  void emit(std::string_view name, std::string_view args,
            std::span<const std::string> attachments) override;
  void acknowledge(std::uint64_t ack, std::string_view args,
                   std::span<const std::string> attachments) override;
  live::Subscriber& subscriber() override { return *this; }
  void disconnect(bool close) override;
  void offer(const live::MessagePtr& message) override;

  [[nodiscard]] const Space& space() const { return space_; }
  void cut() { client_ = nullptr; }  // says nothing any more

 private:
  void send(const Packet& packet, std::span<const std::string> attachments);

  const Space& space_;
  Client* client_;  // null: it has left
  const std::uint64_t key_;
  const std::array<char, socket_id_chars> id_;
};

class Client final : public SessionState {
 public:
  Client(SocketIo& shared, Session& session) : shared_(shared), session_(session) {}
  void received(live::Kind kind, std::string_view message, bool padded);
  // It left, or was made to; `reason`: for Namespace::disconnected.
  void leave(SocketImpl& socket, std::string_view reason);
  void leave_all(std::string_view reason);
  // Tells it to leave its namespaces, then ends its session.
  void disconnect();

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] Engine& engine();

 private:
  // A packet whose binaries are on their way.
  struct Incomplete {
    std::string text;
    std::size_t expected = 0;
    std::vector<std::string> attachments;
    std::size_t bytes = 0;
  };

  void received_binary(std::string_view bytes);
  void take(const Packet& packet, bool padded, std::span<const std::string> attachments);
  void connect(const Packet& packet);
  void take_event(SocketImpl& socket, const Packet& packet, const json::Value& payload,
                  std::span<const std::string> attachments);
  bool hold(std::size_t bytes);  // false: too much is held
  void drop_incomplete();
  SocketImpl* find(std::string_view name);

  SocketIo& shared_;
  Session& session_;
  std::vector<std::unique_ptr<SocketImpl>> sockets_;  // at most one for each namespace
  std::unique_ptr<Incomplete> incomplete_;
};

class SocketIo final : public Layer {
 public:
  explicit SocketIo(unsigned home) : home_(home) {}

  void opened(Session& session) override;
  void received(Session& session, live::Kind kind, std::string_view message, bool padded) override;
  void expired(Session& session) override;
  void closed(Session& session, std::string_view reason) override;
  void settled() override { left_.clear(); }

  void add(Space space);
  [[nodiscard]] const Space* find_space(std::string_view name) const;
  [[nodiscard]] SocketImpl* find(std::uint64_t key) const;
  [[nodiscard]] std::size_t sockets() const { return sockets_.size(); }

  // For clients.
  std::unique_ptr<SocketImpl> make_socket(Client& client, const Space& space);
  void remove(std::unique_ptr<SocketImpl> socket, std::string_view reason);
  // A session that is in no namespace must join one in time.
  void must_join(Session& session);

  Engine* engine = nullptr;  // set before anything else; its layer this is
  live::Hub* hub = nullptr;
  json::Parser parser;
  std::string unescaped_name;
  std::size_t incomplete_bytes = 0;  // of all clients

 private:
  const unsigned home_;
  std::vector<std::unique_ptr<Space>> spaces_;
  std::unordered_map<std::uint64_t, SocketImpl*> sockets_;
  std::uint64_t sockets_made_ = 0;
  std::vector<std::unique_ptr<SocketImpl>> left_;  // destroyed when the engine is left
};

inline Engine& Client::engine() { return *shared_.engine; }

}  // namespace daybook::socketio
