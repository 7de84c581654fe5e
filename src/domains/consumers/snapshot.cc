// State and View to bytes and back. Grammar (ByteWriter's encoding):
//   state      = version count { name definition from from_position has_acknowledged acknowledged
//                free }
//   view       = version seen count { name definition start next acknowledged_by acknowledged_at }
//   definition = topic texts texts    texts = count { text }
#include "domains/consumers/command.h"
#include "domains/consumers/domain.h"

#include <string>

namespace daybook::consumers {
namespace {

constexpr std::uint32_t snapshot_version = 1;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "consumers snapshot: " + std::string(what)};
}

void save_texts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.u64(texts.size());
  for (const std::string& text : texts) out.bytes(text);
}

bool load_texts(ByteReader& in, std::vector<std::string>& texts) {
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    texts.emplace_back(in.bytes());
    if (!in.ok()) return false;
  }
  return in.ok();
}

}  // namespace

void Definition::save(ByteWriter& out) const {
  out.bytes(topic);
  save_texts(out, types);
  save_texts(out, keys);
}

bool Definition::load(ByteReader& in) {
  topic = std::string(in.bytes());
  return load_texts(in, types) && load_texts(in, keys) && !topic.empty();
}

void State::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u64(consumers_.size());
  for (const auto& [name, consumer] : consumers_) {
    out.bytes(name);
    consumer.definition.save(out);
    out.u8(static_cast<std::uint8_t>(consumer.from));
    out.u64(consumer.from_position.value);
    out.u8(consumer.has_acknowledged ? 1 : 0);
    out.u64(consumer.acknowledged.value);
    out.u8(consumer.free ? 1 : 0);
  }
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    if (!in.ok() || !is_consumer_name(name) || consumer(name) != nullptr)
      return corrupt("the consumers are damaged");
    Consumer& added = consumers_.try_emplace(std::string(name)).first->second;
    if (!added.definition.load(in)) return corrupt("a definition is damaged");
    const std::uint8_t from = in.u8();
    added.from = static_cast<From>(from);
    added.from_position = Position{in.u64()};
    const std::uint8_t has_acknowledged = in.u8();
    added.has_acknowledged = has_acknowledged == 1;
    added.acknowledged = Position{in.u64()};
    const std::uint8_t free = in.u8();
    added.free = free == 1;
    const bool is_begun = (added.from == From::position) == (added.from_position.value != 0);
    if (!in.ok() || from >= static_cast<std::uint8_t>(From::kept) || has_acknowledged > 1 ||
        free > 1 || !is_begun)
      return corrupt("a consumer's place is damaged");
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void View::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u64(seen_.value);
  out.u64(consumers_.size());
  for (const auto& [name, consumer] : consumers_) {
    out.bytes(name);
    consumer.definition.save(out);
    out.u64(consumer.start.value);
    out.u64(consumer.next.value);
    out.u64(consumer.acknowledged_by.value);
    out.i64(consumer.acknowledged_at.value);
  }
}

Result<void> View::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  seen_ = Position{in.u64()};
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    if (!in.ok() || !is_consumer_name(name) || consumers_.contains(name))
      return corrupt("the consumers are damaged");
    Consumer& added = consumers_.try_emplace(std::string(name)).first->second;
    if (!added.definition.load(in)) return corrupt("a definition is damaged");
    added.start = Position{in.u64()};
    added.next = Position{in.u64()};
    added.acknowledged_by = Position{in.u64()};
    added.acknowledged_at = UnixUs{in.i64()};
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void Domain::save(const State& state, ByteWriter& out) { state.save(out); }
Result<void> Domain::load(State& state, ByteReader& in) { return state.load(in); }
void Domain::save(const View& view, ByteWriter& out) { view.save(out); }
Result<void> Domain::load(View& view, ByteReader& in) { return view.load(in); }

}  // namespace daybook::consumers
