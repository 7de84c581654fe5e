// One state of one topic on its way to everyone who follows it, encoded once for each form in which
// it is sent (a Socket.IO packet in a WebSocket frame, a chunk of server-sent events, ...).
//
// Threads: Formats is filled before the threads start, then any; a Message never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::live {

class Message {
 public:
  Message(std::string topic, std::uint64_t revision, std::vector<std::string> encoded,
          std::vector<std::string> leave)
      : topic_(std::move(topic)),
        revision_(revision),
        encoded_(std::move(encoded)),
        leave_(std::move(leave)) {}
  [[nodiscard]] const std::string& topic() const { return topic_; }
  // Grows with the topic's states; the newer of two has the larger one.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  // The bytes as format number `format` sends them, whole.
  [[nodiscard]] std::string_view bytes(std::size_t format) const { return encoded_[format]; }
  // Who gets this leaves these topics.
  [[nodiscard]] const std::vector<std::string>& leave() const { return leave_; }

 private:
  std::string topic_;
  std::uint64_t revision_;
  std::vector<std::string> encoded_;
  std::vector<std::string> leave_;
};
using MessagePtr = std::shared_ptr<const Message>;

// The forms a message is sent in. A format's number is its place in the order of add().
class Formats {
 public:
  // Appends the bytes that say `event` with `json`, one JSON value.
  using Encode =
      std::function<void(std::string_view event, std::string_view json, std::string& out)>;
  std::size_t add(Encode encode) {
    encoders_.push_back(std::move(encode));
    return encoders_.size() - 1;
  }
  [[nodiscard]] MessagePtr encode(std::string topic, std::uint64_t revision, std::string_view event,
                                  std::string_view json, std::vector<std::string> leave) const {
    std::vector<std::string> encoded(encoders_.size());
    for (std::size_t i = 0; i < encoders_.size(); ++i) encoders_[i](event, json, encoded[i]);
    return std::make_shared<const Message>(std::move(topic), revision, std::move(encoded),
                                           std::move(leave));
  }

 private:
  std::vector<Encode> encoders_;
};

}  // namespace daybook::live
