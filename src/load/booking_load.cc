#include "load/booking_load.h"

#include <daybook/check.h>
#include <daybook/json.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

namespace daybook::load {
namespace {

constexpr std::size_t person_digits = 16;
constexpr std::size_t phone_digits = 8;
constexpr std::size_t date_digits = 8;
constexpr std::uint64_t fixed_person = 0x0000900101145566;
constexpr std::uint32_t fixed_phone = 23456789;

}  // namespace

Result<std::vector<std::string>> booking_dates(std::string_view first, std::uint32_t count) {
  using namespace std::chrono;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), number);
  const year_month_day day{year{static_cast<int>(number / 10000)}, month{number / 100 % 100},
                           std::chrono::day{number % 100}};
  if (error != std::errc{} || end != first.data() + first.size() || first.size() != date_digits ||
      !day.ok() || count == 0 || count > booking_dates_max)
    return Error{Errc::invalid, "no such dates: a first day YYYYMMDD and 1 to " +
                                    std::to_string(booking_dates_max) + " days"};
  std::vector<std::string> dates;
  for (std::uint32_t i = 0; i < count; ++i) {
    const year_month_day at{sys_days{day} + days{i}};
    std::string text(date_digits, '0');
    write_digits(text.data(), date_digits,
                 static_cast<std::uint64_t>(static_cast<int>(at.year())) * 10000 +
                     static_cast<unsigned>(at.month()) * 100 + static_cast<unsigned>(at.day()));
    dates.push_back(std::move(text));
  }
  return dates;
}

std::vector<Station> reference_stations() {
  return {{"PWTC", 1000, 1}, {"UM", 5000, 5}, {"IDCC", 3000, 3}};
}

BookingText::BookingText(const BookingLoad& load, bool as_line)
    : RecordText("booking", as_line), dates_(load.dates), same_person_(load.same_person) {
  DAYBOOK_CHECK(!load.stations.empty() && !load.dates.empty());
  for (const Station& station : load.stations) {
    stations_.insert(stations_.end(), station.share, station.name);
    station_room_ = std::max(station_room_, station.name.size() + 1);
  }
  text_ += R"({"mysejahteraId":")";
  person_at_ = add_room(person_digits);
  text_ += R"(","firstName":"Aisyah","lastName":"Rahman","address":"12 Jalan Bukit","location":")";
  station_at_ = add_room(station_room_);
  text_ += R"(,"phoneNumber":"01)";
  phone_at_ = add_room(phone_digits);
  text_ += R"(","date":")";
  date_at_ = add_room(date_digits);
  text_ += load.waiting_list ? R"(","waitingList":true})" : R"("})";
  write_hex(&text_[person_at_], fixed_person);
  write_quoted_end(&text_[station_at_], station_room_, load.stations.front().name);
  write_digits(&text_[phone_at_], phone_digits, fixed_phone);
  text_.replace(date_at_, date_digits, dates_.front());
  end();
}

void BookingText::write(char* at, const RecordSeed& record) {
  if (same_person_) return;
  write_hex(at + person_at_, record.random.next());
  const std::uint64_t bits = record.random.next();
  const auto high = static_cast<std::uint32_t>(bits >> 32);
  const auto low = static_cast<std::uint32_t>(bits);
  write_digits(at + phone_at_, phone_digits, high);
  const std::string& date = dates_[share_of(high, static_cast<std::uint32_t>(dates_.size()))];
  std::memcpy(at + date_at_, date.data(), date_digits);
  const auto stations = static_cast<std::uint32_t>(stations_.size());
  if (stations > 1)
    write_quoted_end(at + station_at_, station_room_, stations_[share_of(low, stations)]);
}

std::string booking_path(const BookingLoad& load) { return path_of(load, "/booking"); }

std::unique_ptr<RequestSource> booking_source(const BookingLoad& load, unsigned thread) {
  RecordRequests requests = load;
  requests.path = booking_path(load);
  return std::make_unique<DrawnSource>(
      requests, std::make_unique<BookingText>(load, load.batch != 0), thread);
}

std::unique_ptr<RequestSource> booking_seed_source(const BookingLoad& load, std::uint64_t count,
                                                   SeedCursor& next_booking) {
  return std::make_unique<CountedSource>(load, std::make_unique<BookingText>(load, true), count,
                                         next_booking);
}

Definition station_definition(const Station& station, const std::vector<std::string>& dates) {
  Definition definition;
  definition.path = "/stations/" + station.name;
  json::Writer writer(definition.body);
  writer.begin_object().key("dates").begin_array();
  for (const std::string& date : dates) {
    writer.begin_object().member("date", date);
    writer.member("capacity", std::uint64_t{station.capacity}).end_object();
  }
  writer.end_array().member("time_zone", reference_zone).end_object();
  return definition;
}

}  // namespace daybook::load
