// The committed config/daybook.toml is what the tables make. After a change of a row:
//   daybook config example > config/daybook.toml
#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "base/files.h"
#include "config/config.h"
#include "config/flags.h"
#include "config/value.h"
#include "support/temp_dir.h"
#ifdef DAYBOOK_TEST_WITH_CATALOG
#include "domains/catalog_entries.h"
#endif

using daybook::SettingSpec;
using daybook::SettingType;
using daybook::config::Config;
using daybook::config::example_toml;

namespace {

std::vector<SettingSpec> whole_table() {
#ifdef DAYBOOK_TEST_WITH_CATALOG
  return daybook::config::with_kernel_settings(daybook::make_catalog().settings());
#else
  return daybook::config::with_kernel_settings({});
#endif
}

daybook::Result<Config> load(std::span<const SettingSpec> table, const std::string& path) {
  daybook::config::Sources sources;
  sources.file = path;
  sources.environment = [](const std::string&) { return std::nullopt; };
  return Config::load(table, sources);
}

}  // namespace

#ifdef DAYBOOK_TEST_WITH_CATALOG
TEST_CASE("config/daybook.toml begins with exactly what the settings table makes") {
  const auto file = daybook::read_file(DAYBOOK_SOURCE_DIR "/config/daybook.toml");
  REQUIRE(file.ok());
  const std::string settings = example_toml(whole_table());
  // The [[projector]] tables behind it: tests/project/config.
  CHECK(file->substr(0, settings.size()) == settings);
}
#endif

TEST_CASE("the example file sets every key, to its default") {
  const auto table = whole_table();
  daybook::test::TempDir dir;
  const auto path = dir / "daybook.toml";
  std::ofstream(path) << example_toml(table);
  const auto from_file = load(table, path);
  REQUIRE(from_file.ok());
  const auto rows = from_file->show();
  REQUIRE(rows.size() == table.size());
  for (const auto& row : rows) {
    CAPTURE(row.spec.key);
    CHECK(row.value == daybook::config::check_text(row.spec, row.spec.fallback).value);
    CHECK(row.origin.find("file " + path + ":") == 0);
  }
}

TEST_CASE("the example file quotes what TOML wants quoted and keeps sections together") {
  const std::vector<SettingSpec> table = {
      {"a.text", SettingType::text, "say \"hi\" \\ \t end", "", 0, 0, "One."},
      {"b.number", SettingType::integer, "3", "ms", 1, 9, "Two."},
      {"a.list", SettingType::text_list, "x,y", "", 0, 0, "Three."},
  };
  const auto text = example_toml(table);
  CHECK(text.substr(text.find("\n[a]")) ==
        "\n[a]\n# One.\n# DAYBOOK_A_TEXT\ntext = \"say \\\"hi\\\" \\\\ \\u0009 end\"\n"
        "# Three.\n# DAYBOOK_A_LIST\nlist = [\"x\", \"y\"]\n"
        "\n[b]\n# Two.\n# 1 to 9 ms; DAYBOOK_B_NUMBER\nnumber = 3\n");
  daybook::test::TempDir dir;
  std::ofstream(dir / "f.toml") << text;
  const auto config = load(table, dir / "f.toml");
  REQUIRE(config.ok());
  CHECK(config->text("a.text") == "say \"hi\" \\ \t end");
}

TEST_CASE("every row of the table has a sentence, bounds when it is a number, and an own name") {
  std::set<std::string> names;
  for (const auto& row : whole_table()) {
    CAPTURE(row.key);
    CHECK(row.help.size() > 10);
    CHECK(row.help.back() == '.');
    CHECK(names.insert(daybook::config::environment_name(row.key)).second);
    CHECK(names.insert(daybook::config::flag_name(row.key)).second);
    if (row.type == SettingType::integer) {
      CHECK(row.max > row.min);
      CHECK_FALSE(row.unit.empty());
    }
  }
}
