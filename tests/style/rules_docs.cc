#include "style/rules.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>

namespace daybook::style {
namespace {

struct Snippet {
  std::size_t line = 0;  // from 1
  std::string text;
};

bool is_fence(const std::string& line) { return line.starts_with("```"); }

// Matches of group 1 in the prose of a markdown file (fenced blocks left out).
std::vector<Snippet> in_prose(const SourceFile& file, const std::regex& form, bool without_code) {
  static const std::regex code("`[^`]*`");
  std::vector<Snippet> found;
  bool fenced = false;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (is_fence(file.lines[i])) fenced = !fenced;
    if (fenced) continue;
    const auto line = without_code ? std::regex_replace(file.lines[i], code, "") : file.lines[i];
    for (std::sregex_iterator it(line.begin(), line.end(), form), end; it != end; ++it)
      found.push_back({i + 1, (*it)[1]});
  }
  return found;
}

bool exists(const Tree& tree, const std::string& path) {
  return std::ranges::any_of(tree, [&](const SourceFile& file) {
    return file.path == path || file.path.starts_with(path.ends_with('/') ? path : path + "/");
  });
}

// "docs/threads.md" + "../README.md" → "README.md"
std::string resolve(const std::string& from, const std::string& target) {
  return (std::filesystem::path(from).parent_path() / target).lexically_normal().generic_string();
}

// The anchor GitHub gives a heading.
std::string anchor_of(std::string heading) {
  heading.erase(0, heading.find_first_not_of("# "));
  std::string anchor;
  for (const char c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '-' || c == '_' || u >= 0x80)
      anchor += static_cast<char>(std::tolower(u));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

bool has_anchor(const SourceFile& file, const std::string& anchor) {
  return std::ranges::any_of(file.lines, [&](const std::string& line) {
    return line.starts_with('#') && anchor_of(line) == anchor;
  });
}

std::string complaint_about_link(const Tree& tree, const SourceFile& from,
                                 const std::string& link) {
  static const std::regex outside("^[a-z][a-z+.-]*:");
  if (std::regex_search(link, outside)) return "";
  const auto hash = link.find('#');
  const auto path = hash == 0 ? from.path : resolve(from.path, link.substr(0, hash));
  if (!exists(tree, path)) return "no such file";
  const auto* target = find_file(tree, path);
  if (hash != std::string::npos && target != nullptr && !has_anchor(*target, link.substr(hash + 1)))
    return "no such heading";
  return "";
}

// The string literals of a C++ file's line that stand in code (not in a comment).
std::vector<std::string> literals(const SourceFile& file, std::size_t i) {
  static const std::regex quoted("\"([^\"]*)\"");
  std::vector<std::string> found;
  const auto& code = file.code_lines[i];
  for (std::sregex_iterator it(code.begin(), code.end(), quoted), end; it != end; ++it)
    found.push_back(file.lines[i].substr(static_cast<std::size_t>(it->position(1)),
                                         static_cast<std::size_t>(it->length(1))));
  return found;
}

bool contains(const SourceFile* file, const std::string& text) {
  return file != nullptr && std::ranges::any_of(file->lines, [&](const std::string& line) {
           return line.find(text) != std::string::npos;
         });
}

}  // namespace

Problems markdown_links(const Tree& tree) {
  static const std::regex form(R"(\]\(([^)\s]+)\))");
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_markdown()) continue;
    for (const auto& [line, link] : in_prose(file, form, true))
      if (const auto text = complaint_about_link(tree, file, link); !text.empty())
        problems.push_back({file.path, line, link + ": " + text});
  }
  return problems;
}

Problems named_files(const Tree& tree) {
  static const std::regex form(
      "`((?:src|include|tests|docs|cmake|config|bench|schemas)/[A-Za-z0-9_./-]+)`");
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_markdown()) continue;
    for (const auto& [line, path] : in_prose(file, form, false))
      if (!exists(tree, path))
        problems.push_back({file.path, line, path + ": no such file or folder"});
  }
  return problems;
}

// A row of the page's table names its files as `src/...` and its functions as `name()`.
Problems write_path_names(const Tree& tree) {
  static const std::regex file_form("`(src/[A-Za-z0-9_./-]+)`");
  static const std::regex function_form(R"(`(?:[A-Za-z0-9_]+(?:::|\.))*([A-Za-z0-9_]+)\(\)`)");
  constexpr std::string_view page_path = "docs/life-of-a-write.md";
  Problems problems;
  const auto* page = find_file(tree, page_path);
  if (page == nullptr) return {{std::string(page_path), 0, "the page of the write path is gone"}};
  std::map<std::size_t, std::vector<const SourceFile*>> files_of_row;
  for (const auto& [line, path] : in_prose(*page, file_form, false))
    if (page->lines[line - 1].starts_with('|')) files_of_row[line].push_back(find_file(tree, path));
  for (const auto& [line, name] : in_prose(*page, function_form, false)) {
    const auto row = files_of_row.find(line);
    if (row == files_of_row.end()) continue;
    const std::string called = name + "(";
    if (std::ranges::none_of(row->second,
                             [&](const SourceFile* file) { return contains(file, called); }))
      problems.push_back({page->path, line, name + "() is not in the files of its row"});
  }
  if (files_of_row.empty()) problems.push_back({page->path, 0, "its table names no file"});
  return problems;
}

Problems metrics_documented(const Tree& tree) {
  static const std::regex name_form("^daybook_[a-z0-9_]+$");
  static const std::regex documented_form("`(daybook_[a-z0-9_]+)`");
  constexpr std::string_view page_path = "docs/operating.md";
  const auto* page = find_file(tree, page_path);
  std::set<std::string> documented;
  std::set<std::string> written;
  if (page != nullptr)
    for (const auto& [line, name] : in_prose(*page, documented_form, false))
      documented.insert(name);
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp() || !file.is_under("src/")) continue;
    for (std::size_t i = 0; i < file.code_lines.size(); ++i)
      for (const auto& literal : literals(file, i)) {
        if (!std::regex_match(literal, name_form)) continue;
        written.insert(literal);
        if (!documented.contains(literal))
          problems.push_back({file.path, i + 1, literal + " is not in " + std::string(page_path)});
      }
  }
  for (const auto& name : documented)
    if (!written.contains(name))
      problems.push_back({std::string(page_path), 0, name + ": no such metric in src/"});
  return problems;
}

Problems threads_documented(const Tree& tree) {
  static const std::regex start(R"(\bstd::j?thread\b(?!\s*(::|&|\*)))");
  const auto* page = find_file(tree, "docs/threads.md");
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp() || !file.is_under("src/") || file.is_under("src/base/")) continue;
    bool starts = false;
    bool names = false;
    for (std::size_t i = 0; i < file.code_lines.size(); ++i) {
      starts = starts || (!file.is_header() && std::regex_search(file.code_lines[i], start));
      if (file.code_lines[i].find("set_thread_name(") == std::string::npos) continue;
      names = true;
      for (const auto& name : literals(file, i))
        if (!contains(page, "`" + name))
          problems.push_back({file.path, i + 1, name + " has no row in docs/threads.md"});
    }
    if (starts && !names)
      problems.push_back({file.path, 0, "starts a thread without set_thread_name(\"...\")"});
  }
  return problems;
}

}  // namespace daybook::style
