#include "domains/projectors/view.h"

#include <algorithm>

namespace daybook::projectors {
namespace {

// Tree nodes with what they hold.
constexpr std::size_t node_bytes = 48;
constexpr std::size_t projector_bytes = sizeof(std::string) + sizeof(Projector) + node_bytes;
constexpr std::size_t letter_bytes = sizeof(Position) + sizeof(Letter) + node_bytes;
constexpr std::size_t index_bytes = 16 + node_bytes;

// At a whole character.
std::string cut(std::string_view text) {
  if (text.size() <= reason_kept_bytes_max) return std::string(text);
  std::size_t size = reason_kept_bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size));
}

// Takes an open letter out of what is to be tried.
void unschedule(Projector& projector, Position position, const Letter& letter) {
  projector.asked.erase(position);
  projector.due.erase({letter.next_try_at, position});
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::open:
      return "open";
    case Status::delivered:
      return "delivered";
    case Status::skipped:
      return "skipped";
  }
  return "";
}

std::size_t texts_bytes(const Letter& letter) {
  std::size_t bytes = 0;
  for (const std::string* text : {&letter.type, &letter.key, &letter.reason})
    bytes += text->capacity() > 15 ? text->capacity() : 0;  // up to 15 lie in the object
  return bytes;
}

const Letter* Projector::open_letter(Position position) const {
  const auto at = letters.find(position);
  return at == letters.end() || at->second.status != Status::open ? nullptr : &at->second;
}

std::vector<Position> Projector::due_letters(UnixUs now, std::size_t max) const {
  std::vector<Position> found;
  for (auto at = asked.begin(); at != asked.end() && found.size() < max; ++at) found.push_back(*at);
  for (auto at = due.begin(); at != due.end() && at->first <= now && found.size() < max; ++at)
    found.push_back(at->second);
  std::sort(found.begin(), found.end());
  return found;
}

const Projector* View::projector(std::string_view name) const {
  const auto at = projectors_.find(name);
  return at == projectors_.end() ? nullptr : &at->second;
}

std::uint64_t View::open() const {
  std::uint64_t open = 0;
  for (const auto& [name, projector] : projectors_) open += projector.open();
  return open;
}

void View::make(Projector& projector, const Event& event, const EventMeta& meta) {
  const auto [at, is_new] = projector.letters.try_emplace(event.position);
  Letter& letter = at->second;
  if (!is_new) {
    if (letter.status == Status::open) return;
    projector.closed_by.erase(letter.changed);  // closed before a reset, and dead again
    texts_bytes_ -= texts_bytes(letter);
  }
  letter = {};
  letter.attempts = static_cast<std::uint32_t>(event.attempts.size());
  letter.made = letter.changed = meta.position;
  letter.at = meta.server_time;
  letter.next_try_at = event.next_try_at;
  letter.type = std::string(event.copy.type);
  letter.key = std::string(event.copy.key);
  letter.reason = cut(event.reason);
  texts_bytes_ += texts_bytes(letter);
  if (letter.next_try_at.value != 0) projector.due.emplace(letter.next_try_at, event.position);
}

void View::close(Projector& projector, const Event& event, Position at) {
  const bool is_delivered = event.kind == Kind::letter_delivered;
  ++(is_delivered ? delivered_ : skipped_);
  projector.closed.insert(event.position);
  const auto found = projector.letters.find(event.position);
  if (found == projector.letters.end()) return;
  Letter& letter = found->second;
  if (letter.status == Status::open)
    unschedule(projector, event.position, letter);
  else
    projector.closed_by.erase(letter.changed);  // skipped while it was under way
  letter.status = is_delivered ? Status::delivered : Status::skipped;
  letter.asked = false;
  letter.next_try_at = {};
  letter.changed = at;
  texts_bytes_ -= texts_bytes(letter);
  if (!is_delivered) letter.reason = cut(event.reason);
  texts_bytes_ += texts_bytes(letter);
  projector.closed_by.emplace(at, event.position);
  if (projector.closed_by.size() <= dead_letters_closed_max) return;
  const auto oldest = projector.letters.find(projector.closed_by.begin()->second);
  texts_bytes_ -= texts_bytes(oldest->second);
  projector.letters.erase(oldest);
  projector.closed_by.erase(projector.closed_by.begin());
}

void View::fail(Projector& projector, const Event& event, Position at) {
  const auto found = projector.letters.find(event.position);
  if (found == projector.letters.end() || found->second.status != Status::open) return;
  Letter& letter = found->second;
  unschedule(projector, event.position, letter);
  ++letter.attempts;
  ++letter.tries;
  letter.asked = false;
  letter.changed = at;
  letter.next_try_at = event.next_try_at;
  texts_bytes_ -= texts_bytes(letter);
  letter.reason = cut(event.reason);
  texts_bytes_ += texts_bytes(letter);
  if (letter.next_try_at.value != 0) projector.due.emplace(letter.next_try_at, event.position);
}

// An edit asks too. retry_asked without a position asks for all that are open.
void View::ask(Projector& projector, const Event& event, Position at) {
  const auto ask_one = [&projector](Position position, Letter& letter) {
    if (letter.status != Status::open || letter.asked) return;
    projector.due.erase({letter.next_try_at, position});
    projector.asked.insert(position);
    letter.asked = true;
  };
  if (event.position.value == 0) {
    projector.asked_all = at;
    for (auto& [position, letter] : projector.letters) ask_one(position, letter);
    return;
  }
  const auto found = projector.letters.find(event.position);
  if (found == projector.letters.end() || found->second.status != Status::open) return;
  ask_one(event.position, found->second);
  found->second.changed = at;
  if (event.kind == Kind::letter_edited) found->second.edited = at;
}

void View::project(const Event& event, const EventMeta& meta) noexcept {
  if (meta.position <= seen_) return;
  seen_ = meta.position;
  if (event.kind == Kind::added) {
    Projector& added = projectors_.try_emplace(std::string(event.projector)).first->second;
    added.topic = std::string(event.topic);
    added.sink = std::string(event.sink);
    return;
  }
  const auto found = projectors_.find(event.projector);
  if (found == projectors_.end()) return;
  Projector& projector = found->second;
  switch (event.kind) {
    case Kind::added:
      return;
    case Kind::paused:
      projector.paused = true;
      projector.pause_reason = std::string(event.reason);
      return;
    case Kind::resumed:
      projector.paused = projector.disabled = false;
      projector.pause_reason.clear();
      projector.disable_reason.clear();
      return;
    case Kind::disabled:
      projector.disabled = true;
      projector.disable_reason = std::string(event.reason);
      return;
    case Kind::reset:
      projector.reset_number = event.reset_number;
      projector.reset_next = event.reset_to == ResetTo::now ? meta.position + 1 : event.next;
      projector.closed.clear();
      return;
    case Kind::letter_made:
      return make(projector, event, meta);
    case Kind::letter_edited:
    case Kind::retry_asked:
      return ask(projector, event, meta.position);
    case Kind::letter_skipped:
    case Kind::letter_delivered:
      return close(projector, event, meta.position);
    case Kind::letter_failed:
      return fail(projector, event, meta.position);
  }
}

std::size_t View::memory_bytes() const {
  std::size_t bytes = sizeof(View);
  for (const auto& [name, projector] : projectors_) {
    bytes += projector_bytes + name.capacity() + projector.closed.memory_bytes();
    bytes += projector.letters.size() * letter_bytes;
    bytes +=
        (projector.closed_by.size() + projector.asked.size() + projector.due.size()) * index_bytes;
  }
  return bytes + texts_bytes_;
}

}  // namespace daybook::projectors
