#include <algorithm>

#include "world.h"

namespace daybook::project {
namespace {

const Error dead_error{Errc::unavailable, "killed"};

}  // namespace

// --- Kill

void Kill::at(std::uint64_t step, bool after) {
  const std::lock_guard lock(mutex_);
  kill_at_ = steps_ + step;
  after_ = after;
}

void Kill::revive() {
  const std::lock_guard lock(mutex_);
  dead_ = false;
  kill_at_.reset();
}

Kill::Instant Kill::next() {
  const std::lock_guard lock(mutex_);
  if (dead_) return {false, false};
  ++steps_;
  if (kill_at_ != steps_) return {};
  dead_ = true;
  return {after_, false};
}

bool Kill::dead() const {
  const std::lock_guard lock(mutex_);
  return dead_;
}

std::uint64_t Kill::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

// --- FakeSource

Position FakeSource::add(std::string type, std::string key, std::string data, std::string topic) {
  const UnixUs now = clock_.now();
  const std::lock_guard lock(mutex_);
  last_ = last_ + 1;
  PublicEvent event;
  event.position = last_;
  event.topic = std::move(topic);
  event.type = std::move(type);
  event.key = std::move(key);
  event.data = std::move(data);
  event.server_time = now;
  events_.push_back(std::move(event));
  return last_;
}

void FakeSource::skip(std::uint64_t positions) {
  const std::lock_guard lock(mutex_);
  last_ = last_ + positions;
}

void FakeSource::fail(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
}

void FakeSource::cut(Position last) {
  const std::lock_guard lock(mutex_);
  last_ = last;
  std::erase_if(events_, [last](const PublicEvent& event) { return event.position > last; });
}

Position FakeSource::readable() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

Result<Position> FakeSource::read(std::string_view topic, Position from, const EventFilter& filter,
                                  const std::function<bool(PublicEvent& event)>& f) {
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  auto at = std::lower_bound(events_.begin(), events_.end(), from,
                             [](const PublicEvent& e, Position p) { return e.position < p; });
  for (; at != events_.end(); ++at) {
    PublicEvent event = *at;
    if (event.topic != topic || !filter.wants(event.type, event.key)) continue;
    if (!f(event)) return at->position;
  }
  return last_;
}

std::optional<Columns> FakeSource::columns(const PublicEvent& event) {
  return Columns{event.version, {event.key}};
}

Result<Position> FakeSource::append(std::string_view topic, std::string_view line,
                                    std::string_view idempotency_key) {
  const std::lock_guard lock(mutex_);
  appended.push_back(std::string(topic) + " " + std::string(line) + " " +
                     std::string(idempotency_key));
  return last_;
}

// --- FakeControl

template <class F>
void FakeControl::person(const std::string& projector, F&& f) {
  const std::lock_guard lock(mutex_);
  f(projectors_[projector]);
  ++version_;
}

void FakeControl::pause(const std::string& projector, std::string reason) {
  person(projector, [&](Of& of) {
    of.orders.paused = true;
    of.orders.reason = std::move(reason);
  });
}

void FakeControl::resume(const std::string& projector) {
  person(projector, [](Of& of) {
    of.orders.paused = of.orders.disabled = false;
    of.orders.reason.clear();
  });
}

// What was closed can become a dead letter again; what is open stays so and is not read again.
void FakeControl::reset(const std::string& projector, Position next) {
  person(projector, [&](Of& of) {
    ++of.orders.reset_number;
    of.orders.reset_next = next;
    std::erase_if(of.letters, [](const auto& letter) { return !letter.second.open; });
  });
}

void FakeControl::retry(const std::string& projector, Position position) {
  person(projector, [&](Of& of) { of.letters.at(position.value).asked = true; });
}

void FakeControl::edit(const std::string& projector, Position position, std::string data) {
  person(projector, [&](Of& of) {
    Letter& letter = of.letters.at(position.value);
    letter.letter.event.data = std::move(data);
    letter.asked = true;
  });
}

void FakeControl::skip(const std::string& projector, Position position) {
  person(projector, [&](Of& of) { of.letters.at(position.value).open = false; });
}

void FakeControl::refuse(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  refused_ = std::move(error);
}

std::optional<FakeControl::Letter> FakeControl::letter(const std::string& projector,
                                                       Position position) const {
  const std::lock_guard lock(mutex_);
  const auto of = projectors_.find(projector);
  if (of == projectors_.end()) return std::nullopt;
  const auto found = of->second.letters.find(position.value);
  return found == of->second.letters.end() ? std::nullopt : std::optional(found->second);
}

std::set<std::uint64_t> FakeControl::open_letters(const std::string& projector) const {
  const std::lock_guard lock(mutex_);
  std::set<std::uint64_t> open;
  const auto of = projectors_.find(projector);
  if (of == projectors_.end()) return open;
  for (const auto& [position, letter] : of->second.letters)
    if (letter.open) open.insert(position);
  return open;
}

std::vector<std::string> FakeControl::registered() const {
  const std::lock_guard lock(mutex_);
  return registered_;
}

std::uint64_t FakeControl::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

Orders FakeControl::orders(std::string_view projector) const {
  const std::lock_guard lock(mutex_);
  const auto of = projectors_.find(projector);
  return of == projectors_.end() ? Orders{} : of->second.orders;
}

std::vector<DueLetter> FakeControl::due(std::string_view projector, UnixUs now,
                                        std::size_t max) const {
  const std::lock_guard lock(mutex_);
  std::vector<DueLetter> due;
  const auto of = projectors_.find(projector);
  if (of == projectors_.end()) return due;
  for (const auto& [position, letter] : of->second.letters) {
    const auto& at = letter.letter.next_try_at;
    const bool is_due = letter.open && (letter.asked || (at && *at <= now));
    if (is_due && due.size() < max) due.push_back({{position}, letter.tries, letter.asked});
  }
  return due;
}

std::optional<UnixUs> FakeControl::next_due(std::string_view projector) const {
  const std::lock_guard lock(mutex_);
  std::optional<UnixUs> next;
  const auto of = projectors_.find(projector);
  if (of == projectors_.end()) return next;
  for (const auto& [position, letter] : of->second.letters)
    if (const auto& at = letter.letter.next_try_at; letter.open && at)
      next = next ? std::min(*next, *at) : *at;
  return next;
}

std::size_t FakeControl::dead_letters(std::string_view projector) const {
  return open_letters(std::string(projector)).size();
}

bool FakeControl::was_dead(std::string_view projector, Position position) const {
  const std::lock_guard lock(mutex_);
  const auto of = projectors_.find(projector);
  return of != projectors_.end() && of->second.letters.count(position.value) > 0;
}

Result<PublicEvent> FakeControl::load(std::string_view projector, Position position) const {
  const auto found = letter(std::string(projector), position);
  if (!found || !found->open) return Error{Errc::not_found, "no such letter"};
  return found->letter.event;
}

template <class F>
Result<void> FakeControl::say(std::string_view projector, F&& f) {
  const std::lock_guard lock(mutex_);
  if (refused_) return *refused_;
  const auto instant = kill_.next();
  if (instant.happens) {
    f(projectors_[std::string(projector)]);
    ++version_;
  }
  if (!instant.heard) return dead_error;
  return {};
}

Result<void> FakeControl::add_projector(std::string_view projector, std::string_view topic,
                                        std::string_view sink) {
  return say(projector, [&](Of&) {
    registered_.push_back(std::string(projector) + " " + std::string(topic) + " " +
                          std::string(sink));
  });
}

Result<void> FakeControl::add_dead_letter(std::string_view projector, const DeadLetter& letter) {
  return say(projector, [&](Of& of) {
    of.letters.try_emplace(letter.event.position.value, Letter{letter, 0, false, true, false});
  });
}

Result<void> FakeControl::letter_delivered(std::string_view projector, Position position) {
  return say(projector, [&](Of& of) {
    const auto found = of.letters.find(position.value);
    if (found == of.letters.end()) return;
    found->second.open = false;
    found->second.delivered = true;
  });
}

Result<void> FakeControl::letter_failed(std::string_view projector, Position position,
                                        const Attempt& attempt, std::optional<UnixUs> next_try_at) {
  return say(projector, [&](Of& of) {
    Letter& letter = of.letters.at(position.value);
    letter.asked = false;
    ++letter.tries;
    letter.letter.attempts.push_back(attempt);
    letter.letter.reason = attempt.reason;
    letter.letter.next_try_at = next_try_at;
  });
}

Result<void> FakeControl::disable(std::string_view projector, std::string_view reason) {
  return say(projector, [&](Of& of) {
    of.orders.disabled = true;
    of.orders.reason = reason;
  });
}

// --- MemoryStore

void MemoryStore::power_cut(std::size_t lost) {
  const std::lock_guard lock(mutex_);
  lost = std::min(lost, before_.size());
  if (lost > 0) rows_ = before_[before_.size() - lost];
  before_.clear();
}

std::size_t MemoryStore::unsynced() const {
  const std::lock_guard lock(mutex_);
  return before_.size();
}

void MemoryStore::fail(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
}

Result<std::optional<std::string>> MemoryStore::get(state::Family family,
                                                    std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find({family, std::string(key)});
  if (found == rows_.end()) return std::optional<std::string>{};
  return std::optional<std::string>{found->second};
}

Result<void> MemoryStore::change(bool sync, const std::function<void(Rows&)>& f) {
  const std::lock_guard lock(mutex_);
  if (error_) return *error_;
  const auto instant = kill_.next();
  if (instant.happens) {
    before_.push_back(rows_);
    f(rows_);
    if (sync) before_.clear();
  }
  if (!instant.heard) return dead_error;
  return {};
}

Result<void> MemoryStore::write(const std::vector<state::Change>& changes, bool sync) {
  return change(sync, [&](Rows& rows) {
    for (const state::Change& change : changes) {
      if (change.value)
        rows[{change.family, change.key}] = *change.value;
      else
        rows.erase({change.family, change.key});
    }
  });
}

Result<void> MemoryStore::remove_prefix(state::Family family, std::string_view prefix) {
  return change(false, [&](Rows& rows) {
    std::erase_if(rows, [&](const auto& row) {
      return row.first.first == family && row.first.second.starts_with(prefix);
    });
  });
}

Result<void> MemoryStore::scan(
    state::Family family, std::string_view prefix, std::string_view from,
    const std::function<bool(std::string_view key, std::string_view value)>& f) const {
  Rows rows;
  {
    const std::lock_guard lock(mutex_);
    rows = rows_;
  }
  for (auto at = rows.lower_bound({family, std::string(std::max(from, prefix))}); at != rows.end();
       ++at)
    if (at->first.first != family || !at->first.second.starts_with(prefix) ||
        !f(at->first.second, at->second))
      break;
  return {};
}

}  // namespace daybook::project
