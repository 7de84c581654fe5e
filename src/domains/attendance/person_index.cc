#include "domains/attendance/person_index.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <optional>
#include <random>
#include <string>

namespace daybook::attendance {
namespace {

constexpr std::uint64_t hash_seed = 0x6461'7962'6F6F'6B31;  // part of the snapshot format
constexpr std::uint32_t text_bit = 1u << 31;
constexpr std::uint32_t local_bits = 20;
constexpr std::uint32_t local_mask = (1u << local_bits) - 1;
constexpr std::uint32_t free_slot =
    std::numeric_limits<std::uint32_t>::max();  // no local is all ones
constexpr std::uint64_t id_bytes_max = 4096;    // in a snapshot; far above 64 code points

// Always the same: numbers, and with them snapshots, rest on it.
std::uint32_t shard_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), hash_seed)) &
         0xFFF;
}
// Of the place within a shard: bits 12..23 are the tag, 32..63 choose the slot.
std::uint32_t tag_of(std::uint64_t hash) {
  return ((static_cast<std::uint32_t>(hash) >> 12) & 0xFFF) << local_bits;
}
std::uint32_t home_of(std::uint64_t hash, std::uint32_t slots) {
  return static_cast<std::uint32_t>(((hash >> 32) * slots) >> 32);
}
bool is_full(std::uint32_t ids, std::uint32_t slots) {
  return static_cast<std::uint64_t>(ids) * 20 >= static_cast<std::uint64_t>(slots) * 17;  // 85 %
}

constexpr std::array<std::uint8_t, 256> hex_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(0xFF);
  for (std::uint8_t i = 0; i < 10; ++i) values[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i)
    values[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
  return values;
}();

// The 12 bytes of a 24-digit lower-case hex id; nothing for any other id.
std::optional<HexKey> pack_hex(std::string_view id) {
  HexKey key;
  if (id.size() != 2 * key.size()) return std::nullopt;
  std::uint32_t bad = 0;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const std::uint32_t high = hex_values[static_cast<std::uint8_t>(id[2 * i])];
    const std::uint32_t low = hex_values[static_cast<std::uint8_t>(id[2 * i + 1])];
    bad |= high | low;
    key[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  if ((bad & 0xF0) != 0) return std::nullopt;
  return key;
}

Error corrupt() { return Error{Errc::corrupt, "attendance snapshot: the person index is damaged"}; }

void save_id(ByteWriter& out, const HexKey& key) { out.raw(key.data(), key.size()); }
void save_id(ByteWriter& out, std::string_view key) { out.bytes(key); }

std::optional<HexKey> load_id(ByteReader& in, const HexIds&) {
  const std::string_view bytes = in.raw(sizeof(HexKey));
  if (bytes.size() != sizeof(HexKey)) return std::nullopt;
  HexKey key;
  std::memcpy(key.data(), bytes.data(), key.size());
  return key;
}
std::optional<std::string_view> load_id(ByteReader& in, const TextIds&) {
  const std::string_view bytes = in.bytes();
  if (bytes.empty() || bytes.size() > id_bytes_max) return std::nullopt;
  if (pack_hex(bytes)) return std::nullopt;  // belongs to the other table
  return bytes;
}

}  // namespace

template <class Ids>
IdTable<Ids>::IdTable() : place_seed_(std::random_device{}()), shards_(shard_count) {}

template <class Ids>
std::uint64_t IdTable<Ids>::place_of(std::string_view bytes) const {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), place_seed_);
}

template <class Ids>
std::uint32_t IdTable<Ids>::slot_of(const Shard& shard, std::uint64_t hash, const Key& key) {
  const std::uint32_t slots = shard.slots.capacity();
  const std::uint32_t tag = tag_of(hash);
  for (std::uint32_t at = home_of(hash, slots);; at = at + 1 == slots ? 0 : at + 1) {
    const std::uint32_t slot = shard.slots[at];
    if (slot == free_slot) return at;
    if ((slot & ~local_mask) == tag && shard.ids.at(slot & local_mask) == key) return at;
  }
}

// Makes the slots enough for `ids` ids; when they have to grow, all are placed anew, in place.
template <class Ids>
void IdTable<Ids>::make_room(Shard& shard, std::uint32_t ids) {
  if (!is_full(ids, shard.slots.capacity())) return;
  const std::uint32_t wanted = shard.slots.capacity() + shard.slots.capacity() / 8;
  while (shard.slots.capacity() < wanted || is_full(ids, shard.slots.capacity()))
    shard.slots.grow(slot_pool_);
  shard.slots.fill(free_slot);
  const std::uint32_t slots = shard.slots.capacity();
  for (std::uint32_t local = 0; local < shard.ids.size(); ++local) {
    const std::uint64_t hash = place_of(Ids::bytes_of(shard.ids.at(local)));
    std::uint32_t at = home_of(hash, slots);
    while (shard.slots[at] != free_slot) at = at + 1 == slots ? 0 : at + 1;
    shard.slots[at] = tag_of(hash) | local;
  }
}

