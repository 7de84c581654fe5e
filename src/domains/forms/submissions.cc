#include "domains/forms/submissions.h"

#include <algorithm>
#include <iterator>

namespace daybook::forms {
namespace {

// Positions nearer than this are read in one go: passing over a few events is cheaper than finding
// the next one anew.
constexpr std::uint64_t near_positions = 64;
// Of one go; what newest-first has to hold at once.
constexpr std::size_t part_positions_max = 64;
constexpr std::size_t batch_positions_max = 512;  // per look into the view

bool is_near(Position a, Position b) {
  return std::max(a, b).value - std::min(a, b).value <= near_positions;
}

// The positions between the form_defined of the version and that of the next one.
bool narrow_to_version(const FormEntry& form, std::uint32_t version, IndexRange& range) {
  if (version == 0) return true;
  if (version > form.versions.size()) return false;
  range.first = std::max(range.first, form.versions[version - 1].position + 1);
  if (version < form.versions.size())
    range.last = std::min(range.last, Position{form.versions[version].position.value - 1});
  return true;
}

// No position of the form before (after) the first (last) one that may be within the time is.
void narrow_to_time(const FormEntry& form, IndexRange& range) {
  std::vector<Position> edge;
  form.real.collect(range, false, 1, edge);
  form.real.collect(range, true, 1, edge);
  if (edge.empty()) {
    range.last = Position{};
    return;
  }
  range.first = edge.front();
  range.last = edge.back();
}

void collect_flagged(const FormEntry& form, IndexRange range, bool newest_first, std::size_t count,
                     std::vector<Position>& out) {
  narrow_to_time(form, range);
  if (range.first > range.last) return;
  const auto first = form.flagged.lower_bound(range.first);
  const auto last = form.flagged.upper_bound(range.last);
  const auto size = std::min(static_cast<std::ptrdiff_t>(count), last - first);
  if (newest_first)
    std::reverse_copy(last - size, last, std::back_inserter(out));
  else
    std::copy(first, first + size, std::back_inserter(out));
}

}  // namespace

std::vector<Position> find_positions(const View& view, const SubmissionQuery& query,
                                     Position visible, std::size_t count) {
  std::vector<Position> found;
  const FormEntry* form = view.form(query.form);
  if (form == nullptr) return found;
  IndexRange range{Position{1}, visible, query.from, query.until};
  if (!narrow_to_version(*form, query.version, range)) return found;
  if (query.after.value != 0) {
    if (query.newest_first)
      range.last = std::min(range.last, Position{query.after.value - 1});
    else if (query.after < Position::max())
      range.first = std::max(range.first, query.after + 1);
    else
      return found;
  }
  found.reserve(count);
  if (query.flags == FlagFilter::only) {  // spam has no flags
    if (query.spam != SpamFilter::only)
      collect_flagged(*form, range, query.newest_first, count, found);
    return found;
  }
  if (query.spam != SpamFilter::only) form->real.collect(range, query.newest_first, count, found);
  if (query.spam != SpamFilter::hide) form->spam.collect(range, query.newest_first, count, found);
  if (query.spam == SpamFilter::with) {
    std::sort(found.begin(), found.end());
    if (query.newest_first) std::reverse(found.begin(), found.end());
    if (found.size() > count) found.resize(count);
  }
  return found;
}

// A row kept beyond its event.
struct SubmissionReader::KeptRow {
  Row row;
  std::string body;
};

bool SubmissionReader::is_wanted(const Event& event) const {
  return event.kind == Kind::submitted && event.form == query_.form && event.at >= query_.from &&
         event.at < query_.until;
}

// False: `take` has had enough.
Result<bool> SubmissionReader::read_part(ReadContext<Domain>& context,
                                         std::span<const Position> part, std::size_t& count,
                                         const Take& take) {
  std::size_t next = 0;
  bool goes_on = true;
  DAYBOOK_TRY_VOID(
      context.scan(part.front(), part.back(), [&](const Event& event, const EventMeta& meta) {
        while (next < part.size() && part[next] < meta.position) ++next;
        if (next == part.size()) return false;
        if (part[next] != meta.position || !is_wanted(event)) return true;
        query_.after = meta.position;
        --count;
        goes_on = take({meta.position, meta.event_id, event.at, event.version, event.spam,
                        is_flagged(meta.position), event.body}) &&
                  count > 0;
        return goes_on;
      }));
  if (goes_on) query_.after = part.back();
  return goes_on;
}

// The log is read forward only, so the part is kept and given in reverse. `part` descends.
Result<bool> SubmissionReader::read_part_back(ReadContext<Domain>& context,
                                              std::span<const Position> part, std::size_t& count,
                                              const Take& take) {
  const std::vector<Position> ascending(part.rbegin(), part.rend());
  std::vector<KeptRow> rows;
  std::size_t unlimited = std::numeric_limits<std::size_t>::max();
  DAYBOOK_TRY(const bool all, read_part(context, ascending, unlimited, [&](const Row& row) {
                rows.push_back({row, std::string(row.body)});
                return true;
              }));
  DAYBOOK_CHECK(all);
  for (auto kept = rows.rbegin(); kept != rows.rend(); ++kept) {
    kept->row.body = kept->body;
    query_.after = kept->row.position;
    --count;
    if (!take(kept->row) || count == 0) return false;
  }
  query_.after = part.back();
  return true;
}

std::vector<Position> SubmissionReader::find(ReadContext<Domain>& context, std::size_t count) {
  std::vector<Position> found;
  flagged_.clear();
  context.with_view([&](const View& view) {
    found = find_positions(view, query_, context.visible(), count);
    const FormEntry* form = view.form(query_.form);
    if (form == nullptr || form->flagged.empty()) return;
    for (const Position position : found)
      if (form->flagged.contains(position)) flagged_.push_back(position);
  });
  if (query_.newest_first) std::reverse(flagged_.begin(), flagged_.end());
  return found;
}

Result<void> SubmissionReader::read(ReadContext<Domain>& context, std::size_t count,
                                    const Take& take) {
  while (!at_end_ && count > 0) {
    const std::size_t asked = std::min(count, batch_positions_max);
    std::vector<Position> found = find(context, asked);
    const bool are_last = found.size() < asked;
    const Position end = found.empty() ? query_.after : found.back();
    if (query_.flags == FlagFilter::without)
      std::erase_if(found, [&](Position position) { return is_flagged(position); });
    std::span<const Position> rest(found);
    while (!rest.empty()) {
      std::size_t size = 1;
      while (size < rest.size() && size < part_positions_max && is_near(rest[size - 1], rest[size]))
        ++size;
      const auto part = rest.first(size);
      rest = rest.subspan(size);
      DAYBOOK_TRY(const bool goes_on, query_.newest_first
                                          ? read_part_back(context, part, count, take)
                                          : read_part(context, part, count, take));
      if (!goes_on) return {};
    }
    query_.after = end;
    at_end_ = are_last;
  }
  return {};
}

}  // namespace daybook::forms
