// Ids for events and for what commands make: UUIDv7 (RFC 9562 5.7), 48 bits of milliseconds, then
// random. Thread: one at a time.
#pragma once

#include "base/random.h"

#include <daybook/ids.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace daybook {

class EventIds {
 public:
  // seed 0: from the system, and then command ids and secrets cannot be guessed. Another seed:
  // the same ids every time, for tests.
  explicit EventIds(std::uint64_t seed);

  // Of what a command makes; knowing it may be a right.
  Id128 command_id(UnixUs now);
  // Of a command's second and later events: unique, but cheap and not secret.
  Id128 event_id(UnixUs now);
  // 128 random bits.
  Id128 secret();

 private:
  static constexpr std::size_t pool_bytes = 4096;  // one getrandom(2) for many ids
  void fill(std::uint8_t* out, std::size_t size);

  const bool seeded_;
  Rng rng_;
  std::array<std::uint8_t, pool_bytes> pool_{};
  std::size_t used_ = pool_bytes;
};

}  // namespace daybook
