// Marks: a set of user numbers (who has answered a question), a bit a user once they are many.
// Thread: the owner's.
#pragma once

#include <daybook/bytes.h>

#include <cstddef>
#include <cstdint>
#include <memory>

struct roaring_bitmap_s;

namespace daybook::quiz {

class Marks {
 public:
  [[nodiscard]] bool has(std::uint32_t number) const;
  void add(std::uint32_t number);
  // Of the last time it was measured, every few thousand marks.
  [[nodiscard]] std::size_t memory_bytes() const { return bytes_; }

  void save(ByteWriter& out) const;
  // False: the bytes are damaged, or hold a number that is not below `end`. REQUIRES: empty
  [[nodiscard]] bool load(ByteReader& in, std::uint32_t end);

 private:
  struct Free {
    void operator()(roaring_bitmap_s* bitmap) const;
  };
  void measure();

  std::unique_ptr<roaring_bitmap_s, Free> bitmap_;  // null: empty
  std::size_t bytes_ = 0;
  std::uint32_t marks_since_measured_ = 0;
};

}  // namespace daybook::quiz
