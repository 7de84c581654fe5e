// A whole hits domain in memory, driven as the sequencer drives it: commands in groups, what is due
// before each, every event through its bytes. Keeps its log, so that it can be replayed with or
// without what may be removed. For tests.
#pragma once

#include "domains/hits/domain.h"

#include <daybook/json.h>

#include <catch2/catch.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::hits {

// "2026-03-29T10:00:00Z"
UnixMs at(std::string_view text);
std::string hit_json(std::string_view id, std::int64_t at_ms = 0, std::string_view visitor = {});
std::string words(const Error& error);

struct Stored {
  std::string bytes;
  EventMeta meta;
  bool is_removable = false;
};

struct World {
  explicit World(Policy policy_in = {});

  // One command in a group of its own, after what is due: "ok", or the refusal as "<message>" or
  // "<field>: <code>".
  std::string send(std::string_view json_text);
  std::string hit(std::string_view id, std::int64_t at_ms = 0, std::string_view visitor = {}) {
    return send(hit_json(id, at_ms, visitor));
  }
  // One group of what is due; false: nothing is.
  bool run_due_once();
  // All that is due now.
  void run_due() {
    while (run_due_once()) {
    }
  }
  void commit(const Events<Event>& events);
  void take(const Stored& stored);  // replay of one event

  [[nodiscard]] std::string saved() const;        // of the view
  [[nodiscard]] std::string saved_state() const;  // of the state
  // A GET: the body, or the refusal in words.
  [[nodiscard]] std::string get(std::string_view pattern, std::string_view id,
                                std::vector<std::pair<std::string, std::string>> query = {}) const;
  // The five counts of the id, as numbers, in the order of the answer.
  [[nodiscard]] std::vector<std::uint64_t> counts(std::string_view id) const;

  Policy policy;
  std::unique_ptr<State> state;
  std::unique_ptr<View> view;
  UnixMs now = at("2026-03-10T12:00:00Z");
  std::uint64_t secret = 1;
  std::vector<Stored> log;
  Answer last_answer;
  Events<Event> last_events;  // strings end with the next command

 private:
  json::Parser parser_;
  std::unique_ptr<Arena> arena_;
};

// A new world that has replayed these events.
std::unique_ptr<World> replayed(const World& live, const std::vector<Stored>& log);

}  // namespace daybook::hits
