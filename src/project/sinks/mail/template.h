// Texts with places for an event's values: {name} is a member of its row, {event.id}, {event.key}
// and {event.time} are the event's own; {{ is a brace. Pure. Threads: any; Fields: one.
#pragma once

#include <daybook/json.h>
#include <daybook/publish.h>
#include <daybook/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace daybook::mail_sink {

constexpr std::size_t field_name_bytes_max = 200;
constexpr std::size_t template_bytes_max = 64u << 10;
constexpr std::size_t template_pieces_max = 1000;

// The values of one event. `row` is a JSON object; both outlive it.
class Fields {
 public:
  Fields(const PublicEvent& event, const json::Value& row) : event_(event), row_(row) {}
  // A string as it is, a number or boolean as JSON writes it, an array's elements joined by ", ",
  // an object as JSON; empty: null, or there is none of this name.
  [[nodiscard]] std::string get(std::string_view name) const;

 private:
  const PublicEvent& event_;
  const json::Value& row_;
};

class Template {
 public:
  // Errc::invalid: an open brace that nothing closes, an empty or too long name, no UTF-8, too
  // large; with the line.
  static Result<Template> parse(std::string_view text);
  // Stops when there are more than `bytes_max`; what it gives is then longer than that.
  [[nodiscard]] std::string expand(const Fields& fields, std::size_t bytes_max) const;

 private:
  struct Piece {
    std::string text;
    bool is_field = false;
  };
  std::vector<Piece> pieces_;
};

}  // namespace daybook::mail_sink
