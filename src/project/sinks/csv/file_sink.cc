#include "project/sinks/csv/file_sink.h"

namespace daybook::csv_sink {

FileSink::FileSink(FileOptions options, std::unique_ptr<Rows> rows, Io io)
    : options_(std::move(options)),
      rows_(std::move(rows)),
      files_(options_.folder, options_.base, options_.extension, std::move(io)) {}

// A file that is not as the checkpoint says is a person's matter; a disk that is full or away is
// not.
Delivery FileSink::refusal(const Error& error, std::size_t delivered) {
  if (error.code == Errc::corrupt) return Delivery::disabled(error.message, delivered);
  return Delivery::unavailable(error.message, 0, delivered);
}

// Never begun, or begun elsewhere: what is here is somebody's, and stays.
Result<Progress> FileSink::begin_anew(std::string_view projector) {
  Progress at;
  at.place = files_.place();
  if (const auto noted = files_.noted_begin(projector)) {
    at.sequence = *noted;
    DAYBOOK_TRY_VOID(files_.remove_after(at.sequence));
    return at;
  }
  DAYBOOK_TRY(at.sequence, files_.highest());
  DAYBOOK_TRY_VOID(files_.note_begin(projector, at.sequence));
  return at;
}

Result<Progress> FileSink::at_begin(const SinkProgress& progress, std::string_view projector) {
  DAYBOOK_TRY_VOID(files_.open());
  if (progress.state.empty()) return begin_anew(projector);
  DAYBOOK_TRY(Progress at, read_progress(progress.state));
  if (at.place != files_.place()) return begin_anew(projector);
  files_.forget_begin();
  if (at.is_open) DAYBOOK_TRY_VOID(files_.use(at.sequence, at.day, at.length));
  DAYBOOK_TRY_VOID(files_.remove_after(at.sequence));
  return at;
}

Delivery FileSink::begin(SinkProgress& progress, SinkContext& context) {
  const auto at = at_begin(progress, context.projector());
  if (!at) return refusal(at.error(), 0);
  progress.state = write_progress(*at);
  has_begun_ = true;
  return Delivery::done();
}

Delivery FileSink::reset(SinkProgress& progress, SinkContext&) {
  auto at = read_progress(progress.state);
  if (!at) {
    progress.state.clear();
    return Delivery::done();
  }
  Progress closed;
  closed.place = at->place;
  closed.sequence = at->sequence;
  progress.state = write_progress(closed);
  return Delivery::done();
}

// What of a batch is on its way to a file.
struct FileSink::Batch {
  Progress at;                // of the file that is filled
  std::string bytes;          // of it, not yet appended
  bool is_new = false;        // it is not made yet
  std::string state;          // as the checkpoint may have it
  std::size_t delivered = 0;  // the events it is of
};

bool FileSink::is_full(const Progress& at, std::size_t waiting, const PublicEvent& event) const {
  if (!at.is_open) return true;
  switch (options_.rotate) {
    case Rotate::none:
      return false;
    case Rotate::size:
      return at.length + waiting >= options_.rotate_bytes_max;
    case Rotate::day:
      // Days only go forward: an old event from the dead letters stands where it was delivered.
      return at.day.empty() || to_string(options_.zone->day_of(to_ms(event.server_time))) > at.day;
  }
  return false;
}

// After it the first `delivered` events are safe and `state` says so.
Result<void> FileSink::flush(Batch& batch, std::size_t delivered) {
  if (!batch.bytes.empty()) {
    Progress& at = batch.at;
    if (batch.is_new) DAYBOOK_TRY_VOID(files_.create(at.sequence, at.day));
    DAYBOOK_TRY_VOID(files_.append(batch.bytes, at.length));
    at.length += batch.bytes.size();
    batch.bytes.clear();
    batch.is_new = false;
  }
  batch.state = write_progress(batch.at);
  batch.delivered = delivered;
  return {};
}

Result<void> FileSink::add(Batch& batch, std::size_t i, const PublicEvent& event,
                           SinkContext& context) {
  Progress& at = batch.at;
  const bool is_full_now = is_full(at, batch.bytes.size(), event);
  auto header = rows_->header_for(event, !is_full_now, at.columns, context);
  if (is_full_now || header != at.columns) {
    DAYBOOK_TRY_VOID(flush(batch, i));
    Progress next;
    next.place = at.place;
    next.sequence = at.sequence + 1;
    next.is_open = true;
    if (options_.rotate == Rotate::day)
      next.day = to_string(options_.zone->day_of(to_ms(event.server_time)));
    next.columns = std::move(header);
    at = std::move(next);
    batch.is_new = true;
    rows_->use_header(at.columns);
    rows_->append_head(batch.bytes);
  }
  rows_->append_row(batch.bytes, event);
  return {};
}

Delivery FileSink::deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                           SinkContext& context) {
  if (!has_begun_)
    if (Delivery begun = begin(progress, context); begun.outcome != Delivery::Outcome::delivered)
      return begun;
  auto read = read_progress(progress.state);
  if (!read) return refusal(read.error(), 0);
  Batch batch;
  batch.at = std::move(*read);
  if (batch.at.is_open) {
    auto used = files_.use(batch.at.sequence, batch.at.day, batch.at.length);
    if (!used) return refusal(used.error(), 0);
    rows_->use_header(batch.at.columns);
    files_.forget_begin();  // a checkpoint with a file has been here
  }
  batch.state = progress.state;
  Result<void> done;
  for (std::size_t i = 0; i < events.size() && done; ++i) done = add(batch, i, *events[i], context);
  if (done) done = flush(batch, events.size());
  progress.state = batch.state;
  return done ? Delivery::done() : refusal(done.error(), batch.delivered);
}

}  // namespace daybook::csv_sink
