// Bookings: of new people over the dates of one or several stations, or of one fixed person and
// date again and again, as the reference's load script sends them.
//
// Thread: any; what is made here belongs to one worker.
#pragma once

#include "load/definition_source.h"
#include "load/record_source.h"
#include "load/record_text.h"

#include <daybook/result.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::load {

constexpr std::uint32_t booking_dates_max = 3660;  // ten years

// `count` calendar days from `first`, all as YYYYMMDD. Errors: Errc::invalid for no such day.
Result<std::vector<std::string>> booking_dates(std::string_view first, std::uint32_t count);

struct Station {
  std::string name;
  std::uint32_t capacity = 1000;  // of each date
  std::uint32_t share = 1;        // of the bookings
};
// The reference's: PWTC, UM and IDCC, with shares of the bookings like their capacities.
std::vector<Station> reference_stations();
constexpr std::string_view reference_first_date = "20210516";
constexpr std::uint32_t reference_dates = 30;
constexpr std::string_view reference_zone = "Asia/Kuala_Lumpur";

struct BookingLoad : RecordRequests {
  std::vector<Station> stations = {{"PWTC"}};
  std::vector<std::string> dates;  // YYYYMMDD, at least one
  bool same_person = false;        // one body: one person, the first station, the first date
  bool waiting_list = false;       // a full date is queued for
};

class BookingText final : public RecordText {
 public:
  BookingText(const BookingLoad& load, bool as_line);
  void write(char* at, const RecordSeed& record) override;

 private:
  std::vector<std::string> dates_;
  std::vector<std::string> stations_;  // each as often as its share says
  bool same_person_;
  std::size_t person_at_ = 0, station_at_ = 0, station_room_ = 0, phone_at_ = 0, date_at_ = 0;
};

std::string booking_path(const BookingLoad& load);
std::unique_ptr<RequestSource> booking_source(const BookingLoad& load, unsigned thread);
// Bookings 0 to count - 1 of a seed: the same people every time.
std::unique_ptr<RequestSource> booking_seed_source(const BookingLoad& load, std::uint64_t count,
                                                   SeedCursor& next_booking);
// PUT /stations/{name}.
Definition station_definition(const Station& station, const std::vector<std::string>& dates);

}  // namespace daybook::load
