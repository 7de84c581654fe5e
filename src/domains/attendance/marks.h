// Who has checked in and out on which of the last days: two bitmaps of person numbers per day, at
// most 2 bits a person and day once people are many.
//
// At most `days_kept` days are held; a new day beyond pushes the oldest out for good, and from then
// on floor() is the first day that can still be judged. Counting days instead of measuring from the
// newest one means that an event written under a wrong clock costs one place, not all days before
// it.
//
// Thread: the owner's.
#pragma once

#include <daybook/time_zone.h>

#include <daybook/bytes.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

struct roaring_bitmap_s;

namespace daybook::attendance {

struct BitmapFree {
  void operator()(roaring_bitmap_s* bitmap) const;
};
using Bitmap = std::unique_ptr<roaring_bitmap_s, BitmapFree>;

struct DayMarks {
  Day day{};
  Bitmap checked_in;
  Bitmap checked_out;
  std::size_t bytes = 0;  // of both; refreshed every `bytes_refresh_marks` marks
  std::uint32_t marks_since_refresh = 0;
};

class Marks {
 public:
  static constexpr Day no_floor{std::numeric_limits<std::int32_t>::min()};

  explicit Marks(std::uint32_t days_kept) : days_kept_(days_kept) {}
  [[nodiscard]] bool checked_in(Day day, std::uint32_t person) const;
  [[nodiscard]] bool checked_out(Day day, std::uint32_t person) const;
  void mark_in(Day day, std::uint32_t person);  // a day below the floor: nothing
  void mark_out(Day day, std::uint32_t person);
  [[nodiscard]] Day floor() const { return floor_; }
  [[nodiscard]] std::size_t days() const { return days_.size(); }
  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  // Errc::corrupt also when days were dropped that days_kept now asks for. REQUIRES: empty
  Result<void> load(ByteReader& in);

 private:
  [[nodiscard]] const DayMarks* find(Day day) const;
  DayMarks* open(Day day);  // nullptr below the floor
  void drop_oldest();

  std::uint32_t days_kept_;
  Day floor_ = no_floor;
  std::vector<DayMarks> days_;  // ascending
};

}  // namespace daybook::attendance
