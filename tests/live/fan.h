// Subscribers that keep what they are offered, and states without meaning.
#pragma once

#include "live/hub.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace daybook::live::test {

inline MessagePtr state(std::string topic, std::uint64_t revision,
                        std::vector<std::string> leave = {}) {
  std::vector<std::string> encoded{topic + "@" + std::to_string(revision)};
  return std::make_shared<const Message>(std::move(topic), revision, std::move(encoded),
                                         std::move(leave));
}

class Fan final : public Subscriber {
 public:
  void offer(const MessagePtr& message) override {
    offered.emplace_back(message->topic(), message->revision());
  }
  std::vector<std::pair<std::string, std::uint64_t>> offered;
};
using Offers = std::vector<std::pair<std::string, std::uint64_t>>;

// A hub, its audience and some fans, who leave before they go.
struct Stadium {
  explicit Stadium(std::size_t count, HubLimits limits = {}) : hub(limits, audience) {
    for (std::size_t i = 0; i < count; ++i) fans.push_back(std::make_unique<Fan>());
  }
  ~Stadium() {
    for (auto& fan : fans) hub.leave_all(*fan);
  }
  Stadium(const Stadium&) = delete;
  Stadium& operator=(const Stadium&) = delete;

  void all_join(std::string_view topic, std::uint64_t had = 0) {
    for (auto& fan : fans) (void)hub.join(*fan, topic, had);
  }
  void run_all() {
    while (hub.run(1000)) {
    }
  }
  // What everyone was offered since the last look.
  std::size_t take_offers() {
    std::size_t count = 0;
    for (auto& fan : fans) count += std::exchange(fan->offered, {}).size();
    return count;
  }

  Audience audience;
  Hub hub;
  std::vector<std::unique_ptr<Fan>> fans;
};

}  // namespace daybook::live::test
