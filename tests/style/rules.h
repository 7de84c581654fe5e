// The house rules, one function each: Tree → problems. STYLE in words: ARCHITECTURE.md and
// CONTRIBUTING.md. Every rule has a sample that breaks it in the *_test.cc beside it.
//
// Threads: none; pure functions.
#pragma once

#include "style/tree.h"

namespace daybook::style {

// rules_includes.cc: which folder may include which, and which library belongs to which folder.
Problems include_direction(const Tree& tree);
Problems library_borders(const Tree& tree);
Problems domains_registered(const Tree& tree);
// Each with its line, and a README.
Problems sinks_registered(const Tree& tree);

// rules_size.cc: a file, a function and a line fit what a person takes in at once.
constexpr std::size_t file_lines_max = 400;       // src, include, bench
constexpr std::size_t test_file_lines_max = 600;  // tests
constexpr std::size_t function_lines_max = 70;    // from the brace to the brace
constexpr std::size_t line_columns_max = 100;     // a line with a URL may be longer
Problems file_lengths(const Tree& tree);
Problems function_lengths(const Tree& tree);
Problems line_lengths(const Tree& tree);

// rules_code.cc: calls we do not use, each with what to use instead; headers; left-over markers.
Problems banned_calls(const Tree& tree);
Problems test_sleeps(const Tree& tree);
Problems header_form(const Tree& tree);
Problems left_over_markers(const Tree& tree);
Problems explicit_sources(const Tree& tree);

// rules_docs.cc: what the docs say is there, and what is there the docs say.
Problems markdown_links(const Tree& tree);
Problems named_files(const Tree& tree);
Problems write_path_names(const Tree& tree);
Problems metrics_documented(const Tree& tree);
Problems threads_documented(const Tree& tree);

}  // namespace daybook::style
