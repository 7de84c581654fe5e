#include "domains/quiz/room_options.h"

#include "domains/quiz/definition.h"
#include "domains/quiz/nickname.h"

#include <algorithm>

namespace daybook::quiz {
namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr json::TextRule word_rule{.chars_min = 1, .chars_max = nickname_word_chars_max};

// A word is compared as names are: with blanks cut and case folded.
void read_words(json::Fields& fields, RoomOptions& options) {
  constexpr std::string_view member = "nicknameWords";
  const auto value = fields.any(member);
  if (!value) return;
  if (!value->is_array()) return fields.fail(member, "type", "must be an array of strings");
  std::size_t at = 0;
  value->each_element([&](const json::Value& element) {
    if (++at > nickname_words_max) return;
    const std::string place = "nicknameWords[" + std::to_string(at - 1) + "]";
    if (!element.is_string()) return fields.fail(place, "type", "must be a string");
    if (const auto wrong = json::check_text(place, element.string(), word_rule))
      return fields.fail(place, wrong->fields.front().code, wrong->fields.front().message);
    const auto name = make_nickname(element.string());
    if (!name.ok()) {
      const FieldError& wrong = name.error().fields.front();
      return fields.fail(place, wrong.code, wrong.message);
    }
    options.nickname_words.emplace_back(element.string());
    options.word_keys.push_back(name->key);
  });
  if (at > nickname_words_max)
    fields.fail(member, "too_many", "must be at most " + std::to_string(nickname_words_max));
}

}  // namespace

RoomOptions read_options(json::Fields& fields) {
  RoomOptions options;
  const auto seconds =
      fields.integer("questionSeconds", {.min = 1, .max = seconds_max, .required = false});
  const auto close = read_flag(fields, "closeWhenAnswered");
  const auto players =
      fields.integer("playersMax", {.min = 1, .max = players_limit, .required = false});
  read_words(fields, options);
  options.question_seconds = static_cast<std::uint32_t>(seconds.value_or(0));
  options.close_when_answered = close.value_or(true);
  options.players_max = static_cast<std::uint32_t>(players.value_or(0));
  return options;
}

std::string options_text(const RoomOptions& options) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  if (options.question_seconds > 0)
    out.member("questionSeconds", std::uint64_t{options.question_seconds});
  out.member("closeWhenAnswered", options.close_when_answered);
  if (options.players_max > 0) out.member("playersMax", std::uint64_t{options.players_max});
  out.key("nicknameWords").begin_array();
  for (const std::string& word : options.nickname_words) out.string(word);
  out.end_array().end_object();
  return text;
}

RoomOptions compile_options(std::string_view text) {
  json::Parser parser;
  const auto value = parser.parse(text, false);
  if (!value.ok() || !value->is_object()) return {};
  json::Fields fields(*value);
  RoomOptions options = read_options(fields);
  return fields.error() ? RoomOptions{} : options;
}

std::int64_t question_us(const Quiz& quiz, const RoomOptions& options, std::uint32_t question) {
  const std::uint32_t own = quiz.questions[question].seconds;
  return (options.question_seconds > 0 ? options.question_seconds : own) * second_us;
}

}  // namespace daybook::quiz
