#include "config/config.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <optional>

#include "config/value.h"
#include "support/temp_dir.h"

using daybook::Errc;
using daybook::SettingSpec;
using daybook::SettingType;
using daybook::config::Config;
using daybook::config::Sources;
using daybook::test::TempDir;

namespace {

const std::vector<SettingSpec> small_table = {
    {"server.listen", SettingType::text_list, "127.0.0.1:8080", "", 0, 0, "Where."},
    {"server.data", SettingType::text, "./data", "", 0, 0, "The directory."},
    {"http.body_bytes_max", SettingType::integer, "1000", "bytes", 10, 2000, "A limit."},
    {"http.free", SettingType::integer, "-5", "", 0, 0, "Without bounds."},
    {"pages.origins", SettingType::text_list, "*", "", 0, 0, "A list that may be empty."},
    {"http.ratio", SettingType::real, "0.5", "", 0, 0, "A ratio."},
    {"http.open", SettingType::boolean, "false", "", 0, 0, "A switch."},
    {"logging.level", SettingType::text, "info", "", 0, 0, "A choice."},
};

std::function<std::optional<std::string>(const std::string&)> environment_of(
    std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto at = values.find(name);
    if (at == values.end()) return std::nullopt;
    return at->second;
  };
}

// A file with this text, and nothing in the environment.
struct FromFile {
  explicit FromFile(const std::string& text) : path(dir / "daybook.toml") {
    std::ofstream(path, std::ios::binary) << text;
    sources.file = path;
    sources.environment = environment_of({});
  }
  TempDir dir;
  std::string path;
  Sources sources;
};

Sources plain(std::map<std::string, std::string> flags = {},
              std::map<std::string, std::string> environment = {}) {
  return {std::nullopt, std::move(flags), environment_of(std::move(environment))};
}

std::string origin_of(const Config& config, std::string_view key) {
  for (const auto& row : config.show())
    if (row.spec.key == key) return row.origin;
  return "no such key";
}

}  // namespace

TEST_CASE("without any source every setting has its default and says so") {
  const auto config = Config::load(small_table, plain());
  REQUIRE(config.ok());
  CHECK(config->text_list("server.listen") == std::vector<std::string>{"127.0.0.1:8080"});
  CHECK(config->text("server.data") == "./data");
  CHECK(config->integer("http.body_bytes_max") == 1000);
  CHECK(config->integer("http.free") == -5);
  CHECK(config->real("http.ratio") == 0.5);
  CHECK_FALSE(config->boolean("http.open"));
  for (const auto& row : config->show()) CHECK(row.origin == "default");
}

TEST_CASE(
    "a flag wins over the environment, the environment over the file, the file over the default") {
  FromFile file("[http]\nbody_bytes_max = 11\nfree = 12\nratio = 3\nopen = true\n");
  file.sources.environment =
      environment_of({{"DAYBOOK_HTTP_BODY_BYTES_MAX", "21"}, {"DAYBOOK_HTTP_FREE", "22"}});
  file.sources.flags = {{"http.body_bytes_max", "31"}};
  const auto config = Config::load(small_table, file.sources);
  REQUIRE(config.ok());
  CHECK(config->integer("http.body_bytes_max") == 31);
  CHECK(origin_of(*config, "http.body_bytes_max") == "flag --http-body-bytes-max");
  CHECK(config->integer("http.free") == 22);
  CHECK(origin_of(*config, "http.free") == "environment DAYBOOK_HTTP_FREE");
  CHECK(config->real("http.ratio") == 3.0);
  CHECK(origin_of(*config, "http.ratio") == "file " + file.path + ":4");
  CHECK(config->boolean("http.open"));
  CHECK(origin_of(*config, "server.data") == "default");
}

TEST_CASE("names of flags and of the environment follow from the key") {
  CHECK(daybook::config::environment_name("http.body_bytes_max") == "DAYBOOK_HTTP_BODY_BYTES_MAX");
  CHECK(daybook::config::flag_name("http.body_bytes_max") == "--http-body-bytes-max");
}

