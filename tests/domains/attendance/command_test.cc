#include "domains/attendance/command.h"

#include "domains/attendance/world.h"

namespace daybook::attendance {
namespace {

struct Row {
  std::string body;
  std::string expected;  // "ok", or every broken rule in the order of the documentation
};

std::string member(const char* name, const std::string& value) {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"type", "\"checkin\""}, {"userId", "\"u\""},     {"schoolId", "\"s\""},
      {"timestamp", "5000"},   {"temperature", "36.5"}, {"image", "\"\""}};
  std::string body;
  for (const auto& [key, usual] : all) {
    const std::string& put = key == name ? value : usual;
    if (!put.empty()) body += (body.empty() ? "{\"" : ",\"") + key + "\":" + put;
  }
  return body + "}";
}

std::string quoted(std::size_t count, const char* character = "a") {
  std::string text = "\"";
  for (std::size_t i = 0; i < count; ++i) text += character;
  return text + "\"";
}

std::string parsed(const std::string& body) {
  json::Parser parser;
  Arena arena;
  auto value = parser.parse(body, false);
  if (!value.ok()) return value.error().code == Errc::malformed ? "malformed" : "?";
  auto command = Domain::parse(*value, arena);
  return command.ok() ? "ok" : World::words(command.error());
}

TEST_CASE("every rule of a report's fields holds, and each broken one is named") {
  const Row rows[] = {
      {member("", ""), "ok"},
      {member("type", "\"checkout\""), "ok"},
      {member("type", ""), "type: missing"},
      {member("userId", ""), "userId: missing"},
      {member("userId", "\"\""), "userId: empty"},
      {member("userId", quoted(64)), "ok"},
      {member("userId", quoted(65)), "userId: too_long"},
      {member("userId", quoted(64, "\xC3\xA9")), "ok"},
      {member("userId", quoted(65, "\xC3\xA9")), "userId: too_long"},
      {member("userId", "\"a\\u0000b\""), "userId: nul"},
      {member("userId", "\"a\\nb\""), "userId: control_character"},
      {member("userId", "17"), "userId: type"},
      {member("userId", "null"), "userId: type"},
      {member("schoolId", quoted(65)), "schoolId: too_long"},
      {member("schoolId", "[\"s\"]"), "schoolId: type"},
      {member("timestamp", ""), "ok"},
      {member("timestamp", "1"), "ok"},
      {member("timestamp", "\"1773140400000\""), "ok"},
      {member("timestamp", "0"), "timestamp: range"},
      {member("timestamp", "-5"), "timestamp: range"},
      {member("timestamp", "1.5"), "timestamp: not_whole"},
      {member("timestamp", "\"soon\""), "timestamp: type"},
      {member("timestamp", "true"), "timestamp: type"},
      {member("timestamp", "18446744073709551615"), "timestamp: range"},
      {member("temperature", ""), "temperature: missing"},
      {member("temperature", "38"), "ok"},
      {member("temperature", "\"38.25\""), "ok"},
      {member("temperature", "-100"), "ok"},
      {member("temperature", "100"), "ok"},
      {member("temperature", "100.001"), "temperature: range"},
      {member("temperature", "-101"), "temperature: range"},
      {member("temperature", "\"warm\""), "temperature: type"},
      {member("temperature", "\"NaN\""), "temperature: type"},
      {member("temperature", "{}"), "temperature: type"},
      {member("image", ""), "ok"},
      {member("image", quoted(512)), "ok"},
      {member("image", quoted(513)), "image: too_long"},
      {member("image", "4"), "image: type"},
      {R"({"type":"checkin","userId":"u","schoolId":"s","temperature":36,"extra":[{}]})", "ok"},
      {R"({"userId":9,"schoolId":"","timestamp":0,"temperature":"x","image":1})",
       "type: missing, userId: type, schoolId: empty, timestamp: range, temperature: type, image: "
       "type"},
      {"[]", ": type"},
      {"7", ": type"},
      {"{", "malformed"},
      {"{}x", "malformed"},
      {R"({"type":"checkin","type":"checkout"})", "malformed"},
      {"{\"type\":\"\xFF\"}", "malformed"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    CHECK(parsed(row.body) == row.expected);
  }
}

TEST_CASE("an unknown type is one error of the field type") {
  CHECK(parsed(member("type", "\"lunch\"")).rfind("type: ", 0) == 0);
  CHECK(parsed(member("type", "3")).rfind("type: ", 0) == 0);
}

TEST_CASE("a temperature is cut to the thousandth of a degree, so that 37.9996 is no fever") {
  struct Temperature {
    const char* text;
    std::int32_t milli;
  };
  for (const auto& row :
       {Temperature{"36.5", 36'500}, Temperature{"\"38\"", 38'000}, Temperature{"37.9994", 37'999},
        Temperature{"37.9996", 37'999}, Temperature{"36.6", 36'600}, Temperature{"-0.0015", -2}}) {
    World world;
    INFO(row.text);
    REQUIRE(world.send(report("checkin", "u", "s", world.now, row.text)) == "ok");
    CHECK(world.last.temperature_milli == row.milli);
  }
}

TEST_CASE("a school's definition needs a name or a real time zone") {
  World world;
  const std::pair<const char*, const char*> rows[] = {
      {R"({"name":"North","timeZone":"Asia/Jakarta"})", "ok"},
      {R"({"name":"North"})", "ok"},
      {R"({"timeZone":"Asia/Jakarta"})", "ok"},
      {R"({})", ": nothing_to_do"},
      {R"({"other":1})", "other: unknown_member"},
      {R"({"name":""})", "name: empty"},
      {R"({"name":5,"timeZone":"Asia/Atlantis"})", "name: type, timeZone: unknown_zone"},
      {R"({"name":"A","time_zone":"UTC"})", "time_zone: unknown_member"},
      {R"({"timeZone":""})", "timeZone: empty"},
  };
  for (const auto& [body, expected] : rows) {
    INFO(body);
    CHECK(world.define("7", body) == expected);
  }
  CHECK(world.define("7", R"({"name":)" + quoted(200) + "}") == "ok");
  CHECK(world.define("7", R"({"name":)" + quoted(201) + "}") == "name: too_long");
  CHECK(world.define(std::string(65, 'x'), R"({"name":"x"})") == "id: too_long");
  CHECK(world.define("a\nb", R"({"name":"x"})") == "id: control_character");
}

}  // namespace
}  // namespace daybook::attendance
