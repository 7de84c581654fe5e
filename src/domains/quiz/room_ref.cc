#include "domains/quiz/room_ref.h"

#include "domains/quiz/command.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace daybook::quiz {
namespace {

constexpr std::string_view by_id = "roomId";
constexpr std::string_view by_pin = "pin";

// As a person gives it: six digits, maybe with blanks around them, or a number.
RoomRef read_pin(json::Fields& fields, const json::Value& value) {
  std::string_view digits;
  std::string number;
  if (value.is_string()) {
    digits = value.string();
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    digits = digits.substr(0, digits.find_last_not_of(' ') + 1);
  } else if (const auto integer = value.as_int64()) {
    digits = number = std::to_string(*integer);
  }
  const bool is_pin = digits.size() == pin_chars &&
                      std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_pin) fields.fail(by_pin, "not_a_pin", "must be the six digits of a room's PIN");
  return is_pin ? parse_room(digits).value_or(RoomRef{}) : RoomRef{};
}

}  // namespace

RoomRef read_room(json::Fields& fields) {
  if (fields.any(by_id)) {
    const auto text = fields.text(by_id, {.chars_min = 1, .chars_max = id_chars_max});
    const auto room = text ? parse_room(*text) : std::nullopt;
    if (text && !room) fields.fail(by_id, "not_an_id", "must be a room's id or its PIN");
    return room.value_or(RoomRef{});
  }
  if (const auto pin = fields.any(by_pin)) return read_pin(fields, *pin);
  fields.fail(by_id, "missing", "is required, or the room's pin");
  return {};
}

}  // namespace daybook::quiz
