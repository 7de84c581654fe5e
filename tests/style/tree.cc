#include "style/tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <sstream>

namespace daybook::style {
namespace {

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Walks C++ text once; each skip_* blanks one comment or literal and returns the place after it.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    std::size_t i = 0;
    while (i < text_.size()) {
      if (text_.substr(i).starts_with("//")) {
        i = blank(i, std::min(text_.find('\n', i), text_.size()));
      } else if (text_.substr(i).starts_with("/*")) {
        i = blank(i, after("*/", i + 2));
      } else if (text_[i] == '"') {
        i = i > 0 && text_[i - 1] == 'R' ? skip_raw_string(i) : skip_quoted(i);
      } else if (text_[i] == '\'' && (i == 0 || !is_word(text_[i - 1]))) {
        i = skip_quoted(i);  // a quote after a digit separates thousands
      } else {
        ++i;
      }
    }
    return out_;
  }

 private:
  std::size_t after(std::string_view end, std::size_t from) const {
    const auto at = text_.find(end, from);
    return at == std::string_view::npos ? text_.size() : at + end.size();
  }

  std::size_t blank(std::size_t from, std::size_t to) {
    for (auto k = from; k < to; ++k)
      if (out_[k] != '\n') out_[k] = ' ';
    return to;
  }

  std::size_t skip_raw_string(std::size_t quote) {
    const auto open = std::min(text_.find('(', quote), text_.size());
    const std::string end = ")" + std::string(text_.substr(quote + 1, open - quote - 1)) + "\"";
    return blank(quote + 1, after(end, open) - 1) + 1;
  }

  std::size_t skip_quoted(std::size_t quote) {
    auto i = quote + 1;
    while (i < text_.size() && text_[i] != text_[quote] && text_[i] != '\n')
      i += text_[i] == '\\' ? 2U : 1U;
    i = std::min(i, text_.size());
    return blank(quote + 1, i) + 1;
  }

  std::string_view text_;
  std::string out_;
};

bool is_ours(const std::filesystem::path& file) {
  static constexpr std::array<std::string_view, 13> extensions{
      ".h",    ".cc",   ".md",      ".txt",    ".cmake", ".sh", ".fbs",
      ".toml", ".json", ".service", ".ndjson", ".dict",  ".yml"};
  static constexpr std::array<std::string_view, 4> names{"Makefile", "Dockerfile", "run",
                                                         ".clang-tidy"};
  return std::ranges::find(extensions, file.extension().string()) != extensions.end() ||
         std::ranges::find(names, file.filename().string()) != names.end();
}

bool is_foreign(const std::filesystem::path& folder) {
  static constexpr std::array<std::string_view, 5> names{"build", ".git", "node_modules", "corpus",
                                                         ".cache"};
  const auto name = folder.filename().string();
  return std::ranges::find(names, name) != names.end() || name.starts_with("daybook-data");
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string listing(const Problems& problems) {
  std::ostringstream out;
  for (const auto& problem : problems)
    out << problem.path << ':' << problem.line << ": " << problem.text << '\n';
  return out.str();
}

std::string blank_comments_and_literals(std::string_view text) { return Blanker(text).run(); }

SourceFile make_file(std::string path, std::string_view text) {
  SourceFile file;
  file.path = std::move(path);
  file.lines = split_lines(text);
  if (file.is_cpp()) file.code_lines = split_lines(blank_comments_and_literals(text));
  return file;
}

Tree read_tree(const std::filesystem::path& root) {
  Tree tree;
  std::filesystem::recursive_directory_iterator walk(root), end;
  for (; walk != end; ++walk) {
    if (walk->is_directory() && is_foreign(walk->path())) {
      walk.disable_recursion_pending();
    } else if (walk->is_regular_file()) {
      const auto path = std::filesystem::relative(walk->path(), root).generic_string();
      tree.push_back(make_file(path, is_ours(walk->path()) ? text_of(walk->path()) : ""));
    }
  }
  std::ranges::sort(tree, {}, &SourceFile::path);
  return tree;
}

const SourceFile* find_file(const Tree& tree, std::string_view path) {
  const auto found = std::ranges::find(tree, path, &SourceFile::path);
  return found == tree.end() ? nullptr : &*found;
}

}  // namespace daybook::style
