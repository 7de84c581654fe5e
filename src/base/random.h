// Randomness. system_random: for keys and ids that must not be guessed. Rng: fast, seeded, for
// event ids, jitter and tests; never for secrets.
#pragma once

#include <cstdint>
#include <span>

namespace daybook {
// getrandom(2). Aborts when the kernel has none.
void system_random(std::span<std::uint8_t> out);
std::uint64_t system_random_u64();

// SplitMix64 (Steele, Lea, Flood 2014).
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform enough in [0, bound). REQUIRES: bound > 0
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};
}  // namespace daybook
