#include "sequencer/event_ids.h"

#include <cstring>

namespace daybook {
namespace {

// Stamps time, version and variant on 16 random bytes.
void make_uuid_v7(Id128& id, UnixUs now) {
  const auto ms = static_cast<std::uint64_t>(now.value / 1000);
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
}

void put_u64(std::uint8_t* out, std::uint64_t value) { std::memcpy(out, &value, sizeof value); }

}  // namespace

EventIds::EventIds(std::uint64_t seed)
    : seeded_(seed != 0), rng_(seed != 0 ? seed : system_random_u64()) {}

void EventIds::fill(std::uint8_t* out, std::size_t size) {
  if (seeded_) {
    for (std::size_t i = 0; i < size; i += 8) put_u64(out + i, rng_.next());
    return;
  }
  if (pool_.size() - used_ < size) {
    system_random(pool_);
    used_ = 0;
  }
  std::memcpy(out, pool_.data() + used_, size);
  std::memset(pool_.data() + used_, 0, size);
  used_ += size;
}

Id128 EventIds::command_id(UnixUs now) {
  Id128 id;
  fill(id.bytes.data(), id.bytes.size());
  make_uuid_v7(id, now);
  return id;
}

Id128 EventIds::event_id(UnixUs now) {
  Id128 id;
  put_u64(id.bytes.data(), rng_.next());
  put_u64(id.bytes.data() + 8, rng_.next());
  make_uuid_v7(id, now);
  return id;
}

Id128 EventIds::secret() {
  Id128 id;
  fill(id.bytes.data(), id.bytes.size());
  return id;
}

}  // namespace daybook
