// What a room is opened with: JSON -> RoomOptions -> canonical JSON text (what room_opened carries)
// and back. Pure. Threads: any.
#pragma once

#include <daybook/fields.h>
#include <daybook/json.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::quiz {

struct Quiz;

constexpr std::int64_t players_limit = 1'000'000;  // of the setting quiz.players_max
constexpr std::size_t nickname_words_max = 100;
constexpr std::size_t nickname_word_chars_max = 32;

struct RoomOptions {
  std::uint32_t question_seconds = 0;       // of every question; 0: what each question says itself
  bool close_when_answered = true;          // a question ends once every player has answered it
  std::uint32_t players_max = 0;            // seated at once; 0: as many as the setting allows
  std::vector<std::string> nickname_words;  // that no nickname may contain, as given
  std::vector<std::string> word_keys;       // the same as compared (nickname.h)
};

// Reads the members of the options; what is wrong stands in `fields`. Leaves members of other names
// to the caller.
RoomOptions read_options(json::Fields& fields);
// Always the same bytes for the same options.
std::string options_text(const RoomOptions& options);
// What room_opened says; a text that is none gives the defaults.
RoomOptions compile_options(std::string_view text);

// How long a question of the room runs, in microseconds. REQUIRES: the quiz has the question.
std::int64_t question_us(const Quiz& quiz, const RoomOptions& options, std::uint32_t question);

}  // namespace daybook::quiz
