#include "load/target.h"

#include <catch2/catch.hpp>

using namespace daybook::load;

TEST_CASE("a URL gives host, port and Host header") {
  struct Row {
    const char* url;
    const char* host;
    int port;
    const char* authority;
  };
  for (const Row& row :
       {Row{"http://127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080"},
        Row{"http://127.0.0.1:8080/", "127.0.0.1", 8080, "127.0.0.1:8080"},
        Row{"http://127.0.0.1", "127.0.0.1", 80, "127.0.0.1"},
        Row{"http://[::1]:9", "::1", 9, "[::1]:9"}, Row{"http://[::1]", "::1", 80, "[::1]"}}) {
    INFO(row.url);
    const auto target = resolve_target(row.url);
    REQUIRE(target.ok());
    CHECK(target->host == row.host);
    CHECK(target->port == row.port);
    CHECK(target->authority == row.authority);
    CHECK(target->address_bytes != 0);
  }
}

TEST_CASE("what is not a plain http URL is refused") {
  for (const char* url : {"", "127.0.0.1:8080", "https://127.0.0.1", "http://", "http://:80",
                          "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:8o",
                          "http://127.0.0.1/attendances", "http://a@127.0.0.1", "http://a b"}) {
    INFO(url);
    const auto target = resolve_target(url);
    REQUIRE_FALSE(target.ok());
    CHECK(target.error().code == daybook::Errc::invalid);
  }
}

TEST_CASE("durations are read with their unit") {
  struct Row {
    const char* text;
    std::int64_t ns;
  };
  for (const Row& row :
       {Row{"10s", 10'000'000'000}, Row{"10", 10'000'000'000}, Row{"500ms", 500'000'000},
        Row{"2m", 120'000'000'000}, Row{"1.5s", 1'500'000'000}, Row{"0", 0}}) {
    INFO(row.text);
    const auto ns = parse_duration_ns(row.text);
    REQUIRE(ns.ok());
    CHECK(*ns == row.ns);
  }
  for (const char* text : {"", "s", "-1s", "5h", "10 s", "nan", "1e9s", "inf"}) {
    INFO(text);
    CHECK_FALSE(parse_duration_ns(text).ok());
  }
}
