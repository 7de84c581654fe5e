#include "project/log_control.h"

#include "domain/adapter.h"
#include "domains/projectors/domain.h"
#include "domains/projectors/letter_copy.h"
#include "project/submitter.h"

#include <daybook/check.h>
#include <daybook/fields.h>

#include <algorithm>
#include <functional>
#include <new>
#include <utility>

namespace daybook::project {
namespace {

using projectors::Command;
using projectors::CommandKind;
using Adapter = DomainAdapter<projectors::Domain>;

// A reason comes from a target: any bytes, any length. As a domain's text may be.
std::string clean_reason(std::string_view reason) {
  std::string clean;
  const bool is_text = json::is_valid_utf8(reason);
  std::size_t chars = 0;
  for (const char c : reason) {
    const auto u = static_cast<unsigned char>(c);
    const bool begins_char = !is_text || (u & 0xC0) != 0x80;
    if (begins_char && ++chars > projectors::reason_chars_max) break;
    if (u < 0x20 || u == 0x7F)
      clean += ' ';
    else
      clean += is_text || u < 0x80 ? c : '?';
  }
  return clean.empty() ? "no reason was given" : clean;
}

std::span<const projectors::Attempt> copy_attempts(const std::vector<Attempt>& attempts,
                                                   Arena& arena) {
  // The newest, if a caller has more.
  const std::size_t count = std::min(attempts.size(), projectors::attempts_max);
  const std::size_t from = attempts.size() - count;
  auto* kept = static_cast<projectors::Attempt*>(
      arena.allocate(sizeof(projectors::Attempt) * (count + 1), alignof(projectors::Attempt)));
  for (std::size_t i = 0; i < count; ++i) {
    const Attempt& attempt = attempts[from + i];
    new (kept + i) projectors::Attempt{attempt.at, arena.copy(clean_reason(attempt.reason))};
  }
  return {kept, count};
}

projectors::EventCopy copy_event(const PublicEvent& event, Arena& arena) {
  projectors::EventCopy copy;
  copy.type = arena.copy(event.type);
  copy.key = arena.copy(event.key);
  copy.version = event.version;
  copy.event_id = event.event_id;
  copy.server_time = event.server_time;
  copy.data = arena.copy(event.data);
  copy.row = arena.copy(event.row);
  return copy;
}

std::size_t weight(const DeadLetter& letter) {
  std::size_t bytes = letter.event.data.size() + letter.event.row.size() + letter.reason.size();
  for (const Attempt& attempt : letter.attempts) bytes += attempt.reason.size();
  return bytes;
}

class LogControl final : public Control {
  // f(its entry in the view), or of a projector nothing was said about yet; under the view's lock.
  template <class F>
  auto of(std::string_view name, F&& f) const {
    return projectors_.with_view([&](const projectors::View& view) {
      static const projectors::Projector unknown;
      const projectors::Projector* projector = view.projector(name);
      return f(projector == nullptr ? unknown : *projector);
    });
  }

 public:
  LogControl(Adapter& projectors, Sequencer& sequencer, log::EventLog& log)
      : projectors_(projectors), submitter_(sequencer), log_(log) {}

  [[nodiscard]] std::uint64_t version() const override {
    return projectors_.with_view([](const projectors::View& view) { return view.version(); });
  }

  [[nodiscard]] Orders orders(std::string_view projector) const override {
    return of(projector, [](const projectors::Projector& p) {
      return Orders{p.paused, p.disabled, p.disabled ? p.disable_reason : p.pause_reason,
                    p.reset_number, p.reset_next};
    });
  }

  // When more are due than `max`: those asked for, then those that wait the longest.
  [[nodiscard]] std::vector<DueLetter> due(std::string_view projector, UnixUs now,
                                           std::size_t max) const override {
    return of(projector, [&](const projectors::Projector& p) {
      std::vector<DueLetter> due;
      for (const Position position : p.due_letters(now, max)) {
        const projectors::Letter& letter = p.letters.at(position);
        due.push_back({position, letter.tries, letter.asked});
      }
      return due;
    });
  }

  [[nodiscard]] std::optional<UnixUs> next_due(std::string_view projector) const override {
    return of(projector, [](const projectors::Projector& p) {
      return p.due.empty() ? std::nullopt : std::optional<UnixUs>(p.due.begin()->first);
    });
  }

  [[nodiscard]] std::size_t dead_letters(std::string_view projector) const override {
    return of(projector, [](const projectors::Projector& p) { return p.open(); });
  }

  [[nodiscard]] bool was_dead(std::string_view projector, Position position) const override {
    return of(projector, [&](const projectors::Projector& p) { return p.was_dead(position); });
  }

  Result<PublicEvent> load(std::string_view projector, Position position) const override;

  Result<void> add_projector(std::string_view projector, std::string_view topic,
                             std::string_view sink) override {
    return submit(CommandKind::add, projector, 0, [&](Command& command, Arena& arena) {
      command.topic = arena.copy(topic);
      command.sink = arena.copy(sink);
    });
  }

