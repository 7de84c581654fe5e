#include "support/guestbook/guestbook.h"

#include <daybook/fields.h>
#include <daybook/texts.h>

#include "guestbook_generated.h"

namespace daybook::guestbook {

static_assert(daybook::Domain<Domain>);

std::span<const SettingSpec> Domain::settings() {
  static const SettingSpec rows[] = {{"guestbook.text_chars_max", SettingType::integer, "280",
                                      "characters", 1, 1000,
                                      "The longest entry the guest book takes."}};
  return rows;
}

Result<Policy> Domain::policy(const Settings& settings) {
  return Policy{settings.integer("guestbook.text_chars_max")};
}

Result<Command> Domain::parse(const json::Value& body, Arena& arena) {
  json::Fields fields(body);
  const auto name = fields.text("name", {.chars_min = 1, .chars_max = 64});
  const auto text =
      fields.text("text", {.chars_min = 1, .chars_max = 1000, .control_allowed = true});
  if (auto error = fields.error()) return *std::move(error);
  return Command{arena.copy(*name), arena.copy(*text)};
}

Result<Events<Event>> Domain::decide(const State& state, const Policy& policy,
                                     const Command& command, const Context& context) {
  if (json::count_chars(command.text) > static_cast<std::size_t>(policy.text_chars_max))
    return Error::field("text", "too_long", "is longer than this book takes");
  if (state.names.contains(command.name)) return Error{Errc::conflict, "already signed"};
  return Events<Event>{Event{command.name, command.text, context.now}};
}

void Domain::apply(State& state, const Event& event) noexcept { state.names.emplace(event.name); }

void Domain::project(View& view, const Event& event, const EventMeta& meta) noexcept {
  ++view.signatures;
  view.newest.push_front({meta.position, std::string(event.name), std::string(event.text)});
  if (view.newest.size() > shown_entries_max) view.newest.pop_back();
}

Answer Domain::answer(const Command& command, std::span<const Event>) {
  Answer answer;
  json::Writer(answer.body).begin_object().member("signed", command.name).end_object();
  return answer;
}

void Domain::encode(const Event& event, flatbuffers::FlatBufferBuilder& builder) {
  const auto name_at = builder.CreateString(event.name.data(), event.name.size());
  const auto text_at = builder.CreateString(event.text.data(), event.text.size());
  builder.Finish(fb::guestbook::CreateSigned(builder, name_at, text_at, event.at.value));
}

Result<Event> Domain::decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version == 0 || version > event_version)
    return Error{Errc::corrupt, "guestbook event of unknown version " + std::to_string(version)};
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!fb::guestbook::VerifySignedBuffer(verifier))
    return Error{Errc::corrupt, "guestbook event that does not verify"};
  const auto* signed_event = fb::guestbook::GetSigned(bytes.data());
  if (signed_event->name() == nullptr || signed_event->text() == nullptr)
    return Error{Errc::corrupt, "guestbook event without name or text"};
  return Event{signed_event->name()->string_view(), signed_event->text()->string_view(),
               UnixUs{signed_event->at_us()}};
}

void Domain::save(const State& state, ByteWriter& out) {
  out.u64(state.names.size());
  for (const auto& name : state.names) out.bytes(name);
}

Result<void> Domain::load(State& state, ByteReader& in) {
  state.names.clear();
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) state.names.emplace(in.bytes());
  if (!in.ok()) return Error{Errc::corrupt, "guestbook snapshot cut short"};
  return {};
}

void Domain::save(const View& view, ByteWriter& out) {
  out.u64(view.signatures);
  out.u64(view.newest.size());
  for (const auto& entry : view.newest) {
    out.u64(entry.position.value);
    out.bytes(entry.name);
    out.bytes(entry.text);
  }
}

Result<void> Domain::load(View& view, ByteReader& in) {
  view.newest.clear();
  view.signatures = in.u64();
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    const Position position{in.u64()};
    std::string name(in.bytes());
    std::string text(in.bytes());
    view.newest.push_back({position, std::move(name), std::move(text)});
  }
  if (!in.ok()) return Error{Errc::corrupt, "guestbook snapshot cut short"};
  return {};
}

std::size_t Domain::memory_bytes(const State& state) { return state.names.size() * 64; }
std::size_t Domain::memory_bytes(const View& view) { return view.newest.size() * 128; }

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  return {{"signatures", view.signatures}};
}

std::span<const std::string_view> Domain::event_types() {
  static constexpr std::string_view types[] = {"signed"};
  return types;
}

std::optional<Outline> Domain::outline(const Event& event) {
  return Outline{.type = event_types().front(), .key = event.name};
}

void Domain::render(const Event& event, const EventMeta&, json::Writer& out) {
  out.begin_object().member("name", event.name).member("text", event.text);
  out.member("at", time_text(event.at)).end_object();
}

namespace {

Result<Response> list_entries(const View& view, const Request&) {
  std::string body;
  json::Writer writer(body);
  writer.begin_array();
  for (const auto& entry : view.newest)
    writer.begin_object().member("name", entry.name).member("text", entry.text).end_object();
  writer.end_array();
  return Response::json(std::move(body));
}

// Everything a name ever wrote, from the log.
Result<Response> history(ReadContext<Domain>& context, const Request& request) {
  std::string body;
  json::Writer writer(body);
  writer.begin_array();
  DAYBOOK_TRY_VOID(
      context.scan(Position{1}, Position::max(), [&](const Event& event, const EventMeta&) {
        if (event.name == request.params.front()) writer.string(event.text);
        return true;
      }));
  writer.end_array();
  return Response::json(std::move(body));
}

}  // namespace

void Domain::routes(Routes<Domain>& routes) {
  routes.command(
      Method::post, "/guestbook", Access::open,
      [](const json::Value& body, const Request&, Arena& arena) { return parse(body, arena); });
  routes.command(
      Method::put, "/guestbook/{name}", Access::admin,
      [](const json::Value& body, const Request& request, Arena& arena) -> Result<Command> {
        DAYBOOK_TRY(Command command, parse(body, arena));
        command.name = arena.copy(request.params.front());
        return command;
      });
  routes.read("/guestbook", Access::open, list_entries);
  routes.scan("/guestbook/{name}/history", Access::open, history);
}

}  // namespace daybook::guestbook
