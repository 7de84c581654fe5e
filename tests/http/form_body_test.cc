// Bodies of HTML forms as JSON.
#include "http/form_body.h"
#include "http/problem.h"

#include <daybook/json.h>

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <map>

namespace daybook::http {
namespace {

using namespace std::string_literals;

const std::string urlencoded = "application/x-www-form-urlencoded";
const std::string multipart = "multipart/form-data; boundary=b";

std::string converted(const std::string& type, std::string_view body) {
  std::string out;
  const auto done = append_form_as_json(type, body, out);
  if (done.ok()) return out;
  std::string text = "error " + std::to_string(status_of(done.error().code));
  for (const FieldError& field : done.error().fields) text += " " + field.field + " " + field.code;
  return text;
}

struct Row {
  std::string body, expected;
};

TEST_CASE("a urlencoded body becomes an object of strings in the order of its names") {
  const Row rows[] = {
      {"", "{}"},
      {"&&", "{}"},
      {"a=1", R"({"a":"1"})"},
      {"b=2&a=1", R"({"b":"2","a":"1"})"},
      {"a", R"({"a":""})"},
      {"a=", R"({"a":""})"},
      {"=v", R"({"":"v"})"},
      {"=", R"({"":""})"},
      {"a=b=c", R"({"a":"b=c"})"},
      {"a=1+2", R"({"a":"1 2"})"},
      {"a=1%2b2", R"({"a":"1+2"})"},
      {"a+b=1", R"({"a b":"1"})"},
      {"%61=1", R"({"a":"1"})"},
      {"a=%26%3D", R"({"a":"&="})"},
      {"a=%2541", R"({"a":"%41"})"},
      {"a=%C3%A9", R"({"a":"é"})"},
      {"a=\xC3\xA9", R"({"a":"é"})"},
      {"a=%0D%0A\"\\", R"({"a":"\r\n\"\\"})"},
      {"a=1;b=2", R"({"a":"1;b=2"})"},
      {"a=1&a=2&b=3&a=1", R"({"a":["1","2","1"],"b":"3"})"},
      {"a[]=1", R"({"a":["1"]})"},
      {"a[]=1&a[]=2", R"({"a":["1","2"]})"},
      {"a%5B%5D=1", R"({"a":["1"]})"},
      {"a=1&a[]=2", R"({"a":["1","2"]})"},
      {"[]=1", R"({"[]":"1"})"},
      {"a[0]=1", R"({"a[0]":"1"})"},
      {"a[][]=1", R"({"a[]":["1"]})"},
      {"__proto__=1", R"({"__proto__":"1"})"},
      {"a=1&%61=2", R"({"a":["1","2"]})"},
      {"a=" + "x\0y"s, R"({"a":"x\u0000y"})"},
      {"a=%00", R"({"a":"\u0000"})"},
      {"a=%", "error 400"},
      {"a=%4", "error 400"},
      {"a=%zz", "error 400"},
      {"a=%4g", "error 400"},
      {"%=1", "error 400"},
      {"a=%u0041", "error 400"},
      {"a=%FF", "error 400 a not_utf8"},
      {"a=%C3", "error 400 a not_utf8"},
      {"a=%C0%80", "error 400 a not_utf8"},
      {"a=%ED%A0%80", "error 400 a not_utf8"},
      {"%FF=1", "error 400"},
      {"ok=1&a=\xFF", "error 400 a not_utf8"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    CHECK(converted(urlencoded, row.body) == row.expected);
  }
}

std::string part(const std::string& disposition, const std::string& bytes,
                 const std::string& more = {}) {
  return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" + bytes +
         "\r\n";
}

TEST_CASE("the text parts of a multipart body become an object of strings, files are refused") {
  const std::string end = "--b--\r\n";
  const std::string picture = "Content-Type: image/png\r\n";
  const Row rows[] = {
      {end, "{}"},
      {"--b--", "{}"},
      {part("name=\"a\"", "1") + end, R"({"a":"1"})"},
      {part("name=a", "1") + end, R"({"a":"1"})"},
      {part("name=\"a\"", "") + end, R"({"a":""})"},
      {part("name=\"a\"", "1+%41\r\n2") + end, R"({"a":"1+%41\r\n2"})"},
      {part("name=\"a\"", "é", "Content-Type: text/plain; charset=latin1\r\n") + end,
       R"({"a":"é"})"},
      {part("name=\"b\"", "2") + part("name=\"a\"", "1") + end, R"({"b":"2","a":"1"})"},
      {part("name=\"a\"", "1") + part("name=\"a\"", "2") + end, R"({"a":["1","2"]})"},
      {part("name=\"a[]\"", "1") + end, R"({"a":["1"]})"},
      {part("name=\"a%22b\"", "1") + end, R"({"a\"b":"1"})"},
      {part("name=\"a\\\"b\\\\c\\d\"", "1") + end, R"({"a\"b\\c\\d":"1"})"},
      {part("name=\"a%0D%0Ab%2\"", "1") + end, R"({"a\r\nb%2":"1"})"},
      {part("name=\"a%41\"", "1") + end, R"({"a%41":"1"})"},
      {"before\r\n" + part("name=\"a\"", "1") + end + "after", R"({"a":"1"})"},
      {part("name=\"f\"; filename=\"\"", "", "Content-Type: application/octet-stream\r\n") +
           part("name=\"a\"", "1") + end,
       R"({"a":"1"})"},
      {part("name=\"f\"; filename=\"x.png\"", "bytes", picture) + end, "error 422 f file"},
      {part("name=\"f\"; filename=\"x.png\"", "", picture) + end, "error 422 f file"},
      {part("name=\"f\"; filename=\"\"", "bytes") + end, "error 422 f file"},
      {part("name=\"\xFF\"; filename=\"x\"", "bytes") + end, "error 422  file"},
      {part("name=\"a\"", "\xFF") + end, "error 400 a not_utf8"},
      {part("name=\"\xFF\"", "1") + end, "error 400"},
      {part("filename=\"x\"", "1") + end, "error 400"},
      {part("name=\"a\"", "1"), "error 400"},
      {part("name=\"a\"", "1") + "--b", "error 400"},
      {"--c--\r\n", "error 400"},
      {"", "error 400"},
      {"--b\r\n\r\n1\r\n--b--\r\n", "error 400"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    CHECK(converted(multipart, row.body) == row.expected);
  }
  CHECK(converted("multipart/form-data", "--b--") == "error 415");
  CHECK(converted("Multipart/Form-Data; Boundary=\"b\"", "--b--") == "{}");
}

TEST_CASE("a form may have form_fields_max fields and not one more, repeated names counted") {
  std::string distinct, same, parts;
  for (std::size_t i = 0; i < form_fields_max; ++i) {
    distinct += "n" + std::to_string(i) + "=v&";
    same += "n=v&";
    parts += part("name=\"n\"", "v");
  }
  json::Parser parser;
  const auto value = parser.parse(converted(urlencoded, distinct), false);
  REQUIRE(value.ok());
  std::size_t members = 0;
  value->each_member([&](std::string_view, const json::Value&) { ++members; });
  CHECK(members == form_fields_max);
  CHECK(converted(urlencoded, same).substr(0, 7) == R"({"n":[")");
  CHECK(converted(multipart, parts + "--b--").substr(0, 7) == R"({"n":[")");
  CHECK(converted(urlencoded, distinct + "x=1") == "error 400");
  CHECK(converted(urlencoded, same + "n=1") == "error 400");
  CHECK(converted(multipart, parts + part("name=\"n\"", "v") + "--b--") == "error 400");
}

std::string escaped(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

TEST_CASE("what is put into a form of either kind is what comes out of its JSON") {
  Rng rng(test::test_seed());
  const std::vector<std::string> pieces{"a",   "é", "\"", "\\", "&", "=",  "+", "%", "\r\n",
                                        "--c", " ", ";",  "𝄞",  "[", "\t", "<", ","};
  const auto text = [&](std::size_t most) {
    std::string made;
    for (std::uint64_t i = rng.below(most + 1); i > 0; --i)
      made += pieces[rng.below(pieces.size())];
    return made;
  };
  json::Parser parser;
  for (int round = 0; round < 300; ++round) {
    std::map<std::string, std::string> fields;
    std::string encoded, parts;
    for (std::uint64_t i = rng.below(6); i > 0; --i) {
      const std::string name = "n" + std::to_string(i), value = text(12);
      fields[name] = value;
      encoded += escaped(name) + "=" + escaped(value) + "&";
      parts += part("name=\"" + name + "\"", value);
    }
    for (const std::string& json :
         {converted(urlencoded, encoded), converted(multipart, parts + "--b--")}) {
      const auto value = parser.parse(json, false);
      INFO(json);
      REQUIRE(value.ok());
      std::map<std::string, std::string> seen;
      value->each_member([&](std::string_view name, const json::Value& member) {
        seen[std::string(name)] = member.string();
      });
      CHECK(seen == fields);
    }
  }
}

}  // namespace
}  // namespace daybook::http
