#include "http/server.h"

#include "base/logging.h"
#include "http/io_thread.h"
#include "http/listener.h"
#include "http/shared.h"

#include <unistd.h>

#include <algorithm>

namespace daybook::http {
namespace {

class ServerImpl final : public Server {
 public:
  ServerImpl(const Options& options, const Dependencies& dependencies)
      : shared_(options, dependencies) {}
  ~ServerImpl() override { stop(0); }

  Result<void> open() {
    DAYBOOK_TRY_VOID(add_fronts());
    DAYBOOK_TRY_VOID(register_routes(shared_));
    if (serves_live()) register_formats(shared_.options.live, shared_.live);
    const unsigned threads = shared_.options.threads == 0 ? 1 : shared_.options.threads;
    std::vector<std::vector<ListenSocket>> sockets(threads);
    if (auto listening = listen(sockets); !listening) {
      for (auto& of_thread : sockets)
        for (const ListenSocket& socket : of_thread) ::close(socket.fd);
      return listening;
    }
    register_metrics(shared_);
    for (unsigned i = 0; i < threads; ++i)
      threads_.push_back(IoThread::make(shared_, i, sockets[i]));
    for (auto& thread : threads_) shared_.threads.push_back(thread.get());
    shared_.worker.start();
    for (auto& thread : threads_) thread->start();
    return {};
  }

  [[nodiscard]] std::vector<std::string> urls() const override { return urls_; }
  [[nodiscard]] const live::Formats& formats() const override { return shared_.live.formats; }
  [[nodiscard]] const live::Audience& audience() const override { return shared_.live.audience; }

  void publish(const live::MessagePtr& message) override {
    if (!serves_live()) return;
    for (auto& thread : threads_) thread->publish(message);
  }

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
  [[nodiscard]] bool serves_live() const { return shared_.deps.make_live_app != nullptr; }

  Result<void> add_fronts() {
    const auto& fronts = shared_.options.fronts;
    if (fronts.size() >= fronts_max)
      return Error{Errc::invalid, "more than " + std::to_string(fronts_max - 1) + " fronts"};
    for (const FrontOptions& front : fronts) {
      const auto& domains = shared_.deps.domains;
      const auto at = std::find_if(domains.begin(), domains.end(), [&](const AnyDomain* domain) {
        return domain->name() == front.domain;
      });
      if (at == domains.end())
        return Error{Errc::invalid, "a front for a domain that does not exist: " + front.domain};
      shared_.fronts.push_back({Cors(front.cors_origins), *at});
    }
    return {};
  }

  Result<void> listen(std::vector<std::vector<ListenSocket>>& sockets) {
    for (const std::string& text : shared_.options.listen)
      DAYBOOK_TRY_VOID(listen(text, 0, sockets));
    for (unsigned i = 0; i < shared_.options.fronts.size(); ++i)
      DAYBOOK_TRY_VOID(listen(shared_.options.fronts[i].listen, i + 1, sockets));
    return {};
  }

  Result<void> listen(const std::string& text, unsigned front,
                      std::vector<std::vector<ListenSocket>>& sockets) {
    DAYBOOK_TRY(const Listener listener,
                open_listener(text, static_cast<unsigned>(sockets.size())));
    for (std::size_t i = 0; i < sockets.size(); ++i)
      sockets[i].push_back({listener.fds[i], listener.loopback, front});
    urls_.push_back(listener.url);
    return {};
  }

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