TEST_CASE("the two usual settings of the server have short names in the environment too") {
  const auto config = Config::load(
      small_table, plain({}, {{"DAYBOOK_LISTEN", "a:1, b:2"}, {"DAYBOOK_SERVER_DATA", "/x"}}));
  REQUIRE(config.ok());
  CHECK(config->text_list("server.listen") == std::vector<std::string>{"a:1", "b:2"});
  CHECK(origin_of(*config, "server.listen") == "environment DAYBOOK_LISTEN");
  CHECK(config->text("server.data") == "/x");
  CHECK(origin_of(*Config::load(small_table, plain({{"server.data", "/y"}})), "server.data") ==
        "flag --data");
}

TEST_CASE(
    "both names of one setting with different values are refused, with the same value taken") {
  CHECK(
      Config::load(small_table, plain({}, {{"DAYBOOK_DATA", "/a"}, {"DAYBOOK_SERVER_DATA", "/a"}}))
          .ok());
  const auto config =
      Config::load(small_table, plain({}, {{"DAYBOOK_DATA", "/a"}, {"DAYBOOK_SERVER_DATA", "/b"}}));
  REQUIRE_FALSE(config.ok());
  CHECK(config.error().message ==
        "server.data is given twice and differently (environment DAYBOOK_SERVER_DATA and "
        "DAYBOOK_DATA)");
}

TEST_CASE("DAYBOOK_CONFIG names the file when the command line does not") {
  FromFile file("[http]\nfree = 3\n");
  FromFile other("[http]\nfree = 4\n");
  auto sources = plain({}, {{"DAYBOOK_CONFIG", file.path}});
  CHECK(Config::load(small_table, sources)->integer("http.free") == 3);
  sources.file = other.path;
  CHECK(Config::load(small_table, sources)->integer("http.free") == 4);
}

TEST_CASE("a wrong value in a file is refused with the rule, the value and its line") {
  struct Row {
    const char* line;
    const char* problem;
  };
  const auto row = GENERATE(values<Row>({
      {"[http]\nbody_bytes_max = \"12\"",
       "http.body_bytes_max must be an integer, is a string (file FILE:2)"},
      {"[http]\nbody_bytes_max = 12.5",
       "http.body_bytes_max must be an integer, is a number with a fraction (file FILE:2)"},
      {"[http]\n\nbody_bytes_max = true",
       "http.body_bytes_max must be an integer, is a boolean (file FILE:3)"},
      {"[http]\nbody_bytes_max = [1]",
       "http.body_bytes_max must be an integer, is a list with something else than strings (file "
       "FILE:2)"},
      {"[http]\nbody_bytes_max = 2026-01-01",
       "http.body_bytes_max must be an integer, is a date or time (file FILE:2)"},
      {"[http]\nbody_bytes_max = 9",
       "http.body_bytes_max must be 10 to 2000 bytes, is 9 (file FILE:2)"},
      {"[http]\nbody_bytes_max = 2001",
       "http.body_bytes_max must be 10 to 2000 bytes, is 2001 (file FILE:2)"},
      {"[http.body_bytes_max]\nx = 1",
       "http.body_bytes_max must be an integer, is a table (file FILE:1)"},
      {"[http]\nopen = 1", "http.open must be a boolean, is an integer (file FILE:2)"},
      {"[http]\nopen = \"true\"", "http.open must be a boolean, is a string (file FILE:2)"},
      {"[http]\nratio = \"x\"", "http.ratio must be a number, is a string (file FILE:2)"},
      {"[http]\nratio = nan", "http.ratio must be a number, is \"nan\" (file FILE:2)"},
      {"[server]\nlisten = \"a:1\"",
       "server.listen must be a list of strings, is a string (file FILE:2)"},
      {"[server]\nlisten = [\"a:1\", 2]",
       "server.listen must be a list of strings, is a list with something else than strings (file "
       "FILE:2)"},
      {"[server]\nlisten = [\"a:1,b:2\"]",
       "server.listen must be a list of strings, is a list with a comma in an item (file FILE:2)"},
      {"[server]\ndata = 7", "server.data must be a string, is an integer (file FILE:2)"},
      {"[logging]\nlevel = \"loud\"",
       "logging.level must be one of trace, debug, info, warn, error, off, is \"loud\" (file "
       "FILE:2)"},
  }));
  CAPTURE(row.line);
  FromFile file(row.line);
  const auto config = Config::load(small_table, file.sources);
  REQUIRE_FALSE(config.ok());
  CHECK(config.error().code == Errc::invalid);
  std::string expected = row.problem;
  expected.replace(expected.find("FILE"), 4, file.path);
  CHECK(config.error().message == expected);
}

