// State and View to bytes and back. Grammar (ByteWriter's encoding):
//   state     = version count { name topic sink switches resets open closed skipped }
//   open      = count { position asked failed_at }
//   closed, skipped = count { position }
//   view      = version seen delivered skipped count { name projector }
//   projector = topic sink switches pause_reason disable_reason reset_number reset_next asked_all
//               closed count { position letter }
//   letter    = status asked attempts tries made edited changed at next_try_at type key reason
//   switches  = 1: paused, 2: disabled
#include "domains/projectors/command.h"
#include "domains/projectors/domain.h"

#include <string>

namespace daybook::projectors {
namespace {

constexpr std::uint32_t snapshot_version = 1;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "projectors snapshot: " + std::string(what)};
}

std::uint8_t switches_of(bool paused, bool disabled) {
  return static_cast<std::uint8_t>((paused ? 1 : 0) | (disabled ? 2 : 0));
}

Result<void> load_letters(ByteReader& in, State::Projector& projector) {
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Position position{in.u64()};
    const std::uint8_t asked = in.u8();
    const UnixUs failed_at{in.i64()};
    const bool is_sound = in.ok() && asked <= 1 && position.value != 0;
    if (!is_sound ||
        !projector.open.try_emplace(position, State::Letter{asked == 1, failed_at}).second)
      return corrupt("the open dead letters are damaged");
    projector.asked += asked;
  }
  if (!projector.closed.load(in) || !projector.skipped.load(in))
    return corrupt("the closed dead letters are damaged");
  return {};
}

void save_letter(ByteWriter& out, Position position, const Letter& letter) {
  out.u64(position.value);
  out.u8(static_cast<std::uint8_t>(letter.status));
  out.u8(letter.asked ? 1 : 0);
  out.u32(letter.attempts);
  out.u32(letter.tries);
  out.u64(letter.made.value);
  out.u64(letter.edited.value);
  out.u64(letter.changed.value);
  out.i64(letter.at.value);
  out.i64(letter.next_try_at.value);
  out.bytes(letter.type);
  out.bytes(letter.key);
  out.bytes(letter.reason);
}

// Adds it to the letters and to what is made from them.
bool load_letter(ByteReader& in, Projector& projector) {
  const Position position{in.u64()};
  const std::uint8_t status = in.u8();
  const std::uint8_t asked = in.u8();
  Letter letter;
  letter.status = static_cast<Status>(status);
  letter.asked = asked == 1;
  letter.attempts = in.u32();
  letter.tries = in.u32();
  letter.made = Position{in.u64()};
  letter.edited = Position{in.u64()};
  letter.changed = Position{in.u64()};
  letter.at = UnixUs{in.i64()};
  letter.next_try_at = UnixUs{in.i64()};
  letter.type = std::string(in.bytes());
  letter.key = std::string(in.bytes());
  letter.reason = std::string(in.bytes());
  if (!in.ok() || status > static_cast<std::uint8_t>(Status::skipped) || asked > 1) return false;
  if (letter.status != Status::open) {
    if (!projector.closed_by.emplace(letter.changed, position).second) return false;
  } else if (letter.asked) {
    projector.asked.insert(position);
  } else if (letter.next_try_at.value != 0) {
    projector.due.emplace(letter.next_try_at, position);
  }
  return projector.letters.try_emplace(position, std::move(letter)).second;
}

void save_projector(ByteWriter& out, const Projector& projector) {
  out.bytes(projector.topic);
  out.bytes(projector.sink);
  out.u8(switches_of(projector.paused, projector.disabled));
  out.bytes(projector.pause_reason);
  out.bytes(projector.disable_reason);
  out.u64(projector.reset_number);
  out.u64(projector.reset_next.value);
  out.u64(projector.asked_all.value);
  projector.closed.save(out);
  out.u64(projector.letters.size());
  for (const auto& [position, letter] : projector.letters) save_letter(out, position, letter);
}

}  // namespace

void State::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u64(projectors_.size());
  for (const auto& [name, projector] : projectors_) {
    out.bytes(name);
    out.bytes(projector.topic);
    out.bytes(projector.sink);
    out.u8(switches_of(projector.paused, projector.disabled));
    out.u64(projector.resets);
    out.u64(projector.open.size());
    for (const auto& [position, letter] : projector.open) {
      out.u64(position.value);
      out.u8(letter.asked ? 1 : 0);
      out.i64(letter.failed_at.value);
    }
    projector.closed.save(out);
    projector.skipped.save(out);
  }
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    if (!in.ok() || !is_projector_name(name) || projector(name) != nullptr)
      return corrupt("the projectors are damaged");
    Projector& added = projectors_.try_emplace(std::string(name)).first->second;
    added.topic = std::string(in.bytes());
    added.sink = std::string(in.bytes());
    const std::uint8_t switches = in.u8();
    if (switches > 3) return corrupt("the switches are damaged");
    added.paused = (switches & 1) != 0;
    added.disabled = (switches & 2) != 0;
    added.resets = in.u64();
    DAYBOOK_TRY_VOID(load_letters(in, added));
    open_letters_ += added.open.size();
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void View::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u64(seen_.value);
  out.u64(delivered_);
  out.u64(skipped_);
  out.u64(projectors_.size());
  for (const auto& [name, projector] : projectors_) {
    out.bytes(name);
    save_projector(out, projector);
  }
}

Result<void> View::load_projector(ByteReader& in, Projector& projector) {
  projector.topic = std::string(in.bytes());
  projector.sink = std::string(in.bytes());
  const std::uint8_t switches = in.u8();
  if (switches > 3) return corrupt("the switches are damaged");
  projector.paused = (switches & 1) != 0;
  projector.disabled = (switches & 2) != 0;
  projector.pause_reason = std::string(in.bytes());
  projector.disable_reason = std::string(in.bytes());
  projector.reset_number = in.u64();
  projector.reset_next = Position{in.u64()};
  projector.asked_all = Position{in.u64()};
  if (!projector.closed.load(in)) return corrupt("the closed dead letters are damaged");
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i)
    if (!load_letter(in, projector)) return corrupt("the dead letters are damaged");
  if (projector.closed_by.size() > dead_letters_closed_max)
    return corrupt("more closed dead letters than are kept");
  for (const auto& [position, letter] : projector.letters) texts_bytes_ += texts_bytes(letter);
  return {};
}

Result<void> View::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  seen_ = Position{in.u64()};
  delivered_ = in.u64();
  skipped_ = in.u64();
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    if (!in.ok() || !is_projector_name(name) || projector(name) != nullptr)
      return corrupt("the projectors are damaged");
    DAYBOOK_TRY_VOID(load_projector(in, projectors_.try_emplace(std::string(name)).first->second));
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void Domain::save(const State& state, ByteWriter& out) { state.save(out); }
Result<void> Domain::load(State& state, ByteReader& in) { return state.load(in); }
void Domain::save(const View& view, ByteWriter& out) { view.save(out); }
Result<void> Domain::load(View& view, ByteReader& in) { return view.load(in); }

}  // namespace daybook::projectors
