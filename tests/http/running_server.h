// A whole server on a free port: real log, real sequencer, the guest book and the front's own test
// domain. Appends and scans can be held back by a gate, so that a test decides when things happen.
#pragma once

#include "auth/admin_key.h"
#include "blobs/blob_store.h"
#include "domain/adapter.h"
#include "front_domain.h"
#include "http/live_domains.h"
#include "http/live_table.h"
#include "http/server.h"
#include "live_test_app.h"
#include "log/event_log.h"
#include "metrics/metrics.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/guestbook/guestbook.h"
#include "support/http_client.h"
#include "support/temp_dir.h"
#include "support/wait.h"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>

namespace daybook::test {

// Open by default. Counts who has come, whether let through or not.
class Gate {
 public:
  void shut() { set(false); }
  void open() { set(true); }
  void pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  int arrivals() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return arrived_;
  }
  bool wait_for_arrivals(int count) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return arrived_ >= count; });
  }

 private:
  void set(bool open) {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int arrived_ = 0;
};

// The real log behind two gates; a failing disk on request.
class GatedLog final : public log::EventLog {
 public:
  explicit GatedLog(std::unique_ptr<log::EventLog> real) : real_(std::move(real)) {}

  Gate append_gate, scan_gate;
  std::atomic<bool> disk_fails{false};

  Result<log::Committed> append(std::span<const log::GroupPart> parts,
                                Durability durability) override {
    append_gate.pass();
    if (disk_fails.load()) return Error{Errc::unavailable, "disk failed (injected)"};
    return real_->append(parts, durability);
  }
  Result<void> sync() override { return real_->sync(); }
  [[nodiscard]] Position synced() const override { return real_->synced(); }
  Result<log::Removed> remove_before(TopicId topic, Position before,
                                     const std::function<Result<bool>(const log::EventView&)>& f,
                                     std::atomic<bool>* stop) override {
    return real_->remove_before(topic, before, f, stop);
  }
  [[nodiscard]] Position head() const override { return real_->head(); }
  [[nodiscard]] Hash256 head_hash() const override { return real_->head_hash(); }
  [[nodiscard]] bool failed() const override { return real_->failed(); }
  Result<void> scan(const log::ScanOptions& options,
                    const std::function<bool(const log::EventView&)>& f) override {
    scan_gate.pass();
    return real_->scan(options, f);
  }
  Result<log::GroupInfo> group_of(Position position) override { return real_->group_of(position); }
  Result<log::VerifyReport> verify(const std::function<void(Position)>& progress) override {
    return real_->verify(progress);
  }
  Result<log::Stat> stat() override { return real_->stat(); }
  Result<void> refresh() override { return real_->refresh(); }
  void close() override { real_->close(); }

 private:
  std::unique_ptr<log::EventLog> real_;
};

struct ServerSetup {
  ServerSetup() {
    options.listen = {"127.0.0.1:0"};
    options.cors_origins = {"*"};
  }
  http::Options options;
  SequencerLimits sequencer;
  // The server's own routes, over what the server has. May be empty.
  std::function<std::vector<ServiceRoute>(log::EventLog&, Sequencer&, std::span<AnyDomain* const>)>
      services;
  bool live = false;          // with LiveTestApp
  bool live_domains = false;  // with DomainLiveApp
};

class RunningServer {
 public:
  explicit RunningServer(const ServerSetup& setup = {}) {
    log::Options log_options;
    log_options.data_dir = dir_.path();
    log_options.topics = {{guestbook::Domain::topic, std::string(guestbook::Domain::name)},
                          {front::Domain::topic, std::string(front::Domain::name)}};
    auto opened = log::EventLog::open(log_options);
    if (!opened) FAIL(opened.error().message);
    log = std::make_unique<GatedLog>(std::move(opened).value());
    auto key = auth::AdminKey::open(dir_.path());
    REQUIRE(key.ok());
    admin_key = key->fresh;
    key_ = std::move(key->key);
    auto blobs = blobs::BlobStore::open(dir_.path(), 100u << 20);
    REQUIRE(blobs.ok());
    blobs_ = std::move(blobs).value();
    sequencer =
        std::make_unique<Sequencer>(domains_, setup.sequencer, make_log_seam(*log), Position{0});
    sequencer->start();
    http::Dependencies deps{sequencer.get(), domains_,     log.get(),
                            key_.get(),      blobs_.get(), &metrics};
    if (setup.live) {
      deps.make_live_app = [this](const http::LiveContext& context) {
        return std::make_unique<LiveTestApp>(context, *guestbook_, live_log);
      };
    }
    if (setup.live_domains) {
      auto table = http::LiveTable::make(domains_);
      REQUIRE(table.ok());
      live_table_ = std::move(table).value();
      deps.make_live_app = [this](const http::LiveContext& context) {
        return std::make_unique<http::DomainLiveApp>(context, live_table_);
      };
    }
    if (setup.services) deps.services = setup.services(*log, *sequencer, domains_);
    auto started = http::Server::start(setup.options, deps);
    if (!started) FAIL(started.error().message);
    server = std::move(started).value();
    url = server->urls().front();
  }
  ~RunningServer() {
    log->append_gate.open();
    log->scan_gate.open();
    stop();
  }
  void stop() {
    sequencer->drain_and_stop();
    server->stop(2000);
  }
  // A state of the topic to its followers.
  void publish(std::string topic, std::uint64_t revision, std::string_view json) {
    server->publish(server->formats().encode(std::move(topic), revision, "changed", json, {}));
  }
  [[nodiscard]] HttpClient client() const { return HttpClient(url); }
  [[nodiscard]] Headers admin() const { return {{"Authorization", "Bearer " + admin_key}}; }
  static std::string entry(const std::string& name) {
    return R"({"name":")" + name + R"(","text":"hello"})";
  }

 private:
  TempDir dir_;
  std::unique_ptr<auth::AdminKey> key_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  std::unique_ptr<AnyDomain> guestbook_ = make_any_domain<guestbook::Domain>({});
  std::unique_ptr<AnyDomain> front_ = make_any_domain<front::Domain>({});
  AnyDomain* domains_[2] = {guestbook_.get(), front_.get()};
  http::LiveTable live_table_;

 public:
  LiveLog live_log;
  metrics::Registry metrics;
  std::unique_ptr<GatedLog> log;
  std::unique_ptr<Sequencer> sequencer;
  std::unique_ptr<http::Server> server;
  std::string url, admin_key;
};

}  // namespace daybook::test
