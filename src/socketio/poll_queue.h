// What a session without a WebSocket has to say until its client polls: own packets in order, and
// at most one state of each topic, the newest.
//
// Threads: one.
#pragma once

#include "live/connection.h"
#include "live/message.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::socketio {

class PollQueue {
 public:
  // Counted for each own packet besides its bytes, so that many small ones are bounded too.
  static constexpr std::size_t bytes_per_packet = 64;

  // False: more than `bytes_max` of own packets would wait; nothing was put in. A single one may be
  // larger. `packet`: a text with its type, or a binary's bytes.
  bool push(live::Kind kind, std::string_view packet, std::size_t bytes_max);
  // Takes the place of an older state of the topic in the same format. `frame_format`: how it is
  // sent when the session changes to a WebSocket first.
  void offer(const live::MessagePtr& message, std::size_t packet_format, std::size_t frame_format);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t own_bytes() const { return own_bytes_; }
  // All of it as one payload; the queue is empty after it.
  std::string take_payload();
  // The same over a WebSocket.
  void move_to(live::Connection& connection);

 private:
  struct Entry {
    live::Kind kind = live::Kind::text;
    std::string own;           // or
    live::MessagePtr message;  // a state
    std::size_t packet_format = 0, frame_format = 0;
  };
  std::vector<Entry> entries_;
  std::size_t own_bytes_ = 0;
};

}  // namespace daybook::socketio
