#include "domains/quiz/definition.h"

#include "domains/quiz/command.h"

#include <algorithm>
#include <numeric>

namespace daybook::quiz {
namespace {

constexpr json::TextRule name_rule{.chars_min = 1, .chars_max = quiz_name_chars_max};
constexpr json::TextRule question_rule{
    .chars_min = 1, .chars_max = question_chars_max, .control_allowed = true};
constexpr json::TextRule option_rule{.chars_min = 1, .chars_max = option_chars_max};

// The errors of a part, under the part's place: "questions[0]" + "text".
void move_errors(const json::Fields& part, const std::string& place, json::Fields& to) {
  const auto error = part.error();
  if (!error) return;
  for (const FieldError& wrong : error->fields)
    to.fail(wrong.field.empty() ? place : place + "." + wrong.field, wrong.code, wrong.message);
}

void read_question_options(json::Fields& own, std::vector<std::string>& options) {
  constexpr std::string_view member = "options";
  const auto value = own.any(member);
  if (!value) return own.fail(member, "missing", "is required");
  if (!value->is_array()) return own.fail(member, "type", "must be an array of strings");
  std::size_t at = 0;
  value->each_element([&](const json::Value& element) {
    if (++at > options_max) return;
    const std::string place = "options[" + std::to_string(at - 1) + "]";
    options.emplace_back();  // a wrong one too, so that answerIndex is held against all
    if (!element.is_string()) return own.fail(place, "type", "must be a string");
    if (const auto wrong = json::check_text(place, element.string(), option_rule))
      return own.fail(place, wrong->fields.front().code, wrong->fields.front().message);
    options.back() = element.string();
  });
  if (at < options_min || at > options_max)
    own.fail(
        member, "count",
        "must be " + std::to_string(options_min) + " to " + std::to_string(options_max) + " texts");
}

Question read_question(const json::Value& element, std::size_t place, json::Fields& own) {
  Question question;
  if (!element.is_object()) return question;
  const auto id = read_id(own, "id", false);
  const auto text = own.text("text", question_rule);
  read_question_options(own, question.options);
  const auto last = static_cast<std::int64_t>(std::max(question.options.size(), options_min)) - 1;
  const auto answer = own.integer("answerIndex", {.min = 0, .max = last});
  const auto seconds = own.integer("seconds", {.min = 1, .max = seconds_max, .required = false});
  const auto points = own.integer("points", {.min = 0, .max = points_max, .required = false});
  own.only({"id", "text", "options", "answerIndex", "seconds", "points"});
  question.id = id ? std::string(*id) : "q" + std::to_string(place + 1);
  question.text = text.value_or("");
  question.answer = static_cast<std::uint32_t>(answer.value_or(0));
  question.seconds = static_cast<std::uint32_t>(seconds.value_or(seconds_default));
  question.points = static_cast<std::uint32_t>(points.value_or(points_default));
  return question;
}

void read_questions(json::Fields& fields, std::vector<Question>& questions) {
  constexpr std::string_view member = "questions";
  const auto value = fields.any(member);
  if (!value) return fields.fail(member, "missing", "is required");
  if (!value->is_array()) return fields.fail(member, "type", "must be an array");
  std::size_t at = 0;
  std::size_t wrong = 0;
  value->each_element([&](const json::Value& element) {
    if (++at > questions_limit || wrong == json::field_errors_max) return;
    json::Fields own(element);
    questions.push_back(read_question(element, at - 1, own));
    if (!own.error()) return;
    ++wrong;
    move_errors(own, "questions[" + std::to_string(at - 1) + "]", fields);
  });
  if (at == 0) fields.fail(member, "empty", "must hold at least one question");
  if (at > questions_limit)
    fields.fail(member, "too_many", "must be at most " + std::to_string(questions_limit));
}

void sort_ids(Quiz& quiz) {
  quiz.by_id.resize(quiz.questions.size());
  std::iota(quiz.by_id.begin(), quiz.by_id.end(), std::uint16_t{0});
  std::ranges::stable_sort(
      quiz.by_id, {}, [&](std::uint16_t n) -> const auto& { return quiz.questions[n].id; });
}

std::size_t heap_bytes(const std::string& text) {
  constexpr std::size_t inside = 15;
  return text.capacity() > inside ? text.capacity() + 1 : 0;
}

}  // namespace

std::optional<std::uint32_t> Quiz::find(std::string_view question_id) const {
  const auto at = std::ranges::lower_bound(by_id, question_id, {}, [this](std::uint16_t n) {
    return std::string_view(questions[n].id);
  });
  if (at == by_id.end() || questions[*at].id != question_id) return std::nullopt;
  return *at;
}

Quiz read_definition(json::Fields& fields) {
  Quiz quiz;
  const auto name = fields.text("name", name_rule);
  const auto open = read_flag(fields, "open");
  const auto tokens = read_flag(fields, "tokens");
  read_questions(fields, quiz.questions);
  quiz.name = name.value_or("");
  quiz.open = open.value_or(false);
  quiz.tokens = tokens.value_or(false);
  sort_ids(quiz);
  const auto& ids = quiz.by_id;
  const auto twice = std::ranges::adjacent_find(ids, [&](std::uint16_t a, std::uint16_t b) {
    return quiz.questions[a].id == quiz.questions[b].id;
  });
  if (twice != ids.end())
    fields.fail("questions[" + std::to_string(*std::next(twice)) + "].id", "twice",
                "must be another question's than questions[" + std::to_string(*twice) +
                    "]: " + quiz.questions[*twice].id);
  return quiz;
}

std::string definition_text(const Quiz& quiz) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("name", quiz.name).member("open", quiz.open);
  out.member("tokens", quiz.tokens).key("questions").begin_array();
  for (const Question& question : quiz.questions) {
    out.begin_object().member("id", question.id).member("text", question.text);
    out.key("options").begin_array();
    for (const std::string& option : question.options) out.string(option);
    out.end_array().member("answerIndex", std::uint64_t{question.answer});
    out.member("seconds", std::uint64_t{question.seconds});
    out.member("points", std::uint64_t{question.points}).end_object();
  }
  out.end_array().end_object();
  return text;
}

