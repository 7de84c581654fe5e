// Pages: memory in pages of one size, so that what is given back fits whoever asks next; never
// returned to the system. A Block is a list of them with records one behind the other.
//
// Thread: the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace daybook::hits {

class Pages {
 public:
  static constexpr std::uint32_t page_bytes = 2048;

  char* take() {
    if (free_.empty()) add_chunk();
    char* page = free_.back();
    free_.pop_back();
    return page;
  }
  void give_back(char* page) { free_.push_back(page); }
  [[nodiscard]] std::size_t memory_bytes() const {
    return chunks_.size() * chunk_bytes + free_.capacity() * sizeof(char*);
  }

 private:
  static constexpr std::uint32_t chunk_bytes = 512u << 10;

  void add_chunk() {
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes));
    for (std::uint32_t at = chunk_bytes; at > 0; at -= page_bytes)
      free_.push_back(chunks_.back().get() + (at - page_bytes));
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<char*> free_;
};

// A record is a number: its page times page_bytes, and where it begins in the page.
struct Block {
  std::vector<char*> pages;
  std::uint32_t used = Pages::page_bytes;  // of the last page
  std::uint32_t live = 0;                  // bytes of records that are still valid
  std::uint32_t dead = 0;                  // and of those that are not

  [[nodiscard]] char* at(std::uint32_t record) const {
    return pages[record / Pages::page_bytes] + record % Pages::page_bytes;
  }
  // REQUIRES: size <= page_bytes
  std::uint32_t append(Pages& pool, std::uint32_t size) {
    if (used + size > Pages::page_bytes) {
      pages.push_back(pool.take());
      used = 0;
    }
    const auto first = static_cast<std::uint32_t>(pages.size() - 1) * Pages::page_bytes;
    const std::uint32_t record = first + used;
    used += size;
    live += size;
    return record;
  }
  void kill(std::uint32_t size) {
    live -= size;
    dead += size;
  }
  // Time to copy what is alive into fresh pages.
  [[nodiscard]] bool is_worn() const { return dead > live / 8 + Pages::page_bytes; }
};

}  // namespace daybook::hits
