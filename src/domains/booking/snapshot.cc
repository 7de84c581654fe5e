// Book, State and View to bytes and back. Grammar (ByteWriter's encoding):
//   book     = version stations dates bookings lines finished unused
//   stations = count { name zone per_person hold_seconds closes salt }
//   dates    = count { station date capacity }     in the order of their numbers
//   bookings = count { status [id date detail] }   a number not in use has no more than its status
//   lines    = count { date members }              dates with a line; members = count { booking }
//   finished, unused = count { booking }
//   state    = book people        view = book { changed } cancelled expired
#include "domains/booking/state.h"
#include "domains/booking/texts.h"
#include "domains/booking/view.h"

#include <string>
#include <vector>

namespace daybook::booking {
namespace {

constexpr std::uint32_t snapshot_version = 1;
constexpr std::uint64_t text_bytes_max = 4096;
constexpr std::uint64_t not_in_line =
    ~std::uint64_t{0};  // a waiting booking's detail while loading

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "booking snapshot: " + std::string(what)};
}

template <class List>
void put_numbers(ByteWriter& out, const List& numbers) {
  out.u32(static_cast<std::uint32_t>(numbers.size()));
  for (const std::uint32_t n : numbers) out.u32(n);
}

}  // namespace

void Book::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u32(static_cast<std::uint32_t>(stations_.size()));
  for (const Station& station : stations_) {
    out.bytes(station.name);
    out.bytes(station.time_zone);
    out.u32(station.bookings_per_person);
    out.u32(station.hold_seconds);
    out.u8(station.closes_past_dates ? 1 : 0);
    out.u64(station.salt);
  }
  out.u32(static_cast<std::uint32_t>(dates_.size()));
  for (const StationDate& date : dates_) {
    out.u32(date.station);
    out.u32(date.date);
    out.u32(date.capacity);
  }
  out.u32(bookings_end());
  for (const Booking& booking : bookings_) {
    out.u8(static_cast<std::uint8_t>(booking.status));
    if (booking.status == Status::gone) continue;
    out.raw(booking.id.bytes.data(), booking.id.bytes.size());
    out.u32(booking.date);
    out.u64(booking.status == Status::held ? booking.detail : 0);
  }
  std::vector<std::uint32_t> with_line;
  for (std::uint32_t n = 0; n < dates_.size(); ++n)
    if (dates_[n].line.size() > 0) with_line.push_back(n);
  out.u32(static_cast<std::uint32_t>(with_line.size()));
  for (const std::uint32_t n : with_line) {
    const Line& line = dates_[n].line;
    out.u32(n);
    out.u32(line.size());
    for (std::uint32_t t = line.first(); t != none; t = line.from(t + 1)) out.u32(line.booking(t));
  }
  put_numbers(out, finished_);
  put_numbers(out, unused_);
}

bool Book::load_stations(ByteReader& in) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    Event event;
    event.station = name;
    event.time_zone = in.bytes();
    event.bookings_per_person = in.u32();
    event.hold_seconds = in.u32();
    event.closes_past_dates = in.u8() != 0;
    event.salt = in.u64();
    if (!in.ok() || name.empty() || name.size() > text_bytes_max) return false;
    if (find_station(name) != none) return false;
    define(event);
  }
  return in.ok();
}

bool Book::load_dates(ByteReader& in) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t station = in.u32();
    const std::uint32_t date = in.u32();
    const std::uint32_t capacity = in.u32();
    if (!in.ok() || station >= stations_.size() || !is_date(date)) return false;
    std::vector<std::uint32_t>& list = stations_[station].dates;
    station_bytes_ -= list.capacity() * sizeof(std::uint32_t);
    if (open_date(station, date) != i) return false;
    station_bytes_ += list.capacity() * sizeof(std::uint32_t);
    dates_[i].capacity = capacity;
    count_in(dates_[i]);
  }
  return in.ok();
}

