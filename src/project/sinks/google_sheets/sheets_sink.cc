#include "project/sinks/google_sheets/sheets_sink.h"

#include "base/logging.h"

#include <map>
#include <utility>

namespace daybook::google_sheets_sink {
namespace {

// Soon: what stopped us is over when we look again.
constexpr std::int64_t again_ms = 1;
constexpr std::uint64_t new_tab_rows = grid_step_rows;
constexpr std::uint64_t new_tab_columns = 8;
constexpr std::string_view rows_read_to_see_if_empty = "1:10";

Delivery not_understood(const Error& error) {
  return error.code == Errc::corrupt ? Delivery::disabled(error.message)
                                     : Delivery::unavailable(error.message);
}

}  // namespace

SheetsSink::SheetsSink(SheetsOptions options, std::string base_url, std::int64_t writes_per_minute,
                       outbound::HttpOptions http, outbound::ServiceAccount account)
    : options_(std::move(options)),
      api_(std::move(base_url), writes_per_minute, std::move(http), std::move(account)) {}

SheetsSink::Problem SheetsSink::look(Found& found, SinkContext& context) {
  const Reply reply = api_.read(look_path(options_.spreadsheet), context);
  if (reply.kind == Reply::Kind::refused) return Delivery::disabled(reply.reason);
  if (reply.kind != Reply::Kind::done) return reply.problem();
  auto read = read_look(reply.body, options_.title, options_.projector);
  if (!read.ok()) return not_understood(read.error());
  found = std::move(*read);
  if (!found.other_projector.empty())
    return Delivery::disabled("the tab belongs to the projector \"" + found.other_projector +
                              "\"; give each a tab of its own");
  return {};
}

void SheetsSink::adopt(const Found& found) {
  tab_ = *found.tab;
  checkpoint_ = *found.mark;
  metadata_ = found.metadata;
  fences_ = found.fences;
  known_ = true;
  unsure_ = false;
}

// Rows that Daybook did not write are not written over.
SheetsSink::Problem SheetsSink::check_empty(SinkContext& context) {
  const Reply reply = api_.read(
      values_path(options_.spreadsheet, options_.title, {std::string(rows_read_to_see_if_empty)}),
      context);
  if (reply.kind == Reply::Kind::refused) return Delivery::disabled(reply.reason);
  if (reply.kind != Reply::Kind::done) return reply.problem();
  const auto heights = read_heights(reply.body);
  if (!heights.ok()) return not_understood(heights.error());
  for (const auto height : *heights)
    if (height > 0)
      return Delivery::disabled(
          "the tab holds cells and carries no mark of this projector: give it an empty tab, or "
          "delete this one and resume");
  return {};
}

SheetsSink::Problem SheetsSink::make_mark(const Found& found, SinkContext& context) {
  Tab tab{new_sheet_id(options_.projector, options_.title), new_tab_rows, new_tab_columns,
          found.other_cells};
  if (found.tab) {
    tab = *found.tab;
    if (auto problem = check_empty(context)) return problem;
  } else if (cells_of(tab) > cells_max) {
    return Delivery::disabled("the spreadsheet is full: 10 million cells are Google's limit");
  }
  const Reply reply = api_.write(
      change_path(options_.spreadsheet),
      create_body(options_.projector, options_.title, tab, !found.tab.has_value()), context);
  if (reply.kind == Reply::Kind::refused)
    return Delivery::unavailable("the tab could not be prepared: " + reply.reason);
  if (reply.kind != Reply::Kind::done) return reply.problem();
  return {};
}

// What people did to the rows since: cleared all of them, or moved some below ours.
SheetsSink::Problem SheetsSink::survey(SinkContext& context) {
  const std::uint64_t last_row = checkpoint_.rows + 1;  // in the sheet's own count, from 1
  std::vector<std::string> ranges{"A1:A1"};
  if (last_row <= tab_.rows) ranges.push_back("A" + std::to_string(last_row) + ":A");
  const Reply reply = api_.read(values_path(options_.spreadsheet, options_.title, ranges), context);
  if (reply.kind == Reply::Kind::refused) return Delivery::unavailable(reply.reason);
  if (reply.kind != Reply::Kind::done) return reply.problem();
  const auto heights = read_heights(reply.body);
  if (!heights.ok()) return not_understood(heights.error());
  if (heights->size() != ranges.size())
    return Delivery::unavailable("the answer lacks a range that was asked for");
  const std::uint64_t below = heights->size() > 1 ? (*heights)[1] : 0;
  if (checkpoint_.rows > 0 && (*heights)[0] == 0 && below == 0) {
    log_warn("google_sheets: the tab was cleared; its rows are written again",
             {{"projector", options_.projector}});
    const std::uint64_t serial = checkpoint_.serial;
    checkpoint_ = Checkpoint{};
    checkpoint_.serial = serial;
  } else if (below > 1) {
    log_warn("google_sheets: there are cells below the last row; going on below them",
             {{"projector", options_.projector}, {"rows", below - 1}});
    checkpoint_.rows += below - 1;
  }
  return {};
}

Delivery SheetsSink::begin(SinkProgress& progress, SinkContext& context) {
  Found found;
  if (auto problem = look(found, context)) return *problem;
  if (!found.mark) {
    if (auto problem = make_mark(found, context)) return *problem;
    if (auto problem = look(found, context)) return *problem;
    if (!found.mark) return Delivery::unavailable("the tab's new mark is not there yet");
  }
  adopt(found);
  const std::uint64_t rows = checkpoint_.rows;
  if (rows > 0)
    if (auto problem = survey(context)) {
      known_ = false;
      return *problem;
    }
  compare(progress, rows > 0 && checkpoint_.rows == 0);
  progress.state = state();
  return Delivery::done();
}

// Who is further, the tab or we? The tab is believed either way; it is what people read.
void SheetsSink::compare(SinkProgress& progress, bool cleared) {
  const auto saved = read_state(progress.state);
  if (!saved.ok()) {
    // Never begun, or the state store was lost. A tab that was only just marked says nothing.
    if (checkpoint_.serial > 0) progress.position = checkpoint_.position;
    return;
  }
  const bool same_tab = saved->spreadsheet == options_.spreadsheet && saved->tab == options_.title;
  if (same_tab && !cleared && saved->checkpoint.serial == checkpoint_.serial) return;
  if (progress.position > checkpoint_.position)
    log_warn("google_sheets: the tab knows less than was written; going on from where it is",
             {{"projector", options_.projector},
              {"tab_position", checkpoint_.position.value},
              {"our_position", progress.position.value},
              {"same_tab", same_tab}});
  progress.position = checkpoint_.position;
}

// After a lost answer, or a refused request: where is the tab? `changed`: not where we thought.
SheetsSink::Problem SheetsSink::refresh(bool& changed, SinkContext& context) {
  Found found;
  if (auto problem = look(found, context)) return problem;
  if (!found.tab || !found.mark)
    return Delivery::disabled(
        "the tab was deleted or has lost its mark; resume, and its rows are written again");
  if (known_ && found.mark->serial < checkpoint_.serial)
    return Delivery::disabled(
        "the spreadsheet was set back to an earlier version; resume, and the rows that it lacks "
        "are written again");
  if (!known_ || found.metadata.mark != metadata_.mark) {
    changed = known_;
    adopt(found);
    return {};
  }
  changed =
      found.tab->rows < tab_.rows || found.tab->columns < tab_.columns || found.fences != fences_;
  tab_ = *found.tab;
  fences_ = found.fences;
  unsure_ = false;
  return {};
}

bool SheetsSink::is_there(const SinkEvent& event) const {
  return event.retried ? checkpoint_.has_letter(event->position)
                       : event->position <= checkpoint_.position;
}

Change SheetsSink::next_change() const {
  Change change;
  change.before = metadata_;
  change.to = checkpoint_;
  change.to.serial += 1;
  // Left by a version of the spreadsheet that was set back since.
  while (fences_.contains(change.to.serial)) change.to.serial += 1;
  change.first_row = checkpoint_.rows + 1;
  if (fences_.size() < fences_max) return change;
  std::size_t too_many = fences_.size() - fences_kept;
  for (auto fence = fences_.begin(); too_many > 0; ++fence, --too_many)
    change.old_fences.push_back(fence->second);
  return change;
}

SheetsSink::Flush SheetsSink::fill(std::span<const SinkEvent> events, std::size_t from,
                                   SinkContext& context) {
  Flush flush;
  flush.end = from;
  flush.change = next_change();
  Change& change = flush.change;
  Layout layout(options_.layout, checkpoint_.columns);
  std::map<std::string, std::optional<Columns>, std::less<>> defined;  // by entity
  std::size_t letters = 0;
  for (; flush.end < events.size(); ++flush.end) {
    const SinkEvent& event = events[flush.end];
    if (is_there(event)) continue;
    if (event.retried && ++letters > letters_max) break;
    auto known = defined.find(event->key);
    const bool asked = known != defined.end();
    // A definition may be newer than what was asked for an event before it.
    if (!asked || (known->second && known->second->version < event->version))
      known = defined.insert_or_assign(event->key, context.columns(*event)).first;
    const auto cells = layout.cells(*event, known->second);
    if (!cells.ok()) {
      flush.culprit = cells.error().message;
      break;
    }
    std::string row;
    append_row(row, *cells);
    if (flush.rows > 0 && change.rows.size() + row.size() > payload_bytes_max) break;
    if (flush.rows > 0) change.rows.push_back(',');
    change.rows += row;
    ++flush.rows;
    if (event.retried)
      change.to.add_letter(event->position);
    else
      change.to.position = event->position;
  }
  change.to.rows += flush.rows;
  change.to.columns = layout.columns();
  flush.columns = layout.columns().size();
  if (change.to.columns != checkpoint_.columns || checkpoint_.rows == 0)
    append_row(change.header, layout.titles());
  return flush;
}

Delivery SheetsSink::deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                             SinkContext& context) {
  if (unsure_ || !known_) {
    bool changed = false;
    if (auto problem = refresh(changed, context)) return *problem;
    progress.state = state();
  }
  for (std::size_t done = 0; done < events.size();) {
    const Flush flush = fill(events, done, context);
    if (flush.rows > 0) {
      if (auto problem = write_rows(flush, context)) {
        problem->delivered = done;
        if (problem->outcome == Delivery::Outcome::rejected && flush.end == done + 1)
          problem->culprit = done;
        return *problem;
      }
      progress.state = state();
    }
    done = flush.end;
    if (flush.culprit) return Delivery::rejected(*flush.culprit, done, true, done);
  }
  return Delivery::done();
}

