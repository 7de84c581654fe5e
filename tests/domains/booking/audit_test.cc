// The Audit must find each kind of broken promise, at the event that breaks it.
#include "domains/booking/world.h"

#include <functional>

namespace daybook::booking {
namespace {

// A sound log with one of everything: a hold expired, one booked, a line moved up three times.
struct Fixture : World {
  Fixture() {
    REQUIRE(put("PWTC", R"({"dates":[{"date":"20210516","capacity":2}]})") == "ok");  // 1
    REQUIRE(book("a", "PWTC", "20210516") == "ok");                                   // 2
    first = id;
    REQUIRE(hold("b", "PWTC", "20210516") == "ok");                            // 3
    REQUIRE(book("c", "PWTC", "20210516", R"(,"waitingList":true)") == "ok");  // 4
    REQUIRE(book("d", "PWTC", "20210516", R"(,"waitingList":true)") == "ok");  // 5
    REQUIRE(book("e", "PWTC", "20210516", R"(,"waitingList":true)") == "ok");  // 6
    REQUIRE(cancel(first) == "ok");                                            // 7, 8
    pass(300);
    REQUIRE(tick() == 2);                                                             // 9, 10
    REQUIRE(put("PWTC", R"({"dates":[{"date":"20210516","capacity":4}]})") == "ok");  // 11, 12
    REQUIRE(hold("f", "PWTC", "20210516") == "ok");                                   // 13
    REQUIRE(book("f", "PWTC", "20210516", R"(,"hold":")" + id + "\"") == "ok");       // 14
    REQUIRE(log.size() == 14);
    REQUIRE(audit(log).empty());
  }
  // The log with event number `n` (from 1) changed.
  std::string changed(std::size_t n, const std::function<void(Event&)>& change) {
    auto other = log;
    const std::string bytes = other.at(n - 1);
    Event event = event_of(bytes);
    change(event);
    other.at(n - 1) = bytes_of(event);
    return audit(other);
  }
  std::string first;
};

bool says(const std::string& complaint, std::size_t position, std::string_view rule) {
  INFO(complaint);
  const bool at_it =
      complaint.find("position " + std::to_string(position) + ",") != std::string::npos;
  CHECK(at_it);
  CHECK(complaint.find(rule) != std::string::npos);
  return at_it;
}

TEST_CASE_METHOD(Fixture, "the audit finds a place given twice, at the event that gives it") {
  const auto smaller = [](Event& event) {
    static const DateCapacity one{20210516, 1};
    event.dates = DateList(&one, 1);
  };
  says(changed(1, smaller), 3, "2 places taken of 1");
  const auto three = [](Event& event) {
    static const DateCapacity few{20210516, 3};
    event.dates = DateList(&few, 1);
  };
  says(changed(11, three), 13, "4 places taken of 3");
  const auto late = [](Event& event) {
    static const DateCapacity one{20210516, 1};
    event.dates = DateList(&one, 1);
  };
  says(changed(11, late), 11, "2 places taken of 1");
}

TEST_CASE_METHOD(Fixture, "the audit finds who got a place past the line") {
  says(changed(5, [](Event& event) { event.kind = Kind::booked; }), 5, "others wait");
  auto swapped = log;
  // c and d, promoted at 8 and 10, in the wrong order.
  const std::string eight = log[7];
  const std::string ten = log[9];
  Event promoted = event_of(eight);
  promoted.id = event_of(ten).id;
  swapped[7] = bytes_of(promoted);
  says(audit(swapped), 8, "before one who came earlier");
  says(changed(6, [](Event& event) { event.position = 2; }), 6, "is number 3");
}

TEST_CASE_METHOD(Fixture, "the audit finds a person with more bookings than allowed") {
  says(changed(4, [](Event& event) { event.person = "a"; }), 4, "2 bookings of 1");
  says(changed(14, [](Event& event) { event.person = "g"; }), 14, "another person");
}

TEST_CASE_METHOD(Fixture, "the audit finds every event that is there twice") {
  for (std::size_t n = 2; n <= log.size(); ++n) {
    if (n == 11) continue;  // defining a station again is no harm
    auto twice = log;
    twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(n), log[n - 1]);
    INFO("event " << n);
    says(audit(twice), n + 1, "");
  }
}

TEST_CASE_METHOD(Fixture, "the audit finds what happens to the wrong thing") {
  const auto as = [](Kind kind) { return [kind](Event& event) { event.kind = kind; }; };
  says(changed(7, as(Kind::hold_expired)), 7, "ran out, was none");
  says(changed(7, as(Kind::promoted)), 7, "promoted without waiting");
  says(changed(14, [](Event& event) { event.id.bytes[15] ^= 0x55; }), 14, "the id is of nothing");
  says(changed(14, [](Event& event) { event.station = "UM"; }), 14, "another station");
  says(changed(2, [](Event& event) { event.station = "UM"; }), 2, "not defined");
  says(changed(2, [](Event& event) { event.date = 20210517; }), 2, "no such date");
  auto without = log;
  without.erase(without.begin() + 12);  // the hold that is booked next
  says(audit(without), 13, "the id is of nothing");
}

}  // namespace
}  // namespace daybook::booking
