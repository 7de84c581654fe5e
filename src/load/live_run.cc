#include "load/live_run.h"

#include "base/descriptors.h"
#include "load/interrupt.h"
#include "load/worker.h"

#include <unistd.h>

#include <string>

namespace daybook::load {
namespace {

constexpr unsigned spare_descriptors = 64;
constexpr std::int64_t tick_ns = 1'000'000'000;
// So many lost connections before anyone has joined, and it is said at once.
constexpr std::uint64_t first_losses_max = 16;

Result<void> check(const LivePlan& plan) {
  if (plan.sockets == 0 || plan.sockets > live_sockets_max)
    return Error{Errc::invalid, "1 to " + std::to_string(live_sockets_max) + " sockets"};
  if (1 + std::uint64_t{plan.answerers} + plan.churners() > plan.sockets)
    return Error{Errc::invalid, "one driver, the answerers and the churners (" +
                                    std::to_string(plan.churners()) +
                                    ") are more than the sockets"};
  if (plan.answerers > 0 && plan.quiz.users <= driven_users)
    return Error{Errc::invalid, "answerers need more than " + std::to_string(driven_users) +
                                    " users: the first ones are the driver's"};
  const std::size_t wanted = plan.sockets + spare_descriptors;
  const std::size_t limit = raise_descriptor_limit();
  if (limit >= wanted) return {};
  return Error{Errc::invalid, std::to_string(plan.sockets) + " sockets need " +
                                  std::to_string(wanted) + " open files; this process may have " +
                                  std::to_string(limit) + " (ulimit -n)"};
}

class Run {
 public:
  Run(const LivePlan& plan, const std::function<void(const LiveTick&)>& on_tick)
      : plan_(plan), on_tick_(on_tick), crowd_(plan), began_ns_(steady_ns()) {}

  Result<LiveReport> run() {
    if (plan_.server_pid != 0) report_.server.emplace();
    DAYBOOK_TRY_VOID(look_at_server(&LiveServer::before));
    DAYBOOK_TRY_VOID(join());
    DAYBOOK_TRY_VOID(look_at_server(&LiveServer::joined));
    crowd_.start_load();
    turn_for(plan_.warmup_ns);
    DAYBOOK_TRY_VOID(measure());
    crowd_.stop_load();
    settle();
    report_.joined = crowd_.joined();
    report_.counts = crowd_.finish();
    report_.broadcasts = crowd_.broadcasts().finish();
    report_.interrupted = InterruptGuard::requested();
    return report_;
  }

 private:
  Result<void> look_at_server(ProcessUsage LiveServer::*moment) {
    if (!report_.server) return {};
    DAYBOOK_TRY((*report_.server).*moment, process_usage(plan_.server_pid));
    return {};
  }

  Result<void> join() {
    crowd_.start_joining();
    unsigned most = 0;
    std::int64_t last_ns = steady_ns();
    while (crowd_.joined() < plan_.sockets) {
      turn();
      if (crowd_.joined() > most) {
        most = crowd_.joined();
        last_ns = crowd_.now_ns();
      }
      const bool hopeless = most == 0 && crowd_.counts().lost >= first_losses_max;
      if (hopeless || crowd_.now_ns() - last_ns > join_silence_ns_max ||
          InterruptGuard::requested())
        return not_joined();
    }
    report_.join_seconds = static_cast<double>(last_ns - began_ns_) / 1e9;
    return {};
  }

  [[nodiscard]] Error not_joined() const {
    const LiveCounts& counts = crowd_.counts();
    std::string text = "http://" + plan_.target.authority + ": " + std::to_string(crowd_.joined()) +
                       " of " + std::to_string(plan_.sockets) + " sockets joined";
    if (!counts.first_loss.empty()) text += "; " + counts.first_loss;
    if (!counts.first_refusal.empty()) text += "; " + counts.first_refusal;
    return {Errc::unavailable, text};
  }

  Result<void> measure() {
    DAYBOOK_TRY_VOID(look_at_server(&LiveServer::measured_from));
    const double own = own_cpu_seconds();
    const std::int64_t from_ns = steady_ns();
    crowd_.start_measuring();
    turn_for(plan_.duration_ns);
    crowd_.end_measuring();
    report_.seconds = static_cast<double>(steady_ns() - from_ns) / 1e9;
    report_.cpu_seconds = own_cpu_seconds() - own;
    return look_at_server(&LiveServer::measured_to);
  }

  static double own_cpu_seconds() {
    const Result<ProcessUsage> usage = process_usage(::getpid());
    return usage.ok() ? usage->cpu_seconds : 0;
  }

  // Until the last broadcast has come to all and all acknowledgements are there.
  void settle() {
    const std::int64_t end_ns = steady_ns();
    while (!InterruptGuard::requested()) {
      turn();
      const std::int64_t waited_ns = crowd_.now_ns() - end_ns;
      const bool broadcast = crowd_.broadcasts().complete() || waited_ns > last_broadcast_ns_max;
      if (broadcast && (crowd_.settled() || waited_ns > straggler_timeout_ns)) return;
    }
  }

  void turn_for(std::int64_t duration_ns) {
    const std::int64_t end_ns = steady_ns() + duration_ns;
    while (steady_ns() < end_ns && !InterruptGuard::requested()) turn();
  }

  void turn() {
    crowd_.turn();
    if (!on_tick_ || crowd_.now_ns() - began_ns_ < next_tick_ns_) return;
    next_tick_ns_ += tick_ns;
    LiveTick tick;
    tick.seconds = static_cast<double>(crowd_.now_ns() - began_ns_) / 1e9;
    tick.joined = crowd_.joined();
    tick.broadcasts = crowd_.broadcasts().broadcasts();
    tick.messages = crowd_.broadcasts().messages();
    tick.accepted = crowd_.counts().accepted_total;
    tick.lost = crowd_.counts().lost;
    on_tick_(tick);
  }

  const LivePlan& plan_;
  const std::function<void(const LiveTick&)>& on_tick_;
  LiveCrowd crowd_;
  const std::int64_t began_ns_;
  std::int64_t next_tick_ns_ = tick_ns;
  LiveReport report_;
};

}  // namespace

Result<LiveReport> run_live(const LivePlan& plan,
                            const std::function<void(const LiveTick&)>& on_tick) {
  DAYBOOK_TRY_VOID(check(plan));
  const InterruptGuard guard;
  Run run(plan, on_tick);
  return run.run();
}

}  // namespace daybook::load
