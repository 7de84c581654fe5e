#include "domains/booking/events.h"

#include "domains/booking/texts.h"

#include <booking_generated.h>

#include <string>

namespace daybook::booking {
namespace {

namespace wire = daybook::fb::booking;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;

static_assert(sizeof(wire::DateCapacity) == sizeof(DateCapacity));

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "booking event: " + std::string(what)};
}

bool has_person(Kind kind) {
  return kind == Kind::booked || kind == Kind::held || kind == Kind::hold_booked ||
         kind == Kind::queued;
}

// Ascending real dates.
bool are_dates(const DateList& dates) {
  for (std::size_t i = 0; i < dates.size(); ++i) {
    if (!is_date(dates[i].date)) return false;
    if (i > 0 && dates[i - 1].date >= dates[i].date) return false;
  }
  return true;
}

}  // namespace

void encode(const Event& event, Builder& builder) {
  const Text station = put_text(builder, event.station);
  const Text person = put_text(builder, event.person);
  const Text first_name = put_text(builder, event.first_name);
  const Text last_name = put_text(builder, event.last_name);
  const Text address = put_text(builder, event.address);
  const Text phone_number = put_text(builder, event.phone_number);
  const Text zone = put_text(builder, event.time_zone);
  const bool is_station = event.kind == Kind::station_defined;
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> id;
  flatbuffers::Offset<flatbuffers::Vector<const wire::DateCapacity*>> dates;
  if (!is_station) id = builder.CreateVector(event.id.bytes.data(), event.id.bytes.size());
  if (is_station) {
    wire::DateCapacity* to = nullptr;
    dates = builder.CreateUninitializedVectorOfStructs(event.dates.size(), &to);
    for (std::size_t i = 0; i < event.dates.size(); ++i)
      to[i] = wire::DateCapacity(event.dates[i].date, event.dates[i].capacity);
  }
  wire::EventBuilder table(builder);
  table.add_salt(event.salt);
  table.add_expires_us(event.expires.value);
  table.add_station(station);
  table.add_id(id);
  table.add_date(event.date);
  table.add_person(person);
  table.add_first_name(first_name);
  table.add_last_name(last_name);
  table.add_address(address);
  table.add_phone_number(phone_number);
  table.add_position(event.position);
  table.add_dates(dates);
  table.add_bookings_per_person(event.bookings_per_person);
  table.add_hold_seconds(event.hold_seconds);
  table.add_time_zone(zone);
  table.add_closes_past_dates(event.closes_past_dates);
  table.add_created(event.created);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (static_cast<std::uint8_t>(table->kind()) >= kinds) return corrupt("unknown kind");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.station = get_text(table->station());
  event.date = table->date();
  event.person = get_text(table->person());
  event.first_name = get_text(table->first_name());
  event.last_name = get_text(table->last_name());
  event.address = get_text(table->address());
  event.phone_number = get_text(table->phone_number());
  event.expires = UnixUs{table->expires_us()};
  event.position = table->position();
  event.bookings_per_person = table->bookings_per_person();
  event.hold_seconds = table->hold_seconds();
  event.time_zone = get_text(table->time_zone());
  event.closes_past_dates = table->closes_past_dates();
  event.created = table->created();
  event.salt = table->salt();
  if (event.station.empty()) return corrupt("no station");
  if (event.kind == Kind::station_defined) {
    if (const auto* dates = table->dates())
      event.dates = DateList(reinterpret_cast<const std::uint8_t*>(dates->Data()), dates->size());
    if (!are_dates(event.dates)) return corrupt("no ascending dates");
    return event;
  }
  const auto* id = table->id();
  if (id == nullptr || id->size() != event.id.bytes.size()) return corrupt("no id");
  std::memcpy(event.id.bytes.data(), id->data(), event.id.bytes.size());
  if (!is_date(event.date)) return corrupt("no date");
  if (has_person(event.kind) && event.person.empty()) return corrupt("no person");
  return event;
}

}  // namespace daybook::booking
