// Lines → commands and the passing of time → events, replayed with and without what may be removed;
// bytes → event → state and view. An input that begins with 'e' is an event's bytes; any other is
// lines: "+HOURS" lets time pass, the rest is JSON. Whatever comes, the bytes saved must load into
// the same again, and a replay must give the live run's.
#include "domains/hits/domain.h"

#include <daybook/json.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace daybook;

constexpr std::int64_t start_us = 1'800'000'000'000'000;
constexpr std::int64_t hour_us = 3'600'000'000;
constexpr std::int64_t hours_max = 24 * 40;
constexpr std::size_t lines_max = 200;

struct Stored {
  std::string bytes;
  EventMeta meta;
  bool is_removable = false;
};

struct World {
  hits::Policy policy;
  hits::State state{policy};
  hits::View view{policy};
  std::vector<Stored> log;

  void take(const Stored& stored) {
    const auto event = hits::decode(
        hits::event_version,
        {reinterpret_cast<const std::uint8_t*>(stored.bytes.data()), stored.bytes.size()});
    DAYBOOK_CHECK(event.ok());
    hits::Domain::apply(state, *event);
    hits::Domain::project(view, *event, stored.meta);
  }
  void commit(const Events<hits::Event>& events, UnixUs now) {
    for (const hits::Event& event : events) {
      flatbuffers::FlatBufferBuilder builder;
      hits::encode(event, builder);
      Stored stored;
      stored.bytes.assign(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                          builder.GetSize());
      stored.meta = {Position{log.size() + 1}, now, {}};
      stored.is_removable = hits::Domain::removable(event);
      log.push_back(stored);
    }
    for (std::size_t i = log.size() - events.size(); i < log.size(); ++i) take(log[i]);
  }
  [[nodiscard]] std::string saved() const {
    ByteWriter out;
    hits::Domain::save(state, out);
    hits::Domain::save(view, out);
    return out.take();
  }
};

void check_saved(const World& world) {
  const std::string bytes = world.saved();
  World loaded;
  ByteReader in(bytes);
  DAYBOOK_CHECK(hits::Domain::load(loaded.state, in).ok());
  DAYBOOK_CHECK(hits::Domain::load(loaded.view, in).ok());
  DAYBOOK_CHECK(in.at_end());
  DAYBOOK_CHECK(loaded.saved() == bytes);
}

void run_due(World& world, Context context) {
  for (auto due = hits::Domain::next_due(world.state, world.policy); due && *due <= context.now;
       due = hits::Domain::next_due(world.state, world.policy)) {
    Arena arena;
    context.arena = &arena;
    const auto events = hits::Domain::due(world.state, world.view, world.policy, context);
    DAYBOOK_CHECK(!events.empty());
    world.commit(events, context.now);
  }
}

void run_line(World& world, std::string_view line, Context& context) {
  if (line.starts_with('+')) {
    std::int64_t hours = 0;
    std::from_chars(line.data() + 1, line.data() + line.size(), hours);
    context.now.value += std::clamp<std::int64_t>(hours, 0, hours_max) * hour_us;
    run_due(world, context);
    return;
  }
  static json::Parser parser;
  Arena arena;
  const auto body = parser.parse(line, false);
  if (!body.ok()) return;
  const auto command = hits::Domain::parse(*body, arena);
  if (!command.ok()) return;
  ++context.secret.bytes[0];
  context.arena = &arena;
  const auto events = hits::Domain::decide(world.state, world.policy, *command, context);
  if (events.ok()) world.commit(*events, context.now);
}

void run_lines(std::string_view text) {
  World world;
  Context context;
  context.now = UnixUs{start_us};
  for (std::size_t lines = 0; !text.empty() && lines < lines_max; ++lines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    run_line(world, text.substr(0, end), context);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  check_saved(world);
  const Position border = hits::Domain::removable_before(world.view, world.policy, context.now);
  for (const bool is_removing : {false, true}) {
    World again;
    for (const Stored& stored : world.log)
      if (!is_removing || !stored.is_removable || stored.meta.position >= border)
        again.take(stored);
    DAYBOOK_CHECK(again.saved() == world.saved());
  }
}

void run_event(std::string_view text) {
  const std::string copy(text);  // its own allocation: reads beyond it are seen
  const auto event = hits::decode(
      hits::event_version, {reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size()});
  if (!event.ok()) return;
  World world;
  for (std::uint64_t position = 1; position <= 2; ++position) {
    hits::Domain::apply(world.state, *event);
    hits::Domain::project(world.view, *event, EventMeta{Position{position}, {start_us}, {}});
  }
  check_saved(world);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('e'))
    run_event(text.substr(1));
  else
    run_lines(text);
  return 0;
}
