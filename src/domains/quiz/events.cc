#include "domains/quiz/events.h"

#include "domains/quiz/texts.h"

#include <quiz_generated.h>

#include <array>
#include <cstring>
#include <string>

namespace daybook::quiz {
namespace {

namespace wire = daybook::fb::quiz;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;
using Bytes = flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>>;

constexpr std::array<std::string_view, 3> reasons{"right", "wrong", "late"};
constexpr std::array<std::string_view, 4> enders{"host", "clock", "everyone", "idle"};
constexpr std::array<std::string_view, phases> phase_names{"lobby", "question", "paused", "closed",
                                                           "finished"};

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

Bytes put_id(Builder& builder, const Id128& id) {
  return id.is_zero() ? Bytes{} : builder.CreateVector(id.bytes.data(), id.bytes.size());
}

// Zero when there is none. False: it has another length than an id.
bool get_id(const flatbuffers::Vector<std::uint8_t>* bytes, Id128& to) {
  if (bytes == nullptr) return true;
  if (bytes->size() != to.bytes.size()) return false;
  std::memcpy(to.bytes.data(), bytes->data(), to.bytes.size());
  return true;
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "quiz event: " + std::string(what)};
}

bool is_of_room(Kind kind) {
  return kind != Kind::quiz_defined && kind != Kind::user_defined && kind != Kind::answered;
}

// What apply, project and the answers count on being there; "" when it is.
std::string_view lack(const Event& event) {
  if (is_of_room(event.kind) && event.room.is_zero()) return "no room";
  switch (event.kind) {
    case Kind::quiz_defined:
      return event.quiz.empty() || event.version == 0 ? "no quiz" : "";
    case Kind::user_defined:
      return event.user.empty() || event.token.is_zero() ? "no user" : "";
    case Kind::answered:
      if (event.quiz.empty() || event.user.empty() || event.question.empty()) return "no user";
      return event.option < 0 ? "no option" : "";
    case Kind::room_opened:
      if (event.quiz.empty() || event.version == 0 || event.token.is_zero()) return "no quiz";
      return event.pin < pin_min || event.pin > pin_max ? "no PIN" : "";
    case Kind::player_joined:
      if (event.name.empty() || event.name_key.empty()) return "no nickname";
      return event.player == 0 || event.token.is_zero() ? "no player" : "";
    case Kind::player_kicked:
      return event.player == 0 ? "no player" : "";
    case Kind::room_answered:
      if (event.player == 0) return "no player";
      return event.option < 0 ? "no option" : "";
    default:
      return "";
  }
}

}  // namespace

std::string_view reason_name(Reason reason) { return reasons[static_cast<std::size_t>(reason)]; }
std::string_view ender_name(Ender ender) { return enders[static_cast<std::size_t>(ender)]; }
std::string_view phase_name(Phase phase) { return phase_names[static_cast<std::size_t>(phase)]; }

void encode(const Event& event, Builder& builder) {
  const Text quiz = put_text(builder, event.quiz);
  const Text definition = put_text(builder, event.definition);
  const Text user = put_text(builder, event.user);
  const Text name = put_text(builder, event.name);
  const Text name_key = put_text(builder, event.name_key);
  const Bytes token = put_id(builder, event.token);
  const Text question = put_text(builder, event.question);
  const Bytes room = put_id(builder, event.room);
  const Text options = put_text(builder, event.options);
  wire::EventBuilder table(builder);
  table.add_at_us(event.at.value);
  table.add_received_us(event.received.value);
  table.add_closes_us(event.closes.value);
  table.add_remaining_us(event.remaining_us);
  table.add_quiz(quiz);
  table.add_version(event.version);
  table.add_definition(definition);
  table.add_user(user);
  table.add_name(name);
  table.add_name_key(name_key);
  table.add_token(token);
  table.add_question(question);
  table.add_option(event.option);
  table.add_points(event.points);
  table.add_room(room);
  table.add_pin(event.pin);
  table.add_options(options);
  table.add_player(event.player);
  table.add_question_index(event.question_index);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  table.add_reason(static_cast<wire::Reason>(event.reason));
  table.add_ender(static_cast<wire::Ender>(event.ender));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version != event_version) return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  if (static_cast<std::uint8_t>(table->kind()) >= kinds) return corrupt("unknown kind");
  if (static_cast<std::uint8_t>(table->reason()) >= reasons.size())
    return corrupt("unknown reason");
  if (static_cast<std::uint8_t>(table->ender()) >= enders.size()) return corrupt("unknown ender");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.at = UnixUs{table->at_us()};
  event.quiz = get_text(table->quiz());
  event.version = table->version();
  event.definition = get_text(table->definition());
  event.user = get_text(table->user());
  event.name = get_text(table->name());
  event.name_key = get_text(table->name_key());
  event.question = get_text(table->question());
  event.option = table->option();
  event.reason = static_cast<Reason>(table->reason());
  event.points = table->points();
  event.received = UnixUs{table->received_us()};
  event.pin = table->pin();
  event.options = get_text(table->options());
  event.player = table->player();
  event.question_index = table->question_index();
  event.closes = UnixUs{table->closes_us()};
  event.remaining_us = table->remaining_us();
  event.ender = static_cast<Ender>(table->ender());
  if (!get_id(table->token(), event.token)) return corrupt("the token has a wrong length");
  if (!get_id(table->room(), event.room)) return corrupt("the room's id has a wrong length");
  if (const std::string_view what = lack(event); !what.empty()) return corrupt(what);
  return event;
}

}  // namespace daybook::quiz
