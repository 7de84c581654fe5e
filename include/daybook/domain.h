// The seam: what makes a domain. A domain is a struct of types and static functions, checked by the
// concept Domain where it is registered (src/domains/catalog_entries.cc) and wrapped by one
// template adapter (src/domain/adapter.h). docs/add-a-domain.md walks through one.
//
// Purity: decide, apply, project, encode, decode, answer, save and load use no clock, no random, no
// I/O and no globals; time comes in with the Context. Replay is the live run again, bit for bit.
//
// Lifetimes: the strings in a Command live in the Arena given to parse; the strings in an Event
// live in the Command (live) or in the record's bytes (replay). State and View copy what they keep.
#pragma once

#include <daybook/arena.h>
#include <daybook/bytes.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/live.h>
#include <daybook/publish.h>
#include <daybook/result.h>
#include <daybook/setting.h>

#include <flatbuffers/flatbuffers.h>
#include <boost/container/small_vector.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace daybook {

// What decide may know besides state and command: all that is not pure comes in here, and what
// matters of it goes out in events.
struct Context {
  UnixUs now{};  // one reading per commit group; follows the clock back only by large steps
  Id128 id{};  // UUIDv7, fresh for each command and not to be guessed: for what the command makes.
               // Its first event gets it as its event id.
  Id128 secret{};          // fresh for each commit group, shown to nobody: for salts
  Arena* arena = nullptr;  // for strings of the events decide makes; lives until they are projected
  Id128 token{};  // 128 random bits, fresh for each command, in no id and no receipt: for what only
                  // the one who asked may know (a player's seat)
};

// What project knows of the event besides its content.
struct EventMeta {
  Position position{};
  UnixUs server_time{};
  Id128 event_id{};
};

// Most commands make one event, many none, few several.
template <class Event>
using Events = boost::container::small_vector<Event, 1>;

// The body of a successful write. Made from the command and its events only, so that a repeated
// Idempotency-Key gets the same bytes again.
struct Answer {
  int status = 200;
  std::string body;      // application/json unless empty
  std::string location;  // not empty: the Location header
};

// Reads of one domain that need the log itself (a person's history): run on the worker thread.
template <class D>
class ReadContext {
 public:
  virtual ~ReadContext() = default;
  // The last position a reader may see.
  [[nodiscard]] virtual Position visible() const = 0;
  // One more context like this one, for a BodyStream to keep; valid as long as the server runs.
  [[nodiscard]] virtual std::shared_ptr<ReadContext> keep() const = 0;
  // Calls f under the view's lock; keep it short, it holds up the sequencer.
  virtual void with_view(const std::function<void(const typename D::View&)>& f) = 0;
  // Calls f for the domain's events at positions [from, until], in order, visible ones only, until
  // f returns false. The event's strings end with the call.
  virtual Result<void> scan(
      Position from, Position until,
      const std::function<bool(const typename D::Event&, const EventMeta&)>& f) = 0;
};

// Where a domain's routes go. Patterns: "/schools/{id}"; a {param} is one non-empty path segment.
// A pattern registered twice is refused at start-up.
template <class D>
class Routes {
 public:
  // body: the parsed JSON object of the request (an empty body is refused before, but for DELETE).
  using Parse = Result<typename D::Command> (*)(const json::Value& body, const Request&, Arena&);
  using Read = Result<Response> (*)(const typename D::View&, const Request&);
  using Scan = Result<Response> (*)(ReadContext<D>&, const Request&);
  struct CommandRoute {
    Method method;
    std::string_view pattern;
    Access access;
    Parse parse;
    Bodies bodies;
  };
  struct ReadRoute {
    std::string_view pattern;
    Access access;
    Read read;
  };
  struct ScanRoute {
    std::string_view pattern;
    Access access;
    Scan scan;
  };

