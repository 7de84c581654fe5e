#include "domains/attendance/events.h"

#include <attendance_generated.h>

#include <string>

namespace daybook::attendance {
namespace {

namespace wire = daybook::fb::attendance;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "attendance event: " + std::string(what)};
}

}  // namespace

void encode(const Event& event, Builder& builder) {
  const Text school = put_text(builder, event.school_id);
  const Text user = put_text(builder, event.user_id);
  const Text image = put_text(builder, event.image);
  const Text name = put_text(builder, event.school_name);
  const Text zone = put_text(builder, event.time_zone);
  wire::EventBuilder table(builder);
  table.add_at_ms(event.at.value);
  table.add_school_id(school);
  table.add_user_id(user);
  table.add_day(event.day.value);
  table.add_temperature_milli(event.temperature_milli);
  table.add_image(image);
  table.add_school_name(name);
  table.add_time_zone(zone);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (table->kind() > wire::Kind::school_defined) return corrupt("unknown kind");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.school_id = get_text(table->school_id());
  event.user_id = get_text(table->user_id());
  event.at = UnixMs{table->at_ms()};
  event.day = Day{table->day()};
  event.temperature_milli = table->temperature_milli();
  event.image = get_text(table->image());
  event.school_name = get_text(table->school_name());
  event.time_zone = get_text(table->time_zone());
  if (event.school_id.empty()) return corrupt("no school");
  if (event.kind != Kind::school_defined && event.user_id.empty()) return corrupt("no user");
  return event;
}

}  // namespace daybook::attendance
