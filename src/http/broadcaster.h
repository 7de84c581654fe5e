// The broadcaster: sees which topics of the domains changed, waits as long as a topic's interval
// asks, has the newest state rendered and encoded once, and hands it to the io threads.
//
// It looks at the visible position every look_ms instead of being woken: a commit has nobody to
// wake, and costs the same with ten thousand followers as with none (ADR 0010 decided the same for
// projectors). So "at once" is within look_ms.
//
// Thread: its own, "live". start() and stop() from the thread that owns it.
#pragma once

#include "domain/any_domain.h"
#include "live/hub.h"
#include "live/message.h"
#include "live/throttle.h"
#include "sequencer/sequencer.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace daybook::http {

class Broadcaster {
 public:
  static constexpr std::int64_t look_ms = 10;
  static constexpr std::size_t changes_max = 1000;  // taken under a view's lock at once

  struct Parts {  // none owned; all outlive it
    const Sequencer* sequencer = nullptr;
    std::span<AnyDomain* const> domains;
    const live::Formats* formats = nullptr;
    const live::Audience* audience = nullptr;
    std::function<void(live::MessagePtr)> publish;
  };
  explicit Broadcaster(Parts parts);
  ~Broadcaster();
  Broadcaster(const Broadcaster&) = delete;
  Broadcaster& operator=(const Broadcaster&) = delete;

  void start();
  void stop();

  // States sent so far; any thread.
  [[nodiscard]] std::uint64_t broadcasts() const {
    return broadcasts_.load(std::memory_order_relaxed);
  }

 private:
  struct Source {
    explicit Source(AnyLive* of) : live(of), throttle(live::ThrottleLimits{}) {}
    AnyLive* live;
    live::Throttle throttle;
  };
  void run();
  void look(Source& source, bool changed, std::int64_t now_ms);
  void send(const AnyLive& live, const std::string& topic);

  const Parts parts_;
  std::vector<std::unique_ptr<Source>> sources_;  // of the domains that have topics
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> broadcasts_{0};
  std::thread thread_;
};

}  // namespace daybook::http
