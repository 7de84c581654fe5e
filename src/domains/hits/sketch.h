// Sketch: how many different visitors, by HyperLogLog with 4096 registers (Flajolet et al. 2007)
// and Ertl's estimator (2017), which needs no tables of corrections. The relative standard error is
// 1.04 / sqrt(4096) = 1.6 %; far fewer visitors than registers are counted nearly exactly.
//
// Few visitors are kept as a sorted list of set registers, many as 6 bits a register. Which of the
// two depends on the registers alone, so equal content is equal bytes.
//
// Thread: the owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace daybook::hits {

constexpr std::uint32_t register_bits = 12;
constexpr std::uint32_t registers = 1u << register_bits;
constexpr std::uint32_t rank_max = 64 - register_bits + 1;

class Sketch {
 public:
  // `hash`: 64 well mixed bits.
  void add(std::uint64_t hash);
  // The register holds at least this rank. REQUIRES: index < registers, 1 <= rank <= rank_max
  void raise(std::uint32_t index, std::uint32_t rank);

  [[nodiscard]] std::uint32_t estimate() const;
  [[nodiscard]] std::size_t heap_bytes() const {
    return list_.capacity() * sizeof(std::uint32_t) + packed_.capacity();
  }

  // How many registers are set.
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // Calls f(index, rank) for each set register, ascending.
  template <class F>
  void each(F&& f) const {
    for (const std::uint32_t item : list_) f(item >> rank_bits, item & rank_mask);
    for (std::uint32_t i = 0; i < registers && !packed_.empty(); ++i)
      if (const std::uint32_t rank = get(i); rank != 0) f(i, rank);
  }

 private:
  static constexpr std::uint32_t rank_bits = 6;
  static constexpr std::uint32_t rank_mask = (1u << rank_bits) - 1;
  static constexpr std::uint32_t list_max = 512;  // 2 KiB; packed: 3 KiB

  [[nodiscard]] std::uint32_t get(std::uint32_t index) const;
  void set(std::uint32_t index, std::uint32_t rank);
  void pack();

  std::vector<std::uint32_t> list_;   // index << 6 | rank, ascending by index
  std::vector<std::uint8_t> packed_;  // not empty: instead of the list
  std::uint32_t size_ = 0;
};

}  // namespace daybook::hits
