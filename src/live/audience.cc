#include "live/hub.h"

namespace daybook::live {

void Audience::add(std::string_view topic) {
  const LockGuard lock(mutex_);
  const auto found = hubs_.find(topic);
  if (found == hubs_.end())
    hubs_.emplace(topic, 1);
  else
    ++found->second;
}

void Audience::remove(std::string_view topic) {
  const LockGuard lock(mutex_);
  const auto found = hubs_.find(topic);
  if (found != hubs_.end() && --found->second == 0) hubs_.erase(found);
}

bool Audience::has(std::string_view topic) const {
  const LockGuard lock(mutex_);
  return hubs_.contains(topic);
}

std::size_t Audience::topics() const {
  const LockGuard lock(mutex_);
  return hubs_.size();
}

}  // namespace daybook::live
