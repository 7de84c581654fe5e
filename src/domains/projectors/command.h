// What can be asked about projectors: JSON -> Command. A few are the runtime's and the sinks' own
// words (add, dead_letter, letter_delivered, letter_failed, disable), the others a person's. Pure;
// strings are copied into the Arena. Threads: any.
#pragma once

#include "domains/projectors/events.h"

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

namespace daybook::projectors {

constexpr std::size_t name_chars_max = 64;      // of a projector, a topic, a sink
constexpr std::size_t reason_chars_max = 1000;  // Unicode code points
constexpr std::size_t type_chars_max = 64;
constexpr std::size_t key_chars_max = 1024;
constexpr std::size_t attempts_max = 50;  // that a dead letter comes with

enum class CommandKind : std::uint8_t {
  add,
  pause,
  resume,
  disable,
  reset,
  dead_letter,
  edit,
  retry,
  skip,
  letter_delivered,
  letter_failed,
};

struct Command {
  CommandKind kind = CommandKind::add;
  std::string_view projector;
  std::string_view topic;             // add
  std::string_view sink;              // add
  std::string_view reason;            // pause, disable, dead_letter, skip, letter_failed
  ResetTo to = ResetTo::beginning;    // reset
  Position position{};                // of the letter; reset: the first to read; retry: {} is all
  EventCopy copy;                     // dead_letter
  std::string_view data;              // edit: a JSON object
  std::span<const Attempt> attempts;  // dead_letter
  UnixUs at{};                        // letter_failed
  UnixUs next_try_at{};               // dead_letter, letter_failed; {}: when a person asks
};

// A projector's name: 1 to 64 of A-Z a-z 0-9 _ -, so that it is a path segment as it is.
bool is_projector_name(std::string_view name);
// A topic's or a sink's: 1 to 64 of a-z 0-9 _.
bool is_word(std::string_view text);
// Positions are digits to clients; from 1 to the last but one.
std::optional<Position> parse_position(std::string_view text);

// The `data` of an NDJSON line; `type` says which command (docs/domains/projectors.md).
Result<Command> parse_line(const json::Value& line, Arena& arena);

// POST /projectors/{name}/pause|resume|reset
Result<Command> parse_pause(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_resume(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_reset(const json::Value& body, const Request& request, Arena& arena);
// PUT /projectors/{name}/dead-letters/{position}
Result<Command> parse_edit(const json::Value& body, const Request& request, Arena& arena);
// POST /projectors/{name}/dead-letters/{position}/retry|skip
Result<Command> parse_retry(const json::Value& body, const Request& request, Arena& arena);
Result<Command> parse_skip(const json::Value& body, const Request& request, Arena& arena);
// POST /projectors/{name}/dead-letters/retry
Result<Command> parse_retry_all(const json::Value& body, const Request& request, Arena& arena);

}  // namespace daybook::projectors