  Result<void> add_dead_letter(std::string_view projector, const DeadLetter& letter) override {
    return submit(CommandKind::dead_letter, projector, weight(letter),
                  [&](Command& command, Arena& arena) {
                    command.position = letter.event.position;
                    command.reason = arena.copy(clean_reason(letter.reason));
                    command.copy = copy_event(letter.event, arena);
                    command.attempts = copy_attempts(letter.attempts, arena);
                    command.next_try_at = letter.next_try_at.value_or(UnixUs{});
                  });
  }

  Result<void> letter_delivered(std::string_view projector, Position position) override {
    return submit(CommandKind::letter_delivered, projector, 0,
                  [&](Command& command, Arena&) { command.position = position; });
  }

  Result<void> letter_failed(std::string_view projector, Position position, const Attempt& attempt,
                             std::optional<UnixUs> next_try_at) override {
    return submit(CommandKind::letter_failed, projector, attempt.reason.size(),
                  [&](Command& command, Arena& arena) {
                    command.position = position;
                    command.at = attempt.at;
                    command.reason = arena.copy(clean_reason(attempt.reason));
                    command.next_try_at = next_try_at.value_or(UnixUs{});
                  });
  }

  Result<void> disable(std::string_view projector, std::string_view reason) override {
    return submit(
        CommandKind::disable, projector, reason.size(),
        [&](Command& command, Arena& arena) { command.reason = arena.copy(clean_reason(reason)); });
  }

 private:
  Result<void> submit(CommandKind kind, std::string_view projector, std::size_t bytes,
                      const std::function<void(Command&, Arena&)>& fill) {
    const auto make = [&](Arena& arena) -> Result<ErasedCommand> {
      Command command;
      command.kind = kind;
      command.projector = arena.copy(projector);
      fill(command, arena);
      return static_cast<ErasedCommand>(arena.make<Command>(command));
    };
    auto outcome = submitter_.submit(projectors_, make, bytes + sizeof(Command));
    if (!outcome.ok()) return std::move(outcome).error();
    return {};
  }

  // Calls f with the domain's event at this position. Errc::corrupt when there is none.
  Result<void> read_event(Position position,
                          const std::function<void(const projectors::Event&)>& f) const;

  Adapter& projectors_;
  const Submitter submitter_;
  log::EventLog& log_;
};

Result<void> LogControl::read_event(Position position,
                                    const std::function<void(const projectors::Event&)>& f) const {
  log::ScanOptions options;
  options.topic = projectors::Domain::topic;
  options.from = options.until = position;
  Result<void> found = Error{
      Errc::corrupt, "no event about projectors at position " + std::to_string(position.value)};
  DAYBOOK_TRY_VOID(log_.scan(options, [&](const log::EventView& view) {
    auto event = projectors::Domain::decode(view.schema_version, view.payload);
    if (event.ok()) {
      f(*event);
      found = {};
    } else {
      found = std::move(event).error();
    }
    return false;
  }));
  return found;
}

// The copy as it was made, and the last edit: an edit replaces what the one before it put.
Result<PublicEvent> LogControl::load(std::string_view projector, Position position) const {
  Position made{};
  Position edited{};
  of(projector, [&](const projectors::Projector& p) {
    const projectors::Letter* letter = p.open_letter(position);
    if (letter == nullptr) return false;
    made = letter->made;
    edited = letter->edited;
    return true;
  });
  if (made.value == 0)
    return Error{Errc::not_found,
                 "there is no open dead letter at position " + std::to_string(position.value)};
  PublicEvent loaded;
  DAYBOOK_TRY_VOID(read_event(made, [&loaded](const projectors::Event& event) {
    loaded.position = event.position;
    loaded.topic = event.topic;
    loaded.type = event.copy.type;
    loaded.key = event.copy.key;
    loaded.version = event.copy.version;
    loaded.event_id = event.copy.event_id;
    loaded.server_time = event.copy.server_time;
    loaded.data = event.copy.data;
    loaded.row = event.copy.row;
  }));
  if (edited.value == 0) return loaded;
  projectors::LetterCopy copy{std::move(loaded.data), std::move(loaded.row)};
  DAYBOOK_TRY_VOID(read_event(edited, [&copy](const projectors::Event& event) {
    projectors::apply_edit(copy, event.copy.data);
  }));
  loaded.data = std::move(copy.data);
  loaded.row = std::move(copy.row);
  return loaded;
}

}  // namespace

std::unique_ptr<Control> make_log_control(AnyDomain& projectors, Sequencer& sequencer,
                                          log::EventLog& log) {
  auto* adapter = dynamic_cast<Adapter*>(&projectors);
  DAYBOOK_CHECK(adapter != nullptr);
  return std::make_unique<LogControl>(*adapter, sequencer, log);
}

}  // namespace daybook::project
