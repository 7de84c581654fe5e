// [[projector]] tables: how they are read from a file and resolved against rows.
#include "config/table.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "config/config.h"
#include "support/temp_dir.h"

using daybook::Errc;
using daybook::SettingSpec;
using daybook::SettingType;
using daybook::config::Config;
using daybook::config::RawTable;
using daybook::config::TableSettings;
using daybook::test::TempDir;

namespace {

const std::vector<SettingSpec> kernel = {
    {"server.data", SettingType::text, "./data", "", 0, 0, "The directory."},
};

const std::vector<SettingSpec> rows = {
    {"name", SettingType::text, "", "", 0, 0, "Its name."},
    {"colour", SettingType::text, "red", "", 0, 0, "A colour."},
    {"size", SettingType::integer, "5", "bytes", 1, 9, "A size."},
    {"ratio", SettingType::real, "0.5", "", 0, 0, "A ratio."},
    {"open", SettingType::boolean, "false", "", 0, 0, "A switch."},
    {"types", SettingType::text_list, "", "", 0, 0, "A list."},
};

struct FromFile {
  explicit FromFile(const std::string& text) : path(dir / "daybook.toml") {
    std::ofstream(path, std::ios::binary) << text;
    daybook::config::Sources sources;
    sources.file = path;
    sources.environment = [](const std::string&) { return std::nullopt; };
    config = Config::load(kernel, sources);
  }
  TempDir dir;
  std::string path;
  daybook::Result<Config> config = daybook::Error{Errc::internal, "not loaded"};
};

// The only table of a file with this body.
RawTable table_of(const FromFile& file) {
  REQUIRE(file.config.ok());
  const auto tables = file.config->tables("projector");
  REQUIRE(tables.size() == 1);
  return tables.front();
}

}  // namespace

TEST_CASE("every [[projector]] table of the file is there, in its order, with its line") {
  const FromFile file(
      "[server]\ndata = \"/x\"\n\n[[projector]]\nname = \"b\"\nsize = 3\n\n"
      "[[projector]]\n# words\nname = \"a\"\n");
  REQUIRE(file.config.ok());
  CHECK(file.config->text("server.data") == "/x");
  const auto tables = file.config->tables("projector");
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].text("name") == "b");
  CHECK(tables[0].place() == file.path + ":4");
  REQUIRE(tables[0].find("size") != nullptr);
  CHECK(tables[0].find("size")->line == 6);
  CHECK(tables[1].text("name") == "a");
  CHECK(tables[1].place() == file.path + ":8");
  CHECK(tables[1].text("size").empty());
  CHECK(tables[1].find("size") == nullptr);
  CHECK(file.config->tables("other").empty());
}

TEST_CASE("a file without tables has none") {
  const FromFile file("[server]\ndata = \"/x\"\n");
  REQUIRE(file.config.ok());
  CHECK(file.config->tables("projector").empty());
}

TEST_CASE("a [[table]] of another name is told with its line and the name that was meant") {
  const FromFile file("[[projektor]]\nname = \"a\"\n\n[[projektor]]\nname = \"b\"\n");
  REQUIRE_FALSE(file.config.ok());
  CHECK(file.config.error().message ==
        "unknown table [[projektor]] at " + file.path +
            ":1; did you mean projector?\nunknown table [[projektor]] at " + file.path +
            ":4; did you mean projector?");
}

TEST_CASE("[projector] with single brackets is told as such") {
  const FromFile file("[projector]\nname = \"a\"\n");
  REQUIRE_FALSE(file.config.ok());
  CHECK(file.config.error().message == "projector.name at " + file.path +
                                           ":2 must stand in a table written with two brackets: "
                                           "[[projector]]");
}

TEST_CASE("a table's values are its own, else the rows' defaults") {
  const FromFile file(
      "[[projector]]\nname = \"n\"\nsize = 9\nratio = 2\nopen = true\ntypes = [\"a\", \"b\"]\n");
  const auto read = TableSettings::read(table_of(file), rows);
  REQUIRE(read.ok());
  CHECK(read->text("name") == "n");
  CHECK(read->text("colour") == "red");
  CHECK(read->integer("size") == 9);
  CHECK(read->real("ratio") == 2.0);
  CHECK(read->boolean("open"));
  CHECK(read->text_list("types") == std::vector<std::string>{"a", "b"});
  CHECK(read->given("size"));
  CHECK_FALSE(read->given("colour"));
}

TEST_CASE("a text without a default may be left out or empty, one with a default not") {
  const FromFile empty("[[projector]]\nname = \"\"\n");
  const auto read = TableSettings::read(table_of(empty), rows);
  REQUIRE(read.ok());
  CHECK(read->text("name").empty());
  const FromFile refused("[[projector]]\ncolour = \"\"\n");
  const auto wrong = TableSettings::read(table_of(refused), rows);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message == "colour must not be empty (file " + refused.path + ":2)");
}

TEST_CASE("every mistake of a table is told with its line, an unknown key with the nearest one") {
  const FromFile file(
      "[[projector]]\nnmae = \"n\"\nsize = 10\nopen = \"yes\"\ntypes = [1]\n"
      "[projector.colour]\nx = 1\n");
  const auto read = TableSettings::read(table_of(file), rows);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == Errc::invalid);
  CHECK(read.error().message ==
        "unknown key nmae of [[projector]] at " + file.path +
            ":2; did you mean name?\n"
            "size must be 1 to 9 bytes, is 10 (file " +
            file.path +
            ":3)\n"
            "open must be a boolean, is a string (file " +
            file.path +
            ":4)\n"
            "types must be a list of strings, is a list with something else than strings (file " +
            file.path +
            ":5)\n"
            "colour must be a string, is a table (file " +
            file.path + ":6)");
  REQUIRE(read.error().fields.size() == 5);
  CHECK(read.error().fields[0].code == "unknown_key");
  CHECK(read.error().fields[1].field == "size");
}

TEST_CASE("an inline list of tables is read as [[tables]] are") {
  const FromFile file("projector = [{name = \"a\"}, {name = \"b\"}]\n");
  REQUIRE(file.config.ok());
  REQUIRE(file.config->tables("projector").size() == 2);
  CHECK(file.config->tables("projector")[1].text("name") == "b");
}

TEST_CASE("the example of rows has each commented out, under its sentence and its bounds") {
  CHECK(daybook::config::example_rows(std::span(rows).subspan(1, 2)) ==
        "# A colour.\n#colour = \"red\"\n# A size. 1 to 9 bytes.\n#size = 5\n");
}
