#include "live/throttle.h"

#include "live/hub.h"

#include <queue>
#include <unordered_map>
#include <utility>

namespace daybook::live {
namespace {

struct Rhythm {
  std::int64_t interval_ms = 0;
  bool waits = false;  // a change has not been sent
};
using Topics = std::unordered_map<std::string, Rhythm, TextHash, std::equal_to<>>;

// When a topic is looked at next. Each topic has one: at the end of its interval it is sent when a
// change waits, and forgotten when none does, so that a change never has to move it.
struct Look {
  std::int64_t at_ms;
  std::uint64_t order;  // of two at the same time
  Topics::value_type* topic;
  bool operator<(const Look& other) const {  // a priority queue has the largest on top
    return std::pair(at_ms, order) > std::pair(other.at_ms, other.order);
  }
};

}  // namespace

struct Throttle::Impl {
  ThrottleLimits limits;
  Topics topics;
  std::priority_queue<Look> looks;
  std::uint64_t order = 0;

  void look_at(Topics::value_type& topic, std::int64_t at_ms) {
    looks.push({at_ms, order++, &topic});
  }
};

Throttle::Throttle() : Throttle(ThrottleLimits{}) {}
Throttle::Throttle(const ThrottleLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
}
Throttle::~Throttle() = default;
Throttle::Throttle(Throttle&&) noexcept = default;
Throttle& Throttle::operator=(Throttle&&) noexcept = default;

bool Throttle::changed(std::string_view topic, std::int64_t interval_ms, std::int64_t now_ms) {
  auto found = impl_->topics.find(topic);
  if (found == impl_->topics.end()) {
    if (impl_->topics.size() >= impl_->limits.topics_max) return false;
    found = impl_->topics.try_emplace(std::string(topic)).first;
    impl_->look_at(*found, now_ms);
  }
  found->second = {interval_ms, true};
  return true;
}

std::vector<std::string> Throttle::due(std::int64_t now_ms) {
  std::vector<std::string> topics;
  auto& looks = impl_->looks;
  while (!looks.empty() && looks.top().at_ms <= now_ms) {
    Topics::value_type& topic = *looks.top().topic;
    looks.pop();
    auto& [name, rhythm] = topic;
    const bool rests = rhythm.waits && rhythm.interval_ms > 0;
    if (rhythm.waits) topics.push_back(name);
    rhythm.waits = false;
    if (rests)
      impl_->look_at(topic, now_ms + rhythm.interval_ms);
    else
      impl_->topics.erase(impl_->topics.find(name));
  }
  return topics;
}

std::optional<std::int64_t> Throttle::next_due() const {
  if (impl_->looks.empty()) return std::nullopt;
  return impl_->looks.top().at_ms;
}

std::size_t Throttle::topics() const { return impl_->topics.size(); }

}  // namespace daybook::live
