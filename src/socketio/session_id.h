// Ids. A session's says whose thread it is and cannot be guessed: whoever knows it is taken for its
// owner, because a request has nothing else to show.
//
// A session id is the base64url form of 18 bytes: the thread's number (16 bits, big-endian) and 128
// random bits. A socket's id, which is only shown, is that of 15 random bytes.
#pragma once

#include "base/random.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace daybook::socketio {

constexpr std::size_t session_id_chars = 24;
constexpr std::size_t socket_id_chars = 20;
constexpr unsigned homes_max = 1u << 16;

struct SessionId {
  std::array<char, session_id_chars> chars{};

  [[nodiscard]] std::string_view text() const { return {chars.data(), chars.size()}; }
  // Nullopt: a text of another length or alphabet.
  static std::optional<SessionId> parse(std::string_view text);
  [[nodiscard]] unsigned home() const;
  bool operator==(const SessionId&) const = default;
};
struct SessionIdHash {
  std::size_t operator()(const SessionId& id) const noexcept;
};

// Makes ids. `seed` 0: from the system's random source; anything else is for tests.
class IdMaker {
 public:
  IdMaker(unsigned home, std::uint64_t seed);
  SessionId session();
  std::array<char, socket_id_chars> socket();

 private:
  void fill(std::span<std::uint8_t> bytes);

  unsigned home_;
  bool seeded_;
  Rng rng_;
};

}  // namespace daybook::socketio
