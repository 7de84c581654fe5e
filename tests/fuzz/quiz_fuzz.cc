// JSON lines → commands and time → decisions on one state, audited, replayed and out of a snapshot;
// bytes → event; text → nickname.
// The first byte 'e': an event's bytes; 'n': a nickname. Anything else: lines, each one
//   t<milliseconds>   that much time passes
//   r<milliseconds>   the answers that follow were received so long before they are decided
//   q<body>           PUT /quizzes/Q
//   l<payload>        live message join-room
//   <object>          a line of POST /events
// In all of them $R is the newest room's id, $H its host's token, $1 to $9 its players' tokens.
#include "domains/quiz/domain.h"
#include "domains/quiz/nickname.h"

#include <daybook/json.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace daybook;
using quiz::Domain;

constexpr std::int64_t time_step_ms_max = 40LL * 24 * 3600 * 1000;

template <class T>
std::string saved(const T& from) {
  ByteWriter out;
  Domain::save(from, out);
  return out.take();
}

struct Run {
  void take(const quiz::Event& event, const EventMeta& meta) {
    Domain::apply(state, event);
    Domain::project(view, event, meta);
  }
  quiz::Policy policy;
  quiz::State state{policy};
  quiz::View view{policy};
};

struct World {
  void take(const Events<quiz::Event>& events) {
    for (const auto& event : events) {
      flatbuffers::FlatBufferBuilder builder;
      Domain::encode(event, builder);
      const auto read =
          Domain::decode(Domain::event_version, {builder.GetBufferPointer(), builder.GetSize()});
      DAYBOOK_CHECK(read.ok());
      position = position + 1;
      const EventMeta meta{position, context.now, {}};
      DAYBOOK_CHECK(audit.check(*read, meta).ok());
      live.take(event, meta);
      again.take(*read, meta);
      if (Domain::outline(event)) {
        std::string text;
        json::Writer out(text);
        Domain::render(event, meta, out);
        DAYBOOK_CHECK(json::Parser().parse(text, false).ok());
      }
      note(event);
    }
  }
  void note(const quiz::Event& event) {
    if (event.kind == quiz::Kind::room_opened) {
      room = id_text(event.room);
      host = quiz::token_text(event.token);
      players.clear();
    }
    if (event.kind == quiz::Kind::player_joined && id_text(event.room) == room)
      players.push_back(quiz::token_text(event.token));
  }
  void tick() {
    for (int i = 0; i < 100; ++i) {
      const auto due = Domain::next_due(live.state, live.policy);
      if (!due || *due > context.now) return;
      const auto events = Domain::due(live.state, live.view, live.policy, context);
      DAYBOOK_CHECK(!events.empty() && events.size() <= due_events_max);
      take(events);
    }
  }
  void run(Result<quiz::Command> command) {
    if (!command.ok()) return;
    if (received_ago_us > 0) command->received.value = context.now.value - received_ago_us;
    ++number;
    context.arena = &arenas.emplace_back();
    for (std::size_t i = 0; i < 4; ++i) {
      context.id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
      context.token.bytes[12 + i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    context.token.bytes[0] = context.id.bytes[0] = 1;
    tick();
    const auto events = Domain::decide(live.state, live.policy, *command, context);
    if (!events.ok()) return;
    take(*events);
    const Answer answer = events->empty()
                              ? Domain::unchanged(live.state, *command)
                              : Domain::answer(*command, {events->data(), events->size()});
    DAYBOOK_CHECK(json::Parser().parse(answer.body, false).ok());
  }
  // With $R, $H and $1 to $9 put in.
  [[nodiscard]] std::string filled(std::string_view line) const {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char next = i + 1 < line.size() ? line[i + 1] : ' ';
      const auto player = static_cast<std::size_t>(next - '1');
      if (line[i] != '$') {
        text += line[i];
        continue;
      }
      ++i;
      if (next == 'R') text += room;
      if (next == 'H') text += host;
      if (next >= '1' && next <= '9' && player < players.size()) text += players[player];
    }
    return text;
  }
  void check() {
    const std::string state = saved(live.state);
    const std::string view = saved(live.view);
    DAYBOOK_CHECK(saved(again.state) == state && saved(again.view) == view);
    Run loaded;
    ByteReader state_in(state);
    ByteReader view_in(view);
    DAYBOOK_CHECK(Domain::load(loaded.state, state_in).ok() && state_in.at_end());
    DAYBOOK_CHECK(Domain::load(loaded.view, view_in).ok() && view_in.at_end());
    DAYBOOK_CHECK(saved(loaded.state) == state && saved(loaded.view) == view);
    for (const LiveChange& change : Domain::take_changed(live.view, 1000))
      (void)Domain::live_state(live.view, change.topic, context.now);
  }

  Run live;
  Run again;  // by the events' bytes
  quiz::Audit audit;
  Context context{UnixUs{1'800'000'000'000'000}};
  Position position{};
  std::deque<Arena> arenas;
  std::uint32_t number = 0;
  std::int64_t received_ago_us = 0;
  std::string room, host;
  std::vector<std::string> players;
};

std::int64_t milliseconds(std::string_view text) {
  std::int64_t ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  return std::clamp<std::int64_t>(ms, 0, time_step_ms_max);
}

void run_line(World& world, json::Parser& parser, std::string_view line) {
  const char form = line.empty() ? ' ' : line.front();
  if (form == 't') {
    world.context.now.value += milliseconds(line.substr(1)) * 1000;
    return;
  }
  if (form == 'r') {
    world.received_ago_us = milliseconds(line.substr(1)) * 1000;
    return;
  }
  if (form == 'q' || form == 'l') line.remove_prefix(1);
  const std::string text = world.filled(line);
  const auto body = parser.parse(text, false);
  if (!body.ok()) return;
  Arena& arena = world.arenas.emplace_back();
  Request request;
  request.params.emplace_back("Q");
  if (form == 'q')
    world.run(quiz::parse_quiz(*body, request, arena));
  else if (form == 'l')
    world.run(quiz::live_join_room(LiveRequest{*body, world.context.now}, arena));
  else if (body->is_object())
    world.run(Domain::parse(*body, arena));
}

void run_event(std::string_view text) {
  const std::string copy(text);  // its own allocation: reads beyond it are seen
  const auto event = Domain::decode(
      Domain::event_version, {reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size()});
  if (!event.ok()) return;
  Run run;
  quiz::Audit audit;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    run.take(*event, EventMeta{Position{i}, {}, {}});
    (void)audit.check(*event, EventMeta{Position{i}, {}, {}}).ok();
  }
}

void run_nickname(std::string_view text) {
  if (!json::is_valid_utf8(text)) return;
  const auto nickname = quiz::make_nickname(text);
  if (!nickname.ok()) return;
  DAYBOOK_CHECK(json::is_valid_utf8(nickname->shown) && json::is_valid_utf8(nickname->key));
  DAYBOOK_CHECK(quiz::fold_case(nickname->key) == nickname->key);
  const auto again = quiz::make_nickname(nickname->shown);
  DAYBOOK_CHECK(again.ok() && again->shown == nickname->shown && again->key == nickname->key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('e')) {
    run_event(text.substr(1));
    return 0;
  }
  if (text.starts_with('n')) {
    run_nickname(text.substr(1));
    return 0;
  }
  static json::Parser parser;
  World world;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    run_line(world, parser, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  world.check();
  return 0;
}
