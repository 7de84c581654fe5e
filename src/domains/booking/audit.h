// Audit: the promises of booking, checked over any log, event by event, by a plain model that
// shares nothing with the code that made the log:
//   - for every station and date, bookings and holds never exceed the capacity;
//   - nobody gets a place past somebody who waits for it; waiters are promoted in their order;
//   - only what is live is cancelled, only a hold is booked or expires, only who waits is promoted;
//   - a person never gets more than bookings_per_person at a station; an id is used once.
// Thread: the owner's. Keeps every id and live person in clear for the time of the check.
#pragma once

#include "domains/booking/events.h"

#include <daybook/domain.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::booking {

class Audit {
 public:
  // Errc::corrupt: which rule is broken, where. The audit is of no use after that.
  Result<void> check(const Event& event, const EventMeta& meta);

 private:
  enum class What : std::uint8_t { booked, held, waiting, ended };
  struct OneDate {
    std::uint64_t capacity = 0;
    std::uint64_t taken = 0;
    std::map<std::uint64_t, Id128> line;  // by order of arrival
  };
  struct OneStation {
    std::uint64_t per_person = 0;
    std::map<std::uint32_t, OneDate> dates;
    std::map<std::string, std::uint64_t, std::less<>> people;  // live bookings of each
  };
  struct OneBooking {
    What what = What::booked;
    OneStation* station = nullptr;
    std::uint32_t date = 0;
    std::string person;
    std::uint64_t arrival = 0;
  };

  // Each: the broken rule in words, or "".
  std::string define(const Event& event);
  std::string begin(const Event& event);
  std::string go_on(const Event& event);
  std::string hold_booked(OneBooking& booking, const Event& event);
  std::string promoted(OneBooking& booking);
  std::string end(OneBooking& booking, const Event& event);

  std::map<std::string, OneStation, std::less<>> stations_;
  std::map<Id128, OneBooking> bookings_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace daybook::booking
