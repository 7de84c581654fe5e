#include "socketio/session_id.h"

#include "base/base64.h"
#include "socketio/server.h"

#include <algorithm>
#include <cstring>

namespace daybook::socketio {
namespace {

constexpr std::size_t home_bytes = 2;
constexpr std::size_t home_chars = 3;  // of the text: 18 bits, the number is the upper 16

// The six bits of a base64url character; nullopt: none.
std::optional<unsigned> bits_of(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
  if (c == '-') return 62;
  if (c == '_') return 63;
  return std::nullopt;
}

template <std::size_t Chars, std::size_t Bytes>
std::array<char, Chars> text_of(const std::array<std::uint8_t, Bytes>& from) {
  static_assert(Bytes % 3 == 0 && Chars == Bytes / 3 * 4);
  const std::string text = base64url({reinterpret_cast<const char*>(from.data()), from.size()});
  std::array<char, Chars> to;
  std::copy_n(text.data(), Chars, to.data());
  return to;
}

}  // namespace

std::optional<SessionId> SessionId::parse(std::string_view text) {
  if (text.size() != session_id_chars) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return bits_of(c).has_value(); }))
    return std::nullopt;
  SessionId id;
  std::copy_n(text.data(), text.size(), id.chars.data());
  return id;
}

unsigned SessionId::home() const {
  unsigned bits = 0;
  for (std::size_t i = 0; i < home_chars; ++i) bits = bits << 6 | bits_of(chars[i]).value_or(0);
  return bits >> 2;
}

// The characters behind the home are random already.
std::size_t SessionIdHash::operator()(const SessionId& id) const noexcept {
  std::uint64_t random = 0;
  std::memcpy(&random, id.chars.data() + session_id_chars - sizeof(random), sizeof(random));
  return static_cast<std::size_t>(random * 0x9E3779B97F4A7C15u >> 7);
}

IdMaker::IdMaker(unsigned home, std::uint64_t seed) : home_(home), seeded_(seed != 0), rng_(seed) {}

void IdMaker::fill(std::span<std::uint8_t> bytes) {
  if (!seeded_) return system_random(bytes);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng_.next());
}

SessionId IdMaker::session() {
  std::array<std::uint8_t, session_id_chars / 4 * 3> bytes{};
  bytes[0] = static_cast<std::uint8_t>(home_ >> 8);
  bytes[1] = static_cast<std::uint8_t>(home_);
  fill(std::span(bytes).subspan(home_bytes));
  return {text_of<session_id_chars>(bytes)};
}

std::array<char, socket_id_chars> IdMaker::socket() {
  std::array<std::uint8_t, socket_id_chars / 4 * 3> bytes{};
  fill(bytes);
  return text_of<socket_id_chars>(bytes);
}

std::optional<unsigned> home_of(std::string_view sid) {
  const auto id = SessionId::parse(sid);
  if (!id) return std::nullopt;
  return id->home();
}

}  // namespace daybook::socketio
