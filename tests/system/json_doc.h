// JsonDoc: a parsed answer, with its text kept alive. Missing or wrong members come back as an
// impossible value ("<none>", -1), so that a comparison in a test fails and shows it.
//
// Thread: one.
#pragma once

#include <daybook/json.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::test {

inline std::string text_of(const json::Value& object, std::string_view key) {
  if (!object.is_object()) return "<none>";
  const auto value = object.find(key);
  return value && value->is_string() ? std::string(value->string()) : "<none>";
}

inline std::int64_t number_of(const json::Value& object, std::string_view key) {
  if (!object.is_object()) return -1;
  const auto value = object.find(key);
  return value && value->is_number() ? value->as_int64().value_or(-1) : -1;
}

class JsonDoc {
 public:
  explicit JsonDoc(std::string_view text) {
    auto parsed = parser_.parse(text, false);
    if (parsed) root_ = *parsed;
  }
  // `null` when the text is no JSON.
  [[nodiscard]] const json::Value& root() const { return root_; }
  [[nodiscard]] std::string text(std::string_view key) const { return text_of(root_, key); }
  [[nodiscard]] std::int64_t number(std::string_view key) const { return number_of(root_, key); }
  // The values live as long as the document, so a temporary one has none.
  std::vector<json::Value> elements(std::string_view key = {}) const&& = delete;
  // The elements of an array member, or of the root when `key` is empty.
  [[nodiscard]] std::vector<json::Value> elements(std::string_view key = {}) const& {
    std::optional<json::Value> array = root_;
    if (!key.empty()) array = root_.is_object() ? root_.find(key) : std::nullopt;
    std::vector<json::Value> all;
    if (array && array->is_array())
      array->each_element([&](json::Value value) { all.push_back(value); });
    return all;
  }

 private:
  json::Parser parser_;
  json::Value root_;
};

// The lines of a text, without their ends.
inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace daybook::test
