// ETag against If-None-Match, and the parts of an answer's bytes that came with it.
#include "http/entity_tag.h"
#include "http/response_writer.h"

#include <catch2/catch.hpp>

namespace daybook::http {
namespace {

TEST_CASE("If-None-Match names an entity tag by weak comparison, in a list, or as any") {
  struct Row {
    const char* header;
    bool named;  // "v1"
  };
  const Row rows[] = {
      {"\"v1\"", true},
      {"W/\"v1\"", true},
      {"*", true},
      {" * ", true},
      {"\"v0\", \"v1\"", true},
      {"\"v0\",W/\"v1\",\"v2\"", true},
      {"\"v0\" ,, \"v1\" ,", true},
      {"\"a,b\", \"v1\"", true},
      {"", false},
      {"v1", false},
      {"\"v1", false},
      {"v1\"", false},
      {"\"V1\"", false},
      {"w/\"v1\"", false},
      {"\"v10\"", false},
      {"\"v1\" \"v0\"", false},
      {"\"v1\", broken", false},
      {"\"a b\", \"v1\"", false},
      {"*, \"v0\"", false},
      {",", false},
  };
  for (const Row& row : rows) {
    INFO(row.header);
    CHECK(none_match_names(row.header, "\"v1\"") == row.named);
    CHECK(none_match_names(row.header, "W/\"v1\"") == row.named);
  }
  CHECK_FALSE(none_match_names("*", ""));
  CHECK_FALSE(none_match_names("\"\"", ""));
}

TEST_CASE("only a success that has a tag becomes 304, and keeps its headers") {
  const auto status = [](int from, std::string etag) {
    Response response = Response::json("{}", from);
    response.etag = std::move(etag);
    response.headers.emplace_back("Cache-Control", "max-age=1");
    answer_not_modified(response, "\"v1\"");
    CHECK(response.body.empty() == (response.status == 304));
    CHECK(response.headers.size() == 1);
    return response.status;
  };
  CHECK(status(200, "\"v1\"") == 304);
  CHECK(status(201, "\"v1\"") == 304);
  CHECK(status(200, "\"v2\"") == 200);
  CHECK(status(200, "") == 200);
  CHECK(status(404, "\"v1\"") == 404);
  CHECK(status(303, "\"v1\"") == 303);
}

std::string bytes_of(const AnswerForm& form, const AnswerHead& head, std::string_view body) {
  std::string out;
  append_answer(out, form, head, body, "", Cors({}));
  return out;
}

TEST_CASE("Location, ETag and Retry-After are lines of their own, and only when they are one") {
  AnswerHead head;
  head.status = 303;
  head.content_type = "application/json";
  head.location = "/a";
  head.etag = "\"v1\"";
  head.retry_after_s = 30;
  CHECK(bytes_of({}, head, "") ==
        "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\nLocation: /a\r\nETag: \"v1\"\r\n"
        "Retry-After: 30\r\n\r\n");
  head.location = "/a\r\nSet-Cookie: b";
  head.etag = "\"v\n1\"";
  head.retry_after_s = 0;
  CHECK(bytes_of({}, head, "") == "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n");
  head = {};
  head.status = 304;
  head.content_type = "application/json";
  head.etag = "\"v1\"";
  CHECK(bytes_of({}, head, "") == "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
}

TEST_CASE("an answer in parts says how its end is seen") {
  AnswerHead head;
  head.content_type = "text/csv";
  head.length = Length::chunked;
  CHECK(bytes_of({}, head, "") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(bytes_of({.head_only = true}, head, "") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n");
  head.length = Length::close;
  CHECK(bytes_of({.close = true, .old_client = true}, head, "") ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\n");
  std::string out;
  append_chunk(out, std::string(26, 'x'));
  append_chunk(out, "");
  append_chunk(out, "\r\n");
  append_last_chunk(out);
  CHECK(out == "1a\r\n" + std::string(26, 'x') + "\r\n2\r\n\r\n\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace daybook::http
