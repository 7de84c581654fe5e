// A whole booking domain in memory, driven by JSON texts as the sequencer drives it, for tests. It
// keeps its log as bytes, so that a test can replay and audit it.
#pragma once

#include "domains/booking/domain.h"
#include "domains/booking/texts.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::booking {

inline std::string bytes_of(const Event& event) {
  flatbuffers::FlatBufferBuilder builder;
  encode(event, builder);
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

inline std::span<const std::uint8_t> span_of(const std::string& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

inline Event event_of(const std::string& bytes) {
  auto event = decode(event_version, span_of(bytes));
  REQUIRE(event.ok());
  return *event;
}

template <class T>
std::string saved(const T& what) {
  ByteWriter out;
  Domain::save(what, out);
  return out.take();
}

// POST /booking of a person whose names do not matter; `more` begins with a comma.
inline std::string booking(std::string_view person, std::string_view station, std::string_view date,
                           std::string_view more = "") {
  return R"({"mysejahteraId":")" + std::string(person) +
         R"(","firstName":"Ada","lastName":"L","address":"1 Road","location":")" +
         std::string(station) + R"(","phoneNumber":"+60 1","date":")" + std::string(date) + "\"" +
         std::string(more) + "}";
}

// "<message>", or "<field>: <code>, ..." of a 422.
inline std::string words(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string text;
  for (const FieldError& field : error.fields)
    text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
  return text;
}

class World {
 public:
  explicit World(Policy policy_in = {})
      : policy(std::move(policy_in)), state(policy), view(policy) {}

  // Each: "ok", or the refusal in words.
  std::string send(std::string_view json_text) {
    auto body = parser_.parse(json_text, false);
    if (!body.ok()) return body.error().message;
    return run(Domain::parse(*body, arenas_.emplace_back()));
  }
  std::string put(std::string_view station, std::string_view json_text) {
    return route(&parse_station, station, json_text);
  }
  std::string book(std::string_view person, std::string_view station, std::string_view date,
                   std::string_view more = "") {
    return route(&parse_booking, "", booking(person, station, date, more));
  }
  std::string hold(std::string_view person, std::string_view station, std::string_view date) {
    return route(&parse_hold, station,
                 R"({"mysejahteraId":")" + std::string(person) + R"(","date":")" +
                     std::string(date) + "\"}");
  }
  std::string cancel(std::string_view which) { return route(&parse_cancel, which, "{}"); }
  std::string route(Routes<Domain>::Parse parse, std::string_view param, std::string_view text) {
    auto body = parser_.parse(text, false);
    REQUIRE(body.ok());
    Request request;
    request.params.emplace_back(param);
    return run(parse(*body, request, arenas_.emplace_back()));
  }

  std::string run(const Result<Command>& command) {
    if (!command.ok()) return refuse(command.error());
    tick();
    const Context context = next_context();
    auto events = Domain::decide(state, policy, *command, context);
    if (!events.ok()) return refuse(events.error());
    take(*events);
    const std::span<const Event> span(events->data(), events->size());
    answer = Domain::answer(*command, span);
    last = {};
    for (const Event& event : span) last.push_back(event);
    id = id_text(context.id);
    return "ok";
  }
  // What time has brought about by `now`; the number of events.
  std::size_t tick() {
    std::size_t count = 0;
    while (true) {
      const auto due = Domain::next_due(state, policy);
      if (!due || *due > now) return count;
      auto events = Domain::due(state, view, policy, next_context());
      REQUIRE(!events.empty());
      REQUIRE(events.size() <= due_events_max);
      count += events.size();
      take(events);
    }
  }
  Context next_context() {
    Context context;
    context.now = now;
    std::uint64_t number = ++ids;
    for (std::size_t i = 0; i < 8; ++i, number >>= 8)
      context.id.bytes[15 - i] = static_cast<std::uint8_t>(number);
    context.id.bytes[0] = 0x70;
    context.secret.bytes[0] = 7;
    context.arena = &arenas_.emplace_back();
    return context;
  }
  void take(const Events<Event>& events) {
    for (const Event& event : events) {
      Domain::apply(state, event);
      position = position + 1;
      log.push_back(bytes_of(event));
    }
    for (std::size_t i = 0; i < events.size(); ++i)
      Domain::project(view, events[i],
                      EventMeta{{position.value - events.size() + 1 + i}, now, {}});
  }
  // "booked", "waiting 3", "held", ... or "none".
  [[nodiscard]] std::string status(std::string_view id_in) const {
    const std::uint32_t n = view.book().find_booking(parse_id(id_in).value());
    if (n == none) return "none";
    const Booking& found = view.book().booking(n);
    std::string text(status_text(found.status));
    if (found.status == Status::waiting) text += " " + std::to_string(view.book().position(found));
    return text;
  }
  [[nodiscard]] std::uint32_t availability(std::string_view station, std::uint32_t date) const {
    const Book& book = view.book();
    return book.date(book.find_date(book.station(book.find_station(station)), date)).availability();
  }
  void pass(std::int64_t seconds) { now.value += seconds * 1'000'000; }
  // The first broken rule of a log, or "".
  static std::string audit(const std::deque<std::string>& log) {
    Audit rules;
    Position at{};
    for (const std::string& bytes : log) {
      at = at + 1;
      const auto result = rules.check(event_of(bytes), EventMeta{at, {}, {}});
      if (!result.ok()) return result.error().message;
    }
    return {};
  }

  Policy policy;
  State state;
  View view;
  UnixUs now{1'621'123'200'000'000};  // 2021-05-16T00:00:00Z
  Position position{};
  std::deque<std::string> log;
  std::vector<Event> last;  // of the last command accepted
  Answer answer;
  Error refusal;
  std::string id;         // given to the last accepted command
  std::uint64_t ids = 0;  // given so far

 private:
  std::string refuse(const Error& error) {
    refusal = error;
    return words(error);
  }

  json::Parser parser_;
  std::deque<Arena> arenas_;
};

}  // namespace daybook::booking
