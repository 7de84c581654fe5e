#include "socketio/server.h"

#include "socketio/client.h"
#include "socketio/engine.h"

#include <daybook/check.h>

namespace daybook::socketio {
namespace {

// What both kinds of server do alike.
class EngineServer : public Server {
 public:
  EngineServer(const Options& options, unsigned home, std::uint64_t seed, Layer& layer)
      : engine_(options, home, seed, layer) {}

  std::uint64_t request(const HttpRequest& request, std::shared_ptr<HttpReply> reply,
                        std::int64_t now_ms) override {
    return engine_.request(request, std::move(reply), now_ms);
  }
  void poll_gone(std::uint64_t key) override { engine_.poll_gone(key); }
  std::unique_ptr<live::Peer> open(const HttpRequest& request, live::Connection& connection,
                                   std::int64_t now_ms, Refused& refused_with) override {
    return engine_.open(request, connection, now_ms, refused_with);
  }
  void tick(std::int64_t now_ms) override { engine_.tick(now_ms); }
  void close_all() override { engine_.close_all(); }

 protected:
  Engine engine_;
};

// A base, so that the layer is there before the engine and after it.
template <class T>
struct Holder {
  T layer;
};

class SocketIoServer final : private Holder<SocketIo>, public EngineServer {
 public:
  SocketIoServer(const Options& options, unsigned home, std::uint64_t seed)
      : Holder<SocketIo>{SocketIo(home)}, EngineServer(options, home, seed, layer) {
    layer.engine = &engine_;
  }
  void add(std::string name, Namespace& of, std::size_t packet_format,
           std::size_t frame_format) override {
    DAYBOOK_CHECK(name.starts_with('/') && name.find(',') == std::string::npos &&
                  name.size() <= namespace_bytes_max && layer.find_space(name) == nullptr);
    layer.add({std::move(name), &of, packet_format, frame_format});
  }
  Socket* find(std::uint64_t key) override { return layer.find(key); }
  void use(live::Hub& hub) override { layer.hub = &hub; }
  [[nodiscard]] Counts counts() const override {
    Counts counts = engine_.counts();
    counts.sockets = layer.sockets();
    return counts;
  }
};

class HandlerLayer final : public Layer {
 public:
  explicit HandlerLayer(EngineHandler& handler) : handler_(handler) {}
  void opened(Session& session) override {
    session.set_joined(true);
    handler_.opened(session);
  }
  void received(Session& session, live::Kind kind, std::string_view message, bool) override {
    handler_.received(session, kind, message);
  }
  void closed(Session& session, std::string_view) override { handler_.closed(session); }

 private:
  EngineHandler& handler_;
};

class PlainServer final : private Holder<HandlerLayer>, public EngineServer {
 public:
  PlainServer(const Options& options, unsigned home, std::uint64_t seed)
      : Holder<HandlerLayer>{HandlerLayer(*options.plain)},
        EngineServer(options, home, seed, layer) {}
  void add(std::string, Namespace&, std::size_t, std::size_t) override {
    constexpr bool has_namespaces = false;
    DAYBOOK_CHECK(has_namespaces);
  }
  Socket* find(std::uint64_t) override { return nullptr; }
  void use(live::Hub&) override {}
  [[nodiscard]] Counts counts() const override { return engine_.counts(); }
};

}  // namespace

std::unique_ptr<Server> Server::make(const Options& options, unsigned home, std::uint64_t seed) {
  DAYBOOK_CHECK(options.attachments_max <= attachments_limit);
  DAYBOOK_CHECK(options.ping_interval_ms > 0 && options.ping_timeout_ms > 0);
  if (options.plain != nullptr) return std::make_unique<PlainServer>(options, home, seed);
  return std::make_unique<SocketIoServer>(options, home, seed);
}

}  // namespace daybook::socketio
