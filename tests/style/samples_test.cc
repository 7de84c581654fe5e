// Each house rule against a sample that breaks it and one that keeps it, so that the rules can
// fail.
#include "style/rules.h"

#include <catch2/catch.hpp>

#include <string>

namespace daybook::style {
namespace {

Tree one(const std::string& path, const std::string& text) { return {make_file(path, text)}; }

std::string repeated(const std::string& line, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += line;
  return text;
}

struct Sample {
  const char* path;
  std::string text;
  std::size_t problems;
};

template <class Rule>
void check(Rule rule, const std::vector<Sample>& samples) {
  for (const auto& sample : samples) {
    const auto problems = rule(one(sample.path, sample.text));
    INFO(sample.path << "\n" << sample.text << "\n" << listing(problems));
    CHECK(problems.size() == sample.problems);
  }
}

}  // namespace

TEST_CASE("an include against the direction is caught") {
  check(include_direction,
        {
            {"src/log/a.cc", "#include \"base/hex.h\"\n#include \"log/b.h\"\n", 0},
            {"src/base/a.cc", "#include \"log/event_log.h\"\n", 1},
            {"src/log/a.cc", "#include \"sequencer/sequencer.h\"\n", 1},
            {"src/log/a.cc", "#include \"metrics/metrics.h\"\n", 1},
            {"src/main.cc", "#include \"cli/commands.h\"\n", 0},
            {"src/log/a.cc", "#include \"../base/hex.h\"\n", 1},
            {"src/log/a.cc", "// #include \"http/server.h\"\n", 0},
            {"src/newroom/a.cc", "int x;\n", 1},
        });
}

TEST_CASE("a domain that looks beyond the SDK is caught") {
  check(include_direction,
        {
            {"src/domains/quiz/a.cc", "#include <daybook/domain.h>\n#include <vector>\n", 0},
            {"src/domains/quiz/a.cc", "#include \"domains/quiz/b.h\"\n", 0},
            {"src/domains/quiz/a.cc", "#include \"quiz_generated.h\"\n", 0},
            {"src/domains/quiz/a.cc", "#include <roaring/roaring.hh>\n", 0},
            {"src/domains/quiz/a.cc", "#include \"domains/hits/b.h\"\n", 1},
            {"src/domains/quiz/a.cc", "#include \"hits_generated.h\"\n", 1},
            {"src/domains/quiz/a.cc", "#include \"log/event_log.h\"\n", 1},
            {"src/domains/quiz/a.cc", "#include <sys/socket.h>\n", 1},
            {"src/domains/quiz/a.cc", "#include <rocksdb/db.h>\n", 1},
            {"include/daybook/a.h", "#include \"base/hex.h\"\n", 1},
            {"include/daybook/a.h", "#include <simdjson.h>\n", 1},
        });
}

TEST_CASE("the runtime of the projectors and the HTTP front do not know each other") {
  check(include_direction, {
                               {"src/project/a.cc", "#include \"state/state_store.h\"\n", 0},
                               {"src/project/a.cc", "#include \"sequencer/sequencer.h\"\n", 0},
                               {"src/project/a.cc", "#include \"http/server.h\"\n", 1},
                               {"src/http/a.cc", "#include \"project/runtime.h\"\n", 1},
                               {"src/state/a.cc", "#include \"log/event_log.h\"\n", 1},
                               {"src/outbound/a.cc", "#include \"project/source.h\"\n", 1},
                               {"src/outbound/a.cc", "#include \"base/hex.h\"\n", 0},
                               {"src/cli/a.cc", "#include \"project/runtime.h\"\n", 0},
                           });
}

TEST_CASE("a sink that looks beyond the SDK is caught") {
  check(include_direction,
        {
            {"src/project/sinks/fax/a.cc", "#include <daybook/sink.h>\n#include <fcntl.h>\n", 0},
            {"src/project/sinks/fax/a.cc", "#include \"project/sinks/fax/b.h\"\n", 0},
            {"src/project/sinks/fax/a.cc", "#include \"outbound/http_client.h\"\n", 0},
            {"src/project/sinks/fax/a.cc", "#include \"base/files.h\"\n", 0},
            {"src/project/sinks/fax/a.cc", "#include \"project/sinks/csv/csv.h\"\n", 1},
            {"src/project/sinks/fax/a.cc", "#include \"project/runtime.h\"\n", 1},
            {"src/project/sinks/fax/a.cc", "#include \"state/state_store.h\"\n", 1},
            {"src/project/sinks/fax/a.cc", "#include \"domains/forms/csv.h\"\n", 1},
            {"src/project/sinks/sink_entries.cc", "#include \"project/sinks/fax/fax.h\"\n", 0},
        });
}

TEST_CASE("a library outside its folder is caught") {
  check(
      library_borders,
      {
          {"src/log/a.cc", "#include <rocksdb/db.h>\n", 0},
          {"src/http/a.cc", "#include <rocksdb/db.h>\n", 1},
          {"src/log/a.cc", "#include <boost/asio/io_context.hpp>\n", 1},
          {"src/http/a.cc", "#include <boost/beast/http.hpp>\n", 0},
          {"src/http/a.cc", "#include <simdjson.h>\n#include <spdlog/spdlog.h>\n", 2},
          {"src/base/a.cc", "#include <catch2/catch.hpp>\n", 1},
          {"src/state/a.cc", "#include <rocksdb/db.h>\n", 0},
          {"src/project/a.cc", "#include <rocksdb/db.h>\n", 1},
          {"src/outbound/a.cc", "#include <curl/curl.h>\n#include <openssl/evp.h>\n", 0},
          {"src/project/sinks/fax/a.cc", "#include <curl/curl.h>\n#include <openssl/hmac.h>\n", 2},
      });
}

TEST_CASE("a domain folder without its line in the catalog is caught") {
  auto tree = one("src/domains/quiz/decide.cc", "");
  CHECK(domains_registered(tree).size() == 1);
  tree.push_back(make_file("src/domains/catalog_entries.cc", "// add<quiz::Domain>()\n"));
  CHECK(domains_registered(tree).size() == 1);
  tree.back() = make_file("src/domains/catalog_entries.cc", "catalog.add<quiz::Domain>();\n");
  CHECK(domains_registered(tree).empty());
}

TEST_CASE("a sink folder without its line or its README is caught") {
  auto tree = one("src/project/sinks/fax/fax.cc", "");
  CHECK(sinks_registered(tree).size() == 2);
  tree.push_back(make_file("src/project/sinks/fax/README.md", "# fax\n"));
  CHECK(sinks_registered(tree).size() == 1);
  tree.push_back(
      make_file("src/project/sinks/sink_entries.cc", "// catalog.add(fax_sink::type());\n"));
  CHECK(sinks_registered(tree).size() == 1);
  tree.back() = make_file("src/project/sinks/sink_entries.cc", "catalog.add(fax_sink::type());\n");
  CHECK(sinks_registered(tree).empty());
}

TEST_CASE("a file one line too long is caught") {
  check(file_lengths, {
                          {"src/log/a.cc", repeated("int x;\n", file_lines_max), 0},
                          {"src/log/a.cc", repeated("int x;\n", file_lines_max + 1), 1},
                          {"tests/log/a.cc", repeated("int x;\n", test_file_lines_max), 0},
                          {"tests/log/a.cc", repeated("int x;\n", test_file_lines_max + 1), 1},
                      });
}

TEST_CASE("a function one line too long is caught, whatever stands before its brace") {
  const auto fits = " {\n" + repeated("  g();\n", function_lines_max - 2) + "}\n";
  const auto too_long = " {\n" + repeated("  g();\n", function_lines_max - 1) + "}\n";
  const char* heads[] = {
      "void f()",
      "int X::f(int a = 1) const noexcept",
      "X::X() : a_{1}, b_(2), c_{3}",
      "bool operator==(const X& a, const X& b)",
      "template <class T, std::size_t n = (1 + 2)>\nauto f(T t) -> Result<T>",
      "TEST_CASE(\"a { brace\")",
      "extern \"C\" int LLVMFuzzerTestOneInput(const uint8_t* d, size_t n)",
      "const auto f = [](int a)",
      "class A {\n public:\n  int x{0};\n  static int g()",
      "namespace a {\nstruct B final : C {\n  B() : c{1}",
      "#define OPEN {\n#if 1\nvoid f()\n#endif\n",
  };
  for (const std::string head : heads) {
    CAPTURE(head);
    CHECK(function_lengths(one("src/a.cc", head + fits)).empty());
    CHECK(function_lengths(one("src/a.cc", head + too_long)).size() == 1);
  }
}

TEST_CASE("long types, namespaces and tables are not functions") {
  const auto body = " {\n" + repeated("  int x;\n", 100) + "};\n";
  for (const std::string head :
       {"struct A", "class LOCKED(\"m\") A : public B", "namespace a", "enum class E : int",
        "const Row rows[] =", "template <class T>\nconcept C = requires(T t)"}) {
    CAPTURE(head);
    CHECK(function_lengths(one("src/a.cc", head + body)).empty());
  }
}

TEST_CASE("a line over 100 columns is caught, counted in characters") {
  check(line_lengths,
        {
            {"src/a.cc", std::string(line_columns_max, 'x') + "\n", 0},
            {"src/a.cc", std::string(line_columns_max + 1, 'x') + "\n", 1},
            {"src/a.cc", repeated("\xC3\xA9", line_columns_max) + "\n", 0},
            {"src/a.cc", "// https://" + std::string(line_columns_max, 'x') + "\n", 0},
        });
}

TEST_CASE("banned calls are caught in code, not in comments, literals or longer names") {
  check(banned_calls,
        {
            {"src/log/a.cc", "int x = rand();\n", 1},
            {"src/log/a.cc", "// rand()\nauto s = \"rand()\";\nint operand();\n", 0},
            {"src/log/a.cc", "strcpy(a, b);\nsprintf(a, b);\nsnprintf(a, n, b);\n", 2},
            {"src/log/a.cc", "auto n = std::stoi(s);\n", 1},
            {"src/log/a.cc", "assert(x);\nstatic_assert(true);\n", 1},
            {"src/log/a.cc", "thread.detach();\n", 1},
            {"src/log/a.cc", "std::getenv(name);\n", 1},
            {"src/config/a.cc", "std::getenv(name);\n", 0},
            {"src/log/a.cc", "std::chrono::system_clock::now();\n", 1},
            {"src/base/clock.h", "std::chrono::system_clock::now();\n", 0},
            {"src/log/a.cc", "std::cout << 1;\n", 1},
            {"src/cli/a.cc", "std::cout << 1;\n", 0},
            {"src/log/a.cc", "std::exit(1);\n", 1},
            {"src/log/a.cc", "std::mutex m;\n", 1},
            {"src/log/a.cc", "std::regex r;\n", 1},
            {"src/log/a.cc", "volatile int x;\nvolatile sig_atomic_t y;\n", 1},
            {"src/log/a.cc", "malloc(1);\n", 1},
            {"src/log/a.cc", "thread_local int x;\n", 1},
        });
}

TEST_CASE("a sleep for luck is caught, a pause between two looks is not") {
  check(test_sleeps,
        {
            {"tests/log/a.cc", "start();\nstd::this_thread::sleep_for(1s);\n", 1},
            {"tests/log/a.cc", "while (!done())\n  std::this_thread::sleep_for(1ms);\n", 0},
            {"tests/log/a.cc", "while (!done()) {}\na;\nb;\nc;\nd;\ne;\nusleep(1);\n", 1},
            {"tests/support/a.cc", "std::this_thread::sleep_for(1s);\n", 0},
            {"src/log/a.cc", "std::this_thread::sleep_for(1s);\n", 0},
        });
}

TEST_CASE("a header without its form is caught") {
  check(header_form, {
                         {"src/a.h", "// What it is for.\n#pragma once\n", 0},
                         {"src/a.h", "#pragma once\n", 1},
                         {"src/a.h", "// What it is for.\nint x;\n", 1},
                         {"src/a.h", "// What it is for.\n#pragma once\nusing namespace std;\n", 1},
                         {"src/a.cc", "int x;\n", 0},
                     });
}

TEST_CASE("what is left to do is caught in any file") {
  const std::string marker =
      "TO"
      "DO";
  check(left_over_markers, {
                               {"src/a.cc", "// " + marker + ": later\n", 1},
                               {"README.md",
                                "FIX"
                                "ME\n",
                                1},
                               {"src/a.cc", "int " + marker + "s;\n", 0},
                           });
}

TEST_CASE("a glob of sources is caught") {
  check(explicit_sources,
        {
            {"src/log/CMakeLists.txt", "file(GLOB sources *.cc)\n", 1},
            {"src/domains/CMakeLists.txt", "file(GLOB domains */CMakeLists.txt)\n", 0},
            {"src/project/sinks/CMakeLists.txt", "file(GLOB sinks */CMakeLists.txt)\n", 0},
            {"src/log/CMakeLists.txt", "daybook_module(log SOURCES a.cc)\n", 0},
        });
}

TEST_CASE("a dead link is caught, to a file or to a heading") {
  auto tree = one("docs/a.md", "[b](../README.md) [web](https://example.org/x) `[code](no.md)`\n");
  tree.push_back(make_file("README.md", "# The house\n"));
  CHECK(markdown_links(tree).empty());
  tree[0] = make_file("docs/a.md", "[b](README.md)\n");
  CHECK(markdown_links(tree).size() == 1);
  tree[0] = make_file("docs/a.md", "[b](../README.md#the-house)\n");
  CHECK(markdown_links(tree).empty());
  tree[0] = make_file("docs/a.md", "[b](../README.md#the-garden)\n");
  CHECK(markdown_links(tree).size() == 1);
  tree[0] = make_file("docs/a.md", "```\n[b](no.md)\n```\n");
  CHECK(markdown_links(tree).empty());
}

TEST_CASE("a file the docs name and nobody has is caught") {
  auto tree = one("README.md", "see `src/log/` and `src/log/a.h`\n");
  tree.push_back(make_file("src/log/a.h", ""));
  CHECK(named_files(tree).empty());
  tree[0] = make_file("README.md", "see `src/log/b.h`\n");
  CHECK(named_files(tree).size() == 1);
}

TEST_CASE("a hop of the write path whose function has moved is caught") {
  auto tree = one("docs/life-of-a-write.md", "| 1 | `src/log/a.cc` | `EventLog::append()` |\n");
  tree.push_back(make_file("src/log/a.cc", "void append(int) {}\n"));
  CHECK(write_path_names(tree).empty());
  tree.back() = make_file("src/log/a.cc", "void write(int) {}\n");
  CHECK(write_path_names(tree).size() == 1);
  tree.front() = make_file("docs/life-of-a-write.md", "nothing here\n");
  CHECK(write_path_names(tree).size() == 1);
  tree.erase(tree.begin());
  CHECK(write_path_names(tree).size() == 1);
}

TEST_CASE("a metric without a row in the docs is caught, and a row without a metric") {
  auto tree =
      one("src/log/a.cc", "m.counter(\"daybook_x_total\", \"Help.\");  // daybook_y_total\n");
  tree.push_back(make_file("docs/operating.md", "| `daybook_x_total` | x |\n"));
  CHECK(metrics_documented(tree).empty());
  tree.back() = make_file("docs/operating.md", "| `daybook_x` | x |\n");
  CHECK(metrics_documented(tree).size() == 2);
}

TEST_CASE("a thread without a name or a row is caught") {
  auto tree = one("src/log/a.cc", "std::thread t([] { set_thread_name(\"log\"); });\n");
  CHECK(threads_documented(tree).size() == 1);
  tree.push_back(make_file("docs/threads.md", "| `log` | writes |\n"));
  CHECK(threads_documented(tree).empty());
  tree[0] = make_file("src/log/a.cc", "std::thread t([] { run(); });\n");
  CHECK(threads_documented(tree).size() == 1);
  tree[0] = make_file("src/log/a.cc", "auto id = std::thread::id{};\n");
  CHECK(threads_documented(tree).empty());
}

}  // namespace daybook::style
