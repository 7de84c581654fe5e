// State: what decide needs to know - each projector's switches and which of its dead letters are
// open. Nothing of the letters' content.
// Thread: the sequencer's. decide only reads it, apply alone changes it; replay of the same events
// gives the same state.
#pragma once

#include "domains/projectors/events.h"
#include "domains/projectors/policy.h"
#include "domains/projectors/position_set.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace daybook::projectors {

class State {
 public:
  struct Letter {  // open
    bool asked = false;
    UnixUs failed_at{};  // of the last try out of the dead letters
  };
  struct Projector {
    std::string topic;
    std::string sink;
    bool paused = false;
    bool disabled = false;
    std::uint64_t resets = 0;
    std::map<Position, Letter> open;
    std::size_t asked = 0;  // of the open ones
    // Since the last reset: closed ones, and which of them were skipped.
    PositionSet closed;
    PositionSet skipped;
  };

  explicit State(const Policy&) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] const Projector* projector(std::string_view name) const;  // nullptr: unknown
  [[nodiscard]] std::size_t projectors() const { return projectors_.size(); }
  [[nodiscard]] std::size_t open_letters() const { return open_letters_; }

  void apply(const Event& event);

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void ask(Projector& projector, Position position);  // {}: all
  void close(Projector& projector, const Event& event);

  std::map<std::string, Projector, std::less<>> projectors_;  // by name
  std::size_t open_letters_ = 0;
};

}  // namespace daybook::projectors
