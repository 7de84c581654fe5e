// A server of the front alone, which does what the official suites of Engine.IO and Socket.IO
// expect of the one they are run against:
//
//   socketio_echo_server --port 3000 --mode socketio
//
// It prints its URLs, and ends by SIGTERM or SIGINT. Mode engine serves /engine.io/ and sends each
// message back; mode socketio serves /socket.io/ with the namespaces / and /custom, where a client
// is told its `auth`, `message` comes back as `message-back` and acknowledgements repeat the
// arguments.
#include "auth/admin_key.h"
#include "blobs/blob_store.h"
#include "domain/adapter.h"
#include "http/live_app.h"
#include "http/server.h"
#include "log/event_log.h"
#include "metrics/metrics.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/guestbook/guestbook.h"
#include "support/temp_dir.h"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::test {
namespace {

// No state: all io threads use it.
struct EngineEcho final : socketio::EngineHandler {
  void received(socketio::EngineSession& session, live::Kind kind,
                std::string_view message) override {
    session.send(kind, message);
  }
};

// The suite listens for `auth` only when it has read the answer to its CONNECT, so it is said a
// moment later.
struct NamespaceEcho final : socketio::Namespace {
  std::vector<std::pair<std::uint64_t, std::string>> joined;  // key and auth, until the next tick

  void connected(socketio::Socket& socket, std::string_view auth) override {
    joined.emplace_back(socket.key(), auth.empty() ? "{}" : auth);
  }
  void received(socketio::Socket& socket, const socketio::Event& event) override {
    if (event.name == "message") socket.emit("message-back", event.args, event.attachments);
    if (event.ack) socket.acknowledge(*event.ack, event.args, event.attachments);
  }
};

class EchoApp final : public http::LiveApp {
 public:
  explicit EchoApp(const http::LiveContext& context) : context_(context) {}
  socketio::Namespace& namespace_of(std::string_view) override { return echo_; }
  Result<std::unique_ptr<live::Peer>> open_socket(const http::Route&, const Request&,
                                                  live::Connection&) override {
    return Error{Errc::not_found, "only Socket.IO is served here"};
  }
  Result<std::unique_ptr<live::Peer>> open_stream(const http::Route&, const Request&,
                                                  live::Connection&) override {
    return Error{Errc::not_found, "only Socket.IO is served here"};
  }
  void completed(Submission&) override {}
  void tick(std::int64_t) override {
    for (const auto& [key, auth] : std::exchange(echo_.joined, {}))
      if (socketio::Socket* socket = context_.socketio.find(key)) socket->emit("auth", auth);
  }

 private:
  const http::LiveContext context_;
  NamespaceEcho echo_;
};

int fail(const Error& error) {
  std::fprintf(stderr, "socketio_echo_server: %s\n", error.message.c_str());
  return 1;
}

int serve(const http::Options& options, const sigset_t& ending) {
  const TempDir dir;
  log::Options log_options;
  log_options.data_dir = dir.path();
  log_options.topics = {{guestbook::Domain::topic, std::string(guestbook::Domain::name)}};
  auto log = log::EventLog::open(log_options);
  if (!log) return fail(log.error());
  auto key = auth::AdminKey::open(dir.path());
  if (!key) return fail(key.error());
  auto blobs = blobs::BlobStore::open(dir.path(), 1u << 20);
  if (!blobs) return fail(blobs.error());
  const auto guestbook = make_any_domain<guestbook::Domain>({});
  AnyDomain* domains[] = {guestbook.get()};
  metrics::Registry metrics;
  Sequencer sequencer(domains, {}, make_log_seam(**log), Position{0});
  sequencer.start();
  http::Dependencies deps{&sequencer, domains, log->get(), key->key.get(), blobs->get(), &metrics};
  deps.make_live_app = [](const http::LiveContext& context) {
    return std::make_unique<EchoApp>(context);
  };
  auto server = http::Server::start(options, deps);
  if (!server) return fail(server.error());
  for (const std::string& url : (*server)->urls()) std::printf("%s\n", url.c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  (*server)->begin_drain();
  sequencer.drain_and_stop();
  constexpr std::int64_t grace_ms = 2000;
  (*server)->stop(grace_ms);
  return 0;
}

int run(int argc, char** argv) {
  int port = 0;
  std::string mode = "socketio";
  http::Options options;
  options.threads = 1;
  options.cors_origins = {"*"};
  socketio::Options& engine = options.live.engine;
  engine.ping_interval_ms = 300;
  engine.ping_timeout_ms = 200;
  engine.connect_timeout_ms = 1000;
  CLI::App app("What the official suites of Engine.IO and Socket.IO are run against.");
  app.add_option("--port", port, "on 127.0.0.1 and ::1; 0: any free one, on 127.0.0.1 only");
  app.add_option("--mode", mode)->check(CLI::IsMember({"engine", "socketio"}));
  app.add_option("--threads", options.threads, "io threads");
  app.add_option("--ping-interval", engine.ping_interval_ms, "ms");
  app.add_option("--ping-timeout", engine.ping_timeout_ms, "ms");
  app.add_option("--connect-timeout", engine.connect_timeout_ms, "ms");
  app.add_option("--max-payload", engine.payload_bytes_max, "bytes");
  CLI11_PARSE(app, argc, argv);
  options.listen = {"127.0.0.1:" + std::to_string(port)};
  if (port != 0) options.listen.push_back("[::1]:" + std::to_string(port));
  EngineEcho echo;
  options.live.namespaces = {"/", "/custom"};
  if (mode == "engine") {
    engine.plain = &echo;
    options.live.socketio_path = "/engine.io/";
    options.live.namespaces.clear();
  }
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // in all threads: taken by sigwait
  return serve(options, ending);
}

}  // namespace
}  // namespace daybook::test

int main(int argc, char** argv) { return daybook::test::run(argc, argv); }
