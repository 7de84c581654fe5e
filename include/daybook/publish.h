// How an event looks from outside: to sinks and to consumers over HTTP. Each domain says it once,
// in `outline` and `render` (domain.h); everything that leaves Daybook is made from that.
#pragma once

#include <daybook/ids.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daybook {

// What is known of an event before it is rendered: enough for a filter. Views end with the event.
struct Outline {
  std::string_view type{};    // one of the domain's event_types: "submitted"
  std::string_view key{};     // the entity whose events keep their order: a form, a school
  std::uint32_t version = 0;  // of the entity's definition the event was made under; 0: it has none
  std::string_view row{};     // a JSON object: what makes a table's row of it; empty: all of it
};

// An event as it leaves. Owns its bytes; meant to be used again and again.
struct PublicEvent {
  Position position{};
  std::string topic;  // the domain's name
  std::string type;
  std::string key;
  std::uint32_t version = 0;
  Id128 event_id{};
  UnixUs server_time{};
  std::string data;  // a JSON object
  std::string row;   // a JSON object; empty: `data` is the row

  [[nodiscard]] std::string_view row_json() const { return row.empty() ? data : row; }
};

// Which events of a topic are wanted. An empty list wants all.
struct EventFilter {
  std::vector<std::string> types;
  std::vector<std::string> keys;

  [[nodiscard]] bool wants(std::string_view type, std::string_view key) const {
    const auto has = [](const std::vector<std::string>& list, std::string_view text) {
      return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
    };
    return has(types, type) && has(keys, key);
  }
};

// The columns of an entity's rows (a form's fields, in the order of its definition).
struct Columns {
  std::uint32_t version = 0;  // of the definition they are of
  std::vector<std::string> names;
};

}  // namespace daybook
