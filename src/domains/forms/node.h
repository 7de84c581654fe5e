// Node: a JSON value as a tree in an Arena. A command carries a body as one, because a json::Value
// lives only until its parser parses again. Trivially destructible; immutable once built.
#pragma once

#include <daybook/arena.h>
#include <daybook/json.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace daybook::forms {

struct Member;

struct Node {
  json::Kind kind = json::Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;            // Kind::integer
  std::uint64_t unsigned_integer = 0;  // Kind::unsigned_integer: beyond int64
  double real = 0;                     // Kind::real, finite
  std::string_view text;               // Kind::string, valid UTF-8
  std::span<const Member> members;     // Kind::object, no name twice
  std::span<const Node> elements;      // Kind::array

  [[nodiscard]] bool is_object() const { return kind == json::Kind::object; }
  [[nodiscard]] bool is_array() const { return kind == json::Kind::array; }
  [[nodiscard]] bool is_text() const { return kind == json::Kind::string; }
  [[nodiscard]] bool is_number() const {
    return kind == json::Kind::integer || kind == json::Kind::unsigned_integer ||
           kind == json::Kind::real;
  }
  static Node of_text(std::string_view text) {
    Node node;
    node.kind = json::Kind::string;
    node.text = text;
    return node;
  }
};

struct Member {
  std::string_view name;
  const Node* value = nullptr;  // never null in a finished tree
};

// A copy that shares nothing with the parser. Recursion is limited by json::depth_max.
const Node* copy_node(const json::Value& value, Arena& arena);

// The member's value, or nullptr. REQUIRES: an object. O(members).
const Node* find_member(const Node& object, std::string_view name);

// Appends minified JSON text.
void append_json(std::string& out, const Node& node);

}  // namespace daybook::forms
