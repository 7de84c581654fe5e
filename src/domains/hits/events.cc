#include "domains/hits/events.h"

#include "domains/hits/varint.h"

#include <hits_generated.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace daybook::hits {
namespace {

namespace wire = daybook::fb::hits;
constexpr std::uint64_t hash_seed = 0x6461'7962'6869'7473;

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "hits event: " + std::string(what)};
}

std::uint64_t half_of(const Id128& salt, std::size_t from) {
  std::uint64_t half = 0;
  for (std::size_t i = 0; i < 8; ++i)
    half |= static_cast<std::uint64_t>(salt.bytes[from + i]) << (8 * i);
  return half;
}

void set_half(Id128& salt, std::size_t from, std::uint64_t half) {
  for (std::size_t i = 0; i < 8; ++i)
    salt.bytes[from + i] = static_cast<std::uint8_t>(half >> (8 * i));
}

Result<Event> checked(const Event& event) {
  if (event.kind == Kind::hit) {
    if (event.id.empty() || event.id.size() > id_bytes_max) return corrupt("no id");
    if (event.at.value < 0 || event.at.value > at_ms_max) return corrupt("a time out of range");
    return event;
  }
  if (event.day.value < 0 || event.day > day_of(UnixMs{at_ms_max}))
    return corrupt("a day out of range");
  if (event.kind != Kind::rolled_up) return event;
  if (event.from_part >= event.until_part || event.until_part > parts)
    return corrupt("parts out of range");
  EntryReader reader(event.entries);
  for (Entry entry; reader.next(entry);) {
    const std::uint32_t part = part_of(hash_of_id(entry.id));
    if (part < event.from_part || part >= event.until_part) return corrupt("an id of another part");
  }
  if (!reader.ok()) return corrupt("the entries are damaged");
  return event;
}

}  // namespace

std::uint64_t hash_of_id(std::string_view id) {
  return XXH3_64bits_withSeed(id.data(), id.size(), hash_seed);
}

void append_entry(std::string& out, const Entry& entry) {
  put_varint(out, entry.id.size());
  out.append(entry.id);
  std::uint32_t mask = 0;
  for (std::uint32_t hour = 0; hour < day_hours; ++hour)
    if (entry.hours[hour] != 0) mask |= 1u << hour;
  for (std::uint32_t i = 0; i < 3; ++i) out.push_back(static_cast<char>((mask >> (8 * i)) & 0xFF));
  for (const std::uint32_t count : entry.hours)
    if (count != 0) put_varint(out, count);
  put_varint(out, entry.visitors);
}

bool EntryReader::next(Entry& entry) {
  if (at_ == bytes_.size() || !ok_) return false;
  VarintReader in({reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_});
  entry.id = in.raw(in.u64());
  std::uint32_t mask = 0;
  for (std::uint32_t i = 0; i < 3; ++i) mask |= static_cast<std::uint32_t>(in.u8()) << (8 * i);
  ok_ = in.ok() && !entry.id.empty() && entry.id.size() <= id_bytes_max && mask != 0;
  if (!ok_) return false;
  for (std::uint32_t hour = 0; hour < day_hours; ++hour) {
    const bool has_hits = ((mask >> hour) & 1) != 0;
    entry.hours[hour] = has_hits ? in.u32() : 0;
    if (has_hits && entry.hours[hour] == 0) ok_ = false;
  }
  entry.visitors = in.u32();
  ok_ = ok_ && in.ok();
  at_ += in.at();
  return ok_;
}

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
  flatbuffers::Offset<flatbuffers::String> id;
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> entries;
  if (!event.id.empty()) id = builder.CreateString(event.id.data(), event.id.size());
  if (!event.entries.empty())
    entries = builder.CreateVector(event.entries.data(), event.entries.size());
  wire::EventBuilder table(builder);
  table.add_at_ms(event.at.value);
  table.add_visitor(event.visitor);
  table.add_salt_low(half_of(event.salt, 0));
  table.add_salt_high(half_of(event.salt, 8));
  table.add_id(id);
  table.add_day(event.day.value);
  table.add_from_part(event.from_part);
  table.add_until_part(event.until_part);
  table.add_entries(entries);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (table->kind() > wire::Kind::rolled_up) return corrupt("unknown kind");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.at = UnixMs{table->at_ms()};
  if (const auto* id = table->id()) event.id = {id->c_str(), id->size()};
  event.visitor = table->visitor();
  event.day = Day{table->day()};
  set_half(event.salt, 0, table->salt_low());
  set_half(event.salt, 8, table->salt_high());
  event.from_part = table->from_part();
  event.until_part = table->until_part();
  if (const auto* entries = table->entries()) event.entries = {entries->data(), entries->size()};
  return checked(event);
}

}  // namespace daybook::hits