// Counts everything but the lines' members, whose places are not known yet.
bool Book::load_bookings(ByteReader& in) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t status = in.u8();
    if (!in.ok() || status >= statuses) return false;
    Booking& booking = bookings_.emplace_back();
    if (static_cast<Status>(status) == Status::gone) continue;
    Id128 id;
    const std::string_view bytes = in.raw(id.bytes.size());
    const std::uint32_t date = in.u32();
    const UnixUs expires{in.i64()};
    if (!in.ok() || date >= dates_.size()) return false;
    bytes.copy(reinterpret_cast<char*>(id.bytes.data()), id.bytes.size());
    if (find_booking(id) != none) return false;
    booking.id = id;
    booking.date = date;
    by_id_.insert(id, i);
    booking.status = static_cast<Status>(status);
    if (booking.status == Status::waiting) booking.detail = not_in_line;
    if (booking.status == Status::waiting || !booking.is_live()) continue;
    count_out(dates_[date]);
    enter(i, booking.status, expires);
    count_in(dates_[date]);
  }
  return in.ok();
}

bool Book::load_lines(ByteReader& in) {
  const std::uint32_t lines = in.u32();
  for (std::uint32_t i = 0; i < lines; ++i) {
    const std::uint32_t n = in.u32();
    const std::uint32_t members = in.u32();
    if (!in.ok() || n >= dates_.size()) return false;
    count_out(dates_[n]);
    for (std::uint32_t k = 0; k < members; ++k) {
      const std::uint32_t booking = in.u32();
      if (!in.ok() || booking >= bookings_.size()) return false;
      const Booking& waiting = bookings_[booking];
      if (waiting.status != Status::waiting || waiting.date != n || waiting.detail != not_in_line)
        return false;
      enter(booking, Status::waiting, {});
    }
    count_in(dates_[n]);
  }
  return in.ok();
}

Result<void> Book::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  if (!load_stations(in)) return corrupt("the stations are damaged");
  if (!load_dates(in)) return corrupt("the dates are damaged");
  if (!load_bookings(in)) return corrupt("the bookings are damaged");
  if (!load_lines(in)) return corrupt("the waiting lists are damaged");
  std::size_t live = 0;
  std::size_t finished = 0;
  for (const Booking& booking : bookings_) {
    if (booking.is_live()) ++live;
    if (!booking.is_live() && booking.status != Status::gone) ++finished;
  }
  if (live != live_) return corrupt("somebody waits in no line, or twice");
  const std::uint32_t finished_count = in.u32();
  if (finished_count != finished) return corrupt("the finished bookings are damaged");
  for (std::uint32_t i = 0; i < finished_count; ++i) {
    const std::uint32_t n = in.u32();
    if (!in.ok() || n >= bookings_.size() || bookings_[n].is_live() ||
        bookings_[n].status == Status::gone)
      return corrupt("the finished bookings are damaged");
    finished_.push_back(n);
  }
  const std::uint32_t unused_count = in.u32();
  if (unused_count != bookings_.size() - live - finished)
    return corrupt("the unused numbers are damaged");
  for (std::uint32_t i = 0; i < unused_count; ++i) {
    const std::uint32_t n = in.u32();
    if (!in.ok() || n >= bookings_.size() || bookings_[n].status != Status::gone)
      return corrupt("the unused numbers are damaged");
    unused_.push_back(n);
  }
  if (!in.ok()) return corrupt("it ends too early");
  while (finished_.size() > finished_max_) forget_oldest();  // the setting was lowered
  return {};
}

void State::save(ByteWriter& out) const {
  book_.save(out);
  people_.save(out);
}

Result<void> State::load(ByteReader& in) {
  DAYBOOK_TRY_VOID(book_.load(in));
  DAYBOOK_TRY_VOID(people_.load(in, book_));
  for (std::uint32_t n = 0; n < book_.stations(); ++n) note_station(n);
  for (std::uint32_t n = 0; n < book_.bookings_end(); ++n)
    if (book_.booking(n).status == Status::held)
      expiries_.emplace(book_.booking(n).expires().value, n);
  return {};
}

void View::save(ByteWriter& out) const {
  book_.save(out);
  for (const Page& page : pages_) out.u64(page.changed.value);
  out.u64(totals_.cancelled);
  out.u64(totals_.expired);
}

Result<void> View::load(ByteReader& in) {
  DAYBOOK_TRY_VOID(book_.load(in));
  for (std::uint32_t n = 0; n < book_.stations(); ++n) touch(n, Position{in.u64()});
  totals_.cancelled = in.u64();
  totals_.expired = in.u64();
  if (!in.ok()) return corrupt("it ends too early");
  for (std::uint32_t n = 0; n < book_.bookings_end(); ++n) {
    const Booking& booking = book_.booking(n);
    if (booking.is_live()) count(Status::gone, booking.status);
  }
  return {};
}

}  // namespace daybook::booking
