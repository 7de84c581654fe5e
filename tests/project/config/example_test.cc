// The [[projector]] tables at the end of config/daybook.toml, and the files of config/examples.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>

#include "base/files.h"
#include "project/config/world.h"

namespace daybook::project {
namespace {

// With the "#" directly before a key or a bracket taken away.
std::string taken_in(const std::string& text) {
  std::string out, line;
  std::istringstream in(text);
  while (std::getline(in, line)) {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("config/daybook.toml ends with a table of every sink, as `config example` makes it") {
  const World world;
  const auto file = read_file(DAYBOOK_SOURCE_DIR "/config/daybook.toml");
  REQUIRE(file.ok());
  CHECK(*file == config::example_toml(world.table) + example_projectors(world.sinks));
}

TEST_CASE("the example's tables are comments; taken in they are tables of every sink") {
  const World world;
  const std::string text = example_projectors(world.sinks);
  CHECK(world.read(text)->empty());
  const auto config = world.load_text(taken_in(text));
  INFO(taken_in(text));
  REQUIRE(config.ok());
  const auto tables = config->tables("projector");
  REQUIRE(tables.size() == world.sinks.types().size());
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const ProjectorRows rows(&world.sinks.types()[i]);
    CHECK(tables[i].text("sink") == world.sinks.types()[i].name);
    const auto read = config::TableSettings::read(tables[i], rows.all());
    INFO((read.ok() ? "" : read.error().message));
    CHECK(read.ok());
    for (const auto& option : rows.options()) CHECK(read->given(option.key));
  }
}

TEST_CASE("the shipped examples have nothing wrong with them but the secrets that are not here") {
  const World world;
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(DAYBOOK_SOURCE_DIR "/config/examples")) {
    if (entry.path().extension() != ".toml") continue;
    ++files;
    const auto config = world.load_file(entry.path().string());
    INFO(entry.path() << "\n" << (config.ok() ? "" : config.error().message));
    REQUIRE(config.ok());
    CHECK(!config->tables("projector").empty());
    const auto specs = read_projectors(*config, world.sinks, world.pointers);
    if (specs) continue;
    std::istringstream mistakes(specs.error().message);
    for (std::string line; std::getline(mistakes, line);) {
      INFO(line);
      CHECK((line.find("/etc/daybook/") != std::string::npos ||
             line.find("/usr/share/daybook/") != std::string::npos));
    }
  }
  CHECK(files > 0);
}

TEST_CASE("every row of every sink has a sentence, and bounds and a unit when it is a number") {
  const SinkCatalog sinks = make_sink_catalog();
  for (const SinkType& type : sinks.types()) {
    const ProjectorRows rows(&type);
    std::set<std::string_view> keys;
    for (const SettingSpec& row : rows.all()) {
      CAPTURE(type.name, row.key);
      CHECK(row.help.size() > 10);
      CHECK(row.help.ends_with('.'));
      CHECK(keys.insert(row.key).second);
      if (row.type != SettingType::integer) continue;
      CHECK(row.max > row.min);
      CHECK_FALSE(row.unit.empty());
    }
    CHECK(type.batch_events > 0);
    CHECK(type.make != nullptr);
  }
}

TEST_CASE("the batch defaults an example shows are those of its sink") {
  SinkType type;
  type.name = "thing";
  type.batch_events = 123;
  type.batch_ms = 456;
  SinkCatalog catalog;
  catalog.add(type);
  const std::string text = example_projectors(catalog);
  CHECK(text.find("#batch_events_max = 123\n") != std::string::npos);
  CHECK(text.find("#batch_ms = 456\n") != std::string::npos);
  CHECK(text.find("#sink = \"thing\"\n") != std::string::npos);
}

}  // namespace daybook::project