TEST_CASE("a wrong text in a flag or the environment is refused with the rule and where it stood") {
  struct Row {
    const char *key, *text, *problem;
  };
  const auto row = GENERATE(values<Row>({
      {"http.body_bytes_max", "", "must be an integer, is \"\""},
      {"http.body_bytes_max", "12x", "must be an integer, is \"12x\""},
      {"http.body_bytes_max", "1e3", "must be an integer, is \"1e3\""},
      {"http.body_bytes_max", "99999999999999999999",
       "must be an integer, is \"99999999999999999999\""},
      {"http.body_bytes_max", "-1", "must be 10 to 2000 bytes, is -1"},
      {"http.open", "maybe", "must be true or false, is \"maybe\""},
      {"http.ratio", "inf", "must be a number, is \"inf\""},
      {"http.ratio", "0.5 0.6", "must be a number, is \"0.5 0.6\""},
      {"server.listen", "a:1,,b:2", "has an empty item, is \"a:1,,b:2\""},
      {"server.listen", ",", "has an empty item, is \",\""},
      {"server.listen", "", "must name at least one address"},
      {"server.data", "", "must not be empty"},
      {"logging.level", "INFO", "must be one of trace, debug, info, warn, error, off, is \"INFO\""},
  }));
  CAPTURE(row.key, row.text);
  const auto by_flag = Config::load(small_table, plain({{row.key, row.text}}));
  REQUIRE_FALSE(by_flag.ok());
  CHECK(by_flag.error().message.find(std::string(row.key) + " " + row.problem + " (flag --") == 0);
  const auto name = daybook::config::environment_name(row.key);
  const auto by_environment = Config::load(small_table, plain({}, {{name, row.text}}));
  REQUIRE_FALSE(by_environment.ok());
  CHECK(by_environment.error().message ==
        std::string(row.key) + " " + row.problem + " (environment " + name + ")");
}

TEST_CASE("an unknown key is refused with its line and the nearest known name") {
  struct Row {
    const char *text, *problem;
  };
  const auto row = GENERATE(values<Row>({
      {"[http]\nbody_byte_max = 1",
       "unknown key http.body_byte_max at FILE:2; did you mean http.body_bytes_max?"},
      {"[htp]\nfree = 1", "unknown key htp.free at FILE:2; did you mean http.free?"},
      {"listen = [\"a:1\"]", "unknown key listen at FILE:1; did you mean server.listen?"},
      {"[http.limits]\nbody = 1", "unknown key http.limits at FILE:1; the nearest is http.ratio"},
      {"[zzzzzzzzzz]\nqqqqqqqqqqqq = 1",
       "unknown key zzzzzzzzzz.qqqqqqqqqqqq at FILE:2; the nearest is "},
  }));
  CAPTURE(row.text);
  FromFile file(row.text);
  const auto config = Config::load(small_table, file.sources);
  REQUIRE_FALSE(config.ok());
  std::string expected = row.problem;
  expected.replace(expected.find("FILE"), 4, file.path);
  CHECK(config.error().message.substr(0, expected.size()) == expected);
}

TEST_CASE("a file that is no TOML is refused with file and line") {
  struct Row {
    const char* text;
    std::size_t line;
  };
  const auto row = GENERATE(values<Row>({{"[http", 1},
                                         {"[http]\nfree =\n", 2},
                                         {"[http]\nfree = 1\nfree = 2\n", 3},
                                         {"[http]\n\n[http]\n", 3},
                                         {"[server]\ndata = \"open", 2},
                                         {"[server]\ndata = \"\xFF\xFE\"\n", 2}}));
  CAPTURE(row.text);
  FromFile file(row.text);
  const auto config = Config::load(small_table, file.sources);
  REQUIRE_FALSE(config.ok());
  const auto start = file.path + ":" + std::to_string(row.line) + ": ";
  CHECK(config.error().message.substr(0, start.size()) == start);
  CHECK(config.error().message.size() > start.size() + 5);
}

TEST_CASE("a named file that does not exist, and one that is far too large, are refused") {
  auto sources = plain();
  sources.file = "/no/such/daybook.toml";
  const auto missing = Config::load(small_table, sources);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message.find("/no/such/daybook.toml") != std::string::npos);
  FromFile large(std::string(2 * 1024 * 1024, '#'));
  CHECK_FALSE(Config::load(small_table, large.sources).ok());
}

