// What an io thread's epoll set holds: a Session while its client speaks HTTP, a LiveSession from
// the moment it goes on as a WebSocket or an event stream.
//
// Readiness is edge-triggered; there are no operations in flight, so a channel can be deleted
// between two calls, and whoever wants to answer later finds it by its tag.
//
// Threads: confined to its io thread.
#pragma once

#include "base/timer_wheel.h"

#include <cstdint>

namespace daybook::http {

class IoThread;
class Channel;

struct ChannelTimer : TimerNode {
  Channel* channel = nullptr;
};

class Channel {
 public:
  virtual ~Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  virtual void on_ready(std::uint32_t epoll_events) = 0;
  virtual void on_deadline() = 0;
  // Takes and sends as much as can be, after anything has changed.
  virtual void settle() = 0;
  // The server drains: what would stay open for long ends soon.
  virtual void drain() {}
  // Server stop: ends as soon as nothing is owed.
  virtual void finish() = 0;
  // At once.
  virtual void close() = 0;

  // Slot and generation in its io thread.
  [[nodiscard]] std::uint64_t tag() const { return tag_; }
  [[nodiscard]] bool closed() const { return fd_ < 0; }
  static Channel& of(TimerNode& node) { return *static_cast<ChannelTimer&>(node).channel; }

  // The io thread's.
  bool dirty = false;  // in its list to settle
  bool later = false;  // in its list to settle in a later turn

 protected:
  Channel(IoThread& io, int fd, std::uint64_t tag) : io_(io), fd_(fd), tag_(tag) {
    timer_.channel = this;
  }

  IoThread& io_;
  int fd_;
  std::uint64_t tag_;
  ChannelTimer timer_;
};

}  // namespace daybook::http
