#include "config/flags.h"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

using daybook::SettingSpec;
using daybook::SettingType;
using daybook::config::add_flags;
using Flags = std::map<std::string, std::string>;

namespace {

// What the flags of this command line come to; the word "refused" under "" when it does not parse.
Flags parsed(std::vector<std::string> arguments) {
  CLI::App app;
  Flags out;
  add_flags(app, daybook::config::kernel_settings(), out);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError&) {
    return {{"", "refused"}};
  }
  return out;
}

}  // namespace

TEST_CASE("flags land under the key of their setting") {
  struct Row {
    std::vector<std::string> arguments;
    Flags expected;
  };
  const auto row = GENERATE(values<Row>({
      {{}, {}},
      {{"--http-threads", "3"}, {{"http.threads", "3"}}},
      {{"--http-threads=3"}, {{"http.threads", "3"}}},
      {{"--data", "/var/lib/daybook"}, {{"server.data", "/var/lib/daybook"}}},
      {{"--server-data", "/x"}, {{"server.data", "/x"}}},
      {{"--listen", "a:1"}, {{"server.listen", "a:1"}}},
      {{"--listen", "a:1,b:2"}, {{"server.listen", "a:1,b:2"}}},
      {{"--listen", "a:1", "--listen", "b:2,c:3"}, {{"server.listen", "a:1,b:2,c:3"}}},
      {{"--server-open-routes"}, {{"server.open_routes", "true"}}},
      {{"--server-open-routes=true"}, {{"server.open_routes", "true"}}},
      {{"--server-open-routes=false"}, {{"server.open_routes", "false"}}},
      {{"--server-open-routes", "--http-threads", "3"},
       {{"server.open_routes", "true"}, {"http.threads", "3"}}},
      {{"--server-open-routes=maybe"}, {{"server.open_routes", "maybe"}}},  // Config's to refuse
      {{"--http-threads", "many"}, {{"http.threads", "many"}}},  // the value is Config's to refuse
      {{"--listen", "a:1", "b:2"}, {{"", "refused"}}},
      {{"--http-threads"}, {{"", "refused"}}},
      {{"--http-threads", "1", "--http-threads", "2"}, {{"", "refused"}}},
      {{"--http-thread", "1"}, {{"", "refused"}}},
  }));
  CAPTURE(row.arguments);
  CHECK(parsed(row.arguments) == row.expected);
}

TEST_CASE("the help of every flag has its sentence, default and unit") {
  CLI::App app;
  Flags out;
  add_flags(app, daybook::config::kernel_settings(), out);
  std::string help = app.help();
  help.erase(std::remove_if(help.begin(), help.end(), [](char c) { return c == ' ' || c == '\n'; }),
             help.end());
  for (const auto& row : daybook::config::kernel_settings()) {
    std::string wanted = std::string(row.help) + "[default:" + std::string(row.fallback) +
                         std::string(row.unit) + "]";
    wanted.erase(std::remove(wanted.begin(), wanted.end(), ' '), wanted.end());
    CAPTURE(row.key, wanted);
    CHECK(help.find(daybook::config::flag_name(row.key)) != std::string::npos);
    CHECK(help.find(wanted) != std::string::npos);
  }
}

TEST_CASE("flags and loading go together: what a flag says is what the config has") {
  const auto flags =
      parsed({"--listen", "a:1", "--listen", "b:2", "--server-open-routes", "--http-threads", "2"});
  daybook::config::Sources sources;
  sources.flags = flags;
  sources.environment = [](const std::string&) { return std::nullopt; };
  const auto config = daybook::config::Config::load(daybook::config::kernel_settings(), sources);
  REQUIRE(config.ok());
  CHECK(config->text_list("server.listen") == std::vector<std::string>{"a:1", "b:2"});
  CHECK(config->boolean("server.open_routes"));
  CHECK(config->integer("http.threads") == 2);
}
