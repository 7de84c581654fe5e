// The request-smuggling corpus: bytes → what the parser says, whole and cut at every point.
#include "http/request_parser.h"

#include <catch2/catch.hpp>

namespace daybook::http {
namespace {

constexpr std::size_t header_max = 1024;
constexpr std::size_t body_max = 64;

struct Outcome {
  int status = 0;  // 200: a whole request; 0: more bytes are needed
  std::size_t used = 0;
  std::string target, body, host;
};

// Shows the parser `data` in pieces of `step` bytes.
Outcome parse(const std::string& data, std::size_t step) {
  RequestParser parser;
  Outcome outcome;
  std::size_t shown = 0;
  bool in_body = false;
  while (shown < data.size() || (in_body && outcome.used < shown)) {
    shown = std::min(shown + step, data.size());
    if (!in_body) {
      const std::string copy = data.substr(0, shown);  // stands elsewhere every time
      const auto result = parser.read_head(copy, header_max);
      if (result == RequestParser::Step::refused) {
        outcome.status = parser.refusal().status;
        return outcome;
      }
      if (result == RequestParser::Step::need_more) continue;
      outcome.target = parser.head().target();
      outcome.host = parser.head().field(Field::host);
      outcome.used = parser.head().bytes;
      in_body = true;
    }
    const std::string_view rest = std::string_view(data).substr(outcome.used, shown - outcome.used);
    if (!parser.head().chunked) {
      const auto length = static_cast<std::size_t>(parser.head().content_length);
      if (rest.size() < length) {
        if (shown == data.size()) return outcome;
        continue;
      }
      outcome.body = rest.substr(0, length);
      outcome.used += length;
      outcome.status = 200;
      return outcome;
    }
    std::size_t used = 0;
    const auto result = parser.read_chunks(rest, used, outcome.body, body_max);
    outcome.used += used;
    if (result == RequestParser::Step::refused) {
      outcome.status = parser.refusal().status;
      return outcome;
    }
    if (result == RequestParser::Step::done) {
      outcome.status = 200;
      return outcome;
    }
    if (shown == data.size()) return outcome;
  }
  return outcome;
}

struct Row {
  const char* name;
  std::string bytes;
  int status;
};

const std::string get = "GET / HTTP/1.1\r\n";
const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";

using namespace std::string_literals;

std::vector<Row> good_rows() {
  return {
      {"a plain GET", get + "Host: a\r\n\r\n", 200},
      {"HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200},
      {"a body by length", post + "Content-Length: 2\r\n\r\nhi", 200},
      {"a body by length cut short", post + "Content-Length: 3\r\n\r\nhi", 0},
      {"a header cut short", get + "Host: a\r\n", 0},
      {"a chunked body", chunked + "2\r\nhi\r\n0\r\n\r\n", 200},
      {"chunked in other case", post + "transfer-ENCODING: Chunked\r\n\r\n0\r\n\r\n", 200},
      {"a chunk extension", chunked + "2;a=b\r\nhi\r\n0\r\n\r\n", 200},
      {"a quoted Host port", get + "Host: a:80\r\n\r\n", 200},
      {"blanks around a value", get + "Host: \t a \t\r\n\r\n", 200},
  };
}

std::vector<Row> length_rows() {
  return {
      {"length and chunked", post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400},
      {"two equal lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", 400},
      {"two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", 400},
      {"a list of lengths", post + "Content-Length: 2, 2\r\n\r\nhi", 400},
      {"a signed length", post + "Content-Length: +2\r\n\r\nhi", 400},
      {"a negative length", post + "Content-Length: -2\r\n\r\nhi", 400},
      {"a hexadecimal length", post + "Content-Length: 0x2\r\n\r\nhi", 400},
      {"an empty length", post + "Content-Length: \r\n\r\nhi", 400},
      {"a length beyond 64 bits", post + "Content-Length: 18446744073709551618\r\n\r\nhi", 400},
      {"a length with a blank inside", post + "Content-Length: 1 2\r\n\r\nhi", 400},
      {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked twice",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"identity", post + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400},
      {"chunked with a vertical tab",
       post + "Transfer-Encoding: \x0b"
              "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"chunked in quotes", post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400},
      {"an empty coding", post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 400},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
  };
}

std::vector<Row> line_rows() {
  return {
      {"a folded line", get + "Host: a\r\n b\r\n\r\n", 400},
      {"a folded line by tab", get + "X: a\r\n\tb\r\nHost: a\r\n\r\n", 400},
      {"a first header line that starts with a blank", get + " Host: a\r\n\r\n", 400},
      {"a blank before the colon", post + "Content-Length : 2\r\n\r\nhi", 400},
      {"a tab before the colon", post + "Transfer-Encoding\t: chunked\r\n\r\n", 400},
      {"a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"a bare LF after a header line", get + "Host: a\nX: b\r\n\r\n", 400},
      {"a bare LF as the header's end", get + "Host: a\r\n\n", 400},
      {"a bare CR in a value", get + "Host: a\r\nX: b\rc\r\n\r\n", 400},
      {"a bare CR as a line's end", get + "Host: a\rX: b\r\n\r\n", 400},
      {"NUL in a value", get + "Host: a\r\nX: b"s + '\0' + "c\r\n\r\n", 400},
      {"NUL in a name", get + "Host: a\r\nX"s + '\0' + ": c\r\n\r\n", 400},
      {"NUL in the target", "GET /a"s + '\0' + " HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a line without a colon", get + "Host: a\r\nnonsense\r\n\r\n", 400},
      {"an empty name", get + "Host: a\r\n: b\r\n\r\n", 400},
      {"a name in brackets", get + "Host: a\r\n[x]: b\r\n\r\n", 400},
  };
}

std::vector<Row> head_rows() {
  return {
      {"no Host", get + "\r\n", 400},
      {"two Hosts", get + "Host: a\r\nHost: a\r\n\r\n", 400},
      {"a Host with a path", get + "Host: a/b\r\n\r\n", 400},
      {"a Host with a user", get + "Host: u@a\r\n\r\n", 400},
      {"two Hosts in one line", get + "Host: a, b\r\n\r\n", 400},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"no version", "GET /\r\nHost: a\r\n\r\n", 400},
      {"a version in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two blanks before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a blank after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an empty line before the request", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a TLS hello", "\x16\x03\x01\x02\x00\x01\r\n\r\n"s, 400},
      {"two content types",
       post + "Content-Type: a/b\r\nContent-Type: a/c\r\nContent-Length: 0\r\n\r\n", 400},
      {"two idempotency keys", post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n", 400},
  };
}

std::vector<Row> chunk_rows() {
  return {
      {"a trailer", chunked + "2\r\nhi\r\n0\r\nX: y\r\n\r\n", 400},
      {"a trailer that frames", chunked + "0\r\nContent-Length: 5\r\n\r\n", 400},
      {"a chunk size that is no number", chunked + "zz\r\nhi\r\n0\r\n\r\n", 400},
      {"a signed chunk size", chunked + "+2\r\nhi\r\n0\r\n\r\n", 400},
      {"a chunk size with 0x", chunked + "0x2\r\nhi\r\n0\r\n\r\n", 400},
      {"a chunk size with a blank in front", chunked + " 2\r\nhi\r\n0\r\n\r\n", 400},
      {"an empty chunk size", chunked + "\r\nhi\r\n0\r\n\r\n", 400},
      {"a chunk size beyond 64 bits", chunked + "10000000000000002\r\nhi\r\n0\r\n\r\n", 400},
      {"a chunk size that wraps a sum", chunked + "2\r\nhi\r\nffffffffffffffff\r\n", 400},
      {"a chunk size line ended by LF", chunked + "2\nhi\r\n0\r\n\r\n", 400},
      {"a chunk ended by LF", chunked + "2\r\nhi\n0\r\n\r\n", 400},
      {"a chunk longer than said", chunked + "2\r\nhix\r\n0\r\n\r\n", 400},
      {"a chunk extension with a control character", chunked + "2;a=\"\x01\"\r\nhi\r\n0\r\n\r\n",
       400},
      {"a chunk extension with a bare LF", chunked + "2;a=\"\n\"\r\nhi\r\n0\r\n\r\n", 400},
      {"a chunk line without end", chunked + "2;" + std::string(400, 'a'), 400},
      {"a header too large", get + "Host: a\r\nX: " + std::string(header_max, 'x') + "\r\n\r\n",
       431},
      {"a target too long", "GET /" + std::string(header_max, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
       431},
      {"many header lines",
       get + "Host: a\r\n" +
           [] {
             std::string lines;
             for (int i = 0; i < 300; ++i) lines += "X: y\r\n";
             return lines;
           }() +
           "\r\n",
       431},
      {"chunks beyond the body limit", chunked + "41\r\n", 413},
      {"chunks that add up beyond the limit",
       chunked + "40\r\n" + std::string(64, 'b') + "\r\n1\r\nb\r\n0\r\n\r\n", 413},
  };
}

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (auto& some : {good_rows(), length_rows(), line_rows(), head_rows(), chunk_rows()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

TEST_CASE("every form of request gets its status, however the bytes are cut") {
  for (const Row& row : all_rows()) {
    for (const std::size_t step :
         {std::size_t{100'000}, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
      INFO(row.name << ", " << step << " bytes at a time");
      CHECK(parse(row.bytes, step).status == row.status);
    }
  }
}

TEST_CASE("a chunked body comes out whole at every cut, and what follows is left alone") {
  const std::string bytes =
      chunked + "5\r\nhello\r\n1;x=\"y\"\r\n,\r\n00006\r\n world\r\n000\r\n\r\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Outcome outcome = parse(bytes + "GET /next", step);
    REQUIRE(outcome.status == 200);
    REQUIRE(outcome.body == "hello, world");
    REQUIRE(outcome.used == bytes.size());
  }
}

TEST_CASE("headers are seen where the bytes stand now") {
  const std::string bytes =
      "PUT /a?b=c HTTP/1.1\r\nHost: example.org:81\r\nOrigin: http://x\r\n"
      "content-TYPE: application/json\r\nIdempotency-KEY: k\r\nConnection: close\r\n\r\n";
  RequestParser parser;
  std::string first = bytes;
  REQUIRE(parser.read_head(first, header_max) == RequestParser::Step::done);
  const std::string moved = bytes;
  first.assign(first.size(), '?');
  parser.rebase(moved.data());
  const Head& head = parser.head();
  CHECK(head.method == Method::put);
  CHECK(head.target() == "/a?b=c");
  CHECK(head.field(Field::host) == "example.org:81");
  CHECK(head.field(Field::origin) == "http://x");
  CHECK(head.field(Field::content_type) == "application/json");
  CHECK(head.field(Field::idempotency_key) == "k");
  CHECK_FALSE(head.has(Field::authorization));
  CHECK_FALSE(head.keep_alive);
}

TEST_CASE("keep-alive is the rule in HTTP/1.1 and the exception in HTTP/1.0") {
  const auto keep_alive = [](const std::string& bytes) {
    RequestParser parser;
    REQUIRE(parser.read_head(bytes, header_max) == RequestParser::Step::done);
    return parser.head().keep_alive;
  };
  CHECK(keep_alive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK_FALSE(keep_alive("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n"));
  CHECK_FALSE(keep_alive("GET / HTTP/1.0\r\n\r\n"));
  CHECK(keep_alive("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

}  // namespace
}  // namespace daybook::http
