#include "live/hub.h"

#include <daybook/check.h>

#include "live/followers.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace daybook::live {
namespace {

// So many of one topic before it is another's turn.
constexpr std::size_t slice_offers_max = 256;

struct Topic {
  const std::string* name = nullptr;  // the map's key
  Followers followers;
  MessagePtr newest;          // kept for who joins with an older one
  Topic* previous = nullptr;  // among the topics of which somebody waits
  Topic* next = nullptr;
  bool busy = false;  // is among them
};

// A queue without memory of its own.
class TopicQueue {
 public:
  [[nodiscard]] Topic* front() const { return first_; }
  void push(Topic& topic) {
    if (topic.busy) return;
    topic.busy = true;
    topic.next = nullptr;
    topic.previous = last_;
    (last_ == nullptr ? first_ : last_->next) = &topic;
    last_ = &topic;
  }
  void remove(Topic& topic) {
    if (!topic.busy) return;
    topic.busy = false;
    (topic.previous == nullptr ? first_ : topic.previous->next) = topic.next;
    (topic.next == nullptr ? last_ : topic.next->previous) = topic.previous;
  }

 private:
  Topic* first_ = nullptr;
  Topic* last_ = nullptr;
};

}  // namespace

struct Subscriber::Impl {
  struct Follow {
    Topic* topic;
    std::size_t place;  // in its followers
  };
  std::vector<Follow> follows;

  [[nodiscard]] Follow* find(const Topic* topic) {
    const auto found = std::ranges::find(follows, topic, &Follow::topic);
    return found == follows.end() ? nullptr : &*found;
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return sizeof(Impl) + follows.capacity() * sizeof(Follow);
  }
};

Subscriber::Subscriber() = default;
Subscriber::~Subscriber() { DAYBOOK_CHECK(follows_ == nullptr); }

struct Hub::Impl {
  using Topics = std::unordered_map<std::string, Topic, TextHash, std::equal_to<>>;

  HubLimits limits;
  Audience& audience;
  Topics topics;
  TopicQueue queue;
  std::size_t subscriber_bytes = 0;
  const Topic* running = nullptr;  // whose followers are being offered; null when it has gone
  bool offering = false;           // inside Subscriber::offer

  Impl(const HubLimits& limits_in, Audience& audience_in)
      : limits(limits_in), audience(audience_in) {}

  Topic* find(std::string_view name) {
    const auto found = topics.find(name);
    return found == topics.end() ? nullptr : &found->second;
  }
  Topic& open(std::string_view name) {
    const auto [at, added] = topics.try_emplace(std::string(name));
    if (added) {
      at->second.name = &at->first;
      audience.add(name);
    }
    return at->second;
  }
  void close(Topic& topic) {
    queue.remove(topic);
    if (running == &topic) running = nullptr;
    audience.remove(*topic.name);
    topics.erase(topics.find(*topic.name));
  }

  static void moved(const Follower& follower, const Topic& topic, std::size_t place) {
    follower.who->follows_->find(&topic)->place = place;
  }
  void follow(Subscriber& subscriber, Topic& topic, std::uint64_t had) {
    const bool waits = topic.newest != nullptr && had < topic.newest->revision();
    const std::size_t place = topic.followers.add(
        {&subscriber, had}, waits,
        [&](const Follower& follower, std::size_t to) { moved(follower, topic, to); });
    if (topic.followers.waiting() > 0) queue.push(topic);
    auto& mine = subscriber.follows_;
    if (mine == nullptr)
      mine = std::make_unique<Subscriber::Impl>();
    else
      subscriber_bytes -= mine->memory_bytes();
    mine->follows.push_back({&topic, place});
    subscriber_bytes += mine->memory_bytes();
  }
  void unfollow(Subscriber& subscriber, Subscriber::Impl::Follow& follow) {
    Topic& topic = *follow.topic;
    const std::size_t place = follow.place;
    auto& mine = subscriber.follows_;
    follow = mine->follows.back();
    mine->follows.pop_back();
    if (mine->follows.empty()) {
      subscriber_bytes -= mine->memory_bytes();
      mine.reset();
    }
    topic.followers.remove(
        place, [&](const Follower& follower, std::size_t to) { moved(follower, topic, to); });
    if (topic.followers.empty()) close(topic);
  }
  void leave(Subscriber& subscriber, std::string_view name) {
    if (subscriber.follows_ == nullptr) return;
    const Topic* topic = find(name);
    if (topic == nullptr) return;
    if (auto* follow = subscriber.follows_->find(topic)) unfollow(subscriber, *follow);
  }

  // Offers to at most `most` followers of the queue's first topic; how many were looked at.
  std::size_t run_first(std::size_t most);
};

