// State and View to bytes and back. Grammar (ByteWriter's encoding):
//   state  = version people marks schools
//   schools = count { id time_zone }
//   view   = version check_ins check_outs fevers ranges schools
//   ranges = count { day first last }
//   schools = count { id name time_zone days }   days = count { day check_ins check_outs fevers }
#include "domains/attendance/domain.h"

#include <string>

namespace daybook::attendance {
namespace {

constexpr std::uint32_t snapshot_version = 1;
constexpr std::uint64_t text_bytes_max = 4096;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "attendance snapshot: " + std::string(what)};
}

void put_day(ByteWriter& out, Day day) { out.u32(static_cast<std::uint32_t>(day.value)); }
Day get_day(ByteReader& in) { return Day{static_cast<std::int32_t>(in.u32())}; }

bool is_id(std::string_view id) { return !id.empty() && id.size() <= text_bytes_max; }

// The days of one list, strictly ascending.
template <class Entry>
bool is_next(const std::vector<Entry>& list, Day day) {
  return list.empty() || list.back().day < day;
}

bool load_days(ByteReader& in, std::vector<DayTotals>& days) {
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count; ++i) {
    DayTotals totals;
    totals.day = get_day(in);
    totals.check_ins = in.u32();
    totals.check_outs = in.u32();
    totals.fevers = in.u32();
    if (!in.ok() || !is_next(days, totals.day)) return false;
    days.push_back(totals);
  }
  return in.ok();
}

}  // namespace

void State::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  people.save(out);
  marks.save(out);
  out.u64(schools_.size());
  for (const KnownSchool& school : schools_) {
    out.bytes(school.id);
    out.bytes(school.time_zone);
  }
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  DAYBOOK_TRY_VOID(people.load(in));
  DAYBOOK_TRY_VOID(marks.load(in));
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view id = in.bytes();
    const std::string_view zone = in.bytes();
    if (!in.ok() || !is_id(id) || school(id) != nullptr) return corrupt("the schools are damaged");
    KnownSchool& added = open_school(id);
    if (!zone.empty()) set_time_zone(added, zone);
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void View::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u64(totals_.check_ins);
  out.u64(totals_.check_outs);
  out.u64(totals_.fevers);
  out.u64(ranges_.size());
  for (const DayRange& range : ranges_) {
    put_day(out, range.day);
    out.u64(range.first.value);
    out.u64(range.last.value);
  }
  out.u64(schools_.size());
  for (const School& school : schools_) {
    out.bytes(school.id);
    out.bytes(school.name);
    out.bytes(school.time_zone);
    out.u32(static_cast<std::uint32_t>(school.days.size()));
    for (const DayTotals& totals : school.days) {
      put_day(out, totals.day);
      out.u32(totals.check_ins);
      out.u32(totals.check_outs);
      out.u32(totals.fevers);
    }
  }
}

Result<void> View::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  totals_ = {in.u64(), in.u64(), in.u64()};
  const std::uint64_t days = in.u64();
  for (std::uint64_t i = 0; i < days; ++i) {
    const DayRange range{get_day(in), Position{in.u64()}, Position{in.u64()}};
    if (!in.ok() || !is_next(ranges_, range.day)) return corrupt("the days are damaged");
    ranges_.push_back(range);
  }
  bytes_ += ranges_.capacity() * sizeof(DayRange);
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view id = in.bytes();
    const std::string_view name = in.bytes();
    const std::string_view zone = in.bytes();
    if (!in.ok() || !is_id(id) || school(id) != nullptr) return corrupt("the schools are damaged");
    School& added = open_school(id);
    define(added, name, zone);
    if (!load_days(in, added.days)) return corrupt("a school's days are damaged");
    bytes_ += added.days.capacity() * sizeof(DayTotals);
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void Domain::save(const State& state, ByteWriter& out) { state.save(out); }
Result<void> Domain::load(State& state, ByteReader& in) { return state.load(in); }
void Domain::save(const View& view, ByteWriter& out) { view.save(out); }
Result<void> Domain::load(View& view, ByteReader& in) { return view.load(in); }

}  // namespace daybook::attendance
