#include "domains/forms/numbers.h"
#include "domains/forms/schema.h"

#include <algorithm>

namespace daybook::forms {
namespace {

constexpr std::array<KeywordName, keyword_count> names{{
    {"required", "required"},
    {"false", "not_allowed"},
    {"type", "type"},
    {"enum", "enum"},
    {"const", "const"},
    {"minimum", "minimum"},
    {"maximum", "maximum"},
    {"exclusiveMinimum", "exclusive_minimum"},
    {"exclusiveMaximum", "exclusive_maximum"},
    {"multipleOf", "multiple_of"},
    {"minLength", "min_length"},
    {"maxLength", "max_length"},
    {"format", "format"},
    {"pattern", "pattern"},
    {"minItems", "min_items"},
    {"maxItems", "max_items"},
    {"uniqueItems", "unique_items"},
    {"items", "items"},
    {"properties", "properties"},
    {"additionalProperties", "unknown_field"},
    {"dependentRequired", "required"},
    {"allOf", "all_of"},
    {"anyOf", "any_of"},
    {"oneOf", "one_of"},
    {"not", "not"},
    {"if", "if"},
}};

std::string type_words(Types types) {
  constexpr std::array<std::string_view, 7> words{
      "null", "true or false", "a whole number", "a number", "a text", "a list", "an object"};
  if ((types & type_number) != 0) types &= static_cast<Types>(~type_integer);
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if ((types & (1U << i)) == 0) continue;
    if (!text.empty()) text += " or ";
    text += words[i];
  }
  return text;
}

std::string counted(std::uint64_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

std::string number_text(const Node& number) {
  std::string text;
  append_canonical(text, number);
  return text;
}

}  // namespace

const KeywordName& name_of(Keyword keyword) { return names[static_cast<std::size_t>(keyword)]; }

std::string words_of(const Schema& schema, const Rule& rule) {
  switch (rule.keyword) {
    case Keyword::required:
    case Keyword::dependent_required:
      return std::string(required_words);
    case Keyword::type:
      return "must be " + type_words(schema.types[rule.index]);
    case Keyword::enumeration:
    case Keyword::constant: {
      const auto& choices = schema.choices[rule.index];
      if (choices.words.empty()) return "is not one of the allowed values";
      return (choices.texts.size() == 1 ? "must be " : "must be one of ") + choices.words;
    }
    case Keyword::minimum:
      return "must be at least " + number_text(schema.numbers[rule.index]);
    case Keyword::maximum:
      return "must be at most " + number_text(schema.numbers[rule.index]);
    case Keyword::exclusive_minimum:
      return "must be more than " + number_text(schema.numbers[rule.index]);
    case Keyword::exclusive_maximum:
      return "must be less than " + number_text(schema.numbers[rule.index]);
    case Keyword::multiple_of:
      return "must be a multiple of " + number_text(schema.numbers[rule.index]);
    case Keyword::min_length:
      return "must have at least " + counted(rule.limit, "character");
    case Keyword::max_length:
      return "must have at most " + counted(rule.limit, "character");
    case Keyword::format:
      return "must be " + std::string(format_words(static_cast<Format>(rule.index)));
    case Keyword::pattern:
      return "must match the pattern asked for";
    case Keyword::min_items:
      return "must have at least " + counted(rule.limit, "item");
    case Keyword::max_items:
      return "must have at most " + counted(rule.limit, "item");
    case Keyword::unique_items:
      return "must not have the same item twice";
    case Keyword::additional_properties:
      return "is not a field of this form";
    case Keyword::one_of:
      return "must fit exactly one of the alternatives";
    default:
      break;
  }
  return rule.keyword == Keyword::any_of ? "must fit one of the alternatives" : "is not allowed";
}

std::string index_text(std::size_t index) { return std::to_string(index); }

std::string Pointer::text() const {
  if (parent == nullptr) return std::string(name);
  std::string text = parent->text() + "/";
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

void DefinitionFaults::add(const Pointer& at, std::string_view code, std::string message) {
  if (faults_.size() < faults_max)
    faults_.push_back({at.text(), std::string(code), std::move(message)});
}

Error DefinitionFaults::error() && {
  const auto& first = faults_.front();
  std::string message =
      (first.field.empty() ? std::string("the definition") : first.field) + " " + first.message;
  return Error{Errc::invalid, std::move(message), std::move(faults_)};
}

}  // namespace daybook::forms
