// Bytes of a request that is not whole yet. Empty (and without memory) between requests.
// Behind the last byte there is always json::Parser::padding_bytes of readable room.
//
// Threads: one (its session's).
#pragma once

#include <daybook/json.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace daybook::http {

class ReadBuffer {
 public:
  static constexpr std::size_t bytes_min = 2048;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] char* tail() { return bytes_.get() + size_; }
  [[nodiscard]] std::size_t room() const { return capacity_ - size_; }
  [[nodiscard]] std::size_t memory_bytes() const { return capacity_; }

  // Makes room for at least `bytes` more. The data may move.
  void reserve_room(std::size_t bytes) {
    if (room() >= bytes) return;
    const std::size_t capacity = std::max({size_ + bytes, 2 * capacity_, bytes_min});
    auto grown = std::make_unique_for_overwrite<char[]>(capacity + json::Parser::padding_bytes);
    if (size_ != 0) std::memcpy(grown.get(), bytes_.get(), size_);
    std::memset(grown.get() + size_, 0, std::min(capacity - size_, json::Parser::padding_bytes));
    std::memset(grown.get() + capacity, 0, json::Parser::padding_bytes);
    bytes_ = std::move(grown);
    capacity_ = capacity;
  }
  void commit(std::size_t bytes) { size_ += bytes; }
  void append(std::string_view more) {
    reserve_room(more.size());
    std::memcpy(tail(), more.data(), more.size());
    size_ += more.size();
  }
  // Forgets `bytes` bytes at `from`; what follows moves up.
  void drop(std::size_t from, std::size_t bytes) {
    if (bytes == 0) return;
    std::memmove(bytes_.get() + from, bytes_.get() + from + bytes, size_ - from - bytes);
    size_ -= bytes;
    if (size_ == 0) release();
  }
  void release() {
    bytes_.reset();
    size_ = capacity_ = 0;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace daybook::http
