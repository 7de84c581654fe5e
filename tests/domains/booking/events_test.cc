// The bytes of every event kind: round trips, and the golden files that pin version 1 for good.
#include "base/files.h"
#include "domains/booking/world.h"

#include <array>
#include <cstdlib>

namespace daybook::booking {
namespace {

constexpr std::array<DateCapacity, 3> dates{{{20210516, 1000}, {20210517, 0}, {20210614, 7}}};

Event sample(Kind kind) {
  Event event;
  event.kind = kind;
  event.station = "PWTC";
  if (kind == Kind::station_defined) {
    event.dates = DateList(dates.data(), dates.size());
    event.bookings_per_person = 2;
    event.hold_seconds = 300;
    event.time_zone = "Asia/Kuala_Lumpur";
    event.closes_past_dates = true;
    event.created = true;
    event.salt = 0x0123'4567'89AB'CDEF;
    return event;
  }
  event.id = parse_id("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b").value();
  event.date = 20210516;
  if (kind == Kind::held) {
    event.person = "1";
    event.expires = UnixUs{1'621'123'500'000'123};
  }
  if (kind == Kind::queued) event.position = 17;
  if (kind != Kind::booked && kind != Kind::hold_booked && kind != Kind::queued) return event;
  event.person = "830101-14-5678";
  event.first_name = "Nur";
  event.last_name = "Aïsha";
  event.address = "1, Jalan Besar, Kuala Lumpur";
  event.phone_number = "+60 12 345 678";
  return event;
}

void check_same(const Event& a, const Event& b) {
  CHECK(a.kind == b.kind);
  CHECK(a.station == b.station);
  CHECK(a.id == b.id);
  CHECK(a.date == b.date);
  CHECK(a.person == b.person);
  CHECK(a.first_name == b.first_name);
  CHECK(a.last_name == b.last_name);
  CHECK(a.address == b.address);
  CHECK(a.phone_number == b.phone_number);
  CHECK(a.position == b.position);
  CHECK(a.expires == b.expires);
  CHECK(a.bookings_per_person == b.bookings_per_person);
  CHECK(a.hold_seconds == b.hold_seconds);
  CHECK(a.time_zone == b.time_zone);
  CHECK(a.closes_past_dates == b.closes_past_dates);
  CHECK(a.created == b.created);
  CHECK(a.salt == b.salt);
  REQUIRE(a.dates.size() == b.dates.size());
  for (std::size_t i = 0; i < a.dates.size(); ++i) CHECK(a.dates[i] == b.dates[i]);
}

const std::pair<Kind, const char*> all_kinds[] = {
    {Kind::station_defined, "station_defined"},
    {Kind::booked, "booked"},
    {Kind::held, "held"},
    {Kind::hold_booked, "hold_booked"},
    {Kind::queued, "queued"},
    {Kind::cancelled, "cancelled"},
    {Kind::promoted, "promoted"},
    {Kind::hold_expired, "hold_expired"},
};

// Of bytes that must not be read.
Errc refused(const std::string& bytes, std::uint16_t version = 1) {
  const auto event = decode(version, span_of(bytes));
  REQUIRE_FALSE(event.ok());
  return event.error().code;
}

TEST_CASE("every kind of event survives its bytes") {
  for (const auto& [kind, name] : all_kinds) {
    INFO(name);
    const std::string bytes = bytes_of(sample(kind));
    check_same(event_of(bytes), sample(kind));
  }
  Event bare = sample(Kind::station_defined);
  bare.dates = {};
  const std::string bytes = bytes_of(bare);
  check_same(event_of(bytes), bare);
}

TEST_CASE("the bytes of version 1 are what they always were, and still readable") {
  for (const auto& [kind, name] : all_kinds) {
    const std::string path =
        std::string(DAYBOOK_SOURCE_DIR) + "/tests/golden/booking_" + name + "_v1.bin";
    INFO(path);
    if (std::getenv("DAYBOOK_REWRITE_GOLDEN") != nullptr)
      REQUIRE(write_file_durable(path, bytes_of(sample(kind)), 0644).ok());
    auto golden = read_file(path);
    REQUIRE(golden.ok());
    CHECK(*golden == bytes_of(sample(kind)));
    check_same(event_of(*golden), sample(kind));
  }
}

TEST_CASE("an unknown version, a cut or damaged event is refused") {
  for (const auto& [kind, name] : all_kinds) {
    INFO(name);
    const std::string bytes = bytes_of(sample(kind));
    CHECK(refused(bytes, 0) == Errc::corrupt);
    CHECK(refused(bytes, 2) == Errc::corrupt);
    for (std::size_t size = 0; size + 8 < bytes.size(); ++size)
      CHECK(refused(bytes.substr(0, size)) == Errc::corrupt);
    for (std::size_t i = 0; i < bytes.size(); ++i) {  // refused or read, never out of bounds
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 0xFF);
      const auto read = decode(1, span_of(changed));
      if (read.ok()) CHECK(read->station.size() + read->person.size() < changed.size());
    }
  }
}

TEST_CASE("an event that says less than its kind needs is refused") {
  Event event = sample(Kind::booked);
  event.station = {};
  CHECK(refused(bytes_of(event)) == Errc::corrupt);
  event = sample(Kind::booked);
  event.person = {};
  CHECK(refused(bytes_of(event)) == Errc::corrupt);
  event = sample(Kind::cancelled);
  event.date = 20210230;
  CHECK(refused(bytes_of(event)) == Errc::corrupt);
  event = sample(Kind::station_defined);
  const std::array<DateCapacity, 2> turned{{{20210517, 1}, {20210516, 1}}};
  event.dates = DateList(turned.data(), turned.size());
  CHECK(refused(bytes_of(event)) == Errc::corrupt);
  event = sample(Kind::station_defined);
  event.kind = static_cast<Kind>(kinds);
  CHECK(refused(bytes_of(event)) == Errc::corrupt);
}

TEST_CASE("dates have one text form") {
  CHECK(parse_date("20210516") == std::optional<std::uint32_t>(20210516));
  CHECK(parse_date("20240229") == std::optional<std::uint32_t>(20240229));
  for (const char* wrong : {"", "2021051", "202105160", "20210230", "20230229", "20211301",
                            "20210100", "19691231", "2021-5-6", "+2021051", "2021051x"}) {
    INFO(wrong);
    CHECK_FALSE(parse_date(wrong).has_value());
  }
  CHECK(date_text(20210516) == "20210516");
  CHECK(to_string(day_of(20210516)) == "2021-05-16");
}

}  // namespace
}  // namespace daybook::booking
