// JSON → command → decision on an empty state, and bytes → event → state and view.
// The first byte chooses: 'e' an event's bytes, 'd' a school's definition, anything else is already
// JSON.
#include "domains/attendance/domain.h"

#include <daybook/json.h>

#include <cstdint>
#include <string_view>

namespace {

using namespace daybook;

constexpr Context context{UnixUs{1'800'000'000'000'000}};

void run_command(const Result<attendance::Command>& command) {
  if (!command.ok()) return;
  const attendance::Policy policy;
  attendance::State state(policy);
  attendance::View view(policy);
  auto events = attendance::Domain::decide(state, policy, *command, context);
  if (!events.ok()) return;
  for (const auto& event : *events) {
    flatbuffers::FlatBufferBuilder builder;
    attendance::Domain::encode(event, builder);
    auto read = attendance::Domain::decode(attendance::Domain::event_version,
                                           {builder.GetBufferPointer(), builder.GetSize()});
    DAYBOOK_CHECK(read.ok());
    DAYBOOK_CHECK(read->school_id == event.school_id && read->user_id == event.user_id);
    attendance::Domain::apply(state, *read);
    attendance::Domain::project(view, *read, EventMeta{Position{1}, context.now, {}});
  }
  const auto again = attendance::Domain::decide(state, policy, *command, context);
  DAYBOOK_CHECK(again.ok() == (command->kind == attendance::CommandKind::define_school));
}

void run_event(std::string_view text) {
  const std::string copy(text);  // its own allocation: reads beyond it are seen
  const auto event =
      attendance::Domain::decode(attendance::Domain::event_version,
                                 {reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size()});
  if (!event.ok()) return;
  const attendance::Policy policy;
  attendance::State state(policy);
  attendance::View view(policy);
  attendance::Domain::apply(state, *event);
  attendance::Domain::project(view, *event, EventMeta{Position{1}, context.now, {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('e')) {
    run_event(text.substr(1));
    return 0;
  }
  const bool is_definition = text.starts_with('d');
  if (is_definition) text.remove_prefix(1);
  static json::Parser parser;
  Arena arena;
  const auto body = parser.parse(text, false);
  if (!body.ok()) return 0;
  if (!is_definition) {
    run_command(attendance::Domain::parse(*body, arena));
    return 0;
  }
  Request request;
  request.params.emplace_back("school");
  run_command(attendance::parse_definition(*body, request, arena));
  return 0;
}
