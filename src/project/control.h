// Control: what the log says about projectors - paused, reset, disabled, and their dead letters -
// and the runtime's own words about them into the log. Over the `projectors` domain in the real
// program (log_control.h), a fake in tests.
//
// Threads: any. Reads are of committed events only.
#pragma once

#include <daybook/ids.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::project {

// What a projector is to do.
struct Orders {
  bool paused = false;    // by a person
  bool disabled = false;  // by its sink; lifted by resume
  std::string reason;     // of either
  // Every reset has a number; a checkpoint remembers the last one it obeyed.
  std::uint64_t reset_number = 0;
  Position reset_next{};  // the first position to read; with reset_number > 0
};

struct Attempt {
  UnixUs at{};
  std::string reason;
};

// An event the target would not take.
struct DeadLetter {
  PublicEvent event;  // its copy; as edited, when it was
  std::string reason;
  std::vector<Attempt> attempts;      // all so far, oldest first; at most attempts_kept_max
  std::optional<UnixUs> next_try_at;  // by itself; absent: when a person asks
};
constexpr std::size_t attempts_kept_max = 50;

// A dead letter whose time has come, or that a person wants tried again.
struct DueLetter {
  Position position{};      // of the event
  std::uint32_t tries = 0;  // out of the dead letters so far
  bool asked = false;       // by a person
};

class Control {
 public:
  virtual ~Control() = default;

  // Grows with every event about projectors: nothing to look at while it stands.
  [[nodiscard]] virtual std::uint64_t version() const = 0;
  [[nodiscard]] virtual Orders orders(std::string_view projector) const = 0;
  // Open dead letters that are due at `now`, oldest position first, at most `max`.
  [[nodiscard]] virtual std::vector<DueLetter> due(std::string_view projector, UnixUs now,
                                                   std::size_t max) const = 0;
  // When the next one is due by itself.
  [[nodiscard]] virtual std::optional<UnixUs> next_due(std::string_view projector) const = 0;
  // Open dead letters.
  [[nodiscard]] virtual std::size_t dead_letters(std::string_view projector) const = 0;
  // Whether the event at this position has ever become a dead letter of this projector since its
  // last reset (then it is not read again from the log, whatever the checkpoint says).
  [[nodiscard]] virtual bool was_dead(std::string_view projector, Position position) const = 0;
  // The event's copy, from the log. Errc::not_found.
  virtual Result<PublicEvent> load(std::string_view projector, Position position) const = 0;

  // --- into the log; each returns when it is durable. Errc::unavailable when the server stops or
  // the log failed; saying the same again changes nothing.
  virtual Result<void> add_projector(std::string_view projector, std::string_view topic,
                                     std::string_view sink) = 0;
  virtual Result<void> add_dead_letter(std::string_view projector, const DeadLetter& letter) = 0;
  virtual Result<void> letter_delivered(std::string_view projector, Position position) = 0;
  virtual Result<void> letter_failed(std::string_view projector, Position position,
                                     const Attempt& attempt, std::optional<UnixUs> next_try_at) = 0;
  virtual Result<void> disable(std::string_view projector, std::string_view reason) = 0;
};

}  // namespace daybook::project
