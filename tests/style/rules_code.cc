#include "style/rules.h"

#include <algorithm>
#include <regex>

namespace daybook::style {
namespace {

struct Ban {
  std::string_view pattern;
  std::string_view instead;
  std::vector<std::string_view> where;       // folders the ban holds in; empty: all
  std::vector<std::string_view> exceptions;  // files or folders it does not hold in
};

// One row per call we do not use. Patterns see code only, never comments or literals.
const std::vector<Ban>& bans() {
  static const std::vector<Ban> table{
      {R"(\bs?rand\s*\()", "base/random.h", {}, {}},
      {R"(\b(strcpy|strcat|strncpy|sprintf|vsprintf|strtok)\s*\()",
       "std::string and append",
       {},
       {}},
      {R"(\b(atoi|atol|atoll|atof|stoi|stol|stoll|stoul|stoull|stod)\s*\()",
       "std::from_chars",
       {"src/", "include/"},
       {}},
      {R"(\bassert\s*\()", "DAYBOOK_CHECK, which stays on in release", {}, {}},
      {R"(\.\s*detach\s*\()", "a thread with an owner that joins it", {}, {}},
      {R"(\bgetenv\s*\()", "the settings table", {"src/", "include/"}, {"src/config/"}},
      {R"(\bsystem_clock\s*::\s*now\b)",
       "wall_now_us() of base/clock.h, or the Context",
       {"src/", "include/"},
       {"src/base/clock.h"}},
      {R"(\bstd\s*::\s*(cout|cerr|clog)\b)",
       "log_info and its like",
       {"src/", "include/"},
       {"src/cli/", "src/main.cc", "src/load/"}},
      {R"(\b(std\s*::\s*exit|_exit|quick_exit|std\s*::\s*abort|abort)\s*\()",
       "a Result up to main",
       {"src/", "include/"},
       {"src/base/", "include/daybook/check.h", "src/load/interrupt.cc"}},
      {R"(\bstd\s*::\s*(mutex|recursive_mutex|lock_guard|unique_lock|scoped_lock)\b)",
       "Mutex of base/mutex.h, which clang checks",
       {"src/"},
       {"src/base/", "src/load/", "src/cli/"}},
      {R"(\bstd\s*::\s*regex\b)",
       "hand-written matching: std::regex recurses on its input",
       {"src/", "include/"},
       {}},
      {R"(\bvolatile\b(?!\s+(std\s*::\s*)?sig_atomic_t))", "std::atomic", {"src/", "include/"}, {}},
      {R"(\b(malloc|calloc|realloc)\s*\()",
       "a container or the Arena",
       {"src/", "include/"},
       {"src/domains/attendance/person_index.h"}},
      {R"(\bthread_local\b)",
       "an object with an owner",
       {"src/", "include/"},
       {"src/base/", "src/metrics/"}},
  };
  return table;
}

bool starts_with_any(std::string_view path, const std::vector<std::string_view>& prefixes) {
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return path.starts_with(prefix); });
}

bool holds_in(const Ban& ban, std::string_view path) {
  return (ban.where.empty() || starts_with_any(path, ban.where)) &&
         !starts_with_any(path, ban.exceptions);
}

bool is_our_code(const SourceFile& file) {
  return file.is_cpp() && (file.is_under("src/") || file.is_under("include/") ||
                           file.is_under("tests/") || file.is_under("bench/"));
}

}  // namespace

Problems banned_calls(const Tree& tree) {
  Problems problems;
  for (const auto& ban : bans()) {
    const std::regex pattern(ban.pattern.begin(), ban.pattern.end());
    for (const auto& file : tree) {
      if (!is_our_code(file) || !holds_in(ban, file.path)) continue;
      for (std::size_t i = 0; i < file.code_lines.size(); ++i) {
        std::smatch match;
        if (std::regex_search(file.code_lines[i], match, pattern))
          problems.push_back(
              {file.path, i + 1, match.str() + " — use " + std::string(ban.instead)});
      }
    }
  }
  return problems;
}

Problems test_sleeps(const Tree& tree) {
  // Where a pause is what is tested: a slow client, a slow server, the moment of a kill.
  static const std::vector<std::string_view> pauses{
      "tests/support/", "tests/http/server_limits_test.cc", "tests/load/run_test.cc",
      "tests/system/crash_test.cc"};
  static const std::regex pause(R"(\b(sleep_for|sleep_until|usleep|nanosleep|sleep)\s*\()");
  static const std::regex loop(R"(\bwhile\s*\()");
  constexpr std::size_t loop_lines_max = 5;  // from the loop's condition to its pause
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_cpp() || !file.is_under("tests/") || starts_with_any(file.path, pauses)) continue;
    std::size_t lines_since_loop = loop_lines_max + 1;
    for (std::size_t i = 0; i < file.code_lines.size(); ++i) {
      ++lines_since_loop;
      if (std::regex_search(file.code_lines[i], loop)) lines_since_loop = 0;
      if (lines_since_loop > loop_lines_max && std::regex_search(file.code_lines[i], pause))
        problems.push_back(
            {file.path, i + 1,
             "a test does not sleep for luck: loop on a condition, with a deadline"});
    }
  }
  return problems;
}

Problems header_form(const Tree& tree) {
  static const std::regex directive(R"(^\s*using\s+namespace\b)");
  Problems problems;
  for (const auto& file : tree) {
    if (!file.is_header()) continue;
    if (file.lines.empty() || !file.lines.front().starts_with("//"))
      problems.push_back({file.path, 1, "opens with a comment: purpose, thread, invariants"});
    if (std::ranges::find(file.lines, "#pragma once") == file.lines.end())
      problems.push_back({file.path, 1, "lacks #pragma once"});
    for (std::size_t i = 0; i < file.code_lines.size(); ++i)
      if (std::regex_search(file.code_lines[i], directive))
        problems.push_back({file.path, i + 1, "no using namespace in a header"});
  }
  return problems;
}

Problems left_over_markers(const Tree& tree) {
  // Written in two halves, so that this file keeps its own rule.
  static const std::regex marker(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  Problems problems;
  for (const auto& file : tree)
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::smatch match; std::regex_search(file.lines[i], match, marker))
        problems.push_back({file.path, i + 1, match.str() + ": do it, or open an issue"});
  return problems;
}

Problems explicit_sources(const Tree& tree) {
  static const std::regex glob(R"(^\s*(file\s*\(\s*GLOB|aux_source_directory))", std::regex::icase);
  // These find the folders of the domains and of the sinks.
  static const std::vector<std::string_view> finders{
      "src/domains/CMakeLists.txt", "tests/domains/CMakeLists.txt",
      "src/project/sinks/CMakeLists.txt", "tests/project/sinks/CMakeLists.txt"};
  Problems problems;
  for (const auto& file : tree) {
    if (!file.path.ends_with("CMakeLists.txt") && !file.path.ends_with(".cmake")) continue;
    if (std::ranges::find(finders, file.path) != finders.end()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::regex_search(file.lines[i], glob))
        problems.push_back({file.path, i + 1, "name the sources: a glob misses what is new"});
  }
  return problems;
}

}  // namespace daybook::style
