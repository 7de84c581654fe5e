#include "domains/attendance/marks.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace daybook::attendance {
namespace {

constexpr std::uint32_t bytes_refresh_marks = 4096;
constexpr std::uint32_t days_in_snapshot_max = 1024;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "attendance snapshot: " + std::string(what)};
}

Bitmap make_bitmap() {
  Bitmap bitmap(roaring_bitmap_create());
  DAYBOOK_CHECK(bitmap != nullptr);
  return bitmap;
}

std::size_t bytes_of(const DayMarks& marks) {
  return roaring_bitmap_size_in_bytes(marks.checked_in.get()) +
         roaring_bitmap_size_in_bytes(marks.checked_out.get()) + sizeof(DayMarks) +
         2 * sizeof(roaring_bitmap_t);
}

void note_mark(DayMarks& marks) {
  if (++marks.marks_since_refresh < bytes_refresh_marks) return;
  marks.marks_since_refresh = 0;
  marks.bytes = bytes_of(marks);
}

void save_bitmap(ByteWriter& out, const Bitmap& bitmap) {
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap.get()), '\0');
  roaring_bitmap_portable_serialize(bitmap.get(), bytes.data());
  out.bytes(bytes);
}

Bitmap load_bitmap(ByteReader& in) {
  const std::string_view bytes = in.bytes();
  if (!in.ok() ||
      roaring_bitmap_portable_deserialize_size(bytes.data(), bytes.size()) != bytes.size())
    return nullptr;
  return Bitmap(roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()));
}

}  // namespace

void BitmapFree::operator()(roaring_bitmap_s* bitmap) const { roaring_bitmap_free(bitmap); }

const DayMarks* Marks::find(Day day) const {
  for (auto it = days_.rbegin(); it != days_.rend() && it->day >= day; ++it)
    if (it->day == day) return &*it;
  return nullptr;
}

bool Marks::checked_in(Day day, std::uint32_t person) const {
  const DayMarks* marks = find(day);
  return marks != nullptr && roaring_bitmap_contains(marks->checked_in.get(), person);
}

bool Marks::checked_out(Day day, std::uint32_t person) const {
  const DayMarks* marks = find(day);
  return marks != nullptr && roaring_bitmap_contains(marks->checked_out.get(), person);
}

void Marks::drop_oldest() {
  floor_ = days_.front().day + 1;
  days_.erase(days_.begin());
}

DayMarks* Marks::open(Day day) {
  auto at =
      std::find_if(days_.rbegin(), days_.rend(), [day](const DayMarks& m) { return m.day <= day; });
  if (at != days_.rend() && at->day == day) return &*at;
  if (day < floor_) return nullptr;
  DayMarks fresh;
  fresh.day = day;
  fresh.checked_in = make_bitmap();
  fresh.checked_out = make_bitmap();
  fresh.bytes = bytes_of(fresh);
  days_.insert(at.base(), std::move(fresh));
  if (days_.size() > days_kept_) drop_oldest();
  return day < floor_ ? nullptr : open(day);  // the new day may itself have been the oldest
}

void Marks::mark_in(Day day, std::uint32_t person) {
  DayMarks* marks = open(day);
  if (marks == nullptr) return;
  roaring_bitmap_add(marks->checked_in.get(), person);
  note_mark(*marks);
}

void Marks::mark_out(Day day, std::uint32_t person) {
  DayMarks* marks = open(day);
  if (marks == nullptr) return;
  roaring_bitmap_add(marks->checked_out.get(), person);
  note_mark(*marks);
}

std::size_t Marks::memory_bytes() const {
  std::size_t bytes = 0;
  for (const DayMarks& marks : days_) bytes += marks.bytes;
  return bytes;
}

void Marks::save(ByteWriter& out) const {
  out.u32(days_kept_);
  out.u32(static_cast<std::uint32_t>(floor_.value));
  out.u32(static_cast<std::uint32_t>(days_.size()));
  for (const DayMarks& marks : days_) {
    out.u32(static_cast<std::uint32_t>(marks.day.value));
    save_bitmap(out, marks.checked_in);
    save_bitmap(out, marks.checked_out);
  }
}

Result<void> Marks::load(ByteReader& in) {
  DAYBOOK_CHECK(days_.empty());
  const std::uint32_t kept = in.u32();
  floor_ = Day{static_cast<std::int32_t>(in.u32())};
  const std::uint32_t count = in.u32();
  if (!in.ok() || count > days_in_snapshot_max) return corrupt("the marks are damaged");
  if (floor_ != no_floor && kept < days_kept_)
    return corrupt("it kept " + std::to_string(kept) +
                   " days, attendance.late_days_max now needs " + std::to_string(days_kept_) +
                   ": rebuild from the log");
  for (std::uint32_t i = 0; i < count; ++i) {
    DayMarks marks;
    marks.day = Day{static_cast<std::int32_t>(in.u32())};
    marks.checked_in = load_bitmap(in);
    marks.checked_out = load_bitmap(in);
    if (marks.checked_in == nullptr || marks.checked_out == nullptr || marks.day < floor_)
      return corrupt("the marks are damaged");
    if (!days_.empty() && marks.day <= days_.back().day) return corrupt("the marks are damaged");
    marks.bytes = bytes_of(marks);
    days_.push_back(std::move(marks));
  }
  while (days_.size() > days_kept_) drop_oldest();
  return {};
}

}  // namespace daybook::attendance
