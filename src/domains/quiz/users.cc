#include "domains/quiz/users.h"

#include "domains/quiz/definition.h"
#include "domains/quiz/hash.h"

namespace daybook::quiz {

std::uint32_t Users::find(std::string_view id) const {
  return by_id_.find(hash_of(id, 0), [&](std::uint32_t n) { return users_[n].id == id; });
}

bool Users::is_called(std::uint32_t n, std::string_view name) const {
  const User& user = users_[n];
  return user.name_hash == hash_of(name, seed_of(user.token));
}

void Users::define(std::string_view id, std::string_view name, const Id128& token) {
  const std::uint32_t n = find(id);
  if (n == none)
    add(id, token, hash_of(name, seed_of(token)));
  else
    users_[n].name_hash = hash_of(name, seed_of(users_[n].token));
}

void Users::add(std::string_view id, const Id128& token, std::uint64_t name_hash) {
  users_.push_back({ids_.copy(id), token, name_hash});
  by_id_.insert(hash_of(id, 0), size() - 1);
}

std::size_t Users::memory_bytes() const {
  return ids_.memory_bytes() + users_.size() * sizeof(User) + by_id_.memory_bytes();
}

// users = count { id token name_hash }
void Users::save(ByteWriter& out) const {
  out.u32(size());
  for (const User& user : users_) {
    out.bytes(user.id);
    put_id(out, user.token);
    out.u64(user.name_hash);
  }
}

Result<void> Users::load(ByteReader& in) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view id = in.bytes();
    const Id128 token = get_id(in);
    const std::uint64_t name_hash = in.u64();
    if (!in.ok() || !is_id(id) || find(id) != none)
      return Error{Errc::corrupt, "quiz snapshot: the users are damaged"};
    add(id, token, name_hash);
  }
  if (!in.ok()) return Error{Errc::corrupt, "quiz snapshot: it ends too early"};
  return {};
}

}  // namespace daybook::quiz
