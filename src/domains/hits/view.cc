#include "domains/hits/view.h"

#include "domains/hits/varint.h"

#include <algorithm>
#include <cstring>

namespace daybook::hits {
namespace {

// Record: kind (1 byte: the body's place in bytes, or is_busy), varint(id bytes), id, body.
constexpr std::size_t body_bytes_max = 254;
constexpr std::uint8_t busy_kind = 255;
static_assert(1 + 2 + id_bytes_max + body_bytes_max <= Pages::page_bytes);
constexpr std::size_t busy_body_bytes = sizeof(std::uint32_t);
// A record that shrinks by no more stays where it is: it will grow again.
constexpr std::size_t spare_bytes_max = 16;

constexpr std::size_t marks_max = 512;  // one a day; more than days_limit

constexpr std::uint32_t record_bytes(std::size_t id_bytes, std::size_t body_bytes) {
  return static_cast<std::uint32_t>(1 + (id_bytes < 0x80 ? 1 : 2) + id_bytes + body_bytes);
}
std::uint32_t record_bytes(const Known& known) {
  return record_bytes(known.id.size(), known.body.size());
}

// Surely too much for a body, seen without packing it.
bool is_large(const Content& content) {
  std::size_t least = 2 * content.hits.size();
  for (const DaySketch& sketch : content.sketches) least += 3 * sketch.visitors.size();
  return least > body_bytes_max;
}

std::uint32_t number_of(std::string_view busy_body) {
  std::uint32_t number = 0;
  std::memcpy(&number, busy_body.data(), sizeof(number));
  return number;
}

}  // namespace

std::uint64_t count_window(const Known& known, std::uint32_t now_s, std::uint32_t length,
                           Content& scratch) {
  if (known.busy != nullptr) return known.busy->count_window(now_s, length);
  std::size_t used = 0;
  unpack(known.body, scratch, &used);
  return count_window(scratch, now_s, length);
}

bool day_of(const Known& known, Day day, Entry& entry, Content& scratch) {
  if (known.busy != nullptr) return known.busy->day(day, entry);
  std::size_t used = 0;
  unpack(known.body, scratch, &used);
  return scratch.day(day, entry);
}

Known View::read_at(const char* record, const std::vector<std::unique_ptr<Busy>>& busy) {
  const auto kind = static_cast<std::uint8_t>(record[0]);
  const auto low = static_cast<std::uint8_t>(record[1]);
  std::size_t id_bytes = low;
  std::size_t at = 2;
  if (low >= 0x80) {
    id_bytes = (low & 0x7Fu) | static_cast<std::size_t>(static_cast<std::uint8_t>(record[2])) << 7;
    at = 3;
  }
  Known known;
  known.id = {record + at, id_bytes};
  const bool is_busy = kind == busy_kind;
  known.body = {record + at + id_bytes, is_busy ? busy_body_bytes : kind};
  if (is_busy) known.busy = busy[number_of(known.body)].get();
  return known;
}

View::Slot* View::find_slot(std::string_view id, std::uint64_t hash) {
  const std::uint32_t shard = HashShards<Slot>::shard_of(hash);
  return index_.find(hash, [&](const Slot& slot) { return read(slot, shard).id == id; });
}

bool View::find(std::string_view id, Known& known) const {
  const std::uint64_t hash = hash_of_id(id);
  const std::uint32_t shard = HashShards<Slot>::shard_of(hash);
  known = {};
  const Slot* slot =
      index_.find(hash, [&](const Slot& found) { return read(found, shard).id == id; });
  if (slot != nullptr) known = read(*slot, shard);
  return slot != nullptr;
}

void View::collect(const Known& known, Content& out) const {
  if (known.busy != nullptr) {
    known.busy->collect(now_s_, hours_kept_days_, out);
    return;
  }
  std::size_t used = 0;
  unpack(known.body, out, &used);
  out.coarsen(now_s_, hours_kept_days_);
}

bool View::content(std::string_view id, Content& out) const {
  out.clear();
  Known known;
  if (!find(id, known)) return false;
  collect(known, out);
  return true;
}

std::uint32_t View::now_for(UnixUs now) const {
  const std::uint32_t second = to_second(now);
  return now_s_ > second && now_s_ - second <= held_s_max ? now_s_ : second;
}

void View::project(const Event& event, const EventMeta& meta) {
  now_s_ = to_second(meta.server_time);
  switch (event.kind) {
    case Kind::hit:
      add_hit(event);
      return;
    case Kind::salt_drawn:
      return;
    case Kind::day_closed:
      close_day(meta);
      return;
    case Kind::rolled_up:
      roll_up(event, meta.server_time);
      return;
  }
}

void View::add_hit(const Event& event) {
  ++hits_;
  const std::uint32_t second = to_second(event.at);
  const Day day = day_of_second(second);
  newest_day_ = std::max(newest_day_, day);
  const std::uint64_t hash = hash_of_id(event.id);
  Slot* slot = find_slot(event.id, hash);
  content_.clear();
  if (slot != nullptr) {
    const Known known = read(*slot, HashShards<Slot>::shard_of(hash));
    if (known.busy != nullptr) {
      Busy& busy = *busy_[number_of(known.body)];
      const std::size_t before = busy.memory_bytes();
      busy.add(second, event.visitor, now_s_);
      busy_bytes_ += busy.memory_bytes() - before;
      return;
    }
    std::size_t used = 0;
    unpack(known.body, content_, &used);
  }
  add_count(content_.hits, second, 1);
  if (event.visitor != 0) open_sketch(content_.sketches, day).add(event.visitor);
  content_.coarsen(now_s_, hours_kept_days_);
  store(slot, event.id, hash, content_);
}

void View::roll_up(const Event& event, UnixUs at) {
  EntryReader reader(event.entries);
  Entry known_before;
  for (Entry entry; reader.next(entry);) {
    const std::uint64_t hash = hash_of_id(entry.id);
    Slot* slot = find_slot(entry.id, hash);
    content_.clear();
    if (slot != nullptr) collect(read(*slot, HashShards<Slot>::shard_of(hash)), content_);
    if (content_.day(event.day, known_before)) hits_ -= known_before.count();
    for (const DayTotal& total : content_.days)
      if (total.day == event.day) hits_ -= total.count;
    hits_ += entry.count();
    content_.roll_up(event.day, entry);
    content_.coarsen(now_s_, hours_kept_days_);
    store(slot, entry.id, hash, content_);
  }
  if (event.until_part != parts) return;
  ++rolled_up_days_;
  newest_day_ = std::max(newest_day_, event.day);
  for (Mark& mark : marks_)
    if (mark.rolled_up_us == 0 && mark.last_day <= event.day) mark.rolled_up_us = at.value;
}

// No hit before this event is of a later day than that of its time plus what hits may be ahead.
void View::close_day(const EventMeta& meta) {
  const Day latest = day_of_second(
      to_second(UnixUs{meta.server_time.value + (future_s_limit + held_s_max) * second_us}));
  marks_.push_back({meta.position, std::max(latest, newest_day_), 0});
  if (marks_.size() > marks_max) marks_.erase(marks_.begin());
}

void View::store(Slot* slot, std::string_view id, std::uint64_t hash, const Content& content) {
  const std::uint32_t shard = HashShards<Slot>::shard_of(hash);
  bool is_busy = is_large(content);
  if (!is_busy) {
    pack(content, body_);
    is_busy = body_.size() > body_bytes_max;
  }
  if (is_busy) {
    const std::uint32_t number = add_busy(content);
    body_.assign(reinterpret_cast<const char*>(&number), sizeof(number));
  }
  if (slot == nullptr) {
    const std::uint32_t record = append(shard, id, is_busy);
    index_.add(hash).record = record;
    return;
  }
  const Known old = read(*slot, shard);
  if (old.busy != nullptr) drop_busy(number_of(old.body));
  const bool fits =
      body_.size() <= old.body.size() && old.body.size() - body_.size() <= spare_bytes_max;
  if (old.busy == nullptr && !is_busy && fits) {
    std::memcpy(const_cast<char*>(old.body.data()), body_.data(), body_.size());
    return;
  }
  if (blocks_[shard].is_worn()) repack(shard);
  const Known moved = read(*slot, shard);
  blocks_[shard].kill(record_bytes(moved));
  slot->record = append(shard, moved.id, is_busy);
}

void View::repack(std::uint32_t shard) {
  Block packed;
  index_.each_of_shard(shard, [&](Slot& slot) {
    const char* record = blocks_[shard].at(slot.record);
    const std::uint32_t size = record_bytes(read_at(record, busy_));
    slot.record = packed.append(pages_, size);
    std::memcpy(packed.at(slot.record), record, size);
  });
  for (char* page : blocks_[shard].pages) pages_.give_back(page);
  blocks_[shard] = std::move(packed);
}

// With body_.
std::uint32_t View::append(std::uint32_t shard, std::string_view id, bool is_busy) {
  Block& block = blocks_[shard];
  const std::uint32_t record = block.append(pages_, record_bytes(id.size(), body_.size()));
  char* to = block.at(record);
  *to++ = static_cast<char>(is_busy ? busy_kind : body_.size());
  if (id.size() < 0x80) {
    *to++ = static_cast<char>(id.size());
  } else {
    *to++ = static_cast<char>((id.size() & 0x7F) | 0x80);
    *to++ = static_cast<char>(id.size() >> 7);
  }
  std::memcpy(to, id.data(), id.size());
  std::memcpy(to + id.size(), body_.data(), body_.size());
  return record;
}

void View::drop_busy(std::uint32_t number) {
  busy_bytes_ -= busy_[number]->memory_bytes();
  busy_[number].reset();
  free_busy_.push_back(number);
}

std::uint32_t View::add_busy(const Content& content) {
  auto busy = std::make_unique<Busy>(content, now_s_);
  busy_bytes_ += busy->memory_bytes();
  if (free_busy_.empty()) {
    busy_.push_back(std::move(busy));
    return static_cast<std::uint32_t>(busy_.size() - 1);
  }
  const std::uint32_t number = free_busy_.back();
  free_busy_.pop_back();
  busy_[number] = std::move(busy);
  return number;
}

const std::vector<TopRow>* View::recent_top(std::size_t window, UnixUs now) const {
  constexpr std::int64_t kept_us = 2 * second_us;
  const Top& top = tops_[window];
  const bool is_recent = top.made <= now && now.value - top.made.value < kept_us;
  return is_recent ? &top.rows : nullptr;
}

void View::keep_top(std::size_t window, UnixUs now, std::vector<TopRow> rows) const {
  tops_[window] = {now, std::move(rows)};
}

std::size_t View::memory_bytes() const {
  std::size_t bytes = sizeof(View) + index_.memory_bytes() + blocks_.capacity() * sizeof(Block) +
                      pages_.memory_bytes() + busy_bytes_ + busy_.capacity() * sizeof(busy_[0]) +
                      free_busy_.capacity() * sizeof(std::uint32_t) +
                      marks_.capacity() * sizeof(Mark);
  for (const Block& block : blocks_) bytes += block.pages.capacity() * sizeof(char*);
  for (const Top& top : tops_)
    for (const TopRow& row : top.rows) bytes += sizeof(TopRow) + row.id.capacity();
  return bytes;
}

Position removable_before(const View& view, const Policy& policy, UnixUs now) {
  const std::int64_t kept_us = policy.raw_kept_days * (day_s * second_us);
  Position position{};
  for (const Mark& mark : view.marks())
    if (mark.rolled_up_us != 0 && mark.rolled_up_us + kept_us <= now.value)
      position = std::max(position, mark.position);
  return position;
}

}  // namespace daybook::hits