SheetsSink::Problem SheetsSink::write_rows(const Flush& flush, SinkContext& context) {
  const std::uint64_t rows = flush.change.to.rows + 1;
  if (rows > tab_.rows || flush.columns > tab_.columns) {
    // People may have made the grid larger; its absolute size must not take that back.
    bool changed = false;
    if (auto problem = refresh(changed, context)) return problem;
    if (changed) return Delivery::unavailable("the tab was changed meanwhile", again_ms);
  }
  const Tab then = grown(tab_, rows, flush.columns);
  if (cells_of(then) > cells_max)
    return Delivery::disabled(
        "the spreadsheet is full: 10 million cells are Google's limit; configure another "
        "spreadsheet, or delete other tabs, and resume");
  return write(flush.change, then, context);
}

SheetsSink::Problem SheetsSink::write(const Change& change, const Tab& then, SinkContext& context) {
  const Reply reply =
      api_.write(change_path(options_.spreadsheet), change_body(change, tab_, then), context);
  switch (reply.kind) {
    case Reply::Kind::done:
      break;
    case Reply::Kind::refused:
      return write_refused(reply, context);
    case Reply::Kind::lost:
      unsure_ = true;
      return reply.problem();
    case Reply::Kind::busy:
    case Reply::Kind::denied:
      return reply.problem();
  }
  if (!says_metadata_changed(reply.body)) {
    unsure_ = true;
    return Delivery::unavailable(
        "the tab's mark was changed by another writer, or the answer was cut; looking again",
        again_ms);
  }
  tab_ = then;
  checkpoint_ = change.to;
  metadata_.mark = change.to.mark();
  metadata_.columns = change.to.columns_value();
  for (std::size_t i = 0; i < change.old_fences.size(); ++i) fences_.erase(fences_.begin());
  fences_.emplace(change.to.serial, fence_id(change.to.serial, tab_.sheet_id));
  return {};
}

// Refused because of what is in it, or because the tab is no longer as we thought?
SheetsSink::Problem SheetsSink::write_refused(const Reply& reply, SinkContext& context) {
  unsure_ = true;
  bool changed = false;
  if (auto problem = refresh(changed, context)) return problem;
  if (changed) return Delivery::unavailable("the tab was changed meanwhile", again_ms);
  return Delivery::rejected(reply.reason);
}

Delivery SheetsSink::reset(SinkProgress& progress, SinkContext& context) {
  Found found;
  if (auto problem = look(found, context)) return *problem;
  progress.state.clear();
  known_ = false;
  if (!found.tab || !found.mark) return Delivery::done();  // begin() makes them
  adopt(found);
  Change change = next_change();
  change.to.position = progress.position;
  change.to.letters.clear();
  if (progress.position == Position{}) {
    change.clear = true;
    change.to.rows = 0;
    change.to.columns.clear();
  }
  if (auto problem = write(change, tab_, context)) return *problem;
  progress.state = state();
  return Delivery::done();
}

}  // namespace daybook::google_sheets_sink
