#include "domains/booking/people.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <string>
#include <vector>

namespace daybook::booking {

Id128 People::key(const Station& station, std::string_view person) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(person.data(), person.size(), station.salt);
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  // The name keeps stations apart whose salts are the same (both zero, in a log made by a test).
  const std::uint64_t place = XXH3_64bits(station.name.data(), station.name.size());
  Id128 key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i)
    key.bytes[i] = static_cast<std::uint8_t>(bytes.digest[i] ^ (place >> (8 * (i % 8))));
  key.bytes[0] |= 1;  // never zero
  return key;
}

void People::add(const Id128& key, std::uint32_t booking) {
  if (links_.size() <= booking) links_.resize(std::size_t{booking} + 1);
  const std::uint32_t older = newest(key);
  links_[booking] = {key, none, older, 1};
  if (older == none) {
    newest_.insert(key, booking);
    return;
  }
  links_[booking].count = links_[older].count + 1;
  links_[older].count = 0;
  links_[older].newer = booking;
  newest_.replace(key, older, booking);
}

void People::remove(std::uint32_t booking) {
  if (booking >= links_.size() || links_[booking].key.is_zero()) return;
  const Link link = links_[booking];
  if (link.older != none) links_[link.older].newer = link.newer;
  if (link.newer != none) {
    links_[link.newer].older = link.older;
    --links_[newest(link.key)].count;
  } else if (link.older != none) {
    links_[link.older].count = link.count - 1;
    newest_.replace(link.key, booking, link.older);
  } else {
    newest_.erase(link.key, booking);
  }
  links_[booking] = {};
}

std::uint32_t People::newest(const Id128& key) const { return newest_.find(key, key_of()); }

std::uint32_t People::count(const Id128& key) const {
  const std::uint32_t booking = newest(key);
  return booking == none ? 0 : links_[booking].count;
}

bool People::owns(const Id128& key, std::uint32_t booking) const {
  return booking < links_.size() && links_[booking].key == key;
}

// people = count { key bookings }   bookings = count { booking }, newest first
void People::save(ByteWriter& out) const {
  out.u64(newest_.size());
  for (std::uint32_t n = 0; n < links_.size(); ++n) {
    if (links_[n].count == 0) continue;
    out.raw(links_[n].key.bytes.data(), links_[n].key.bytes.size());
    out.u32(links_[n].count);
    for (std::uint32_t at = n; at != none; at = links_[at].older) out.u32(at);
  }
}

Result<void> People::load(ByteReader& in, const Book& book) {
  const Error damaged{Errc::corrupt, "booking snapshot: the people are damaged"};
  const std::uint64_t people = in.u64();
  std::uint32_t added = 0;
  std::vector<std::uint32_t> bookings;
  for (std::uint64_t i = 0; i < people; ++i) {
    Id128 key;
    const std::string_view bytes = in.raw(key.bytes.size());
    const std::uint32_t count = in.u32();
    if (!in.ok() || count == 0 || count > book.live() - added) return damaged;
    bytes.copy(reinterpret_cast<char*>(key.bytes.data()), key.bytes.size());
    if (key.is_zero() || newest(key) != none) return damaged;
    bookings.clear();
    for (std::uint32_t k = 0; k < count; ++k) bookings.push_back(in.u32());
    for (auto n = bookings.rbegin(); n != bookings.rend(); ++n) {
      if (!in.ok() || *n >= book.bookings_end() || !book.booking(*n).is_live()) return damaged;
      if (*n < links_.size() && !links_[*n].key.is_zero()) return damaged;
      add(key, *n);
    }
    added += count;
  }
  if (!in.ok() || added != book.live()) return damaged;
  return {};
}

}  // namespace daybook::booking
