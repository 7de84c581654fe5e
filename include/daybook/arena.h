// Arena: a bump allocator for what lives as long as one command.
// Commands and events hold std::string_view into it (or, on replay, into the record's bytes), so
// nothing on the write path allocates per field. Not thread-safe; moves between threads with its
// owner.
#pragma once

#include <daybook/check.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace daybook {

class Arena {
 public:
  static constexpr std::size_t inline_bytes = 512;
  static constexpr std::size_t chunk_bytes_min = 4096;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Returns `bytes` bytes aligned to `align` (a power of two, at most alignof(max_align_t)).
  void* allocate(std::size_t bytes, std::size_t align = 1) {
    std::size_t at = (used_ + align - 1) & ~(align - 1);
    if (at + bytes > capacity_) {
      grow(bytes + align);
      at = (used_ + align - 1) & ~(align - 1);
    }
    used_ = at + bytes;
    return base_ + at;
  }

  // Copies the text; the view lives until reset().
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    auto* to = static_cast<char*>(allocate(text.size()));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // Constructs a T; its destructor is never run.
  template <class T>
  T* make(T value) {
    static_assert(std::is_trivially_destructible_v<T>, "an arena runs no destructor");
    return new (allocate(sizeof(T), alignof(T))) T(std::move(value));
  }

  // Forgets everything, keeps the inline block only.
  void reset() {
    chunks_.clear();
    base_ = inline_.data();
    capacity_ = inline_bytes;
    used_ = 0;
    chunk_total_ = 0;
  }

  [[nodiscard]] std::size_t memory_bytes() const { return inline_bytes + chunk_total_; }

 private:
  void grow(std::size_t need) {
    std::size_t size = chunk_bytes_min;
    while (size < need || size < chunk_total_) size *= 2;
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    base_ = chunks_.back().get();
    capacity_ = size;
    used_ = 0;
    chunk_total_ += size;
  }

  alignas(std::max_align_t) std::array<std::byte, inline_bytes> inline_;
  std::byte* base_ = inline_.data();
  std::size_t capacity_ = inline_bytes;
  std::size_t used_ = 0;
  std::size_t chunk_total_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace daybook
