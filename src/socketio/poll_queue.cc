#include "socketio/poll_queue.h"

#include "socketio/engine_packet.h"

#include <algorithm>

namespace daybook::socketio {

bool PollQueue::push(live::Kind kind, std::string_view packet, std::size_t bytes_max) {
  const std::size_t bytes = packet.size() + bytes_per_packet;
  if (own_bytes_ != 0 && own_bytes_ + bytes > bytes_max) return false;
  own_bytes_ += bytes;
  entries_.push_back({kind, std::string(packet), nullptr, 0, 0});
  return true;
}

void PollQueue::offer(const live::MessagePtr& message, std::size_t packet_format,
                      std::size_t frame_format) {
  const auto older = std::ranges::find_if(entries_, [&](const Entry& entry) {
    return entry.message != nullptr && entry.packet_format == packet_format &&
           entry.message->topic() == message->topic();
  });
  if (older != entries_.end())
    older->message = message;
  else
    entries_.push_back({live::Kind::text, {}, message, packet_format, frame_format});
}

std::string PollQueue::take_payload() {
  std::string payload;
  for (const Entry& entry : entries_)
    append_to_payload(payload, entry.kind,
                      entry.message != nullptr ? entry.message->bytes(entry.packet_format)
                                               : std::string_view(entry.own));
  entries_.clear();
  entries_.shrink_to_fit();
  own_bytes_ = 0;
  return payload;
}

void PollQueue::move_to(live::Connection& connection) {
  for (const Entry& entry : entries_) {
    if (entry.message != nullptr)
      connection.offer(entry.message, entry.frame_format);
    else
      connection.send(entry.kind, entry.own);
  }
  entries_.clear();
  own_bytes_ = 0;
}

}  // namespace daybook::socketio
