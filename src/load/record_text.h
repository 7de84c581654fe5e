// The text of one record - a request's body, or an NDJSON line with its topic - of one length
// whatever its values are, so that a record is made by overwriting characters in place. A value
// shorter than the longest is followed by blanks outside its quotes, where JSON allows them.
//
// Thread: one owner; size() and prepare() are constant after construction.
// Invariant: write() does not allocate.
#pragma once

#include "base/random.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t time_digits = 13;  // epoch milliseconds from 2001 to 2286

// What a record is made from besides the load's own settings.
struct RecordSeed {
  std::uint64_t number;  // of the record, from 0
  std::int64_t unix_ms;  // now
  Rng& random;
};

class RecordText {
 public:
  virtual ~RecordText() = default;
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  // Writes size() bytes with placeholder values.
  void prepare(char* at) const;
  // Overwrites the values of a prepared text.
  virtual void write(char* at, const RecordSeed& record) = 0;

 protected:
  // Starts `text_`: as a line of POST /events, or as a body of its own.
  explicit RecordText(std::string_view topic, bool as_line);
  // Adds `room` characters to be overwritten; where they start.
  std::size_t add_room(std::size_t room);
  void end();

  std::string text_;
  bool as_line_;
};

void write_hex(char* at, std::uint64_t number);                         // 16 digits
void write_hex(char* at, std::uint32_t number);                         // 8 digits
void write_digits(char* at, std::size_t digits, std::uint64_t number);  // with leading zeros
// `text` and a closing quote, then blanks. REQUIRES: text.size() < room
void write_quoted_end(char* at, std::size_t room, std::string_view text);

// Uniform in [0, bound), from 32 random bits.
constexpr std::uint32_t share_of(std::uint32_t random_bits, std::uint32_t bound) {
  return static_cast<std::uint32_t>((std::uint64_t{random_bits} * bound) >> 32);
}

}  // namespace daybook::load
