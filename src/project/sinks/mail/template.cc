#include "project/sinks/mail/template.h"

#include <daybook/fields.h>
#include <daybook/texts.h>

#include <algorithm>

namespace daybook::mail_sink {
namespace {

std::string plain_text(const json::Value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.string());
  return value.to_string();
}

Error at_line(std::string_view text, std::size_t offset, const std::string& what) {
  const auto line = 1 + std::ranges::count(text.substr(0, offset), '\n');
  return {Errc::invalid, "line " + std::to_string(line) + ": " + what};
}

}  // namespace

std::string Fields::get(std::string_view name) const {
  if (name == "event.id") return id_text(event_.event_id);
  if (name == "event.key") return event_.key;
  if (name == "event.time") return time_text(event_.server_time);
  const auto value = row_.find(name);
  if (!value) return {};
  if (!value->is_array()) return plain_text(*value);
  std::string joined;
  bool is_first = true;
  value->each_element([&](const json::Value& element) {
    if (!is_first) joined += ", ";
    is_first = false;
    joined += plain_text(element);
  });
  return joined;
}

Result<Template> Template::parse(std::string_view text) {
  if (text.size() > template_bytes_max) return Error{Errc::invalid, "is longer than 65536 bytes"};
  if (!json::is_valid_utf8(text)) return Error{Errc::invalid, "is not UTF-8"};
  Template made;
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '{') {
      plain += text[at++];
      continue;
    }
    if (text.substr(at).starts_with("{{")) {
      plain += '{';
      at += 2;
      continue;
    }
    const auto end = text.find_first_of("{}\n", at + 1);
    if (end == std::string_view::npos || text[end] != '}')
      return at_line(text, at, "a brace is not closed ({{ stands for a brace)");
    const std::string_view name = text.substr(at + 1, end - at - 1);
    if (name.empty() || name.size() > field_name_bytes_max)
      return at_line(text, at, "a name between braces has 1 to 200 bytes ({{ stands for a brace)");
    if (made.pieces_.size() + 2 > template_pieces_max)
      return at_line(text, at, "more than 500 names between braces");
    made.pieces_.push_back({std::move(plain), false});
    made.pieces_.push_back({std::string(name), true});
    plain.clear();
    at = end + 1;
  }
  if (!plain.empty()) made.pieces_.push_back({std::move(plain), false});
  return made;
}

std::string Template::expand(const Fields& fields, std::size_t bytes_max) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.is_field ? fields.get(piece.text) : piece.text;
    if (out.size() > bytes_max) break;
  }
  return out;
}

}  // namespace daybook::mail_sink
