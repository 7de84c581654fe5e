// Lines → commands → decisions on one state, replayed and out of a snapshot; and bytes → event.
// The first byte 'e': an event's bytes. Anything else: JSON lines, a second apart.
#include "domains/projectors/domain.h"

#include <daybook/json.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace daybook;
using projectors::Domain;

struct Run {
  projectors::Policy policy{8};
  projectors::State state{policy};
  projectors::View view{policy};

  void take(const projectors::Event& event, const EventMeta& meta) {
    Domain::apply(state, event);
    Domain::project(view, event, meta);
  }
  template <class T>
  static std::string saved(const T& from) {
    ByteWriter out;
    Domain::save(from, out);
    return out.take();
  }
};

Result<projectors::Event> decode(std::string_view bytes) {
  return Domain::decode(Domain::event_version,
                        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void run_lines(std::string_view text) {
  static json::Parser parser;
  Run live;
  Run replayed;
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
    if (events->empty()) DAYBOOK_CHECK(!Domain::unchanged(live.state, *command).body.empty());
    for (const auto& event : *events) {
      flatbuffers::FlatBufferBuilder builder;
      Domain::encode(event, builder);
      const std::string bytes(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                              builder.GetSize());
      const auto read = decode(bytes);
      DAYBOOK_CHECK(read.ok());
      meta.position = meta.position + 1;
      live.take(event, meta);
      replayed.take(*read, meta);
      std::string rendered;
      json::Writer writer(rendered);
      Domain::render(event, meta, writer);
      const auto answer = Domain::answer(*command, {&event, 1});
      json::Parser other;
      DAYBOOK_CHECK(other.parse(answer.body, false).ok());
    }
  }
  const std::string state = Run::saved(live.state);
  const std::string view = Run::saved(live.view);
  DAYBOOK_CHECK(state == Run::saved(replayed.state));
  DAYBOOK_CHECK(view == Run::saved(replayed.view));
  DAYBOOK_CHECK(live.state.open_letters() == live.view.open());
  Run loaded;
  ByteReader state_in(state);
  ByteReader view_in(view);
  DAYBOOK_CHECK(Domain::load(loaded.state, state_in).ok());
  DAYBOOK_CHECK(Domain::load(loaded.view, view_in).ok());
  DAYBOOK_CHECK(view == Run::saved(loaded.view));
}

void run_event(std::string_view text) {
  const std::string copy(text);  // its own allocation: reads beyond it are seen
  const auto event = decode(copy);
  if (!event.ok()) return;
  Run run;
  projectors::Event added;
  added.projector = event->projector;
  added.topic = event->topic;
  added.sink = "csv";
  run.take(added, EventMeta{Position{1}, {}, {}});
  run.take(*event, EventMeta{Position{2}, {}, {}});
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
