#include "http/server.h"

#include "base/logging.h"
#include "http/io_thread.h"
#include "http/listener.h"
#include "http/shared.h"

#include <unistd.h>

namespace daybook::http {
namespace {

class ServerImpl final : public Server {
 public:
  ServerImpl(const Options& options, const Dependencies& dependencies)
      : shared_(options, dependencies) {}
  ~ServerImpl() override { stop(0); }

  Result<void> open() {
    DAYBOOK_TRY_VOID(register_routes(shared_));
    const unsigned threads = shared_.options.threads == 0 ? 1 : shared_.options.threads;
    std::vector<std::vector<ListenSocket>> sockets(threads);
    for (const std::string& text : shared_.options.listen) {
      auto listener = open_listener(text, threads);
      if (!listener) {
        for (auto& of_thread : sockets)
          for (const ListenSocket& socket : of_thread) ::close(socket.fd);
        return std::move(listener).error();
      }
      for (unsigned i = 0; i < threads; ++i)
        sockets[i].push_back({listener->fds[i], listener->loopback});
      urls_.push_back(listener->url);
    }
    register_metrics(shared_);
    for (unsigned i = 0; i < threads; ++i)
      threads_.push_back(IoThread::make(shared_, i, sockets[i]));
    shared_.worker.start();
    for (auto& thread : threads_) thread->start();
    return {};
  }

  [[nodiscard]] std::vector<std::string> urls() const override { return urls_; }

  void begin_drain() override {
    if (shared_.draining.exchange(true)) return;
    for (auto& thread : threads_) thread->begin_drain();
  }

  void stop(std::int64_t grace_ms) override {
    if (stopped_) return;
    stopped_ = true;
    begin_drain();
    shared_.worker.stop();
    for (auto& thread : threads_) thread->stop(grace_ms);
    for (auto& thread : threads_) thread->join();
  }

 private:
  Shared shared_;
  std::vector<std::string> urls_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Options& options,
                                              const Dependencies& dependencies) {
  auto server = std::make_unique<ServerImpl>(options, dependencies);
  DAYBOOK_TRY_VOID(server->open());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace daybook::http
