#include "domains/forms/events.h"

#include <forms_generated.h>

#include <string>

namespace daybook::forms {
namespace {

namespace wire = daybook::fb::forms;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "forms event: " + std::string(what)};
}

}  // namespace

std::string_view spam_name(Spam spam) {
  switch (spam) {
    case Spam::none:
      return "";
    case Spam::honeypot:
      return "honeypot";
    case Spam::too_fast:
      return "too_fast";
  }
  return "";
}

void encode(const Event& event, Builder& builder) {
  const Text form = put_text(builder, event.form);
  const Text definition = put_text(builder, event.definition);
  const Text body = put_text(builder, event.body);
  wire::EventBuilder table(builder);
  table.add_at_us(event.at.value);
  table.add_form(form);
  table.add_definition(definition);
  table.add_body(body);
  table.add_version(event.version);
  table.add_day(event.day.value);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  table.add_spam(static_cast<wire::Spam>(event.spam));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (table->kind() > wire::Kind::submitted) return corrupt("unknown kind");
  if (table->spam() > wire::Spam::too_fast) return corrupt("unknown reason");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.form = get_text(table->form());
  event.version = table->version();
  event.at = UnixUs{table->at_us()};
  event.definition = get_text(table->definition());
  event.body = get_text(table->body());
  event.day = Day{table->day()};
  event.spam = static_cast<Spam>(table->spam());
  if (event.form.empty()) return corrupt("no form");
  if (event.version == 0) return corrupt("no version");
  if (event.kind == Kind::form_defined && event.definition.empty()) return corrupt("no definition");
  if (event.kind == Kind::submitted && event.body.empty()) return corrupt("no body");
  return event;
}

}  // namespace daybook::forms