  void command(Method method, std::string_view pattern, Access access, Parse parse,
               Bodies bodies = Bodies::json) {
    commands.push_back({method, pattern, access, parse, bodies});
  }
  // GET (and HEAD): answered from the view, on the http thread, under the view's lock.
  void read(std::string_view pattern, Access access, Read read_fn) {
    reads.push_back({pattern, access, read_fn});
  }
  // GET (and HEAD): answered from the log, on the worker thread.
  void scan(std::string_view pattern, Access access, Scan scan_fn) {
    scans.push_back({pattern, access, scan_fn});
  }

  std::vector<CommandRoute> commands;
  std::vector<ReadRoute> reads;
  std::vector<ScanRoute> scans;
};

template <class D>
concept Domain = requires(typename D::State& state, const typename D::State& const_state,
                          typename D::View& view, const typename D::View& const_view,
                          const typename D::Policy& policy, const typename D::Command& command,
                          const typename D::Event& event, const EventMeta& meta,
                          const Context& context, const Settings& settings, const json::Value& body,
                          Arena& arena, flatbuffers::FlatBufferBuilder& builder,
                          std::span<const std::uint8_t> bytes, ByteWriter& writer,
                          ByteReader& reader, Routes<D>& routes,
                          std::span<const typename D::Event> events, json::Writer& json) {
  requires std::is_trivially_destructible_v<typename D::Command>;  // it lives in an Arena
  requires std::is_trivially_destructible_v<typename D::Event>;
  requires std::constructible_from<typename D::State, const typename D::Policy&>;
  requires std::constructible_from<typename D::View, const typename D::Policy&>;
  // "attendance": the topic's name, the NDJSON `topic`, the metric label, the column family.
  { D::name } -> std::convertible_to<std::string_view>;
  // On disk; never reused. 1..999 are Daybook's own, tests use 1000 and up.
  { D::topic } -> std::convertible_to<TopicId>;
  // The event schema version written today, from 1. decode reads every version up to it.
  { D::event_version } -> std::convertible_to<std::uint16_t>;
  // The domain's rows of the settings table.
  { D::settings() } -> std::same_as<std::span<const SettingSpec>>;
  { D::policy(settings) } -> std::same_as<Result<typename D::Policy>>;
  // One JSON object -> command. For NDJSON lines and, through routes, for HTTP bodies.
  { D::parse(body, arena) } -> std::same_as<Result<typename D::Command>>;
  // state + command -> events, or a rejection. No events: a repeated command that changes nothing.
  {
    D::decide(const_state, policy, command, context)
    } -> std::same_as<Result<Events<typename D::Event>>>;
  // state + event -> state. Never rejects: what is in the log has happened.
  { D::apply(state, event) }
  noexcept;
  // Committed events only; under the view's lock.
  { D::project(view, event, meta) }
  noexcept;
  { D::answer(command, events) } -> std::same_as<Answer>;
  // Finishes the builder with the event's own root table.
  {D::encode(event, builder)};
  // Verifies, then reads. Errc::corrupt on an unknown version or bytes that do not verify.
  { D::decode(std::uint16_t{}, bytes) } -> std::same_as<Result<typename D::Event>>;
  // Snapshots. load gives Errc::corrupt when the bytes are not what save wrote, or were written
  // under a policy the present one cannot take over from.
  {D::save(const_state, writer)};
  { D::load(state, reader) } -> std::same_as<Result<void>>;
  {D::save(const_view, writer)};
  { D::load(view, reader) } -> std::same_as<Result<void>>;
  { D::memory_bytes(const_state) } -> std::same_as<std::size_t>;
  { D::memory_bytes(const_view) } -> std::same_as<std::size_t>;
  // Totals a person can compare: name, number; the same after every replay.
  { D::totals(const_view) } -> std::same_as<std::vector<std::pair<std::string, std::uint64_t>>>;
  {D::routes(routes)};
  // --- how its events look from outside (publish.h)
  // Every `type` that outline gives, for the check of a projector's filter.
  { D::event_types() } -> std::same_as<std::span<const std::string_view>>;
  // nullopt: the event is nobody's business outside (a salt).
  { D::outline(event) } -> std::same_as<std::optional<Outline>>;
  // Writes one JSON object: all of the event that is no secret, times in RFC 3339. Asked only of
  // events with an outline.
  {D::render(event, meta, json)};
};

