#include "domains/forms/pattern.h"

#include "domains/forms/text.h"

#include <re2/re2.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace daybook::forms {
namespace {

constexpr std::size_t simple_parts_max = 4;  // characters, classes and sets of a simple pattern

// The general categories that both engines know by these names.
constexpr std::array<std::string_view, 30> categories{
    "L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc", "Me", "N",  "Nd", "Nl", "No", "P",
    "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S",  "Sm", "Sc", "Sk", "So", "Z",  "Zs", "Zl"};

std::string code_text(char32_t code) {
  std::array<char, 8> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 static_cast<std::uint32_t>(code), 16);
  return "\\x{" + std::string(digits.data(), end.ptr) + "}";
}

std::string blanks_text() {
  std::string text;
  for (const auto& range : blanks) text += code_text(range.first) + "-" + code_text(range.last);
  return text;
}

// One reading of an escape or a literal character.
struct Atom {
  std::string text;              // for RE2, inside a class
  std::optional<char32_t> code;  // nullopt: a set such as \d, or an assertion
  bool assertion = false;        // \b, \B
  bool negated_blanks = false;   // \S
};

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  [[nodiscard]] bool is_simple() const { return parts_ <= simple_parts_max && !counts_; }

  Result<std::string> run() {
    while (wrong_.empty() && !rest_.empty()) step();
    if (wrong_.empty() && depth_ > 0) wrong_ = "a group is not closed";
    if (!wrong_.empty()) return Error{Errc::invalid, wrong_};
    return std::move(out_);
  }

 private:
  void fail(std::string words) {
    if (wrong_.empty()) wrong_ = std::move(words);
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void step() {
    switch (rest_.front()) {
      case '(':
        return open_group();
      case ')':
        rest_.remove_prefix(1);
        if (depth_-- == 0) return fail("\")\" closes nothing");
        return emit(")", true);
      case '[':
        return read_class();
      case '*':
      case '+':
      case '?':
      case '{':
        return read_quantifier();
      case '}':
      case ']':
        return fail(std::string("a lone \"") + rest_.front() + "\" must be written with \\");
      case '|':
        rest_.remove_prefix(1);
        return emit("|", false);
      case '^':
        rest_.remove_prefix(1);
        return emit("\\A", false);
      case '$':
        rest_.remove_prefix(1);
        return emit("\\z", false);
      case '.':
        rest_.remove_prefix(1);
        return emit("[^\\n\\r\\x{2028}\\x{2029}]", true);
      default:
        break;
    }
    const Atom atom = read_atom(false);
    if (atom.negated_blanks) return emit("[^" + blanks_text() + "]", true);
    if (!atom.code && !atom.assertion) return emit("[" + atom.text + "]", true);
    emit(atom.text, !atom.assertion);
  }

  void emit(std::string_view text, bool repeatable) {
    out_ += text;
    if (repeatable) ++parts_;  // a closing bracket too: more than that is not simple
    repeatable_ = repeatable;
  }

  void open_group() {
    rest_.remove_prefix(1);
    if (rest_.starts_with('?') && !take("?:"))
      return fail("of groups that begin with (? only (?:...) is known");
    ++depth_;
    emit("(?:", false);
  }

  void read_quantifier() {
    if (!repeatable_) return fail(std::string("\"") + rest_.front() + "\" repeats nothing");
    const char first = rest_.front();
    rest_.remove_prefix(1);
    out_ += first;
    counts_ = counts_ || first == '{';
    if (first == '{' && !read_counts()) return fail("{ must begin {n}, {n,} or {n,m}");
    if (take("?")) out_ += '?';
    repeatable_ = false;
  }

  bool read_counts() {
    const auto read = [this](int& count) {
      const auto digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
      const auto end = digits.data() + digits.size();
      if (digits.empty() || std::from_chars(digits.data(), end, count).ec != std::errc() ||
          count > pattern_repeat_max)
        return false;
      out_ += digits;
      rest_.remove_prefix(digits.size());
      return true;
    };
    int low = 0;
    int high = pattern_repeat_max;
    if (!read(low)) return false;
    if (take(",")) {
      out_ += ',';
      if (!rest_.starts_with('}') && !read(high)) return false;
    }
    out_ += '}';
    return take("}") && low <= high;
  }

  // A class is written anew from code points, so that no spelling is read in two ways.
  void read_class() {
    rest_.remove_prefix(1);
    out_ += take("^") ? "[^" : "[";
    if (rest_.starts_with(']')) return fail("an empty class");
    while (!rest_.starts_with(']')) {
      if (rest_.empty()) return fail("a class is not closed");
      const Atom low = read_atom(true);
      if (!wrong_.empty()) return;
      out_ += low.text;
      if (rest_.size() < 2 || rest_[0] != '-' || rest_[1] == ']') continue;
      rest_.remove_prefix(1);
      const Atom high = read_atom(true);
      if (!low.code || !high.code || *low.code > *high.code) return fail("a range is wrong");
      out_ += "-" + high.text;
    }
    rest_.remove_prefix(1);
    emit("]", true);
  }

  Atom literal(char32_t code) { return {code_text(code), code}; }

  Atom read_atom(bool in_class) {
    if (rest_.starts_with('\\')) return read_escape(in_class);
    const auto point = first_code_point(rest_);
    Atom atom = literal(point.code);
    if (!in_class && point.code >= 0x80) atom.text = rest_.substr(0, point.bytes);
    rest_.remove_prefix(std::min(point.bytes, rest_.size()));
    return atom;
  }

  Atom read_escape(bool in_class) {
    rest_.remove_prefix(1);
    const char c = rest_.empty() ? '\0' : rest_.front();
    if (!rest_.empty()) rest_.remove_prefix(1);
    constexpr std::string_view syntax = "^$\\.*+?()[]{}|/";
    if (c != '\0' && syntax.find(c) != std::string_view::npos)
      return literal(static_cast<unsigned char>(c));
    constexpr std::string_view controls = "tnvfr";  // U+0009, 0A, 0B, 0C, 0D
    if (const auto at = controls.find(c); c != '\0' && at != std::string_view::npos)
      return literal(static_cast<char32_t>(9 + at));
    switch (c) {
      case 'd':
      case 'D':
      case 'w':
      case 'W':
        return {std::string("\\") + c, std::nullopt};
      case 's':
        return {blanks_text(), std::nullopt};
      case 'S':
        if (in_class) break;
        return {"", std::nullopt, false, true};
      case 'b':
      case 'B':
        if (in_class) break;
        return {std::string("\\") + c, std::nullopt, true};
      case '-':
        if (!in_class) break;
        return literal('-');
      case 'x':
      case 'u':
        return read_code(c);
      case 'p':
      case 'P':
        return read_category(c);
      default:
        break;
    }
    fail(c == '\0' ? "ends in \\" : std::string("\\") + c + " is not known here");
    return {};
  }

  Atom read_code(char letter) {
    std::string_view digits;
    if (letter == 'u' && take("{")) {
      digits = rest_.substr(0, std::min<std::size_t>(rest_.find('}'), 7));
      rest_.remove_prefix(digits.size());
      if (!take("}")) digits = {};
    } else {
      digits = rest_.substr(0, letter == 'x' ? 2 : 4);
      if (digits.size() != (letter == 'x' ? 2U : 4U)) digits = {};
      rest_.remove_prefix(digits.size());
    }
    std::uint32_t code = 0;
    const auto end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, code, 16);
    if (digits.empty() || read.ec != std::errc() || read.ptr != end || code > 0x10ffff ||
        (code >= 0xd800 && code <= 0xdfff))
      fail(std::string("\\") + letter + " does not name a code point");
    return literal(code);
  }

  Atom read_category(char letter) {
    const auto close = rest_.find('}');
    if (rest_.starts_with('{') && close != std::string_view::npos) {
      const auto name = rest_.substr(1, close - 1);
      rest_.remove_prefix(close + 1);
      if (std::ranges::find(categories, name) != categories.end())
        return {std::string("\\") + letter + "{" + std::string(name) + "}", std::nullopt};
    }
    fail("\\p takes a general category, as in \\p{L} or \\p{Nd}");
    return {};
  }

  std::string_view rest_;
  std::string out_;
  std::string wrong_;
  std::size_t depth_ = 0;
  bool repeatable_ = false;  // the last thing may take a quantifier
  std::size_t parts_ = 0;
  bool counts_ = false;  // has {n}
};

}  // namespace

