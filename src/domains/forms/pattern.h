// Pattern: a regular expression as both ECMAScript (flag u, as ajv compiles it) and RE2 read it,
// matched by RE2 in time linear in the text. What the two read differently is either rewritten or
// refused when the form is saved: look-around, back-references, named groups, flags, \Q, [[:x:]].
// Thread: const after make(), so any thread may match.
#pragma once

#include <daybook/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace daybook::forms {

constexpr std::size_t pattern_bytes_max = 512;
constexpr std::int64_t pattern_memory_bytes_max = 1024 * 1024;  // of RE2, program and states
constexpr int pattern_program_max = 4'000;                      // RE2 instructions
constexpr int pattern_repeat_max = 1000;                        // {n,m}; RE2's own limit
constexpr std::size_t pattern_text_bytes_max = 64 * 1024;       // a longer text matches nothing

class Pattern {
 public:
  // Errc::invalid with what is wrong as the message.
  static Result<Pattern> make(std::string_view ecma);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // Anywhere in `text`, unless the pattern is anchored. REQUIRES: valid UTF-8.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] std::uint64_t instructions() const { return instructions_; }
  // What a match of so long a text costs at most, about, in steps of 10 ns.
  [[nodiscard]] std::uint64_t steps(std::size_t text_bytes) const;

 private:
  Pattern(std::unique_ptr<const re2::RE2> compiled, bool is_simple);
  std::unique_ptr<const re2::RE2> compiled_;
  std::uint64_t instructions_ = 0;
  bool is_simple_ = false;
};

// The RE2 text of an ECMAScript pattern; used by make(), apart for its tests.
// `is_simple`: it has few parts and counts nothing, so that RE2 needs few states for it.
Result<std::string> to_re2(std::string_view ecma, bool* is_simple = nullptr);

}  // namespace daybook::forms
