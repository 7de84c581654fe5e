// What can be asked about named consumers: JSON -> Command. Pure; strings are copied into the
// Arena. Threads: any.
#pragma once

#include "domains/consumers/events.h"

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace daybook::consumers {

constexpr std::size_t name_chars_max = 64;  // of a consumer, a topic, a type
constexpr std::size_t types_max = 64;       // of one consumer
constexpr std::size_t keys_max = 256;
constexpr std::size_t key_chars_max = 256;

enum class CommandKind : std::uint8_t { define, acknowledge, remove };

struct Command {
  CommandKind kind = CommandKind::define;
  std::string_view name;
  // define
  std::string_view topic;
  std::span<const std::string_view> types;  // empty: all
  std::span<const std::string_view> keys;   // empty: all
  std::optional<From> from;                 // absent: beginning, or as it is
  bool replace = false;
  // define from a position: the first to read; acknowledge: the last one done, {}: none
  Position position{};
  bool back = false;  // acknowledge
};

// A consumer's name: 1 to 64 of A-Z a-z 0-9 _ -, so that it is a path segment as it is.
bool is_consumer_name(std::string_view name);

// The `data` of an NDJSON line; `type` is define, acknowledge or delete
// (docs/domains/consumers.md).
Result<Command> parse_line(const json::Value& line, Arena& arena);
// PUT /consumers/{name}
Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena);
// POST /consumers/{name}/acknowledge
Result<Command> parse_acknowledge(const json::Value& body, const Request& request, Arena& arena);
// DELETE /consumers/{name}
Result<Command> parse_delete(const json::Value& body, const Request& request, Arena& arena);

}  // namespace daybook::consumers
