// The view to bytes and back. The ids come in the order of their hashes and their contents in the
// plain form (content.h), so equal content is equal bytes, however it came about. Grammar:
//   view = version now_s newest_day hits rolled_up_days marks count { id content }
//   marks = count { position last_day rolled_up_us }
#include "domains/hits/domain.h"

#include <algorithm>

namespace daybook::hits {
namespace {

constexpr std::uint32_t snapshot_version = 1;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "hits snapshot: " + std::string(what)};
}
void put_day(ByteWriter& out, Day day) { out.u32(static_cast<std::uint32_t>(day.value)); }
Day get_day(ByteReader& in) { return Day{static_cast<std::int32_t>(in.u32())}; }

}  // namespace

void View::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  out.u32(now_s_);
  put_day(out, newest_day_);
  out.u64(hits_);
  out.u64(rolled_up_days_);
  out.u64(marks_.size());
  for (const Mark& mark : marks_) {
    out.u64(mark.position.value);
    put_day(out, mark.last_day);
    out.i64(mark.rolled_up_us);
  }
  out.u64(index_.size());
  constexpr std::uint32_t shard_parts = parts / HashShards<Slot>::shards;
  Content content;
  std::string packed;
  std::vector<std::pair<std::uint32_t, Known>> ids;  // of one shard
  for (std::uint32_t part = 0; part < parts; part += shard_parts) {
    ids.clear();
    index_.each_of_parts(part, part + shard_parts, [&](const Slot& slot, std::uint32_t shard) {
      ids.emplace_back(slot.bits, read(slot, shard));
    });
    std::sort(ids.begin(), ids.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second.id < b.second.id;
    });
    for (const auto& [bits, known] : ids) {
      collect(known, content);
      pack(content, packed);
      out.bytes(known.id);
      out.bytes(packed);
    }
  }
}

Result<void> View::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  now_s_ = in.u32();
  newest_day_ = get_day(in);
  hits_ = in.u64();
  rolled_up_days_ = in.u64();
  for (std::uint64_t left = in.u64(); left > 0; --left) {
    const Position position{in.u64()};
    const Day last_day = get_day(in);
    const std::int64_t rolled_up_us = in.i64();
    if (!in.ok() || (!marks_.empty() && position <= marks_.back().position))
      return corrupt("the marks are damaged");
    marks_.push_back({position, last_day, rolled_up_us});
  }
  for (std::uint64_t left = in.u64(); left > 0; --left) {
    const std::string_view id = in.bytes();
    const std::string_view packed = in.bytes();
    if (!in.ok() || id.empty() || id.size() > id_bytes_max || !unpack(packed, content_))
      return corrupt("an id is damaged");
    const std::uint64_t hash = hash_of_id(id);
    if (find_slot(id, hash) != nullptr) return corrupt("an id is there twice");
    store(nullptr, id, hash, content_);
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void Domain::save(const State& state, ByteWriter& out) { state.save(out); }
Result<void> Domain::load(State& state, ByteReader& in) { return state.load(in); }
void Domain::save(const View& view, ByteWriter& out) { view.save(out); }
Result<void> Domain::load(View& view, ByteReader& in) { return view.load(in); }

}  // namespace daybook::hits
