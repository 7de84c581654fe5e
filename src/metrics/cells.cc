#include "metrics/cells.h"

#include "metrics/metrics.h"

#include <algorithm>

namespace daybook::metrics {

static_assert(Cells::cells_per_chunk * Cells::chunks_max == cells_max);

namespace {
std::atomic<std::uint64_t> next_id{1};
}  // namespace

// The calling thread's blocks, one per registry it has counted in.
struct ThreadBlocks {
  struct Held {
    std::uint64_t id;
    std::weak_ptr<Cells> owner;
    Cells::Block* block;
  };
  // The last one used; trivial, so that the usual add() touches no guarded thread_local.
  struct Last {
    std::uint64_t id = 0;
    Cells::Block* block = nullptr;
  };
  static constinit thread_local Last last;
  static constinit thread_local bool ended;  // the destructor of `mine` has run
  static thread_local ThreadBlocks mine;

  ~ThreadBlocks() {
    last = {};
    ended = true;
    for (const auto& entry : held)
      if (const auto owner = entry.owner.lock()) owner->give_back(entry.block);
  }

  std::vector<Held> held;
};

constinit thread_local ThreadBlocks::Last ThreadBlocks::last;
constinit thread_local bool ThreadBlocks::ended = false;
thread_local ThreadBlocks ThreadBlocks::mine;

Cells::Cells() : id_(next_id.fetch_add(1, std::memory_order_relaxed)) {}
Cells::~Cells() = default;

Cells::Block::~Block() {
  for (auto& chunk : chunks) delete chunk.load(std::memory_order_relaxed);
}

void Cells::Block::add(std::uint32_t cell, std::uint64_t n) {
  auto& slot = chunks[cell / cells_per_chunk];
  Chunk* chunk = slot.load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = new Chunk;
    slot.store(chunk, std::memory_order_release);  // the reader must see it zeroed
  }
  // Only this thread writes the block, so no locked instruction is needed.
  auto& value = chunk->cells[cell % cells_per_chunk];
  value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

Cells::Block* Cells::take() {
  LockGuard lock(mutex_);
  if (free_.empty()) {
    blocks_.push_back(std::make_unique<Block>());
    return blocks_.back().get();
  }
  Block* block = free_.back();
  free_.pop_back();
  return block;
}

void Cells::give_back(Block* block) {
  LockGuard lock(mutex_);
  free_.push_back(block);
}

Cells::Block& Cells::thread_block() {
  auto& held = ThreadBlocks::mine.held;
  auto at = std::find_if(held.begin(), held.end(), [this](const auto& h) { return h.id == id_; });
  if (at == held.end()) {
    std::erase_if(held, [](const auto& h) { return h.owner.expired(); });
    held.push_back({id_, weak_from_this(), take()});
    at = std::prev(held.end());
  }
  ThreadBlocks::last = {id_, at->block};
  return *at->block;
}

void Cells::add(std::uint32_t cell, std::uint64_t n) {
  if (ThreadBlocks::last.id == id_) return ThreadBlocks::last.block->add(cell, n);
  if (ThreadBlocks::ended) {  // counted from another thread_local's destructor
    Block* block = take();
    block->add(cell, n);
    return give_back(block);
  }
  thread_block().add(cell, n);
}

std::uint64_t Cells::sum(std::uint32_t cell) const {
  std::uint64_t total = 0;
  LockGuard lock(mutex_);
  for (const auto& block : blocks_) {
    const Chunk* chunk = block->chunks[cell / cells_per_chunk].load(std::memory_order_acquire);
    if (chunk != nullptr)
      total += chunk->cells[cell % cells_per_chunk].load(std::memory_order_relaxed);
  }
  return total;
}

std::size_t Cells::block_count() const {
  LockGuard lock(mutex_);
  return blocks_.size();
}

}  // namespace daybook::metrics
