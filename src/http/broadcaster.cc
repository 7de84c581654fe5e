#include "http/broadcaster.h"

#include "base/clock.h"
#include "base/thread.h"

#include <chrono>
#include <utility>

namespace daybook::http {

Broadcaster::Broadcaster(Parts parts) : parts_(std::move(parts)) {
  for (AnyDomain* domain : parts_.domains)
    if (AnyLive* live = domain->live()) sources_.push_back(std::make_unique<Source>(live));
}

Broadcaster::~Broadcaster() { stop(); }

void Broadcaster::start() {
  if (sources_.empty()) return;
  thread_ = std::thread([this] {
    set_thread_name("live");
    run();
  });
}

void Broadcaster::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
}

void Broadcaster::run() {
  Position seen{};
  while (!stopping_.load(std::memory_order_relaxed)) {
    const Position visible = parts_.sequencer->visible();
    const bool changed = visible != std::exchange(seen, visible);
    const std::int64_t now_ms = steady_us() / 1000;
    for (const auto& source : sources_) look(*source, changed, now_ms);
    std::this_thread::sleep_for(std::chrono::milliseconds(look_ms));
  }
}

void Broadcaster::look(Source& source, bool changed, std::int64_t now_ms) {
  std::size_t taken = changed ? changes_max : 0;
  while (taken == changes_max) {
    const auto changes = source.live->take_changed(changes_max);
    taken = changes.size();
    for (const LiveChange& change : changes) {
      if (!parts_.audience->has(change.topic)) continue;
      if (!source.throttle.changed(change.topic, change.interval_ms, now_ms))
        send(*source.live, change.topic);
    }
  }
  for (const std::string& topic : source.throttle.due(now_ms)) send(*source.live, topic);
}

void Broadcaster::send(const AnyLive& live, const std::string& topic) {
  auto state = live.state(topic, system_now());
  if (!state) return;
  parts_.publish(parts_.formats->encode(topic, state->revision, state->event, state->json,
                                        std::move(state->leave)));
  broadcasts_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace daybook::http
