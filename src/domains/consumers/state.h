// State: what decide needs to know - each consumer's definition and the last position it has
// acknowledged.
// Thread: the sequencer's. decide only reads it, apply alone changes it; replay of the same events
// gives the same state.
#pragma once

#include "domains/consumers/events.h"
#include "domains/consumers/policy.h"

#include <daybook/bytes.h>
#include <daybook/ids.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::consumers {

// What a consumer reads. Kept by State and View alike.
struct Definition {
  std::string topic;
  std::vector<std::string> types;  // empty: all
  std::vector<std::string> keys;   // empty: all

  static Definition of(const Event& event);
  [[nodiscard]] std::size_t memory_bytes() const;  // besides the object
  void save(ByteWriter& out) const;                // topic types keys
  [[nodiscard]] bool load(ByteReader& in);         // false: not what save wrote
};

class State {
 public:
  struct Consumer {
    Definition definition;
    From from = From::beginning;  // never kept
    Position from_position{};     // with From::position
    bool has_acknowledged = false;
    Position acknowledged{};  // the last one done
    bool free = false;        // it went back once
  };

  explicit State(const Policy&) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] const Consumer* consumer(std::string_view name) const;  // nullptr: unknown
  [[nodiscard]] std::size_t size() const { return consumers_.size(); }

  void apply(const Event& event);

  [[nodiscard]] std::size_t memory_bytes() const;
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  std::map<std::string, Consumer, std::less<>> consumers_;  // by name
};

}  // namespace daybook::consumers
