// What can be asked of forms: JSON -> Command. A submission's body is copied as a tree, because it
// is checked by decide, against the version that is in order then; its control members
// ("_redirect", "_started") are taken out of it here. Pure; strings are copied into the Arena.
// Threads: any.
#pragma once

#include "domains/forms/events.h"
#include "domains/forms/node.h"

#include <daybook/http.h>
#include <daybook/ids.h>
#include <daybook/json.h>
#include <daybook/result.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace daybook::forms {

constexpr std::size_t name_chars_max = 64;
constexpr std::size_t redirect_chars_max = 2048;

constexpr std::size_t findings_max = 64;  // of one verdict
constexpr std::size_t field_chars_max = 512;
constexpr std::size_t word_chars_max = 128;
constexpr std::size_t language_chars_max = 35;  // BCP 47

enum class CommandKind : std::uint8_t { define, submit, flag, clear };

struct Command {
  CommandKind kind = CommandKind::submit;
  std::string_view form;
  // define
  std::string_view definition;  // compiled once already, minified
  // submit
  const Node* body = nullptr;  // an object, without the control members
  bool from_form = false;      // urlencoded or multipart: values are texts
  UnixMs started{0};           // when the person began, by their own clock; 0: not told
  std::string_view redirect;   // where to go afterwards; empty: nowhere
  std::string_view origin;     // the Origin header; empty: none
  // flag, clear: a verdict on a submission
  Id128 submission{};  // its event id
  Position position{};
  std::string_view by;  // who judged
  std::span<const Finding> findings;
};

// A form's name: 1 to 64 of A-Z a-z 0-9 _ -, so that it is a path segment as it is.
bool is_form_name(std::string_view name);

// The `data` of an NDJSON line: {"type":"submit","form":...,"body":{...}} (submit when there is no
// type), {"type":"define","form":...,"definition":{...}} or a verdict. A "_redirect" is ignored.
Result<Command> parse_line(const json::Value& line, Arena& arena);
// {"type":"flag","form":...,"submission":"<id>","position":"<text>","by":...,"findings":[{"field":
// ...,"word":...,"language":...}]}, or the same with "clear" and without findings.
Result<Command> parse_verdict(CommandKind kind, const json::Value& line, Arena& arena);
// PUT /forms/{name}: the body is the definition.
Result<Command> parse_definition(const json::Value& body, const Request& request, Arena& arena);
// POST /forms/{name}, and the literal paths /<name>/: the body is the submission.
Result<Command> parse_submission(const json::Value& body, const Request& request, Arena& arena);

}  // namespace daybook::forms
