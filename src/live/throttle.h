// When a topic's states are sent: the first change at once, then at most one per interval, and the
// last of a burst always. Only the times; no state, no topic's meaning, no clock.
//
// A topic is remembered while a change of it waits and for one interval after it was sent.
//
// Threads: one (the thread `live`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::live {

struct ThrottleLimits {
  std::size_t topics_max = 200'000;  // remembered at once
};

class Throttle {
 public:
  Throttle();
  explicit Throttle(const ThrottleLimits& limits);
  ~Throttle();
  Throttle(Throttle&&) noexcept;
  Throttle& operator=(Throttle&&) noexcept;

  // The topic has another state at `now_ms` (any clock that does not go back). `interval_ms` 0: due
  // at once. A change while one waits is the same change. A shorter interval than before
  // holds from the next time the topic is sent. False: topics_max are remembered, so this one is
  // not; send it now.
  bool changed(std::string_view topic, std::int64_t interval_ms, std::int64_t now_ms);
  // The topics whose time has come, in its order, each once: send their newest states now.
  std::vector<std::string> due(std::int64_t now_ms);
  // When due() is to be called next, if nothing changes before: never later than the first topic
  // that waits; sometimes only to forget one. nullopt: nothing is remembered.
  [[nodiscard]] std::optional<std::int64_t> next_due() const;
  [[nodiscard]] std::size_t topics() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::live
