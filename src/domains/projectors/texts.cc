#include "domains/projectors/texts.h"

#include <daybook/texts.h>

namespace daybook::projectors {

std::string position_text(Position position) { return std::to_string(position.value); }

std::string_view reset_text(ResetTo to) {
  switch (to) {
    case ResetTo::beginning:
      return "beginning";
    case ResetTo::now:
      return "now";
    case ResetTo::position:
      return "position";
  }
  return "";
}

void write_attempt(json::Writer& out, const Attempt& attempt) {
  out.begin_object().member("at", time_text(attempt.at)).member("reason", attempt.reason);
  out.end_object();
}

void write_copy(json::Writer& out, std::string_view topic, Position position,
                const EventCopy& copy) {
  out.begin_object().member("position", position_text(position)).member("topic", topic);
  out.member("type", copy.type).member("key", copy.key);
  out.member("version", std::uint64_t{copy.version}).member("id", id_text(copy.event_id));
  out.member("time", time_text(copy.server_time)).key("data").raw(copy.data);
  if (!copy.row.empty()) out.key("row").raw(copy.row);
  out.end_object();
}

}  // namespace daybook::projectors
