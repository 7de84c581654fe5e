// A quiz as it is defined: JSON -> Quiz, Quiz -> canonical JSON text (what quiz_defined carries),
// and that text -> Quiz again, for state and view. Pure. Threads: a Quiz is never changed once it
// is shared, so any thread may read it.
#pragma once

#include <daybook/fields.h>
#include <daybook/json.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::quiz {

constexpr std::size_t quiz_name_chars_max = 200;
constexpr std::size_t question_chars_max = 1000;
constexpr std::size_t option_chars_max = 200;
constexpr std::size_t options_min = 2;  // of one question
constexpr std::size_t options_max = 8;
constexpr std::uint32_t seconds_max = 600;
constexpr std::uint32_t seconds_default = 20;
constexpr std::uint32_t points_max = 10'000;
constexpr std::uint32_t points_default = 1000;
constexpr std::size_t questions_limit = 1000;  // of the setting quiz.questions_max

struct Question {
  std::string id;  // unique in the quiz; "q1", "q2", ... by place when none was given
  std::string text;
  std::vector<std::string> options;
  std::uint32_t answer = 0;  // index of the right option
  std::uint32_t seconds = seconds_default;
  std::uint32_t points = points_default;
};

struct Quiz {
  std::string id;
  std::uint32_t version = 0;  // from 1
  std::string name;
  bool open = false;    // users may answer it without a room
  bool tokens = false;  // open: only with the token of PUT /users/{id}
  std::vector<Question> questions;
  std::vector<std::uint16_t> by_id;  // places of the questions, by the bytes of their ids

  // The place of the question; nullopt: the quiz has no such question. O(log questions).
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view question_id) const;
};
using QuizPtr = std::shared_ptr<const Quiz>;

// Reads the members of a definition; what is wrong stands in `fields` under its place
// ("questions[0].text"). The result is whole only if fields.error() has nothing to say. Leaves
// members of other names to the caller (Fields::only).
Quiz read_definition(json::Fields& fields);
// {"name":..,"open":..,"tokens":..,"questions":[{"id","text","options","answerIndex","seconds",
// "points"}]}, nothing left out, always the same bytes for the same quiz.
std::string definition_text(const Quiz& quiz);
// What quiz_defined says. Null: the text is no definition (an event made by hand).
QuizPtr compile_quiz(std::string_view id, std::uint32_t version, std::string_view definition);
// About what it takes in memory.
std::size_t memory_bytes(const Quiz& quiz);

// What a right answer is worth `taken_us` after its question began, of `whole_us` there are:
// round(points * (1 - taken / whole / 2)). Times beyond the range count as its ends.
std::int32_t points_of(std::uint32_t points, std::int64_t taken_us, std::int64_t whole_us);

// An id of a quiz, a question or a user: 1 to 64 characters of visible ASCII.
bool is_id(std::string_view text);
// The member as an id; nullopt: absent, or wrong (`fields` has it).
std::optional<std::string_view> read_id(json::Fields& fields, std::string_view name,
                                        bool required = true);
// The member as a flag.
std::optional<bool> read_flag(json::Fields& fields, std::string_view name);

}  // namespace daybook::quiz