Result<std::string> to_re2(std::string_view ecma, bool* is_simple) {
  Translator translator(ecma);
  auto text = translator.run();
  if (is_simple != nullptr) *is_simple = translator.is_simple();
  return text;
}

Pattern::Pattern(std::unique_ptr<const re2::RE2> compiled, bool is_simple)
    : compiled_(std::move(compiled)),
      instructions_(static_cast<std::uint64_t>(compiled_->ProgramSize())),
      is_simple_(is_simple) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::make(std::string_view ecma) {
  if (ecma.size() > pattern_bytes_max)
    return Error{Errc::invalid, "is longer than " + std::to_string(pattern_bytes_max) + " bytes"};
  bool is_simple = false;
  DAYBOOK_TRY(const auto text, to_re2(ecma, &is_simple));
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(pattern_memory_bytes_max);
  auto compiled = std::make_unique<const re2::RE2>(text, options);
  if (!compiled->ok()) return Error{Errc::invalid, compiled->error()};
  if (compiled->ProgramSize() > pattern_program_max)
    return Error{Errc::invalid,
                 "is too large once its repeats are written out; maxLength counts without them"};
  return Pattern(std::move(compiled), is_simple);
}

// When RE2 has more states than its memory holds, it takes every instruction at every byte: 4 to 5
// ns each. A simple pattern stays below a fiftieth of that.
std::uint64_t Pattern::steps(std::size_t text_bytes) const {
  if (text_bytes > pattern_text_bytes_max) return 1;
  return 1 + text_bytes / 2 + text_bytes * instructions_ * (is_simple_ ? 1 : 50) / 100;
}

bool Pattern::matches(std::string_view text) const {
  return text.size() <= pattern_text_bytes_max &&
         re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace daybook::forms