std::size_t Hub::Impl::run_first(std::size_t most) {
  Topic& topic = *queue.front();
  const MessagePtr message = topic.newest;
  running = &topic;
  std::size_t looked = 0;
  while (looked < most && running != nullptr && topic.followers.waiting() > 0) {
    ++looked;
    Follower& follower = topic.followers.serve();
    if (follower.had >= message->revision()) continue;
    follower.had = message->revision();
    Subscriber& who = *follower.who;
    offering = true;
    who.offer(message);
    offering = false;
    for (const std::string& name : message->leave()) leave(who, name);
  }
  if (running != nullptr) {
    queue.remove(topic);
    if (topic.followers.waiting() > 0) queue.push(topic);
  }
  running = nullptr;
  return looked;
}

Hub::Hub(const HubLimits& limits, Audience& audience)
    : impl_(std::make_unique<Impl>(limits, audience)) {}

Hub::~Hub() {
  for (auto& [name, topic] : impl_->topics) {
    for (std::size_t i = 0; i < topic.followers.size(); ++i)
      topic.followers[i].who->follows_.reset();
    impl_->audience.remove(name);
  }
}

Result<void> Hub::join(Subscriber& subscriber, std::string_view topic, std::uint64_t had) {
  DAYBOOK_CHECK(!impl_->offering);
  Topic* found = impl_->find(topic);
  if (found != nullptr && subscriber.follows_ != nullptr) {
    if (const auto* follow = subscriber.follows_->find(found)) {
      Follower& follower = found->followers[follow->place];
      follower.had = std::max(follower.had, had);
      return {};
    }
  }
  const HubLimits& limits = impl_->limits;
  const std::size_t follows =
      subscriber.follows_ == nullptr ? 0 : subscriber.follows_->follows.size();
  if (follows >= limits.topics_per_subscriber_max)
    return Error{Errc::busy, "one connection may follow at most " +
                                 std::to_string(limits.topics_per_subscriber_max) + " topics"};
  if (found == nullptr && impl_->topics.size() >= limits.topics_max)
    return Error{Errc::busy,
                 "at most " + std::to_string(limits.topics_max) + " topics are followed at once"};
  impl_->follow(subscriber, found == nullptr ? impl_->open(topic) : *found, had);
  return {};
}

void Hub::leave(Subscriber& subscriber, std::string_view topic) {
  DAYBOOK_CHECK(!impl_->offering);
  impl_->leave(subscriber, topic);
}

void Hub::leave_all(Subscriber& subscriber) {
  DAYBOOK_CHECK(!impl_->offering);
  while (subscriber.follows_ != nullptr)
    impl_->unfollow(subscriber, subscriber.follows_->follows.back());
}

void Hub::publish(MessagePtr message) {
  Topic* topic = impl_->find(message->topic());
  if (topic == nullptr) return;
  if (topic->newest != nullptr && message->revision() <= topic->newest->revision()) return;
  topic->newest = std::move(message);
  topic->followers.let_all_wait();
  impl_->queue.push(*topic);
}

bool Hub::run(std::size_t offers_max) {
  while (offers_max > 0 && impl_->queue.front() != nullptr)
    offers_max -= impl_->run_first(std::min(offers_max, slice_offers_max));
  return !idle();
}

bool Hub::idle() const { return impl_->queue.front() == nullptr; }

std::size_t Hub::topics() const { return impl_->topics.size(); }

std::size_t Hub::followers(std::string_view topic) const {
  const Topic* found = impl_->find(topic);
  return found == nullptr ? 0 : found->followers.size();
}

bool Hub::follows(const Subscriber& subscriber, std::string_view topic) const {
  if (subscriber.follows_ == nullptr) return false;
  const Topic* found = impl_->find(topic);
  return found != nullptr && subscriber.follows_->find(found) != nullptr;
}

std::uint64_t Hub::had(const Subscriber& subscriber, std::string_view topic) const {
  if (subscriber.follows_ == nullptr) return 0;
  const Topic* found = impl_->find(topic);
  if (found == nullptr) return 0;
  const auto* follow = subscriber.follows_->find(found);
  return follow == nullptr ? 0 : found->followers[follow->place].had;
}

std::size_t Hub::memory_bytes() const {
  constexpr std::size_t node_bytes = sizeof(Impl::Topics::value_type) + 2 * sizeof(void*);
  std::size_t bytes =
      impl_->subscriber_bytes + impl_->topics.bucket_count() * sizeof(void*) + sizeof(Impl);
  for (const auto& [name, topic] : impl_->topics)
    bytes += node_bytes + name.capacity() + topic.followers.capacity() * sizeof(Follower);
  return bytes;
}

}  // namespace daybook::live
