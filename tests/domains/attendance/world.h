// A whole attendance domain in memory, driven by JSON texts as the sequencer drives it, for tests.
#pragma once

#include "domains/attendance/domain.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <cstdio>
#include <deque>
#include <string>
#include <string_view>

namespace daybook::attendance {

// "2026-03-29T10:00:00" or "...T10:00:00.123", UTC.
inline UnixMs at(std::string_view text) {
  const auto day = parse_day(text.substr(0, 10));
  REQUIRE(day.has_value());
  int h = 0;
  int m = 0;
  int s = 0;
  int ms = 0;
  const std::string rest(text.substr(11));
  REQUIRE(std::sscanf(rest.c_str(), "%2d:%2d:%2d.%3d", &h, &m, &s, &ms) >= 3);
  return {std::int64_t{day->value} * 86'400'000 + ((h * 60 + m) * 60 + s) * 1000LL + ms};
}

inline std::string report(std::string_view type, std::string_view user, std::string_view school,
                          UnixMs time, std::string_view temperature = "36.5") {
  return R"({"type":")" + std::string(type) + R"(","userId":")" + std::string(user) +
         R"(","schoolId":")" + std::string(school) + R"(","timestamp":)" +
         std::to_string(time.value) + R"(,"temperature":)" + std::string(temperature) +
         R"(,"image":""})";
}

class World {
 public:
  explicit World(Policy policy_in = {})
      : policy(std::move(policy_in)), state(policy), view(policy) {}

  // "ok", or the refusal as "<message>" or "<field>: <code>".
  std::string send(std::string_view json_text) {
    auto body = parser_.parse(json_text, false);
    if (!body.ok()) return body.error().message;
    return run(Domain::parse(*body, arenas_.emplace_back()));
  }
  std::string define(std::string_view school, std::string_view json_text) {
    auto body = parser_.parse(json_text, false);
    REQUIRE(body.ok());
    Request request;
    request.params.emplace_back(school);
    return run(parse_definition(*body, request, arenas_.emplace_back()));
  }
  std::string run(const Result<Command>& command) {
    if (!command.ok()) return words(command.error());
    auto events = Domain::decide(state, policy, *command, Context{UnixUs{now.value * 1000 + 999}});
    if (!events.ok()) return words(events.error());
    for (const Event& event : *events) {
      Domain::apply(state, event);
      position = position + 1;
      Domain::project(view, event, EventMeta{position, {}, {}});
      last = event;
    }
    last_answer = Domain::answer(*command, {events->data(), events->size()}).body;
    return "ok";
  }
  static std::string words(const Error& error) {
    if (error.fields.empty()) return error.message;
    std::string text;
    for (const FieldError& field : error.fields)
      text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
    return text;
  }

  Policy policy;
  State state;
  View view;
  UnixMs now = at("2026-03-10T12:00:00");
  Position position{};
  Event last;  // its strings live as long as the World
  std::string last_answer;

 private:
  json::Parser parser_;
  std::deque<Arena> arenas_;
};

}  // namespace daybook::attendance
