// What events of a topic add to which row, gathered over a batch before the store is asked.
//
// Thread: the projector's.
#pragma once

#include <daybook/json.h>
#include <daybook/publish.h>
#include <daybook/result.h>
#include <daybook/sink.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace daybook::rollup_sink {

constexpr std::size_t counts_max = 8;  // of one row

// A row's numbers, by their place in Table::counts.
struct Counts {
  std::array<std::uint64_t, counts_max> add{};
  // Takes the number's place: of all there is to count (hits that are rolled up), not of one event.
  std::array<std::uint64_t, counts_max> set{};
  std::uint32_t is_set = 0;  // bits
};

class Tally {
 public:
  // The row is begun when it is new. The reference is good until the next call.
  Counts& row(std::string_view key);
  // Reads each row, adds, puts it back.
  Result<void> save(std::span<const std::string_view> names, SinkContext& context);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, Counts, Hash, std::equal_to<>> rows_;
  json::Parser parser_;
};

// The rows of one topic.
struct Table {
  std::string_view topic;
  std::span<const std::string_view> counts;  // the members of a row
  // Adds one event. Errc::invalid: it is not what this topic's events look like.
  Result<void> (*add)(const PublicEvent& event, json::Parser& parser, Tally& tally) = nullptr;
};
std::span<const Table> tables();

// "a/b" → "a%2Fb": a key's parts stay apart.
void append_part(std::string& key, std::string_view part);

}  // namespace daybook::rollup_sink
