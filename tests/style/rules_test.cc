// The house rules, held against the repository itself.
#include "style/rules.h"

#include <catch2/catch.hpp>

namespace daybook::style {
namespace {

const Tree& repository() {
  static const Tree tree = read_tree(DAYBOOK_SOURCE_DIR);
  return tree;
}

// Every problem at once, so that one run shows all there is to do.
void require_none(const Problems& problems) {
  INFO(listing(problems));
  CHECK(problems.empty());
}

}  // namespace

TEST_CASE("the whole repository is looked at") {
  CHECK(repository().size() > 50);
  CHECK(find_file(repository(), "include/daybook/domain.h") != nullptr);
  CHECK(find_file(repository(), "tests/style/rules.h") != nullptr);
  CHECK(find_file(repository(), "README.md") != nullptr);
}

TEST_CASE("includes point one way") { require_none(include_direction(repository())); }
TEST_CASE("a library stays in its folder") { require_none(library_borders(repository())); }
TEST_CASE("every folder of src/domains is in the catalog") {
  require_none(domains_registered(repository()));
}
TEST_CASE("every folder of src/project/sinks is in the catalog and has a README") {
  require_none(sinks_registered(repository()));
}
TEST_CASE("a file stays short") { require_none(file_lengths(repository())); }
TEST_CASE("a function fits a screen") { require_none(function_lengths(repository())); }
TEST_CASE("a line has at most 100 columns") { require_none(line_lengths(repository())); }
TEST_CASE("banned calls are not used") { require_none(banned_calls(repository())); }
TEST_CASE("no test sleeps for luck") { require_none(test_sleeps(repository())); }
TEST_CASE("headers open with a comment and are included once") {
  require_none(header_form(repository()));
}
TEST_CASE("nothing is marked as left to do") { require_none(left_over_markers(repository())); }
TEST_CASE("CMake names its sources") { require_none(explicit_sources(repository())); }
TEST_CASE("links of the docs lead somewhere") { require_none(markdown_links(repository())); }
TEST_CASE("files the docs name are there") { require_none(named_files(repository())); }
TEST_CASE("the write path's page names functions that are there") {
  require_none(write_path_names(repository()));
}
TEST_CASE("every metric is in docs/operating.md, and no other") {
  require_none(metrics_documented(repository()));
}
TEST_CASE("every thread has a name and a row in docs/threads.md") {
  require_none(threads_documented(repository()));
}

}  // namespace daybook::style
