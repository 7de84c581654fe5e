// The hub of one thread: who follows which topic, and the sending of a topic's newest state to all
// of them. It knows topics and subscribers, no protocol and no domain.
//
// A fan-out is done in slices (run()), so that ten thousand subscribers do not hold up the thread's
// other work. A newer state that comes while an older one is on its way replaces it for whoever has
// not had it yet, and everyone who had the older one gets the newer.
//
// Threads: one (its io thread). Audience: any.
#pragma once

#include <daybook/result.h>

#include "base/mutex.h"
#include "live/message.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace daybook::live {

// Lets a map with std::string keys be asked with a string_view.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// Which topics anybody follows, over all hubs: what need not be rendered.
class Audience {
 public:
  void add(std::string_view topic) EXCLUDES_LOCK(mutex_);     // one more hub has followers of it
  void remove(std::string_view topic) EXCLUDES_LOCK(mutex_);  // one hub fewer
  [[nodiscard]] bool has(std::string_view topic) const EXCLUDES_LOCK(mutex_);
  [[nodiscard]] std::size_t topics() const EXCLUDES_LOCK(mutex_);

 private:
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> hubs_ GUARDED_BY(mutex_);
};

struct HubLimits {
  std::size_t topics_max = 100'000;  // followed at once
  std::size_t topics_per_subscriber_max = 32;
};

class Hub;

// Whoever follows topics: a Socket.IO socket, a WebSocket of the JSON protocol, an event stream.
// Must leave all (Hub::leave_all) before it is destroyed.
class Subscriber {
 public:
  virtual ~Subscriber();
  // The newest state of a topic it follows. Must not join or leave anything in the call, nor
  // destroy a subscriber; message->leave() is done by the hub after it.
  virtual void offer(const MessagePtr& message) = 0;

 private:
  friend class Hub;
  struct Impl;  // what it follows; the hub's own
  std::unique_ptr<Impl> follows_;

 protected:
  Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
};

class Hub {
 public:
  // `audience` outlives it.
  Hub(const HubLimits& limits, Audience& audience);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Follows the topic from now on; `had`: the revision the subscriber has been sent already, or is
  // about to be (older ones are not offered to it). When the hub's newest state is newer than that,
  // it is offered. Following it already is fine, and only raises `had`. Errc::busy: one of
  // HubLimits.
  Result<void> join(Subscriber& subscriber, std::string_view topic, std::uint64_t had);
  void leave(Subscriber& subscriber, std::string_view topic);
  void leave_all(Subscriber& subscriber);
  // Newer than every state published before, or it is ignored, as it is when nobody follows the
  // topic. Offers nothing in the call: run() does. What an older state that is replaced before it
  // was offered would have made people leave, the newer one has to say again.
  void publish(MessagePtr message);
  // Offers to at most `offers_max` subscribers, of all topics in turn. True: there is more to do.
  bool run(std::size_t offers_max);
  [[nodiscard]] bool idle() const;

  [[nodiscard]] std::size_t topics() const;
  [[nodiscard]] std::size_t followers(std::string_view topic) const;
  [[nodiscard]] bool follows(const Subscriber& subscriber, std::string_view topic) const;
  // What the subscriber has been offered, or joined with; 0 when it does not follow the topic.
  [[nodiscard]] std::uint64_t had(const Subscriber& subscriber, std::string_view topic) const;
  // Of topics and follows, without the states.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::live
