// Nicknames: what a player may be called in a room, and when two names are the same. Pure.
// Threads: any.
//
// Shown: blanks at the ends are cut and inner ones become one space. Refused: nothing left, control
// characters, and characters that show nothing (zero width, bidirectional marks, fillers, tags,
// private use), since two names must not look the same and be two.
// Compared (the key): case is folded by Unicode 14's full case folding (case_folding.h), all
// scripts: "STRASSE" and "straße" are one name. Variation selectors (emoji or text style) do not
// count. Accents do: "José" and "Jose" are two names; and there is no normalization, so a letter
// followed by a combining accent is not the composed letter.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>

namespace daybook::quiz {

constexpr std::size_t nickname_bytes_max = 1024;  // as sent; the setting's limit comes in decide

struct Nickname {
  std::string shown;
  std::string key;
};

// Errc::invalid with the field "nickname". REQUIRES: valid UTF-8
Result<Nickname> make_nickname(std::string_view text);
// The key of any text: for words that a nickname may not contain.
std::string fold_case(std::string_view utf8);

}  // namespace daybook::quiz
