// Lines → commands → decisions on one state, replayed with and without what retention may take; and
// bytes → event. The first byte 'e': an event's bytes. Anything else: JSON lines, a second apart.
#include "domains/consumers/domain.h"

#include <daybook/json.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace daybook;
using consumers::Domain;

struct Run {
  consumers::Policy policy{4};
  consumers::State state{policy};
  consumers::View view{policy};

  void take(const consumers::Event& event, const EventMeta& meta) {
    Domain::apply(state, event);
    Domain::project(view, event, meta);
  }
  [[nodiscard]] std::string saved() const {
    ByteWriter out;
    Domain::save(state, out);
    Domain::save(view, out);
    return out.take();
  }
};

Result<consumers::Event> decode(std::string_view bytes) {
  return Domain::decode(Domain::event_version,
                        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void run_lines(std::string_view text) {
  static json::Parser parser;
  Run live;
  std::vector<std::pair<std::string, EventMeta>> log;
  EventMeta meta{Position{0}, UnixUs{1'800'000'000'000'000}, {}};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    Arena arena;
    const auto body = parser.parse(line, false);
    if (!body.ok()) continue;
    const auto command = Domain::parse(*body, arena);
    if (!command.ok()) continue;
    meta.server_time.value += 1'000'000;
    const Context context{meta.server_time, {}, {}, &arena};
    const auto events = Domain::decide(live.state, live.policy, *command, context);
    if (!events.ok()) continue;
    for (const auto& event : *events) {
      meta.position = meta.position + 1;
      live.take(event, meta);
      flatbuffers::FlatBufferBuilder builder;
      Domain::encode(event, builder);
      log.emplace_back(
          std::string(reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()),
          meta);
    }
  }
  const Position removable = Domain::removable_before(live.view, live.policy, meta.server_time);
  for (const Position before : {Position{}, removable}) {
    Run replayed;
    for (const auto& [bytes, at] : log) {
      const auto event = decode(bytes);
      DAYBOOK_CHECK(event.ok());
      if (at.position < before && Domain::removable(*event)) continue;
      replayed.take(*event, at);
    }
    DAYBOOK_CHECK(replayed.saved() == live.saved());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text.starts_with('e')) {
    run_lines(text);
    return 0;
  }
  const std::string copy(text.substr(1));  // its own allocation: reads beyond it are seen
  const auto event = decode(copy);
  if (!event.ok()) return 0;
  Run run;
  run.take(*event, EventMeta{Position{1}, {}, {}});
  return 0;
}
