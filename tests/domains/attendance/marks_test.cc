#include "domains/attendance/marks.h"

#include <catch2/catch.hpp>

namespace daybook::attendance {
namespace {

TEST_CASE("marks hold the newest days only and say from which day on") {
  Marks marks(3);
  CHECK(marks.floor() == Marks::no_floor);
  for (const std::int32_t day : {100, 102, 101}) marks.mark_in({day}, 7);
  CHECK(marks.floor() == Marks::no_floor);
  marks.mark_in({104}, 7);
  CHECK(marks.days() == 3);
  CHECK(marks.floor() == Day{101});
  CHECK_FALSE(marks.checked_in({100}, 7));
  for (const std::int32_t day : {101, 102, 104}) CHECK(marks.checked_in({day}, 7));
}

TEST_CASE("a mark below the floor is ignored") {
  Marks marks(2);
  for (const std::int32_t day : {10, 11, 12}) marks.mark_in({day}, 1);
  marks.mark_in({9}, 1);
  marks.mark_out({10}, 1);
  CHECK(marks.days() == 2);
  CHECK_FALSE(marks.checked_in({9}, 1));
  CHECK_FALSE(marks.checked_out({10}, 1));
}

TEST_CASE("a new oldest day beyond the limit is dropped at once") {
  Marks marks(2);
  marks.mark_in({20}, 1);
  marks.mark_in({21}, 1);
  marks.mark_in({5}, 1);
  CHECK(marks.floor() == Day{6});
  CHECK(marks.days() == 2);
  CHECK(marks.checked_in({20}, 1));
}

TEST_CASE("in and out are apart, by day and person") {
  Marks marks(4);
  marks.mark_in({1}, 5);
  marks.mark_out({1}, 0x8000'0005u);
  CHECK(marks.checked_in({1}, 5));
  CHECK_FALSE(marks.checked_out({1}, 5));
  CHECK_FALSE(marks.checked_in({1}, 0x8000'0005u));
  CHECK(marks.checked_out({1}, 0x8000'0005u));
  CHECK_FALSE(marks.checked_in({2}, 5));
}

TEST_CASE("marks of dense people cost about two bits a person and day") {
  Marks marks(4);
  constexpr std::uint32_t people = 1'000'000;
  for (std::uint32_t person = 0; person < people; ++person) {
    marks.mark_in({1}, person);
    marks.mark_out({1}, person);
  }
  CHECK(static_cast<double>(marks.memory_bytes()) * 8 / people <= 2.2);
  CHECK(static_cast<double>(marks.memory_bytes()) * 8 / people >= 1.0);
}

Marks three_days(std::uint32_t kept, std::int32_t days) {
  Marks marks(kept);
  for (std::int32_t day = 0; day < days; ++day) marks.mark_in({day}, 3);
  return marks;
}

std::string saved(const Marks& marks) {
  ByteWriter out;
  marks.save(out);
  return out.take();
}

TEST_CASE("a snapshot that dropped days the settings now ask for is refused") {
  const std::string dropped = saved(three_days(3, 5));
  const std::string complete = saved(three_days(3, 3));
  {
    Marks wider(4);
    ByteReader in(dropped);
    const auto loaded = wider.load(in);
    REQUIRE_FALSE(loaded.ok());
    CHECK(loaded.error().code == Errc::corrupt);
  }
  {
    Marks wider(4);
    ByteReader in(complete);
    CHECK(wider.load(in).ok());
    CHECK(wider.days() == 3);
  }
  {
    Marks narrower(2);
    ByteReader in(dropped);
    CHECK(narrower.load(in).ok());
    CHECK(narrower.days() == 2);
    CHECK(narrower.floor() == Day{3});
  }
}

}  // namespace
}  // namespace daybook::attendance
