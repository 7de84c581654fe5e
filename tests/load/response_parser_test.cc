#include "load/response_parser.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using daybook::load::Capture;
using daybook::load::ResponseParser;
using State = ResponseParser::State;

namespace {

const std::string conflict =
    "HTTP/1.1 409 Conflict\r\nServer: x\r\ncontent-length: 12\r\nDaybook-Receipt: "
    "7-ab\r\n\r\nalready here";
const std::string empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

}  // namespace

TEST_CASE("an answer is understood wherever the network cuts it") {
  for (std::size_t cut = 1; cut < conflict.size(); ++cut) {
    ResponseParser parser;
    std::string_view first = std::string_view(conflict).substr(0, cut);
    REQUIRE(parser.feed(first) == State::need_more);
    REQUIRE(first.empty());
    REQUIRE(parser.started());
    std::string_view rest = std::string_view(conflict).substr(cut);
    REQUIRE(parser.feed(rest) == State::complete);
    REQUIRE(rest.empty());
    REQUIRE(parser.status() == 409);
    REQUIRE(parser.body() == "already here");
    REQUIRE_FALSE(parser.close());
    REQUIRE_FALSE(parser.started());
  }
}

TEST_CASE("an answer that comes byte by byte is understood") {
  ResponseParser parser(Capture::always);
  int complete = 0;
  for (const char c : conflict + empty) {
    std::string_view in(&c, 1);
    if (parser.feed(in) == State::complete) ++complete;
  }
  CHECK(complete == 2);
  CHECK(parser.status() == 200);
  CHECK(parser.body().empty());
}

TEST_CASE("pipelined answers in one read are taken one after the other") {
  const std::string three = empty + conflict + empty;
  std::string_view in = three;
  ResponseParser parser;
  std::vector<int> seen;
  while (!in.empty()) {
    REQUIRE(parser.feed(in) == State::complete);
    seen.push_back(parser.status());
  }
  CHECK(seen == std::vector<int>{200, 409, 200});
}

TEST_CASE("an interim answer is passed over") {
  const std::string text = "HTTP/1.1 100 Continue\r\n\r\n" + conflict;
  std::string_view in = text;
  ResponseParser parser;
  CHECK(parser.feed(in) == State::complete);
  CHECK(parser.status() == 409);
}

TEST_CASE("the server's wish to close is seen") {
  struct Row {
    const char* header;
    bool close;
  };
  for (const Row& row :
       {Row{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", true},
        Row{"HTTP/1.1 200 OK\r\nconnection:Close\r\nContent-Length: 0\r\n\r\n", true},
        Row{"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", false},
        Row{"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true},
        Row{"HTTP/1.1 204 No Content\r\n\r\n", false}}) {
    std::string_view in = row.header;
    ResponseParser parser;
    INFO(row.header);
    REQUIRE(parser.feed(in) == State::complete);
    CHECK(parser.close() == row.close);
  }
}

TEST_CASE("bytes that are no answer of known length are refused with a reason") {
  for (const char* text :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    std::string_view in = text;
    ResponseParser parser;
    INFO(text);
    CHECK(parser.feed(in) == State::bad);
    CHECK_FALSE(std::string(parser.error()).empty());
  }
}

TEST_CASE("a header without end is refused at its limit") {
  ResponseParser parser;
  const std::string junk(1000, 'x');
  State state = State::need_more;
  std::size_t fed = 0;
  while (state == State::need_more && fed < 2 * daybook::load::answer_header_bytes_max) {
    std::string_view in = junk;
    state = parser.feed(in);
    fed += junk.size();
  }
  CHECK(state == State::bad);
}

TEST_CASE("bodies are kept as asked") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  struct Row {
    Capture capture;
    const char* of_ok;
    const char* of_conflict;
  };
  for (const Row& row : {Row{Capture::never, "", ""}, Row{Capture::refusals, "", "already here"},
                         Row{Capture::always, "hi", "already here"}}) {
    ResponseParser parser(row.capture);
    std::string_view in = ok;
    REQUIRE(parser.feed(in) == State::complete);
    CHECK(parser.body() == row.of_ok);
    in = conflict;
    REQUIRE(parser.feed(in) == State::complete);
    CHECK(parser.body() == row.of_conflict);
  }
}
