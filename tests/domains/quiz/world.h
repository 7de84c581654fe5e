// A whole quiz domain in memory, driven by JSON texts as the sequencer drives it, for tests. It
// keeps its log as bytes, so that a test can replay and audit it.
#pragma once

#include "domains/quiz/domain.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::quiz {

constexpr std::int64_t second = 1'000'000;

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

// "<message>", or "<field>: <code>, ..." of a 422.
inline std::string words(const Error& error) {
  if (error.fields.empty()) return error.message;
  std::string text;
  for (const FieldError& field : error.fields)
    text += (text.empty() ? "" : ", ") + field.field + ": " + field.code;
  return text;
}

// {"<name>":"<value>",...} from pairs; a value that begins with "#" is a number or other JSON.
using Members = std::vector<std::pair<std::string_view, std::string>>;
inline std::string object(const Members& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ',';
    json::append_string(text, name);
    text += ':';
    if (value.starts_with('#'))
      text += value.substr(1);
    else
      json::append_string(text, value);
  }
  return text + "}";
}

// Three questions: two options with the first one right, 20 s, 1000 points; then four options with
// the third one right, 10 s, 500 points; then two options with the second one right, no points.
constexpr std::string_view three_questions =
    R"([{"id":"a","text":"A?","options":["1","2"],"answerIndex":0},)"
    R"({"id":"b","text":"B?","options":["1","2","3","4"],"answerIndex":2,"seconds":10,)"
    R"("points":500},)"
    R"({"id":"c","text":"C?","options":["1","2"],"answerIndex":1,"points":0}])";

class World {
 public:
  explicit World(Policy policy_in = {})
      : policy(std::move(policy_in)), state(policy), view(policy) {}

  // A line of POST /events: "ok", or the refusal in words.
  std::string send(std::string_view line, UnixUs received = {}) {
    auto body = parser_.parse(line, false);
    if (!body.ok()) return body.error().message;
    auto command = Domain::parse(*body, arenas_.emplace_back());
    if (command.ok()) command->received = received;
    return run(command);
  }
  std::string route(Routes<Domain>::Parse parse, std::vector<std::string> params,
                    std::string_view text, std::string_view bearer = {}) {
    auto body = parser_.parse(text, false);
    REQUIRE(body.ok());
    Request request;
    request.params = std::move(params);
    request.bearer = bearer;
    request.now = now;
    return run(parse(*body, request, arenas_.emplace_back()));
  }
  std::string message(LiveMessages<Domain>::Parse parse, std::string_view payload) {
    auto value = parser_.parse(payload, false);
    REQUIRE(value.ok());
    return run(parse(LiveRequest{*value, now}, arenas_.emplace_back()));
  }

  std::string run(const Result<Command>& command) {
    if (!command.ok()) return refuse(command.error());
    tick();
    const Context context = next_context();
    auto events = Domain::decide(state, policy, *command, context);
    if (!events.ok()) return refuse(events.error());
    take(*events);
    const std::span<const Event> span(events->data(), events->size());
    answer = span.empty() ? Domain::unchanged(state, *command) : Domain::answer(*command, span);
    last.assign(span.begin(), span.end());
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
    ++ids;
    for (std::size_t i = 0; i < 8; ++i) {
      context.id.bytes[15 - i] = static_cast<std::uint8_t>(ids >> (8 * i));
      context.token.bytes[i] = static_cast<std::uint8_t>((ids * 0x9E37'79B9'7F4A'7C15U) >> (8 * i));
    }
    context.id.bytes[0] = 0x70;
    context.token.bytes[15] = 1;
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
  void pass(std::int64_t us) { now.value += us; }

  // --- what a test says most
  std::string define(std::string_view quiz, std::string_view more = R"(,"open":true)") {
    return send(R"({"type":"define-quiz","quizId":")" + std::string(quiz) +
                R"(","name":"Quiz","questions":)" + std::string(three_questions) +
                std::string(more) + "}");
  }
  std::string define_user(std::string_view user, std::string_view name = "Ada") {
    return send(object(
        {{"type", "define-user"}, {"userId", std::string(user)}, {"username", std::string(name)}}));
  }
  std::string submit(std::string_view user, std::string_view quiz, std::string_view question,
                     int option) {
    return send(object({{"type", "submit-answer"},
                        {"userId", std::string(user)},
                        {"quizId", std::string(quiz)},
                        {"questionId", std::string(question)},
                        {"answerIndex", "#" + std::to_string(option)}}));
  }
  // The newest room opened by it is the one that all below are about.
  std::string open(std::string_view quiz, std::string_view more = "") {
    std::string outcome = send(R"({"type":"open-room","quizId":")" + std::string(quiz) + "\"" +
                               std::string(more) + "}");
    if (outcome != "ok") return outcome;
    room = id_text(last.at(0).room);
    host = token_text(last.at(0).token);
    pin = std::to_string(last.at(0).pin);
    tokens.assign(1, "");
    return outcome;
  }
  // The token of the player is tokens[number].
  std::string join(std::string_view nickname) {
    std::string outcome = send(
        object({{"type", "join-room"}, {"roomId", room}, {"nickname", std::string(nickname)}}));
    if (outcome == "ok") tokens.push_back(token_text(last.at(0).token));
    return outcome;
  }
  std::string reply(std::uint32_t player, std::string_view question, int option,
                    UnixUs received = {}) {
    return send(object({{"type", "answer"},
                        {"roomId", room},
                        {"token", tokens.at(player)},
                        {"questionId", std::string(question)},
                        {"answerIndex", "#" + std::to_string(option)}}),
                received);
  }
  // "start-room", "next-question", ...
  std::string order(std::string_view type) {
    return send(object({{"type", std::string(type)}, {"roomId", room}, {"hostToken", host}}));
  }
  std::string kick(std::uint32_t player) {
    return send(object({{"type", "kick-player"},
                        {"roomId", room},
                        {"hostToken", host},
                        {"playerId", "#" + std::to_string(player)}}));
  }
  // The room as decide sees it. REQUIRES: not forgotten
  [[nodiscard]] const Room& here() const {
    const Room* found = state.room(RoomRef{.id = parse_id(room).value()});
    REQUIRE(found != nullptr);
    return *found;
  }
  // The newest event of the log.
  [[nodiscard]] Event newest() const { return event_of(log.back()); }

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
  UnixUs now{1'800'000'000'000'000};
  Position position{};
  std::deque<std::string> log;
  std::vector<Event> last;  // of the last command accepted
  Answer answer;
  Error refusal;
  std::uint64_t ids = 0;  // given so far
  std::string room, host, pin;
  std::vector<std::string> tokens;

 private:
  std::string refuse(const Error& error) {
    refusal = error;
    return words(error);
  }

  json::Parser parser_;
  std::deque<Arena> arenas_;
};

}  // namespace daybook::quiz
