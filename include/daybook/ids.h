// Strong types for the numbers that must not be swapped, and their text forms.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace daybook {

// Where an event stands in the log: gapless from 1, ordered across topics. 0: nothing yet.
struct Position {
  std::uint64_t value = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
  static constexpr Position max() { return {std::numeric_limits<std::uint64_t>::max()}; }
};
constexpr Position operator+(Position p, std::uint64_t n) { return {p.value + n}; }

// A topic's number on disk; never reused. One domain = one topic.
struct TopicId {
  std::uint16_t value = 0;
  friend auto operator<=>(const TopicId&, const TopicId&) = default;
};

// Microseconds since 1970-01-01T00:00Z; the server's clock.
struct UnixUs {
  std::int64_t value = 0;
  friend auto operator<=>(const UnixUs&, const UnixUs&) = default;
};
// Milliseconds since 1970-01-01T00:00Z; what clients send.
struct UnixMs {
  std::int64_t value = 0;
  friend auto operator<=>(const UnixMs&, const UnixMs&) = default;
};
constexpr UnixMs to_ms(UnixUs t) { return {t.value / 1000}; }

// 128 bits: event ids (UUIDv7), trace ids (W3C), request fingerprints (XXH3-128).
struct Id128 {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Id128&, const Id128&) = default;
  [[nodiscard]] bool is_zero() const {
    for (auto b : bytes)
      if (b != 0) return false;
    return true;
  }
};

// Whether an acknowledged event is on the disk for sure.
enum class Durability : std::uint8_t {
  synced,    // fsynced before the answer
  interval,  // written before the answer, fsynced at most log.sync_interval_ms later
};

// A SHA-256, as the log's chain uses it.
using Hash256 = std::array<std::uint8_t, 32>;

}  // namespace daybook
