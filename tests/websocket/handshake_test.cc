#include "websocket/handshake.h"

#include <catch2/catch.hpp>

#include <array>
#include <functional>

namespace daybook::websocket {
namespace {

HandshakeRequest good() {
  HandshakeRequest request;
  request.method = "GET";
  request.upgrade = "websocket";
  request.connection = "Upgrade";
  request.key = "dGhlIHNhbXBsZSBub25jZQ==";
  request.version = "13";
  return request;
}

TEST_CASE("the accept key is that of RFC 6455 section 1.3") {
  CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("a key is Base64 of 16 bytes") {
  CHECK(is_valid_key("AQIDBAUGBwgJCgsMDQ4PEA=="));
  CHECK_FALSE(is_valid_key(""));
  CHECK_FALSE(is_valid_key("AQIDBAUGBwgJCgsMDQ4PEA"));
  CHECK_FALSE(is_valid_key("AQIDBAUGBwgJCgsMDQ4PEBES"));
  CHECK_FALSE(is_valid_key("AQIDBAUGBwgJCgsMDQ4P!A=="));
  CHECK_FALSE(is_valid_key("dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ=="));
}

TEST_CASE("a handshake as browsers send it may go on") {
  CHECK_FALSE(refusal_of(good()).has_value());
  HandshakeRequest request = good();
  request.upgrade = "h2c, WebSocket";
  request.connection = "keep-alive , upgrade";
  CHECK_FALSE(refusal_of(request).has_value());
  CHECK(asks_for_websocket("WebSocket"));
  CHECK_FALSE(asks_for_websocket(""));
  CHECK_FALSE(asks_for_websocket("websockets"));
}

TEST_CASE("a handshake that breaks a rule is refused and told which") {
  struct Row {
    std::function<void(HandshakeRequest&)> change;
    int status;
    std::string_view named;
  };
  const std::vector<Row> rows{
      {[](auto& r) { r.method = "POST"; }, 400, "GET"},
      {[](auto& r) { r.http_1_1 = false; }, 400, "HTTP/1.1"},
      {[](auto& r) { r.upgrade = "h2c"; }, 426, "Upgrade"},
      {[](auto& r) { r.connection = "keep-alive"; }, 400, "Connection"},
      {[](auto& r) { r.version = ""; }, 426, "Sec-WebSocket-Version"},
      {[](auto& r) { r.version = "8"; }, 426, "Sec-WebSocket-Version"},
      {[](auto& r) { r.key = "short"; }, 400, "Sec-WebSocket-Key"},
      {[](auto& r) { r.has_body = true; }, 400, "body"},
  };
  for (const Row& row : rows) {
    HandshakeRequest request = good();
    row.change(request);
    INFO(row.named);
    const auto refusal = refusal_of(request);
    REQUIRE(refusal.has_value());
    CHECK(refusal->status == row.status);
    CHECK(refusal->detail.find(row.named) != std::string_view::npos);
  }
}

TEST_CASE("the subprotocol is the client's first that is spoken") {
  constexpr std::array<std::string_view, 2> spoken{"daybook.quiz.v1", "daybook.quiz.v2"};
  CHECK(choose_subprotocol("daybook.quiz.v1", spoken) == "daybook.quiz.v1");
  CHECK(choose_subprotocol("other,\tdaybook.quiz.v2 , daybook.quiz.v1", spoken) ==
        "daybook.quiz.v2");
  CHECK(choose_subprotocol("DAYBOOK.QUIZ.V1", spoken).empty());
  CHECK(choose_subprotocol("", spoken).empty());
  CHECK(choose_subprotocol(" , ,", spoken).empty());
  CHECK(choose_subprotocol("daybook.quiz.v1", {}).empty());
  std::string many;
  for (std::size_t i = 0; i < subprotocols_max; ++i) many += "x,";
  CHECK(choose_subprotocol(many + "daybook.quiz.v1", spoken).empty());
}

TEST_CASE("the answer switches protocols") {
  std::string out;
  append_switching_protocols(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "daybook.quiz.v1",
                             "Server: Daybook\r\n");
  CHECK(out ==
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "Sec-WebSocket-Protocol: daybook.quiz.v1\r\n"
        "Server: Daybook\r\n"
        "\r\n");
  out.clear();
  append_switching_protocols(out, "a", "");
  CHECK(out.ends_with("Sec-WebSocket-Accept: a\r\n\r\n"));
}

}  // namespace
}  // namespace daybook::websocket
