// What can be asked of attendance: JSON -> Command, with every broken rule of the body listed at
// once. Pure; strings are copied into the Arena. Threads: any.
#pragma once

#include <daybook/arena.h>
#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace daybook::attendance {

constexpr std::size_t id_chars_max = 64;
constexpr std::size_t image_chars_max = 512;
constexpr std::size_t school_name_chars_max = 200;
constexpr double temperature_min = -100;  // degrees Celsius
constexpr double temperature_max = 100;

enum class CommandKind : std::uint8_t { check_in, check_out, define_school };

struct Command {
  CommandKind kind = CommandKind::check_in;
  std::string_view school_id;
  // check_in, check_out
  std::string_view user_id;
  UnixMs at{0};                        // 0: the server's time
  std::int32_t temperature_milli = 0;  // thousandths of a degree Celsius
  std::string_view image;
  // define_school; empty: leave as it is
  std::string_view school_name;
  std::string_view time_zone;
};

// The body of POST /attendances, also the `data` of an NDJSON line.
Result<Command> parse_report(const json::Value& body, Arena& arena);
// PUT /schools/{id}.
Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena);

}  // namespace daybook::attendance
