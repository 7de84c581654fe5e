#include "domains/quiz/marks.h"

#include <daybook/check.h>

#include <roaring/roaring.h>

#include <string>
#include <string_view>

namespace daybook::quiz {
namespace {
constexpr std::uint32_t measured_every_marks = 4096;
}  // namespace

void Marks::Free::operator()(roaring_bitmap_s* bitmap) const { roaring_bitmap_free(bitmap); }

bool Marks::has(std::uint32_t number) const {
  return bitmap_ != nullptr && roaring_bitmap_contains(bitmap_.get(), number);
}

void Marks::add(std::uint32_t number) {
  const bool is_new = bitmap_ == nullptr;
  if (is_new) {
    bitmap_.reset(roaring_bitmap_create());
    DAYBOOK_CHECK(bitmap_ != nullptr);
  }
  roaring_bitmap_add(bitmap_.get(), number);
  if (is_new || ++marks_since_measured_ == measured_every_marks) measure();
}

void Marks::measure() {
  marks_since_measured_ = 0;
  bytes_ = sizeof(roaring_bitmap_t) + roaring_bitmap_size_in_bytes(bitmap_.get());
}

void Marks::save(ByteWriter& out) const {
  if (bitmap_ == nullptr) return out.bytes({});
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap_.get()), '\0');
  roaring_bitmap_portable_serialize(bitmap_.get(), bytes.data());
  out.bytes(bytes);
}

bool Marks::load(ByteReader& in, std::uint32_t end) {
  const std::string_view bytes = in.bytes();
  if (!in.ok()) return false;
  if (bytes.empty()) return true;
  if (roaring_bitmap_portable_deserialize_size(bytes.data(), bytes.size()) != bytes.size())
    return false;
  bitmap_.reset(roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()));
  if (bitmap_ == nullptr || roaring_bitmap_is_empty(bitmap_.get())) return false;
  measure();
  return roaring_bitmap_maximum(bitmap_.get()) < end;
}

}  // namespace daybook::quiz
