// People: which live bookings a person has at a station, newest first, without keeping who: a
// person is a 128-bit hash of station and id. Two people whose hashes collide would count as one;
// the hash is seeded with a number drawn when the station was defined and told to nobody, so a
// collision cannot be sought, and by chance it is as good as never (2^-128 for a pair).
//
// 28 bytes a booking and 11 to 21 a person. Bookings are told by the Book's numbers.
// Thread: the owner's.
#pragma once

#include "domains/booking/book.h"
#include "domains/booking/key_table.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace daybook::booking {

class People {
 public:
  // The hash of a person at a station.
  static Id128 key(const Station& station, std::string_view person);

  void add(const Id128& key, std::uint32_t booking);  // REQUIRES: not there yet
  void remove(std::uint32_t booking);                 // nothing when it is not there
  [[nodiscard]] std::uint32_t count(const Id128& key) const;
  [[nodiscard]] std::uint32_t newest(const Id128& key) const;  // none: no live booking
  [[nodiscard]] bool owns(const Id128& key, std::uint32_t booking) const;

  [[nodiscard]] std::size_t memory_bytes() const {
    return links_.size() * sizeof(Link) + newest_.memory_bytes();
  }
  void save(ByteWriter& out) const;
  // REQUIRES: empty. Errc::corrupt unless it is about exactly the live bookings of the book.
  Result<void> load(ByteReader& in, const Book& book);

 private:
  struct Link {
    Id128 key{};                 // zero: no live booking of this number
    std::uint32_t newer = none;  // of the same person
    std::uint32_t older = none;
    std::uint32_t count = 0;  // of all the person's, in the newest; else 0
  };
  [[nodiscard]] auto key_of() const {
    return [this](std::uint32_t n) -> const Id128& { return links_[n].key; };
  }

  std::deque<Link> links_;  // by the number of the booking
  KeyTable newest_;
};

}  // namespace daybook::booking
