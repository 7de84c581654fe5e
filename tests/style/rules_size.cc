#include "style/rules.h"

#include <algorithm>
#include <array>
#include <regex>

namespace daybook::style {
namespace {

bool is_preprocessor(const std::string& line) {
  const auto at = line.find_first_not_of(" \t");
  return at != std::string::npos && line[at] == '#';
}

// The code as one text, preprocessor lines blanked: their braces may not pair up.
std::string braces_text(const SourceFile& file) {
  std::string text;
  bool continued = false;
  for (const auto& line : file.code_lines) {
    const bool blank = continued || is_preprocessor(line);
    continued = blank && line.ends_with('\\');
    text += blank ? "" : line;
    text += '\n';
  }
  return text;
}

// What stands before a brace, without `template <...>`, attributes and access labels.
std::string strip_prefixes(std::string head) {
  static const std::regex label(R"(^\s*(public|private|protected)\s*:)");
  static const std::regex attribute(R"(^\s*\[\[[^\]]*\]\])");
  for (bool again = true; again;) {
    const auto before = head.size();
    head = std::regex_replace(head, label, "");
    head = std::regex_replace(head, attribute, "");
    head.erase(0, std::min(head.find_first_not_of(" \n\t"), head.size()));
    if (head.starts_with("template")) {
      auto at = head.find('<');
      int depth = 0;
      for (; at < head.size(); ++at) {
        depth += head[at] == '<' ? 1 : head[at] == '>' ? -1 : 0;
        if (depth == 0) break;
      }
      head.erase(0, std::min(at, head.size() - 1) + 1);
    }
    again = head.size() != before;
  }
  return head;
}

enum class Brace { scope, function, initializer };

Brace kind_of(const std::string& raw_head) {
  static const std::regex scope(
      R"(^(inline\s+namespace|namespace|class|struct|union|enum|extern\s*"\s*"\s*$))");
  static const std::regex lambda(R"(\]\s*(\(|mutable|$))");
  static const std::regex assignment(R"(^[^(]*[^=!<>(]=[^=])");
  const auto head = strip_prefixes(raw_head);
  if (head.empty() || std::regex_search(head, scope)) return Brace::scope;
  if (std::regex_search(head, lambda)) return Brace::function;
  if (head.find("operator") == std::string::npos && std::regex_search(head + " ", assignment))
    return Brace::initializer;
  return head.find('(') != std::string::npos ? Brace::function : Brace::initializer;
}

// Place of the brace that closes the one at `open`.
std::size_t closing(const std::string& text, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0) return i;
  }
  return text.size();
}

bool is_word_end(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '>';
}

struct Function {
  std::size_t line = 0;  // of its opening brace, from 1
  std::size_t lines = 0;
  std::string head;
};

std::vector<Function> functions_of(const SourceFile& file) {
  const auto text = braces_text(file);
  const auto line_of = [&](std::size_t at) {
    return static_cast<std::size_t>(
               std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
           1;
  };
  std::vector<Function> found;
  std::string head;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';' || text[i] == '}') {
      head.clear();
    } else if (text[i] != '{') {
      head += text[i];
    } else if (i > 0 && is_word_end(text[i - 1])) {
      i = closing(text, i);  // `name_{0}`: a member's value, the head goes on
    } else if (const auto kind = kind_of(head); kind == Brace::scope) {
      head.clear();
    } else {
      const auto end = closing(text, i);
      if (kind == Brace::function)
        found.push_back({line_of(i), line_of(end) - line_of(i) + 1, head});
      i = end;
      head.clear();
    }
  }
  return found;
}

}  // namespace

Problems file_lengths(const Tree& tree) {
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp()) continue;
    const auto max = file.is_under("tests/") ? test_file_lines_max : file_lines_max;
    if (file.lines.size() > max)
      problems.push_back({file.path, 0,
                          std::to_string(file.lines.size()) + " lines, at most " +
                              std::to_string(max) + ": split it by what it is about"});
  }
  return problems;
}

Problems function_lengths(const Tree& tree) {
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp()) continue;
    for (const auto& function : functions_of(file))
      if (function.lines > function_lines_max)
        problems.push_back({file.path, function.line,
                            "a function of " + std::to_string(function.lines) + " lines, at most " +
                                std::to_string(function_lines_max)});
  }
  return problems;
}

Problems line_lengths(const Tree& tree) {
  // Columns are characters, so UTF-8 continuation bytes do not count.
  const auto columns = [](const std::string& line) {
    return static_cast<std::size_t>(std::ranges::count_if(
        line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (columns(file.lines[i]) > line_columns_max &&
          file.lines[i].find("://") == std::string::npos)
        problems.push_back(
            {file.path, i + 1, "more than " + std::to_string(line_columns_max) + " columns"});
  }
  return problems;
}

}  // namespace daybook::style
