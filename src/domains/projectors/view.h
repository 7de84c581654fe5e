// View: what readers and the runtime see - each projector's switches, its open dead letters and the
// newest closed ones, each with where in the log its copy lies. The copies stay in the log.
// Thread: guarded by the adapter's mutex; project() by the sequencer, everything const by readers.
#pragma once

#include "domains/projectors/events.h"
#include "domains/projectors/policy.h"
#include "domains/projectors/position_set.h"

#include <daybook/bytes.h>
#include <daybook/domain.h>
#include <daybook/ids.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::projectors {

// Closed ones of one projector that stay listed, the last closed ones; the log has the rest.
constexpr std::size_t dead_letters_closed_max = 1000;
constexpr std::size_t reason_kept_bytes_max = 200;  // in memory; the log has the whole of it

enum class Status : std::uint8_t { open = 0, delivered = 1, skipped = 2 };
std::string_view status_name(Status status);  // "open"

struct Letter {
  Status status = Status::open;
  bool asked = false;          // a person wants it tried
  std::uint32_t attempts = 0;  // all
  std::uint32_t tries = 0;     // of these, out of the dead letters
  Position made{};             // of the event with the copy
  Position edited{};           // of the last edit; {}: none
  Position changed{};          // of the last event about this letter alone
  UnixUs at{};                 // when it became one
  UnixUs next_try_at{};        // by itself; {}: when a person asks
  std::string type;
  std::string key;
  std::string reason;  // the last one, cut
};

// What its texts take besides the object.
[[nodiscard]] std::size_t texts_bytes(const Letter& letter);

struct Projector {
  std::string topic;
  std::string sink;
  bool paused = false;
  bool disabled = false;
  std::string pause_reason;
  std::string disable_reason;
  std::uint64_t reset_number = 0;
  Position reset_next{};
  Position asked_all{};                // of the last event that asked for all of them
  std::map<Position, Letter> letters;  // open, and at most dead_letters_closed_max closed
  // Made from `letters`:
  std::map<Position, Position> closed_by;     // event that closed it -> its position
  std::set<Position> asked;                   // open and asked for
  std::set<std::pair<UnixUs, Position>> due;  // open, not asked for, tried by itself
  // Since the last reset.
  PositionSet closed;

  [[nodiscard]] std::size_t open() const { return letters.size() - closed_by.size(); }
  [[nodiscard]] const Letter* open_letter(Position position) const;  // nullptr: none
  // Whether it is or was a dead letter since the last reset, so that it is not read again.
  [[nodiscard]] bool was_dead(Position position) const {
    return open_letter(position) != nullptr || closed.contains(position);
  }
  // Open ones to try at `now`, at most `max`: those asked for by position, then those whose time
  // came first.
  [[nodiscard]] std::vector<Position> due_letters(UnixUs now, std::size_t max) const;
};

class View {
 public:
  using Projectors = std::map<std::string, Projector, std::less<>>;

  explicit View(const Policy&) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, const EventMeta& meta) noexcept;

  // Grows with every event.
  [[nodiscard]] std::uint64_t version() const { return seen_.value; }
  [[nodiscard]] const Projector* projector(std::string_view name) const;      // nullptr: unknown
  [[nodiscard]] const Projectors& projectors() const { return projectors_; }  // by name
  [[nodiscard]] std::uint64_t open() const;
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void make(Projector& projector, const Event& event, const EventMeta& meta);
  void close(Projector& projector, const Event& event, Position at);
  void fail(Projector& projector, const Event& event, Position at);
  void ask(Projector& projector, const Event& event, Position at);
  Result<void> load_projector(ByteReader& in, Projector& projector);

  Position seen_{};
  Projectors projectors_;
  std::uint64_t delivered_ = 0;
  std::uint64_t skipped_ = 0;
  std::size_t texts_bytes_ = 0;  // of all letters, kept up to date: asked for all the time
};

}  // namespace daybook::projectors
