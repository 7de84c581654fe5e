// View: what readers see - schools, their totals of every day, and where in the log each day lies.
// Thread: guarded by the adapter's mutex; project() by the sequencer, everything const by readers.
#pragma once

#include "domains/attendance/events.h"
#include "domains/attendance/policy.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>
#include <daybook/result.h>
#include <daybook/zone_set.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace daybook::attendance {

struct DayTotals {
  Day day{};
  std::uint32_t check_ins = 0;
  std::uint32_t check_outs = 0;
  std::uint32_t fevers = 0;  // reports, in and out, of at least fever_milli
  friend bool operator==(const DayTotals&, const DayTotals&) = default;
};

struct School {
  std::string id;
  std::string name;                // its id until it is given one
  std::string time_zone;           // empty: the default zone
  const TimeZone* zone = nullptr;  // never null once added
  std::vector<DayTotals> days;     // days with a report, ascending

  // Zeros when the day has no report.
  [[nodiscard]] DayTotals totals_of(Day day) const;
};

// The first and last position among the reports of one day.
struct DayRange {
  Day day{};
  Position first{};
  Position last{};
};

struct GrandTotals {
  std::uint64_t check_ins = 0;
  std::uint64_t check_outs = 0;
  std::uint64_t fevers = 0;
};

class View {
 public:
  explicit View(const Policy& policy) : zones_(policy.default_zone) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, Position position) noexcept;

  [[nodiscard]] const School* school(std::string_view id) const;  // nullptr: not seen yet
  [[nodiscard]] const std::deque<School>& schools() const {
    return schools_;
  }                                                                           // in order of arrival
  [[nodiscard]] std::span<const DayRange> ranges() const { return ranges_; }  // ascending by day
  [[nodiscard]] const GrandTotals& totals() const { return totals_; }
  [[nodiscard]] std::size_t memory_bytes() const { return bytes_ + sizeof(View); }

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  School& open_school(std::string_view id);
  void define(School& school, std::string_view name, std::string_view time_zone);
  void note_position(Day day, Position position);

  ZoneSet zones_;
  std::deque<School> schools_;                           // never moved
  std::unordered_map<std::string_view, School*> by_id_;  // keys: the schools' own ids
  std::vector<DayRange> ranges_;
  GrandTotals totals_;
  std::size_t bytes_ = 0;
};

}  // namespace daybook::attendance