TEST_CASE("one run tells every mistake of every source") {
  FromFile file("[http]\nfree = \"x\"\nfre = 1\n");
  file.sources.environment = environment_of({{"DAYBOOK_HTTP_OPEN", "perhaps"}});
  file.sources.flags = {{"http.ratio", "r"}};
  const auto config = Config::load(small_table, file.sources);
  REQUIRE_FALSE(config.ok());
  const auto& error = config.error();
  REQUIRE(error.fields.size() == 4);
  CHECK(error.fields[0].field == "http.free");
  CHECK(error.fields[1].code == "unknown_key");
  CHECK(error.fields[2].field == "http.open");
  CHECK(error.fields[3].field == "http.ratio");
  for (const auto& field : error.fields)
    CHECK(error.message.find(field.message) != std::string::npos);
}

TEST_CASE(
    "an unknown DAYBOOK_ name in the process's environment is refused, names of tests are not") {
  ::setenv("DAYBOOK_HTTP_FRE", "1", 1);
  ::setenv("DAYBOOK_TEST_ANYTHING", "1", 1);
  ::setenv("DAYBOOK_ADMIN_KEY", "dbk", 1);                      // of `daybook seed`
  ::setenv("DAYBOOK_PORT_8080_TCP", "tcp://10.0.0.1:8080", 1);  // Kubernetes, Service daybook
  const auto config = Config::load(small_table, Sources{});
  ::unsetenv("DAYBOOK_HTTP_FRE");
  REQUIRE_FALSE(config.ok());
  CHECK(config.error().message ==
        "unknown environment variable DAYBOOK_HTTP_FRE; did you mean DAYBOOK_HTTP_FREE?");
  ::setenv("DAYBOOK_QQ", "1", 1);
  const auto far = Config::load(small_table, Sources{});
  ::unsetenv("DAYBOOK_QQ");
  REQUIRE_FALSE(far.ok());
  CHECK(far.error().message ==
        "unknown environment variable DAYBOOK_QQ; the nearest is DAYBOOK_DATA");
  ::setenv("DAYBOOK_HTTP_FREE", "77", 1);
  const auto right = Config::load(small_table, Sources{});
  ::unsetenv("DAYBOOK_HTTP_FREE");
  ::unsetenv("DAYBOOK_TEST_ANYTHING");
  ::unsetenv("DAYBOOK_ADMIN_KEY");
  ::unsetenv("DAYBOOK_PORT_8080_TCP");
  REQUIRE(right.ok());
  CHECK(right->integer("http.free") == 77);
}

TEST_CASE("lists lose blanks around items and may be empty") {
  CHECK(Config::load(small_table, plain({{"server.listen", " a:1 ,\tb:2"}}))
            ->text_list("server.listen") == std::vector<std::string>{"a:1", "b:2"});
  CHECK(Config::load(small_table, plain({{"pages.origins", ""}}))
            ->text_list("pages.origins")
            .empty());
  FromFile file("[pages]\norigins = []\n");
  CHECK(Config::load(small_table, file.sources)->text_list("pages.origins").empty());
  FromFile several("[server]\nlisten = [\n  \"a:1\",\n  \"b:2\", # two\n]\n");
  CHECK(Config::load(small_table, several.sources)->text_list("server.listen") ==
        std::vector<std::string>{"a:1", "b:2"});
}

TEST_CASE("the nearest name is the one with the fewest edits") {
  const std::vector<std::string_view> names = {"http.threads", "http.idle_timeout_ms",
                                               "log.watermark"};
  struct Row {
    const char *name, *nearest;
    std::size_t distance;
  };
  const auto row = GENERATE(values<Row>({{"http.threads", "http.threads", 0},
                                         {"http.thread", "http.threads", 1},
                                         {"htpt.threads", "http.threads", 2},
                                         {"", "http.threads", 12},
                                         {"log.watermarks", "log.watermark", 1}}));
  CAPTURE(row.name);
  const auto nearest = daybook::config::nearest_name(row.name, names);
  CHECK(nearest.name == row.nearest);
  CHECK(nearest.distance == row.distance);
}
