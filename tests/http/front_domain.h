// What the guest book does not need, but the front must be able to do, as one more test-only
// domain: bodies of forms, answers of every status, entity tags, streams, a path for connections
// that stay open, a topic whose answers do not wait for the fsync. Its commands' names say what is
// answered; everything else is the guest book's.
#pragma once

#include "support/guestbook/guestbook.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::front {

constexpr std::string_view page_text = "{\"page\":1}";
constexpr std::string_view page_etag = "\"v1\"";

// What the streams of this process did; a test compares before and after.
struct StreamCounts {
  std::atomic<std::uint64_t> bytes_made{0};
  std::atomic<std::int64_t> alive{0};
};
StreamCounts& stream_counts();
// The states of topics, as tests set them.
class LiveStates {
 public:
  void set(const std::string& topic, LiveState state);
  std::optional<LiveState> get(std::string_view topic) const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, LiveState, std::less<>> states_;
};
LiveStates& live_states();
// The byte at each place of GET /front/stream/{bytes}.
char stream_byte(std::uint64_t at);

struct Domain : guestbook::Domain {
  static constexpr std::string_view name = "front";
  static constexpr TopicId topic{1001};

  static std::span<const SettingSpec> settings() { return {}; }
  static Durability durability(const Policy&) { return Durability::interval; }
  static Result<Events<Event>> decide(const State& state, const Policy& policy,
                                      const Command& command, const Context& context);
  static Answer answer(const Command& command, std::span<const Event> events);
  static void routes(Routes<Domain>& routes);
  // A path; "follow" {"topics":[...]}; the command "sign" {"name"}, which makes its sender follow
  // "seat:NAME", unless it is "nobody". LiveTestApp (live_test_app.h) uses the path alone.
  static void live(LiveMessages<Domain>& live);
  static std::vector<LiveChange> take_changed(View&, std::size_t) { return {}; }
  static std::optional<LiveState> live_state(const View&, std::string_view topic, UnixUs);
};

}  // namespace daybook::front
