#include "load/runner.h"

#include "base/descriptors.h"
#include "base/thread.h"
#include "load/interrupt.h"

#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace daybook::load {
namespace {

constexpr unsigned spare_descriptors = 64;
constexpr std::chrono::milliseconds look_up{100};

Result<void> allow_descriptors(unsigned connections) {
  const std::size_t wanted = connections + spare_descriptors;
  const std::size_t limit = raise_descriptor_limit();
  if (limit >= wanted) return {};
  return Error{Errc::invalid, std::to_string(connections) + " connections need " +
                                  std::to_string(wanted) + " open files; this process may have " +
                                  std::to_string(limit) + " (ulimit -n)"};
}

double seconds_of(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

// Which part of `total` is worker i's, of n.
std::uint64_t share(std::uint64_t total, unsigned i, unsigned n) {
  return total == unlimited ? unlimited : total / n + (i < total % n ? 1 : 0);
}

class Crew {
 public:
  Crew(const LoadPlan& plan, const SourceFactory& sources) : plan_(plan) {
    for (unsigned i = 0; i < plan.threads; ++i) {
      WorkerPlan worker;
      worker.target = &plan.target;
      worker.connections = static_cast<unsigned>(share(plan.connections, i, plan.threads));
      worker.pipeline = plan.pipeline;
      worker.requests = share(plan.requests, i, plan.threads);
      if (plan.rate > 0) {
        worker.interval_ns = 1e9 * plan.threads / plan.rate;
        worker.first_due_ns = 1e9 * i / plan.rate;
      }
      worker.lines = plan.lines;
      workers_.push_back(std::make_unique<Worker>(worker, sources(i)));
    }
  }

  Result<LoadReport> run(const std::function<void(const LoadTick&)>& on_tick) {
    std::promise<std::optional<Schedule>> start;
    const std::shared_future<std::optional<Schedule>> started = start.get_future().share();
    std::vector<std::thread> threads;
    for (auto& worker : workers_)
      threads.emplace_back([this, &worker, started] { work(*worker, started); });
    wait_until([this] { return connecting_done_ == workers_.size(); }, [] {});

    LoadReport report;
    report.connected = connected_;
    std::optional<Schedule> schedule;
    if (connected_ > 0) {
      schedule.emplace();
      schedule->start_ns = steady_ns();
      schedule->measure_from_ns = schedule->start_ns + plan_.warmup_ns;
      schedule->end_ns = schedule->measure_from_ns + plan_.duration_ns;
    }
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    start.set_value(schedule);
    if (schedule) tick_until_done(schedule->start_ns, on_tick);
    for (std::thread& t : threads) t.join();
    if (!schedule) return no_connection();

    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    report.cpu_user_seconds = seconds_of(after.ru_utime) - seconds_of(before.ru_utime);
    report.cpu_system_seconds = seconds_of(after.ru_stime) - seconds_of(before.ru_stime);
    for (auto& worker : workers_) report.tally.merge(worker->tally());
    const std::int64_t measured_ns = report.tally.last_answer_ns - schedule->measure_from_ns;
    if (report.tally.answers > 0) report.seconds = static_cast<double>(measured_ns) / 1e9;
    report.interrupted = InterruptGuard::requested();
    return report;
  }

 private:
  void work(Worker& worker, const std::shared_future<std::optional<Schedule>>& started) {
    set_thread_name("load");
    const unsigned connected = worker.connect();
    {
      const std::lock_guard lock(mutex_);
      connected_ += connected;
      ++connecting_done_;
    }
    changed_.notify_one();
    const std::optional<Schedule>& schedule = started.get();
    if (schedule) worker.run(*schedule);
    {
      const std::lock_guard lock(mutex_);
      ++running_done_;
    }
    changed_.notify_one();
  }

  // Looks after Ctrl-C meanwhile.
  template <class Done, class Then>
  void wait_until(Done done, Then then) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, look_up, done)) {
      if (InterruptGuard::requested())
        for (auto& worker : workers_) worker->request_stop();
      then();
    }
  }

  void tick_until_done(std::int64_t start_ns, const std::function<void(const LoadTick&)>& on_tick) {
    std::int64_t next_ns = start_ns + 1'000'000'000;
    wait_until([this] { return running_done_ == workers_.size(); },
               [&] {
                 const std::int64_t now_ns = steady_ns();
                 if (now_ns < next_ns || !on_tick) return;
                 while (next_ns <= now_ns) next_ns += 1'000'000'000;
                 LoadTick tick;
                 tick.seconds = static_cast<double>(now_ns - start_ns) / 1e9;
                 for (const auto& worker : workers_) {
                   const Worker::Progress p = worker->progress();
                   tick.total.answers += p.answers;
                   tick.total.lines += p.lines;
                   tick.total.failed += p.failed;
                 }
                 on_tick(tick);
               });
  }

  [[nodiscard]] Error no_connection() const {
    return {Errc::unavailable, "cannot connect to http://" + plan_.target.authority + ": " +
                                   workers_.front()->connect_error()};
  }

  const LoadPlan& plan_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t connecting_done_ = 0, running_done_ = 0;  // guarded by mutex_
  unsigned connected_ = 0;                              // guarded by mutex_
};

}  // namespace

Result<LoadReport> run_load(const LoadPlan& plan, const SourceFactory& sources,
                            const std::function<void(const LoadTick&)>& on_tick) {
  if (plan.connections == 0 || plan.connections > load_connections_max || plan.threads == 0 ||
      plan.threads > threads_max || plan.threads > plan.connections || plan.pipeline == 0 ||
      plan.pipeline > load_pipeline_max || !(plan.rate >= 0))
    return Error{Errc::invalid, "connections, threads, pipeline or rate out of range"};
  DAYBOOK_TRY_VOID(allow_descriptors(plan.connections));
  const InterruptGuard guard;
  Crew crew(plan, sources);
  return crew.run(on_tick);
}

}  // namespace daybook::load
