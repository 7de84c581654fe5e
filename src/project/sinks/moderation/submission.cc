#include "project/sinks/moderation/submission.h"

#include <daybook/texts.h>

#include <algorithm>

namespace daybook::moderation_sink {
namespace {

using TakeText = std::function<void(std::string_view pointer, std::string_view text)>;

// One step of a JSON pointer (RFC 6901). Control characters stand as "?": they belong in no line.
void append_step(std::string& pointer, std::string_view name) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += static_cast<unsigned char>(c) < ' ' || c == 0x7F ? '?' : c;
  }
}

// Recursion is limited by json::depth_max.
void walk(const json::Value& value, std::string& pointer, const TakeText& f) {
  const std::size_t size = pointer.size();
  if (value.is_string()) {
    f(pointer, value.string());
  } else if (value.is_object()) {
    value.each_member([&](std::string_view name, const json::Value& member) {
      append_step(pointer, name);
      walk(member, pointer, f);
      pointer.resize(size);
    });
  } else if (value.is_array()) {
    std::size_t i = 0;
    value.each_element([&](const json::Value& element) {
      append_step(pointer, std::to_string(i++));
      walk(element, pointer, f);
      pointer.resize(size);
    });
  }
}

// At most pointer_chars_max bytes, which are no more characters; no character is cut in two.
std::string_view shortened(std::string_view pointer) {
  if (pointer.size() <= pointer_chars_max) return pointer;
  std::size_t size = pointer_chars_max;
  while (size > 0 && (static_cast<unsigned char>(pointer[size]) & 0xC0) == 0x80) --size;
  return pointer.substr(0, size);
}

}  // namespace

void each_text(const json::Value& row, std::span<const std::string> fields, const TakeText& f) {
  std::string pointer;
  row.each_member([&](std::string_view name, const json::Value& member) {
    if (!fields.empty() && std::ranges::find(fields, name) == fields.end()) return;
    append_step(pointer, name);
    walk(member, pointer, f);
    pointer.clear();
  });
}

std::string verdict_line(const PublicEvent& submission, std::string_view by,
                         std::span<const Finding> findings) {
  std::string line;
  json::Writer out(line);
  out.begin_object().member("type", findings.empty() ? "clear" : "flag");
  out.member("form", submission.key).member("submission", id_text(submission.event_id));
  out.member("position", std::to_string(submission.position.value)).member("by", by);
  if (!findings.empty()) {
    out.key("findings").begin_array();
    for (const Finding& finding : findings) {
      out.begin_object().member("field", shortened(finding.field)).member("word", finding.word);
      out.member("language", finding.language).end_object();
    }
    out.end_array();
  }
  out.end_object();
  return line;
}

}  // namespace daybook::moderation_sink
