#include "domains/forms/node.h"

#include <charconv>
#include <new>

namespace daybook::forms {
namespace {

void copy_into(Node& node, const json::Value& value, Arena& arena);

// `count` default-made things whose destructors never run.
template <class T>
T* make_array(std::size_t count, Arena& arena) {
  static_assert(std::is_trivially_destructible_v<T>);
  auto* first = static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
  for (std::size_t i = 0; i < count; ++i) new (first + i) T();
  return first;
}

void copy_object(Node& node, const json::Value& value, Arena& arena) {
  std::size_t count = 0;
  value.each_member([&count](std::string_view, const json::Value&) { ++count; });
  auto* members = make_array<Member>(count, arena);
  auto* values = make_array<Node>(count, arena);
  std::size_t i = 0;
  value.each_member([&](std::string_view name, const json::Value& member) {
    copy_into(values[i], member, arena);
    members[i] = {arena.copy(name), &values[i]};
    ++i;
  });
  node.members = {members, count};
}

void copy_array(Node& node, const json::Value& value, Arena& arena) {
  std::size_t count = 0;
  value.each_element([&count](const json::Value&) { ++count; });
  auto* elements = make_array<Node>(count, arena);
  std::size_t i = 0;
  value.each_element([&](const json::Value& element) { copy_into(elements[i++], element, arena); });
  node.elements = {elements, count};
}

void copy_into(Node& node, const json::Value& value, Arena& arena) {
  node.kind = value.kind();
  switch (value.kind()) {
    case json::Kind::null:
      break;
    case json::Kind::boolean:
      node.boolean = value.boolean();
      break;
    case json::Kind::integer:
      node.integer = *value.as_int64();
      break;
    case json::Kind::unsigned_integer: {  // Value shows it as text only
      const auto digits = value.to_string();
      std::from_chars(digits.data(), digits.data() + digits.size(), node.unsigned_integer);
      break;
    }
    case json::Kind::real:
      node.real = *value.as_double();
      break;
    case json::Kind::string:
      node.text = arena.copy(value.string());
      break;
    case json::Kind::array:
      copy_array(node, value, arena);
      break;
    case json::Kind::object:
      copy_object(node, value, arena);
      break;
  }
}

void write(json::Writer& out, const Node& node) {
  switch (node.kind) {
    case json::Kind::null:
      out.null();
      break;
    case json::Kind::boolean:
      out.boolean(node.boolean);
      break;
    case json::Kind::integer:
      out.integer(node.integer);
      break;
    case json::Kind::unsigned_integer:
      out.unsigned_integer(node.unsigned_integer);
      break;
    case json::Kind::real:
      out.real(node.real);
      break;
    case json::Kind::string:
      out.string(node.text);
      break;
    case json::Kind::array:
      out.begin_array();
      for (const auto& element : node.elements) write(out, element);
      out.end_array();
      break;
    case json::Kind::object:
      out.begin_object();
      for (const auto& member : node.members) write(out.key(member.name), *member.value);
      out.end_object();
      break;
  }
}

}  // namespace

const Node* copy_node(const json::Value& value, Arena& arena) {
  auto* node = arena.make(Node{});
  copy_into(*node, value, arena);
  return node;
}

const Node* find_member(const Node& object, std::string_view name) {
  for (const auto& member : object.members)
    if (member.name == name) return member.value;
  return nullptr;
}

void append_json(std::string& out, const Node& node) {
  json::Writer writer(out);
  write(writer, node);
}

}  // namespace daybook::forms
