// Book: stations, their dates, all bookings and the waiting lists. State and View each hold one and
// lead it through the same events; whatever only decide needs (people, expiries) is the State's.
//
// Finished bookings (cancelled, expired) stay to be asked for, at most finished_max of them; the
// one finished first is forgotten first and its number is used again.
// Invariants: for every date booked, held and the line count the bookings that say so; nothing here
// enforces capacity - decide does, and the Audit checks it.
// Thread: the owner's.
#pragma once

#include "domains/booking/events.h"
#include "domains/booking/key_table.h"
#include "domains/booking/line.h"
#include "domains/booking/policy.h"

#include <daybook/bytes.h>
#include <daybook/time_zone.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::booking {

enum class Status : std::uint8_t { gone = 0, booked, held, waiting, cancelled, expired };
constexpr std::uint8_t statuses = 6;
std::string_view status_text(Status status);

struct Booking {
  Id128 id{};
  std::uint64_t detail = 0;  // held: when it runs out, epoch us; waiting: its ticket
  std::uint32_t date = none;
  Status status = Status::gone;

  [[nodiscard]] bool is_live() const {
    return status == Status::booked || status == Status::held || status == Status::waiting;
  }
  [[nodiscard]] UnixUs expires() const { return {static_cast<std::int64_t>(detail)}; }
  [[nodiscard]] std::uint32_t ticket() const { return static_cast<std::uint32_t>(detail); }
};

struct StationDate {
  std::uint32_t station = none;
  std::uint32_t date = 0;  // YYYYMMDD
  Day day{};
  std::uint32_t capacity = 0;
  std::uint32_t booked = 0;
  std::uint32_t held = 0;
  Line line;

  [[nodiscard]] std::uint32_t taken() const { return booked + held; }
  [[nodiscard]] std::uint32_t free() const { return capacity > taken() ? capacity - taken() : 0; }
  // What a newcomer may have: nothing while somebody waits, whose turn it is.
  [[nodiscard]] std::uint32_t availability() const { return line.size() > 0 ? 0 : free(); }
};

// Over all dates of a station.
struct Sums {
  std::uint64_t capacity = 0;
  std::uint64_t availability = 0;
  std::uint64_t booked = 0;
  std::uint64_t held = 0;
  std::uint64_t waiting = 0;
};

struct Station {
  std::string name;
  std::string time_zone;
  std::uint32_t bookings_per_person = 0;  // 0: no limit
  std::uint32_t hold_seconds = 0;
  bool closes_past_dates = false;
  std::uint64_t salt = 0;
  std::vector<std::uint32_t> dates;  // numbers of its StationDates, ascending by date
  Sums sums;
};

// What an event changed.
struct Change {
  std::uint32_t station = none;
  std::uint32_t date = none;     // none: all dates of the station
  std::uint32_t booking = none;  // none: no booking
  Status before = Status::gone;
  Status after = Status::gone;
  UnixUs expires_before{};  // before is held
};

class Book {
 public:
  explicit Book(const Policy& policy) : finished_max_(policy.finished_max) {}

  // Never refuses. An event about what the Book does not know changes nothing (station none).
  Change apply(const Event& event);

  // none: not known. Numbers of stations and dates stay valid for good.
  [[nodiscard]] std::uint32_t find_station(std::string_view name) const;
  [[nodiscard]] std::uint32_t find_date(const Station& station, std::uint32_t date) const;
  [[nodiscard]] std::uint32_t find_booking(const Id128& id) const;
  [[nodiscard]] const Station& station(std::uint32_t n) const { return stations_[n]; }
  [[nodiscard]] const StationDate& date(std::uint32_t n) const { return dates_[n]; }
  [[nodiscard]] const Booking& booking(std::uint32_t n) const { return bookings_[n]; }
  // REQUIRES: the booking waits
  [[nodiscard]] std::uint32_t position(const Booking& booking) const {
    return dates_[booking.date].line.position(booking.ticket());
  }
  [[nodiscard]] std::size_t stations() const { return stations_.size(); }
  // One more than the highest number in use.
  [[nodiscard]] std::uint32_t bookings_end() const {
    return static_cast<std::uint32_t>(bookings_.size());
  }
  [[nodiscard]] std::uint32_t live() const { return live_; }

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  std::uint32_t define(const Event& event);
  std::uint32_t open_station(std::string_view name);
  std::uint32_t open_date(std::uint32_t station, std::uint32_t date);
  std::uint32_t add(const Id128& id, std::uint32_t date);
  void move(std::uint32_t booking, Status after, UnixUs expires);
  void enter(std::uint32_t booking, Status after, UnixUs expires);
  void leave(const Booking& booking);
  void forget_oldest();
  // A date's share of its station's sums: out before it changes, in after.
  void count_out(const StationDate& date) { count(date, false); }
  void count_in(const StationDate& date) { count(date, true); }
  void count(const StationDate& date, bool in);
  // For load.
  bool load_stations(ByteReader& in);
  bool load_dates(ByteReader& in);
  bool load_bookings(ByteReader& in);
  bool load_lines(ByteReader& in);

  [[nodiscard]] auto key_of() const {
    return [this](std::uint32_t n) -> const Id128& { return bookings_[n].id; };
  }

  const std::uint32_t finished_max_;
  std::deque<Station> stations_;  // in order of definition; never moved
  std::unordered_map<std::string_view, std::uint32_t> by_name_;  // keys: the stations' own names
  std::deque<StationDate> dates_;
  std::deque<Booking> bookings_;
  KeyTable by_id_;
  std::deque<std::uint32_t> finished_;  // bookings, the one finished first in front
  std::vector<std::uint32_t> unused_;   // numbers to be used again, the next one last
  std::uint32_t live_ = 0;
  std::size_t line_bytes_ = 0;
  std::size_t station_bytes_ = 0;
};

}  // namespace daybook::booking
