#include "domains/hits/command.h"

#include <daybook/fields.h>

namespace daybook::hits {

Result<Command> parse_hit(const json::Value& body, Arena& arena) {
  json::Fields fields(body);
  const auto id = fields.text("id", {.chars_min = 1, .chars_max = id_chars_max});
  const auto at = fields.integer("timestamp", {.min = 1, .max = at_ms_max, .required = false});
  const auto visitor =
      fields.text("visitor", {.chars_min = 1, .chars_max = visitor_chars_max, .required = false});
  if (auto error = fields.error()) return std::move(*error);

  Command command;
  command.id = arena.copy(*id);
  command.at = UnixMs{at.value_or(0)};
  if (visitor) command.visitor = arena.copy(*visitor);
  return command;
}

}  // namespace daybook::hits
