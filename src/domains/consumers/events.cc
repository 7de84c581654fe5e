#include "domains/consumers/events.h"

#include <consumers_generated.h>

#include <string>
#include <vector>

namespace daybook::consumers {
namespace {

namespace wire = daybook::fb::consumers;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;
using TextVector = flatbuffers::Vector<Text>;

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

flatbuffers::Offset<TextVector> put_texts(Builder& builder, const TextList& texts) {
  if (texts.size() == 0) return {};
  std::vector<Text> offsets;
  for (std::size_t i = 0; i < texts.size(); ++i)
    offsets.push_back(builder.CreateString(texts[i].data(), texts[i].size()));
  return builder.CreateVector(offsets);
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "consumers event: " + std::string(what)};
}

const TextVector* as_vector(const void* record) { return static_cast<const TextVector*>(record); }

}  // namespace

TextList TextList::of_record(const void* vector) {
  TextList list;
  list.record_ = vector;
  return list;
}

std::size_t TextList::size() const {
  return record_ == nullptr ? live_.size() : as_vector(record_)->size();
}

std::string_view TextList::operator[](std::size_t i) const {
  if (record_ == nullptr) return live_[i];
  return get_text(as_vector(record_)->Get(static_cast<flatbuffers::uoffset_t>(i)));
}

void encode(const Event& event, Builder& builder) {
  const Text name = put_text(builder, event.name);
  const Text topic = put_text(builder, event.topic);
  const auto types = put_texts(builder, event.types);
  const auto keys = put_texts(builder, event.keys);
  wire::EventBuilder table(builder);
  table.add_position(event.position.value);
  table.add_name(name);
  table.add_topic(topic);
  table.add_types(types);
  table.add_keys(keys);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  table.add_from(static_cast<wire::From>(event.from));
  table.add_free(event.free);
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (table->kind() > wire::Kind::deleted) return corrupt("unknown kind");
  if (table->from() > wire::From::kept) return corrupt("unknown place to begin");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.name = get_text(table->name());
  event.topic = get_text(table->topic());
  if (const auto* types = table->types()) event.types = TextList::of_record(types);
  if (const auto* keys = table->keys()) event.keys = TextList::of_record(keys);
  event.from = static_cast<From>(table->from());
  event.position = Position{table->position()};
  event.free = table->free();
  if (event.name.empty()) return corrupt("no name");
  if (event.position == Position::max()) return corrupt("no such position");
  if (event.kind == Kind::defined) {
    if (event.topic.empty()) return corrupt("no topic");
    if ((event.from == From::position) != (event.position.value != 0))
      return corrupt("no place to begin");
  }
  return event;
}

}  // namespace daybook::consumers
