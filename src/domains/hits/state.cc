#include "domains/hits/state.h"

#include <algorithm>

namespace daybook::hits {
namespace {

constexpr std::uint32_t snapshot_version = 1;

Error corrupt() { return Error{Errc::corrupt, "hits snapshot: the state is damaged"}; }
void put_day(ByteWriter& out, Day day) { out.u32(static_cast<std::uint32_t>(day.value)); }
Day get_day(ByteReader& in) { return Day{static_cast<std::int32_t>(in.u32())}; }

}  // namespace

void State::apply(const Event& event) {
  switch (event.kind) {
    case Kind::hit: {
      add_id(event.id);
      const Day day = day_of(event.at);
      if (day <= closed_through_) return;
      const auto at = std::lower_bound(open_days_.begin(), open_days_.end(), day);
      if (at == open_days_.end() || *at != day) open_days_.insert(at, day);
      return;
    }
    case Kind::salt_drawn: {
      if (event.day <= closed_through_ || salt_of(event.day) != nullptr) return;
      const auto at = std::find_if(salts_.begin(), salts_.end(),
                                   [&](const DaySalt& salt) { return salt.day > event.day; });
      salts_.insert(at, DaySalt{event.day, event.salt});
      return;
    }
    case Kind::day_closed:
      close(event.day);
      return;
    case Kind::rolled_up:
      EntryReader reader(event.entries);
      for (Entry entry; reader.next(entry);) add_id(entry.id);
      if (event.until_part == parts)
        roll_up_.reset();
      else
        roll_up_ = RollUp{event.day, event.until_part};
      return;
  }
}

void State::add_id(std::string_view id) {
  if (ids_.add(hash_of_id(id))) id_bytes_ += id.size();
}

void State::close(Day day) {
  closed_through_ = std::max(closed_through_, day);
  std::erase_if(open_days_, [&](Day open) { return open <= closed_through_; });
  std::erase_if(salts_, [&](const DaySalt& salt) { return salt.day <= closed_through_; });
  roll_up_ = RollUp{day, 0};
}

const Id128* State::salt_of(Day day) const {
  for (const DaySalt& salt : salts_)
    if (salt.day == day) return &salt.salt;
  return nullptr;
}

std::optional<Day> State::oldest_open_day() const {
  if (open_days_.empty()) return std::nullopt;
  return open_days_.front();
}

std::size_t State::memory_bytes() const {
  return sizeof(State) + ids_.memory_bytes() + open_days_.capacity() * sizeof(Day) +
         salts_.capacity() * sizeof(DaySalt);
}

// Grammar: version ids id_bytes closed_through days{day} salts{day salt} rolling [day next_part]
void State::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  ids_.save(out);
  out.u64(id_bytes_);
  put_day(out, closed_through_);
  out.u64(open_days_.size());
  for (const Day day : open_days_) put_day(out, day);
  out.u64(salts_.size());
  for (const DaySalt& salt : salts_) {
    put_day(out, salt.day);
    out.raw(salt.salt.bytes.data(), salt.salt.bytes.size());
  }
  out.u8(roll_up_ ? 1 : 0);
  if (!roll_up_) return;
  put_day(out, roll_up_->day);
  out.u32(roll_up_->next_part);
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt();
  DAYBOOK_TRY_VOID(ids_.load(in));
  id_bytes_ = in.u64();
  closed_through_ = get_day(in);
  for (std::uint64_t left = in.u64(); left > 0; --left) {
    const Day day = get_day(in);
    if (!in.ok() || day <= (open_days_.empty() ? closed_through_ : open_days_.back()))
      return corrupt();
    open_days_.push_back(day);
  }
  for (std::uint64_t left = in.u64(); left > 0; --left) {
    DaySalt salt;
    salt.day = get_day(in);
    const std::string_view bytes = in.raw(salt.salt.bytes.size());
    if (!in.ok() || salt.day <= (salts_.empty() ? closed_through_ : salts_.back().day))
      return corrupt();
    std::copy(bytes.begin(), bytes.end(), salt.salt.bytes.begin());
    salts_.push_back(salt);
  }
  const std::uint8_t rolling = in.u8();
  if (rolling > 1) return corrupt();
  if (rolling == 1) {
    roll_up_ = RollUp{};
    roll_up_->day = get_day(in);
    roll_up_->next_part = in.u32();
    if (roll_up_->next_part >= parts) return corrupt();
  }
  if (!in.ok()) return corrupt();
  return {};
}

// Shard by shard, ascending: the same set is the same bytes.
void IdSet::save(ByteWriter& out) const {
  constexpr std::uint32_t shard_parts = parts / HashShards<Slot>::shards;
  std::vector<std::uint32_t> bits;
  for (std::uint32_t part = 0; part < parts; part += shard_parts) {
    bits.clear();
    table_.each_of_parts(part, part + shard_parts,
                         [&](const Slot& slot, std::uint32_t) { bits.push_back(slot.bits); });
    std::sort(bits.begin(), bits.end());
    out.u32(static_cast<std::uint32_t>(bits.size()));
    for (const std::uint32_t value : bits) out.u32(value);
  }
}

Result<void> IdSet::load(ByteReader& in) {
  using Table = HashShards<Slot>;
  for (std::uint64_t shard = 0; shard < Table::shards; ++shard) {
    std::uint32_t last = 0;
    for (std::uint32_t left = in.u32(); left > 0; --left) {
      const std::uint32_t bits = in.u32();
      if (!in.ok() || bits <= last) return corrupt();
      table_.add(shard << (64 - Table::shard_bits) | std::uint64_t{bits}
                                                         << (32 - Table::shard_bits));
      last = bits;
    }
  }
  if (!in.ok()) return corrupt();
  return {};
}

}  // namespace daybook::hits
