#include "domains/forms/clean.h"

#include "domains/forms/numbers.h"
#include "domains/forms/text.h"

#include <algorithm>
#include <array>
#include <new>

namespace daybook::forms {
namespace {

// In the order of CleanStep.
constexpr std::array<std::string_view, 5> step_names{"trim", "lowercase", "normalize_email", "text",
                                                     "drop_empty"};

bool is_blank_byte(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    if (is_ascii(text.front()) && !is_blank_byte(text.front())) break;
    const auto point = first_code_point(text);
    if (!is_blank(point.code)) break;
    text.remove_prefix(point.bytes);
  }
  while (!text.empty()) {
    std::size_t begin = text.size() - 1;  // of the last code point
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) --begin;
    if (!is_blank(first_code_point(text.substr(begin)).code)) break;
    text = text.substr(0, begin);
  }
  return text;
}

std::string_view lowercased(std::string_view text, Arena& arena) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::ranges::none_of(text, is_upper)) return text;
  auto* to = static_cast<char*>(arena.allocate(text.size()));
  std::ranges::transform(text, to,
                         [&](char c) { return is_upper(c) ? static_cast<char>(c | 0x20) : c; });
  return {to, text.size()};
}

Node clean_step(CleanStep step, Node value, Arena& arena) {
  if (step == CleanStep::text && value.is_number()) {
    std::string text;
    append_json(text, value);
    return Node::of_text(arena.copy(text));
  }
  if (!value.is_text()) return value;
  if (step == CleanStep::trim) value.text = trimmed(value.text);
  if (step == CleanStep::lowercase) value.text = lowercased(value.text, arena);
  if (step == CleanStep::normalize_email) value.text = arena.copy(normalize_email(value.text));
  return value;
}

// A text of an HTML form as one of `types`; as it is when it fits none of them.
Node typed(const Node& text, Types types) {
  if ((types & type_text) != 0) return text;
  const auto word = trimmed(text.text);
  if ((types & type_number) != 0 || (types & type_integer) != 0)
    if (const auto number = parse_number(word)) return *number;
  if ((types & type_boolean) != 0) {
    Node flag;
    flag.kind = json::Kind::boolean;
    flag.boolean = word == "true" || word == "on";
    if (flag.boolean || word == "false" || word == "off") return flag;
  }
  return text;
}

Node typed_list(std::span<const Node> texts, Types item_types, Arena& arena) {
  auto* items = static_cast<Node*>(arena.allocate(texts.size() * sizeof(Node), alignof(Node)));
  for (std::size_t i = 0; i < texts.size(); ++i)
    new (items + i) Node(texts[i].is_text() ? typed(texts[i], item_types) : texts[i]);
  Node list;
  list.kind = json::Kind::array;
  list.elements = {items, texts.size()};
  return list;
}

Node from_form_value(const FieldRule& rule, const Node& value, Arena& arena) {
  if (value.is_array() && (rule.types & type_array) != 0)
    return typed_list(value.elements, rule.item_types, arena);
  if (!value.is_text()) return value;
  const Node one = typed(value, rule.types);
  if (one.is_text() && (rule.types & type_text) == 0 && (rule.types & type_array) != 0)
    return typed_list({&one, 1}, rule.item_types, arena);
  return one;
}

// A value that counts as not sent.
bool is_absent(const FieldRule& rule, const Node& value, bool from_form) {
  if (value.kind == json::Kind::null) return rule.default_value != nullptr;
  if (!value.is_text() || !value.text.empty()) return false;
  return from_form || rule.required || rule.default_value != nullptr ||
         std::ranges::find(rule.steps, CleanStep::drop_empty) != rule.steps.end();
}

}  // namespace

std::optional<CleanStep> find_clean_step(std::string_view name) {
  const auto* found = std::ranges::find(step_names, name);
  if (found == step_names.end()) return std::nullopt;
  return static_cast<CleanStep>(found - step_names.begin());
}

std::size_t FieldRules::find(std::string_view name, std::size_t hint) const {
  if (hint < fields.size() && fields[hint].name == name) return hint;
  const auto name_at = [this](std::uint32_t i) { return std::string_view(fields[i].name); };
  const auto at = std::ranges::lower_bound(by_name, name, {}, name_at);
  return at != by_name.end() && fields[*at].name == name ? *at : fields.size();
}

Node clean_value(const FieldRule& rule, const Node& value, bool from_form, Arena& arena) {
  Node cleaned = value;
  for (const auto step : rule.steps) cleaned = clean_step(step, cleaned, arena);
  if (from_form && !(cleaned.is_text() && cleaned.text.empty()))
    cleaned = from_form_value(rule, cleaned, arena);
  return cleaned;
}

Node clean(const FieldRules& rules, const Node& body, bool from_form, Arena& arena) {
  const std::size_t room = body.members.size() + rules.fields.size();
  auto* members = static_cast<Member*>(arena.allocate(room * sizeof(Member), alignof(Member)));
  auto* present = static_cast<bool*>(arena.allocate(rules.fields.size() + 1));
  std::fill_n(present, rules.fields.size(), false);
  std::size_t count = 0;
  std::size_t hint = 0;
  for (const auto& member : body.members) {
    if (!rules.honeypot.empty() && member.name == rules.honeypot) continue;
    const auto at = rules.find(member.name, hint);
    if (at == rules.fields.size()) {
      new (members + count++) Member(member);
      continue;
    }
    hint = at + 1;
    const auto& rule = rules.fields[at];
    const Node* value = member.value;
    if (from_form || !rule.steps.empty())
      value = arena.make(clean_value(rule, *value, from_form, arena));
    if (is_absent(rule, *value, from_form)) continue;
    present[at] = true;
    new (members + count++) Member{member.name, value};
  }
  for (std::size_t i = 0; i < rules.fields.size(); ++i)
    if (const auto& rule = rules.fields[i]; !present[i] && rule.default_value != nullptr)
      new (members + count++) Member{rule.name, rule.default_value};
  Node cleaned;
  cleaned.kind = json::Kind::object;
  cleaned.members = {members, count};
  return cleaned;
}

}  // namespace daybook::forms
