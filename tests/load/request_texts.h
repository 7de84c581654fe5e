// Takes the requests of a source apart again.
#pragma once

#include "load/request_source.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::load::testing {

constexpr std::int64_t at_ms = 1'700'000'000'123;

// Splits a request and checks that its Content-Length is right.
inline std::string body_of(const std::string& request) {
  const std::size_t end = request.find("\r\n\r\n");
  REQUIRE(end != std::string::npos);
  const std::string body = request.substr(end + 4);
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  REQUIRE(request.substr(0, end + 2).find(length) != std::string::npos);
  return body;
}

// Calls f(data) for each line of a POST /events body, all of one topic.
template <class F>
void each_line(const std::string& body, std::string_view topic, F&& f) {
  json::Parser parser;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = body.find('\n', at);
    REQUIRE(end != std::string::npos);
    auto value = parser.parse(body.substr(at, end - at), false);
    REQUIRE(value.ok());
    CHECK(value->find("topic")->string() == topic);
    f(*value->find("data"));
    at = end + 1;
  }
}

inline std::string next_request(RequestSource& source, std::vector<char>& slot) {
  const std::size_t bytes = source.next(slot.data(), at_ms);
  return std::string(slot.data(), bytes);
}

inline std::vector<char> slot_for(RequestSource& source) {
  std::vector<char> slot(source.request_bytes_max());
  source.prepare(slot.data());
  return slot;
}

inline std::string text_of(const json::Value& object, std::string_view member) {
  const auto value = object.find(member);
  return value.has_value() ? std::string(value->string()) : std::string("(none)");
}

}  // namespace daybook::load::testing
