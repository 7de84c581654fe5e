// A guest book: the test-only domain that shows how little a new domain takes
// (docs/add-a-domain.md). Each name signs once; the book shows the newest entries.
#pragma once

#include <daybook/domain.h>

#include <deque>
#include <set>
#include <string>

namespace daybook::guestbook {

constexpr std::size_t shown_entries_max = 100;

struct Policy {
  std::int64_t text_chars_max = 280;
};

struct Command {  // strings: in the arena
  std::string_view name;
  std::string_view text;
};

struct Event {  // strings: in the command or the record
  std::string_view name;
  std::string_view text;
  UnixUs at;
};

struct State {
  explicit State(const Policy&) {}
  std::set<std::string, std::less<>> names;
};

struct View {
  explicit View(const Policy&) {}
  struct Entry {
    Position position;
    std::string name, text;
  };
  std::deque<Entry> newest;
  std::uint64_t signatures = 0;
};

struct Domain {
  static constexpr std::string_view name = "guestbook";
  static constexpr TopicId topic{1000};
  static constexpr std::uint16_t event_version = 1;
  using Policy = guestbook::Policy;
  using Command = guestbook::Command;
  using Event = guestbook::Event;
  using State = guestbook::State;
  using View = guestbook::View;

  static std::span<const SettingSpec> settings();
  static Result<Policy> policy(const Settings& settings);
  static Result<Command> parse(const json::Value& body, Arena& arena);
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static void apply(State& state, const Event& event) noexcept;
  static void project(View& view, const Event& event, const EventMeta& meta) noexcept;
  static Answer answer(const Command& command, std::span<const Event> events);
  static void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
  static Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);
  static void save(const State& state, ByteWriter& out);
  static Result<void> load(State& state, ByteReader& in);
  static void save(const View& view, ByteWriter& out);
  static Result<void> load(View& view, ByteReader& in);
  static std::size_t memory_bytes(const State& state);
  static std::size_t memory_bytes(const View& view);
  static std::vector<std::pair<std::string, std::uint64_t>> totals(const View& view);
  static void routes(Routes<Domain>& routes);

  static std::span<const std::string_view> event_types();
  static std::optional<Outline> outline(const Event& event);
  static void render(const Event& event, const EventMeta& meta, json::Writer& out);
};

}  // namespace daybook::guestbook
