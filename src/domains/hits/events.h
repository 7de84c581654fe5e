// What can have happened in hits, and its bytes (schemas/hits.fbs, version 1).
// An Event carries all that apply and project need; a visitor is in it only as a keyed hash.
#pragma once

#include "domains/hits/times.h"

#include <daybook/arena.h>
#include <daybook/ids.h>
#include <daybook/result.h>

#include <flatbuffers/flatbuffers.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace daybook::hits {

constexpr std::uint16_t event_version = 1;
constexpr std::size_t id_chars_max = 256;
constexpr std::size_t id_bytes_max = 4 * id_chars_max;  // UTF-8

// A part of the ids: those whose hash begins with one 16-bit number. On disk.
constexpr std::uint32_t part_bits = 16;
constexpr std::uint32_t parts = 1u << part_bits;

enum class Kind : std::uint8_t {
  hit = 0,
  salt_drawn = 1,  // the salt of one day's visitor hashes
  day_closed = 2,  // no hit of that day is taken any more
  rolled_up = 3,   // that day's counts of some parts of the ids: they replace its hits
};

// Strings and entries are views: of the command or its arena (live), or of the record (replay).
struct Event {
  Kind kind = Kind::hit;
  // hit
  std::string_view id;
  UnixMs at{};
  std::uint64_t visitor = 0;  // 0: none
  // all others
  Day day{};
  // salt_drawn
  Id128 salt{};
  // rolled_up: [from_part, until_part); entries as EntryReader reads them
  std::uint32_t from_part = 0;
  std::uint32_t until_part = 0;
  std::span<const std::uint8_t> entries{};
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

// One id's day in a roll-up.
struct Entry {
  std::string_view id;
  std::array<std::uint32_t, day_hours> hours{};  // hits of each hour of the day
  std::uint32_t visitors = 0;                    // estimate

  [[nodiscard]] std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const std::uint32_t hour : hours) sum += hour;
    return sum;
  }
};

// Packed entries: varint(id bytes) id mask(3 bytes, bit h: hour h has hits) varint(hits) of each
// such hour, varint(visitors).
void append_entry(std::string& out, const Entry& entry);

class EntryReader {
 public:
  explicit EntryReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  // False at the end, or at bytes that are no entry; ok() tells which.
  bool next(Entry& entry);
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// The hash that chooses an id's part (its first 16 bits) and its place in the tables. On disk.
std::uint64_t hash_of_id(std::string_view id);
constexpr std::uint32_t part_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> (64 - part_bits));
}

}  // namespace daybook::hits