QuizPtr compile_quiz(std::string_view id, std::uint32_t version, std::string_view definition) {
  json::Parser parser;
  const auto value = parser.parse(definition, false);
  if (!value.ok() || !value->is_object()) return nullptr;
  json::Fields fields(*value);
  auto quiz = std::make_shared<Quiz>(read_definition(fields));
  if (fields.error()) return nullptr;
  quiz->id = id;
  quiz->version = version;
  return quiz;
}

std::size_t memory_bytes(const Quiz& quiz) {
  std::size_t bytes = sizeof(Quiz) + heap_bytes(quiz.id) + heap_bytes(quiz.name) +
                      quiz.questions.capacity() * sizeof(Question) +
                      quiz.by_id.capacity() * sizeof(std::uint16_t);
  for (const Question& question : quiz.questions) {
    bytes += heap_bytes(question.id) + heap_bytes(question.text);
    bytes += question.options.capacity() * sizeof(std::string);
    for (const std::string& option : question.options) bytes += heap_bytes(option);
  }
  return bytes;
}

std::int32_t points_of(std::uint32_t points, std::int64_t taken_us, std::int64_t whole_us) {
  if (whole_us <= 0) return static_cast<std::int32_t>(points);
  const std::int64_t taken = std::clamp<std::int64_t>(taken_us, 0, whole_us);
  const std::int64_t twice = 2 * whole_us;
  return static_cast<std::int32_t>((std::int64_t{points} * (twice - taken) + whole_us) / twice);
}

bool is_id(std::string_view text) {
  const auto is_visible = [](char c) { return c > ' ' && c < 0x7F; };
  return !text.empty() && text.size() <= id_chars_max && std::ranges::all_of(text, is_visible);
}

std::optional<std::string_view> read_id(json::Fields& fields, std::string_view name,
                                        bool required) {
  const auto text = fields.text(name, {.chars_max = 4 * id_chars_max, .required = required});
  if (!text || is_id(*text)) return text;
  fields.fail(name, "not_an_id", "must be 1 to 64 characters of visible ASCII");
  return std::nullopt;
}

std::optional<bool> read_flag(json::Fields& fields, std::string_view name) {
  const auto value = fields.any(name);
  if (!value) return std::nullopt;
  if (value->kind() == json::Kind::boolean) return value->boolean();
  fields.fail(name, "type",
              "must be true or false, is " + std::string(json::kind_name(value->kind())));
  return std::nullopt;
}

}  // namespace daybook::quiz
