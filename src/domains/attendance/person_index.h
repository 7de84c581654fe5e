// PersonIndex: each person's id once, as a number from a nearly dense range, so that sets of people
// are bitmaps. Made for 10 million random 24-hex ids at about 20 bytes each, without a pause at any
// size:
//
//   - 4096 shards by a fixed hash, each small enough to be rebuilt in well under 100 us, growing by
//   a quarter;
//   - a 24-digit lower-case hex id is kept as its 12 bytes, any other id as text in its shard's
//   arena;
//   - a slot is 4 bytes: 20 bits of local number (the index into the shard's ids), 12 bits of a
//   hash under a seed of this table's own.
//
// Numbers: local number * 4096 + shard, hex ids from 0, other ids from 2^31. Given in order of
// arrival, so the same events give the same numbers. An id is never forgotten.
//
// Thread: the owner's (the sequencer's state). find() does not change anything.
#pragma once

#include <daybook/bytes.h>
#include <daybook/check.h>
#include <daybook/result.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace daybook::attendance {

// A vector of plain values that grows by a quarter, not by two: slack is memory per person.
template <class T>
class TightVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  TightVector() = default;
  TightVector(TightVector&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  TightVector& operator=(TightVector&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~TightVector() { std::free(data_); }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return data_[i]; }
  [[nodiscard]] T& operator[](std::size_t i) { return data_[i]; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return data_ == nullptr ? 0 : capacity_ * sizeof(T) + block_overhead_bytes;
  }

  void append(const T* values, std::uint32_t count) {
    if (size_ + count > capacity_) grow(std::max(size_ + count, capacity_ + capacity_ / 4 + 4));
    std::memcpy(data_ + size_, values, count * sizeof(T));
    size_ += count;
  }
  void push_back(const T& value) { append(&value, 1); }

 private:
  void grow(std::uint32_t count) {
    auto* grown = static_cast<T*>(std::realloc(static_cast<void*>(data_), count * sizeof(T)));
    DAYBOOK_CHECK(grown != nullptr);
    data_ = grown;
    capacity_ = count;
  }

  static constexpr std::size_t block_overhead_bytes = 16;  // of malloc
  T* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

// Chunks of N values out of large slabs: growing a shard never moves or frees anything, so there is
// no fragmentation. All is freed with the pool.
template <class T, std::uint32_t N>
class ChunkPool {
  static_assert(std::is_trivially_copyable_v<T> && (N & (N - 1)) == 0);

 public:
  T* take() {
    if (left_ == 0) {
      slabs_.emplace_back(
          static_cast<T*>(::operator new (slab_bytes, std::align_val_t{slab_align})));
      left_ = slab_chunks;
    }
    return slabs_.back().get() + (slab_chunks - left_--) * N;
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return slabs_.size() * slab_bytes - left_ * N * sizeof(T);
  }

 private:
  static constexpr std::size_t slab_align = 4096;
  static constexpr std::size_t slab_bytes = 1u << 20;
  static constexpr std::size_t slab_chunks = slab_bytes / (N * sizeof(T));
  struct Free {
    void operator()(T* slab) const { ::operator delete (slab, std::align_val_t{slab_align}); }
  };
  std::vector<std::unique_ptr<T[], Free>> slabs_;
  std::size_t left_ = 0;  // chunks of the last slab
};

template <class T, std::uint32_t N>
class ChunkedArray {
 public:
  using Pool = ChunkPool<T, N>;
  [[nodiscard]] std::uint32_t capacity() const { return chunks_.size() * N; }
  [[nodiscard]] const T& operator[](std::uint32_t i) const { return chunks_[i / N][i % N]; }
  [[nodiscard]] T& operator[](std::uint32_t i) { return chunks_[i / N][i % N]; }
  void grow(Pool& pool) { chunks_.push_back(pool.take()); }
  void fill(const T& value) {
    for (std::uint32_t c = 0; c < chunks_.size(); ++c) std::fill_n(chunks_[c], N, value);
  }
  [[nodiscard]] std::size_t memory_bytes() const { return chunks_.memory_bytes(); }  // of the list

 private:
  TightVector<T*> chunks_;
};

using HexKey = std::array<std::uint8_t, 12>;

// The ids of one shard, numbered from 0: fixed size ...
class HexIds {
  using Keys = ChunkedArray<HexKey, 32>;

 public:
  using Key = HexKey;
  using Pool = Keys::Pool;
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] const HexKey& at(std::uint32_t local) const { return keys_[local]; }
  void append(Pool& pool, const HexKey& key) {
    if (size_ == keys_.capacity()) keys_.grow(pool);
    keys_[size_++] = key;
  }
  [[nodiscard]] std::size_t memory_bytes() const { return keys_.memory_bytes(); }
  static std::string_view bytes_of(const HexKey& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
  }

 private:
  Keys keys_;
  std::uint32_t size_ = 0;
};

