// JSON → commands → decisions on one running state, and bytes → event → state and view.
// The first byte chooses: 'e' an event's bytes, 's' the body of PUT /stations/{name}, 'h' that of a
// hold; anything else is already JSON. A text may hold several commands, one a line: they meet the
// state in their order, a second apart, and the log they leave must pass the Audit.
#include "domains/booking/domain.h"

#include <daybook/json.h>

#include <cstdint>
#include <deque>
#include <string_view>

namespace {

using namespace daybook;
using booking::Domain;

struct World {
  void take(const Events<booking::Event>& events) {
    for (const auto& event : events) {
      flatbuffers::FlatBufferBuilder builder;
      Domain::encode(event, builder);
      const auto read =
          Domain::decode(Domain::event_version, {builder.GetBufferPointer(), builder.GetSize()});
      DAYBOOK_CHECK(read.ok());
      DAYBOOK_CHECK(read->station == event.station && read->id == event.id);
      position = position + 1;
      DAYBOOK_CHECK(audit.check(*read, EventMeta{position, context.now, {}}).ok());
      Domain::apply(state, *read);
      Domain::project(view, *read, EventMeta{position, context.now, {}});
    }
  }
  void step() {
    context.now.value += 1'000'000;
    context.arena = &arenas.emplace_back();
    ++context.id.bytes[15];
    if (context.id.bytes[15] == 0) ++context.id.bytes[14];
    const auto due = Domain::next_due(state, policy);
    if (!due || *due > context.now) return;
    const auto events = Domain::due(state, view, policy, context);
    DAYBOOK_CHECK(!events.empty() && events.size() <= due_events_max);
    take(events);
  }
  void run(const Result<booking::Command>& command) {
    if (!command.ok()) return;
    step();
    const auto events = Domain::decide(state, policy, *command, context);
    if (!events.ok()) return;
    (void)Domain::answer(*command, {events->data(), events->size()});
    take(*events);
  }

  booking::Policy policy;
  booking::State state{policy};
  booking::View view{policy};
  booking::Audit audit;
  Context context{UnixUs{1'800'000'000'000'000}};
  Position position{};
  std::deque<Arena> arenas;
};

void run_event(std::string_view text) {
  const std::string copy(text);  // its own allocation: reads beyond it are seen
  const auto event = Domain::decode(
      Domain::event_version, {reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size()});
  if (!event.ok()) return;
  const booking::Policy policy;
  booking::State state(policy);
  booking::View view(policy);
  booking::Audit audit;
  for (std::uint64_t i = 1; i <= 2; ++i) {
    Domain::apply(state, *event);
    Domain::project(view, *event, EventMeta{Position{i}, {}, {}});
    (void)audit.check(*event, EventMeta{Position{i}, {}, {}}).ok();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('e')) {
    run_event(text.substr(1));
    return 0;
  }
  static json::Parser parser;
  World world;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const char form = line.empty() ? ' ' : line.front();
    if (form == 's' || form == 'h') line.remove_prefix(1);
    const auto body = parser.parse(line, false);
    if (!body.ok()) continue;
    Arena& arena = world.arenas.emplace_back();
    Request request;
    request.params.emplace_back("PWTC");
    if (form == 's')
      world.run(booking::parse_station(*body, request, arena));
    else if (form == 'h')
      world.run(booking::parse_hold(*body, request, arena));
    else
      world.run(Domain::parse(*body, arena));
  }
  return 0;
}
