#include "domains/hits/sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace daybook::hits {
namespace {

constexpr std::size_t packed_bytes = registers * 6 / 8 + 1;  // one more: set() writes two at a time

// x + sum of x^(2^k) * 2^(k-1): what the registers still at zero say.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double weight = 1;
  double sum = x;
  for (double before = -1; sum != before;) {
    before = sum;
    x *= x;
    sum += x * weight;
    weight += weight;
  }
  return sum;
}

// The same for the registers at the largest rank.
double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double weight = 1;
  double sum = 1 - x;
  for (double before = -1; sum != before;) {
    before = sum;
    x = std::sqrt(x);
    weight *= 0.5;
    sum -= (1 - x) * (1 - x) * weight;
  }
  return sum / 3;
}

}  // namespace

void Sketch::add(std::uint64_t hash) {
  const auto index = static_cast<std::uint32_t>(hash >> (64 - register_bits));
  const auto zeros = static_cast<std::uint32_t>(std::countl_zero(hash << register_bits));
  raise(index, std::min(zeros + 1, rank_max));
}

void Sketch::raise(std::uint32_t index, std::uint32_t rank) {
  if (!packed_.empty()) {
    const std::uint32_t old = get(index);
    if (old == 0) ++size_;
    if (rank > old) set(index, rank);
    return;
  }
  const std::uint32_t item = index << rank_bits;
  const auto at = std::lower_bound(list_.begin(), list_.end(), item);
  if (at != list_.end() && *at >> rank_bits == index) {
    *at = std::max(*at, item | rank);
    return;
  }
  list_.insert(at, item | rank);
  if (++size_ > list_max) pack();
}

void Sketch::pack() {
  packed_.assign(packed_bytes, 0);
  for (const std::uint32_t item : list_) set(item >> rank_bits, item & rank_mask);
  list_ = std::vector<std::uint32_t>();  // gives its memory back
}

std::uint32_t Sketch::get(std::uint32_t index) const {
  const std::uint32_t bit = index * rank_bits;
  const std::size_t byte = bit / 8;
  const std::uint32_t both = packed_[byte] | static_cast<std::uint32_t>(packed_[byte + 1]) << 8;
  return (both >> (bit % 8)) & rank_mask;
}

void Sketch::set(std::uint32_t index, std::uint32_t rank) {
  const std::uint32_t bit = index * rank_bits;
  const std::size_t byte = bit / 8;
  std::uint32_t both = packed_[byte] | static_cast<std::uint32_t>(packed_[byte + 1]) << 8;
  both = (both & ~(rank_mask << (bit % 8))) | (rank << (bit % 8));
  packed_[byte] = static_cast<std::uint8_t>(both);
  packed_[byte + 1] = static_cast<std::uint8_t>(both >> 8);
}

std::uint32_t Sketch::estimate() const {
  if (size_ == 0) return 0;
  std::array<std::uint32_t, rank_max + 1> with_rank{};
  with_rank[0] = registers - size_;
  each([&](std::uint32_t, std::uint32_t rank) { ++with_rank[rank]; });
  constexpr double m = registers;
  double z = m * tau(1 - with_rank[rank_max] / m);
  for (std::uint32_t rank = rank_max - 1; rank >= 1; --rank) z = 0.5 * (z + with_rank[rank]);
  z += m * sigma(with_rank[0] / m);
  constexpr double alpha = 0.72134752044448170368;  // 1 / (2 ln 2)
  const double visitors = std::round(alpha * m * m / z);
  constexpr double max = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(visitors, max));
}

}  // namespace daybook::hits