template <class Ids>
void IdTable<Ids>::append(Shard& shard, std::uint32_t slot, std::uint64_t hash, const Key& key) {
  shard.slots[slot] = tag_of(hash) | shard.ids.size();
  shard.ids.append(id_pool_, key);
  ++size_;
}

template <class Ids>
std::uint32_t IdTable<Ids>::find(const Key& key) const {
  const std::uint32_t number = shard_of(Ids::bytes_of(key));
  const Shard& shard = shards_[number];
  if (shard.ids.size() == 0) return none;
  const std::uint64_t hash = place_of(Ids::bytes_of(key));
  const std::uint32_t slot = shard.slots[slot_of(shard, hash, key)];
  return slot == free_slot ? none : ((slot & local_mask) << shard_bits) | number;
}

template <class Ids>
bool IdTable<Ids>::has_room(const Key& key) const {
  return shards_[shard_of(Ids::bytes_of(key))].ids.size() < locals_max;
}

template <class Ids>
std::uint32_t IdTable<Ids>::add(const Key& key) {
  const std::uint64_t hash = place_of(Ids::bytes_of(key));
  const std::uint32_t number = shard_of(Ids::bytes_of(key));
  Shard& shard = shards_[number];
  const std::uint32_t local = shard.ids.size();
  if (local > 0) {
    const std::uint32_t slot = shard.slots[slot_of(shard, hash, key)];
    if (slot != free_slot) return ((slot & local_mask) << shard_bits) | number;
  }
  DAYBOOK_CHECK(local < locals_max);  // people_limit keeps the mean at half of it
  const std::size_t bytes_before = shard.ids.memory_bytes() + shard.slots.memory_bytes();
  make_room(shard, local + 1);
  append(shard, slot_of(shard, hash, key), hash, key);
  bytes_ += shard.ids.memory_bytes() + shard.slots.memory_bytes() - bytes_before;
  return (local << shard_bits) | number;
}

template <class Ids>
void IdTable<Ids>::save(ByteWriter& out) const {
  for (const Shard& shard : shards_) {
    out.u32(shard.ids.size());
    for (std::uint32_t local = 0; local < shard.ids.size(); ++local)
      save_id(out, shard.ids.at(local));
  }
}

template <class Ids>
Result<void> IdTable<Ids>::load(ByteReader& in) {
  for (std::uint32_t number = 0; number < shard_count; ++number) {
    const std::uint32_t count = in.u32();
    if (!in.ok() || count > locals_max) return corrupt();
    if (count == 0) continue;
    Shard& shard = shards_[number];
    make_room(shard, count);
    for (std::uint32_t local = 0; local < count; ++local) {
      const auto key = load_id(in, shard.ids);
      if (!key) return corrupt();
      if (shard_of(Ids::bytes_of(*key)) != number) return corrupt();
      const std::uint64_t hash = place_of(Ids::bytes_of(*key));
      const std::uint32_t slot = slot_of(shard, hash, *key);
      if (shard.slots[slot] != free_slot) return corrupt();  // twice
      append(shard, slot, hash, *key);
    }
    bytes_ += shard.ids.memory_bytes() + shard.slots.memory_bytes();
  }
  return {};
}

template class IdTable<HexIds>;
template class IdTable<TextIds>;

std::uint32_t PersonIndex::find(std::string_view id) const {
  if (const auto key = pack_hex(id)) return hex_.find(*key);
  const std::uint32_t number = text_.find(id);
  return number == none ? none : number | text_bit;
}

std::uint32_t PersonIndex::add(std::string_view id) {
  if (const auto key = pack_hex(id)) return hex_.add(*key);
  return text_.add(id) | text_bit;
}

bool PersonIndex::has_room(std::string_view id) const {
  if (const auto key = pack_hex(id)) return hex_.has_room(*key);
  return text_.has_room(id);
}

void PersonIndex::save(ByteWriter& out) const {
  hex_.save(out);
  text_.save(out);
}

Result<void> PersonIndex::load(ByteReader& in) {
  DAYBOOK_CHECK(size() == 0);
  DAYBOOK_TRY_VOID(hex_.load(in));
  return text_.load(in);
}

}  // namespace daybook::attendance
