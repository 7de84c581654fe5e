// Cells: the numbers behind a registry, one block per thread, so that counting is an add to memory
// that no other thread writes.
//
// Threads: add() from any; sum() from any, and sees every add of threads that have ended. A block
// outlives its thread with its counts and is given to the next new thread: as many blocks as there
// were threads at once, however many came and went.
#pragma once

#include "base/mutex.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace daybook::metrics {

class Cells : public std::enable_shared_from_this<Cells> {
 public:
  static constexpr std::uint32_t cells_per_chunk = 512;
  static constexpr std::uint32_t chunks_max = 32;  // 16384 cells: metrics.h cells_max
  static constexpr std::size_t cache_line_bytes = 64;

  Cells();
  ~Cells();
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;

  void add(std::uint32_t cell, std::uint64_t n);
  // Of every thread's block. Adds still in flight may or may not be in it.
  [[nodiscard]] std::uint64_t sum(std::uint32_t cell) const;
  [[nodiscard]] std::size_t block_count() const;  // for tests

 private:
  friend struct ThreadBlocks;
  // A thread touches few cells of the whole range: chunks come on first use (4 KiB each).
  struct alignas(cache_line_bytes) Chunk {
    std::array<std::atomic<std::uint64_t>, cells_per_chunk> cells{};
  };
  struct alignas(cache_line_bytes) Block {
    std::array<std::atomic<Chunk*>, chunks_max> chunks{};
    Block() = default;
    ~Block();
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    void add(std::uint32_t cell, std::uint64_t n);
  };

  Block& thread_block();  // of the calling thread; looks it up or takes one
  Block* take() EXCLUDES_LOCK(mutex_);
  void give_back(Block* block) EXCLUDES_LOCK(mutex_);

  const std::uint64_t id_;  // never used again, unlike the address
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Block>> blocks_ GUARDED_BY(mutex_);
  std::vector<Block*> free_ GUARDED_BY(mutex_);  // of threads that have ended
};

}  // namespace daybook::metrics
