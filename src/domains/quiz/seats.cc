#include "domains/quiz/seats.h"

#include "domains/quiz/hash.h"

#include <algorithm>

namespace daybook::quiz {
namespace {
constexpr std::uint8_t flag_kicked = 1;
constexpr std::uint8_t flag_answered = 2;
}  // namespace

std::uint32_t Seats::find(const Id128& token) const {
  const std::uint32_t n = by_token_.find(
      hash_of(token, seed_), [&](std::uint32_t number) { return tokens_[number] == token; });
  return n == none ? 0 : n + 1;
}

bool Seats::is_taken(std::string_view name_key) const {
  const std::uint64_t name = hash_of(name_key, seed_);
  return by_name_.find(name, [&](std::uint32_t n) { return names_[n] == name; }) != none;
}

bool Seats::is_kicked(std::uint32_t player) const { return has(player) && kicked_[player - 1]; }
bool Seats::has_answered(std::uint32_t player) const {
  return has(player) && answered_[player - 1];
}

void Seats::add(const Id128& token, std::string_view name_key) {
  add_hashed(token, hash_of(name_key, seed_));
}

void Seats::add_hashed(const Id128& token, std::uint64_t name) {
  const std::uint32_t n = size();
  tokens_.push_back(token);
  by_token_.insert(hash_of(token, seed_), n);
  names_.push_back(name);
  by_name_.insert(name, n);
  kicked_.push_back(false);
  answered_.push_back(false);
}

void Seats::kick(std::uint32_t player) {
  if (!has(player) || kicked_[player - 1]) return;
  kicked_[player - 1] = true;
  ++kicked_count_;
  if (answered_[player - 1]) --answered_count_;
}

void Seats::mark_answered(std::uint32_t player) {
  if (!has(player) || answered_[player - 1]) return;
  answered_[player - 1] = true;
  if (!kicked_[player - 1]) ++answered_count_;
}

void Seats::begin_question() {
  std::fill(answered_.begin(), answered_.end(), false);
  answered_count_ = 0;
}

std::size_t Seats::memory_bytes() const {
  constexpr std::size_t bits = 8;
  return tokens_.capacity() * sizeof(Id128) + names_.capacity() * sizeof(std::uint64_t) +
         by_token_.memory_bytes() + by_name_.memory_bytes() +
         (kicked_.capacity() + answered_.capacity()) / bits;
}

// seats = count { token name flags }
void Seats::save(ByteWriter& out) const {
  out.u32(size());
  for (std::uint32_t n = 0; n < size(); ++n) {
    put_id(out, tokens_[n]);
    out.u64(names_[n]);
    out.u8(static_cast<std::uint8_t>((kicked_[n] ? flag_kicked : 0) |
                                     (answered_[n] ? flag_answered : 0)));
  }
}

Result<void> Seats::load(ByteReader& in) {
  const Error damaged{Errc::corrupt, "quiz snapshot: the players are damaged"};
  const std::uint32_t count = in.u32();
  for (std::uint32_t n = 0; n < count; ++n) {
    const Id128 token = get_id(in);
    const std::uint64_t name = in.u64();
    const std::uint8_t flags = in.u8();
    if (!in.ok() || flags > (flag_kicked | flag_answered) || find(token) != 0) return damaged;
    add_hashed(token, name);
    if ((flags & flag_kicked) != 0) kick(n + 1);
    if ((flags & flag_answered) != 0) mark_answered(n + 1);
  }
  if (!in.ok()) return damaged;
  return {};
}

}  // namespace daybook::quiz