// ... or any text, one after the other.
class TextIds {
 public:
  using Key = std::string_view;
  struct Pool {
    [[nodiscard]] static std::size_t memory_bytes() { return 0; }
  };
  [[nodiscard]] std::uint32_t size() const { return ends_.size(); }
  [[nodiscard]] std::string_view at(std::uint32_t local) const {
    const std::uint32_t begin = local == 0 ? 0 : ends_[local - 1];
    return {text_.data() + begin, ends_[local] - begin};
  }
  void append(Pool&, std::string_view key) {
    text_.append(key.data(), static_cast<std::uint32_t>(key.size()));
    ends_.push_back(text_.size());
  }
  [[nodiscard]] std::size_t memory_bytes() const {
    return text_.memory_bytes() + ends_.memory_bytes();
  }
  static std::string_view bytes_of(std::string_view key) { return key; }

 private:
  TightVector<char> text_;
  TightVector<std::uint32_t> ends_;
};

// The sharded open-addressing table over one kind of ids.
template <class Ids>
class IdTable {
 public:
  using Key = typename Ids::Key;
  static constexpr std::uint32_t shard_bits = 12;
  static constexpr std::uint32_t shard_count = 1u << shard_bits;
  static constexpr std::uint32_t locals_max = 1u << 19;  // of a shard, so that a number has 31 bits
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  IdTable();
  [[nodiscard]] std::uint32_t find(const Key& key) const;  // its number, or none
  std::uint32_t add(const Key& key);  // its number, new or known. REQUIRES: known, or has_room
  [[nodiscard]] bool has_room(const Key& key) const;  // for a new one, in its shard
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const {
    return shard_count * sizeof(Shard) + id_pool_.memory_bytes() + slot_pool_.memory_bytes() +
           bytes_;
  }
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  using Slots = ChunkedArray<std::uint32_t, 64>;
  struct Shard {
    Slots slots;
    Ids ids;
  };
  [[nodiscard]] std::uint64_t place_of(std::string_view bytes) const;
  // Where the key is, or the free slot where it would go. REQUIRES: not full
  static std::uint32_t slot_of(const Shard& shard, std::uint64_t hash, const Key& key);
  void make_room(Shard& shard, std::uint32_t ids);
  void append(Shard& shard, std::uint32_t slot, std::uint64_t hash, const Key& key);

  // Nobody knows it, so nobody can choose ids that meet in one slot. It shows in nothing but where
  // an id lies in its shard: not in numbers, not in snapshots.
  const std::uint64_t place_seed_;
  std::vector<Shard> shards_;
  typename Ids::Pool id_pool_;
  typename Slots::Pool slot_pool_;
  std::uint64_t size_ = 0;
  std::size_t bytes_ = 0;  // of the shards' own lists
};

class PersonIndex {
 public:
  static constexpr std::uint32_t none = IdTable<HexIds>::none;

  [[nodiscard]] std::uint32_t find(std::string_view id) const;
  // REQUIRES: known, or has_room(id)
  std::uint32_t add(std::string_view id);
  // Whether one more id fits beside this one's neighbours: ids chosen to meet in one shard fill it
  // long before the whole is full.
  [[nodiscard]] bool has_room(std::string_view id) const;
  [[nodiscard]] std::uint64_t size() const { return hex_.size() + text_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const {
    return hex_.memory_bytes() + text_.memory_bytes();
  }
  void save(ByteWriter& out) const;
  // Errc::corrupt when the bytes are not what save wrote. REQUIRES: empty
  Result<void> load(ByteReader& in);

 private:
  IdTable<HexIds> hex_;
  IdTable<TextIds> text_;
};

}  // namespace daybook::attendance
