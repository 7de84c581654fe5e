// The official JSON Schema test suite over the subset: every case of a schema that compiles must
// agree; schemas that are refused are counted by the word they are refused for.
// Debian's json-schema-test-suite ends at draft 7, where all keywords of the subset but
// dependentRequired mean the same as in 2020-12. DAYBOOK_SCHEMA_SUITE names another folder of the
// suite, such as a checkout's tests/draft2020-12.
#include "forms_schema/verdict.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

namespace {

using namespace daybook;
namespace fs = std::filesystem;

struct Tally {
  std::size_t schemas = 0, refused = 0, agreed = 0, differed = 0;
  std::map<std::string, std::size_t> refused_by;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string text_of(const json::Value& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->is_string() ? std::string(member->string()) : std::string();
}

// `known_differences`: descriptions of cases that disagree on purpose (docs/forms-schema.md).
void run_group(const fs::path& file, const json::Value& group,
               const std::set<std::string>& known_differences, Tally& tally) {
  ++tally.schemas;
  const auto schema = *group.find("schema");
  bool refused = false;
  group.find("tests")->each_element([&](const json::Value& test) {
    const auto verdict = forms_schema::verdict_of(schema, *test.find("data"));
    if (!verdict.compiled) {
      if (!refused) ++tally.refused_by[verdict.keyword];
      refused = true;
      return;
    }
    const auto what = text_of(group, "description") + ": " + text_of(test, "description");
    CAPTURE(file.string(), what, test.find("data")->to_string());
    const bool agrees = verdict.valid == test.find("valid")->boolean();
    CHECK(verdict.told != verdict.valid);
    const bool is_known = known_differences.count(what) == 1;
    CHECK(agrees == !is_known);
    ++(agrees ? tally.agreed : tally.differed);
  });
  if (refused) ++tally.refused;
}

void run_file(const fs::path& file, const std::set<std::string>& known_differences, Tally& tally) {
  json::Parser parser;
  const auto text = read_file(file);
  const auto groups = parser.parse(text, false);
  if (!groups.ok()) {  // the suite tries numbers beyond what the server reads at all
    ++tally.refused_by["(" + groups.error().message + ")"];
    return;
  }
  groups->each_element(
      [&](const json::Value& group) { run_group(file, group, known_differences, tally); });
}

Tally run_folder(const fs::path& folder, const std::set<std::string>& known_differences) {
  Tally tally;
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.insert(entry.path());
  for (const auto& file : files) run_file(file, known_differences, tally);
  return tally;
}

void print(const fs::path& folder, const Tally& tally) {
  std::cout << folder.string() << ": " << tally.schemas << " schemas, " << tally.refused
            << " refused; of the others' cases " << tally.agreed << " agree, " << tally.differed
            << " differ as documented\n";
  for (const auto& [keyword, count] : tally.refused_by)
    std::cout << "  refused for " << keyword << ": " << count << "\n";
}

fs::path suite() {
  const char* folder = std::getenv("DAYBOOK_SCHEMA_SUITE");
  return folder != nullptr ? folder : "/usr/share/json-schema-test-suite/tests/draft7";
}

}  // namespace

TEST_CASE("every case of the official suite whose schema is in the subset agrees") {
  if (!fs::exists(suite())) {
    WARN("skipped: " << suite() << " is missing (Debian package json-schema-test-suite)");
    return;
  }
  const auto tally = run_folder(suite(), {});
  print(suite(), tally);
  constexpr std::size_t agreed_min = 250;  // 259 in draft 7, 526 in 2020-12
  CHECK(tally.agreed >= agreed_min);
  CHECK(tally.differed == 0);
}

TEST_CASE("the formats of the subset agree with the official suite's") {
  const auto folder = suite() / "optional" / "format";
  if (!fs::exists(folder)) {
    WARN("skipped: " << folder << " is missing (Debian package json-schema-test-suite)");
    return;
  }
  // An address here has a plain local part and a domain name (draft 7 does not ask for more).
  const std::string email = "validation of e-mail addresses: ";
  const std::set<std::string> known_differences{
      email + "a quoted string with a space in the local part is valid",
      email + "a quoted string with a double dot in the local part is valid",
      email + "a quoted string with a @ in the local part is valid",
      email + "an IPv4-address-literal after the @ is valid",
      email + "an IPv6-address-literal after the @ is valid"};
  Tally tally;
  for (const char* name : {"date.json", "date-time.json", "email.json", "ipv4.json", "time.json",
                           "uri.json", "uuid.json"})
    if (fs::exists(folder / name)) run_file(folder / name, known_differences, tally);
  print(folder, tally);
  constexpr std::size_t agreed_min = 40;
  CHECK(tally.agreed >= agreed_min);
}