// --- what a domain may have besides; the adapter finds out by these concepts

// Time as an event: something happens because time passes (a hold runs out, a day is rolled up).
// Before each commit group, and when next_due comes while nothing else does, the sequencer asks
// `due`; its events are committed like a command's, so a replay needs no clock.
template <class D>
concept TimedDomain = Domain<D> &&
    requires(const typename D::State& state, const typename D::View& view,
             const typename D::Policy& policy, const Context& context) {
  // When `due` next has something to say; nullopt: nothing is waiting. O(1).
  { D::next_due(state, policy) } -> std::same_as<std::optional<UnixUs>>;
  // What the time until context.now brings about: at most due_events_max events, the rest when
  // asked again (next_due is then still past). It must bring next_due forward, or make an event.
  // The view stands exactly where the state does.
  { D::due(state, view, policy, context) } -> std::same_as<Events<typename D::Event>>;
};
constexpr std::size_t due_events_max = 1000;

// What to answer when a command changed nothing and the answer is in the state (a definition that
// is the same already: its version). Without it `answer` gets no events. Not kept for a repeated
// Idempotency-Key: nothing was written, so it is decided again.
template <class D>
concept UnchangedDomain = Domain<D> &&
    requires(const typename D::State& state, const typename D::Command& command) {
  { D::unchanged(state, command) } -> std::same_as<Answer>;
};

// A topic whose answers need not wait for the fsync.
template <class D>
concept DurabilityDomain = Domain<D> && requires(const typename D::Policy& policy) {
  { D::durability(policy) } -> std::same_as<Durability>;
};

// A domain whose oldest events may be removed from the log because later ones (a roll-up) hold all
// that replay needs of them. Replay without them must give the same state, view and totals.
template <class D>
concept RetainedDomain = Domain<D> &&
    requires(const typename D::View& view, const typename D::Policy& policy,
             const typename D::Event& event, UnixUs now) {
  // Removable events before this position may go. Position{}: none.
  { D::removable_before(view, policy, now) } -> std::same_as<Position>;
  { D::removable(event) } -> std::same_as<bool>;
};

// Lines of POST /events, an open route, that only the admin may send: asked of the line's object
// before it is parsed, so that a stranger's costs nothing. (A route of its own says Access::admin.)
template <class D>
concept PrivilegedDomain = Domain<D> && requires(const json::Value& line) {
  { D::needs_admin(line) } -> std::same_as<bool>;
};

// A domain whose entities define the columns of their rows (forms).
template <class D>
concept ColumnsDomain = Domain<D> && requires(const typename D::View& view, std::string_view key) {
  // Of the entity's present definition; nullopt: no such entity.
  { D::columns(view, key) } -> std::same_as<std::optional<Columns>>;
};

// A domain that clients follow while it changes, over sockets that stay open (live.h).
template <class D>
concept LiveDomain = Domain<D> &&
    requires(typename D::View& view, const typename D::View& const_view, LiveMessages<D>& messages,
             std::string_view topic, UnixUs now, std::size_t max) {
  {D::live(messages)};
  // Topics whose state is another than when last asked, each once, at most `max`; the rest when
  // asked again. What is noted for this is not part of the view: replay may differ in it.
  { D::take_changed(view, max) } -> std::same_as<std::vector<LiveChange>>;
  // The topic's newest state; nullopt: there is no such topic. Under the view's lock: short.
  { D::live_state(const_view, topic, now) } -> std::same_as<std::optional<LiveState>>;
};

// A domain with rules that must hold at every position of its log. An Audit is default-made, sees
// every event in order and says at which rule one breaks.
template <class D>
concept AuditedDomain = Domain<D> && std::default_initializable<typename D::Audit> &&
    requires(typename D::Audit& audit, const typename D::Event& event, const EventMeta& meta) {
  { audit.check(event, meta) } -> std::same_as<Result<void>>;
};

}  // namespace daybook
