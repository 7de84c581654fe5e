// The source tree as the style rules see it: every text file with its raw lines and, for C++, its
// code with comments and the insides of string literals blanked (same line and column as in the
// file).
//
// A rule is a function Tree → problems, so its negative test is a tree of one small sample in
// memory.
//
// Threads: none; plain values.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::style {

struct SourceFile {
  std::string path;                     // from the repository's root, with '/'
  std::vector<std::string> lines;       // as in the file
  std::vector<std::string> code_lines;  // C++ only: comments and literals blanked

  [[nodiscard]] bool is_cpp() const { return path.ends_with(".h") || path.ends_with(".cc"); }
  [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
  [[nodiscard]] bool is_markdown() const { return path.ends_with(".md"); }
  [[nodiscard]] bool is_under(std::string_view folder) const { return path.starts_with(folder); }
};

using Tree = std::vector<SourceFile>;

struct Problem {
  std::string path;
  std::size_t line = 0;  // from 1; 0: the whole file
  std::string text;
};
using Problems = std::vector<Problem>;

// "path:line: text", one a line; empty when there are none.
std::string listing(const Problems& problems);

SourceFile make_file(std::string path, std::string_view text);

// All files under `root` but those in build/, .git/, node_modules/, corpora and data directories;
// others than texts of ours have no lines.
Tree read_tree(const std::filesystem::path& root);

// nullptr: not in the tree.
const SourceFile* find_file(const Tree& tree, std::string_view path);

// Text of C++ with comments, and what stands between quotes, turned into blanks; newlines stay.
std::string blank_comments_and_literals(std::string_view text);

}  // namespace daybook::style
