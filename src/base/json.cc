// The face over simdjson's DOM. A dom::element, an object iterator and an array iterator are each
// {document, tape index}; Value::Node carries the same pair so that simdjson's header stays in this
// file.
#include <daybook/json.h>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace daybook::json {
namespace {

namespace dom = simdjson::dom;

static_assert(sizeof(dom::element) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<dom::element>);
static_assert(std::is_trivially_copyable_v<dom::object::iterator>);
static_assert(std::is_trivially_copyable_v<dom::array::iterator>);

template <class To, class From>
To as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  return std::bit_cast<To>(from);
}

// The first key that stands twice in `object`, or nullopt; `too_many` when it has over members_max.
std::optional<std::string_view> duplicate_key(const dom::object& object, bool& too_many) {
  constexpr std::size_t few = 16;
  std::array<std::string_view, few> small;
  std::size_t n = 0;
  std::vector<std::string_view> large;
  for (const auto field : object) {
    if (n < few) {
      for (std::size_t i = 0; i < n; ++i)
        if (small[i] == field.key) return field.key;
      small[n] = field.key;
    }
    if (n >= few) large.push_back(field.key);
    if (++n > members_max) {
      too_many = true;
      return std::nullopt;
    }
  }
  if (large.empty()) return std::nullopt;
  large.insert(large.end(), small.begin(), small.end());
  std::sort(large.begin(), large.end());
  const auto twice = std::adjacent_find(large.begin(), large.end());
  if (twice == large.end()) return std::nullopt;
  return *twice;
}

// Depth is limited by the parser, so is this recursion.
Result<void> check_objects(const dom::element& element) {
  if (element.is_object()) {
    const dom::object object = element.get_object().value_unsafe();
    bool too_many = false;
    if (const auto key = duplicate_key(object, too_many)) {
      return Error{Errc::malformed,
                   "duplicate key \"" + std::string(*key) + "\"",
                   {{std::string(*key), "duplicate_key", "stands more than once in its object"}}};
    }
    if (too_many) {
      return Error{Errc::malformed,
                   "an object has more than " + std::to_string(members_max) + " members",
                   {{"", "too_many_members", "at most " + std::to_string(members_max)}}};
    }
    for (const auto field : object)
      if (field.value.is_object() || field.value.is_array())
        DAYBOOK_TRY_VOID(check_objects(field.value));
  } else if (element.is_array()) {
    const dom::array array = element.get_array().value_unsafe();
    for (const dom::element child : array)
      if (child.is_object() || child.is_array()) DAYBOOK_TRY_VOID(check_objects(child));
  }
  return {};
}

std::string_view error_words(simdjson::error_code code) {
  switch (code) {
    case simdjson::EMPTY:
      return "the text is empty";
    case simdjson::DEPTH_ERROR:
      return "nested too deeply (at most 32 levels)";
    case simdjson::UTF8_ERROR:
      return "not valid UTF-8";
    case simdjson::STRING_ERROR:
      return "a string is wrong (bad escape)";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a string holds an unescaped control character";
    case simdjson::NUMBER_ERROR:
      return "a number is wrong or beyond range";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "a word that is not true, false or null";
    case simdjson::CAPACITY:
      return "too large";
    default:
      return "the structure is wrong (missing or extra comma, bracket or text)";
  }
}

}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
    case Kind::unsigned_integer:
    case Kind::real:
      return "a number";
    case Kind::string:
      return "a string";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "a value";
}

Value Value::from_node(Node node) {
  const auto element = as<dom::element>(node);
  Value v;
  v.node_ = node;
  switch (element.type()) {
    case dom::element_type::ARRAY:
      v.kind_ = Kind::array;
      break;
    case dom::element_type::OBJECT:
      v.kind_ = Kind::object;
      break;
    case dom::element_type::INT64:
      v.kind_ = Kind::integer;
      v.int_ = element.get_int64().value_unsafe();
      break;
    case dom::element_type::UINT64:
      v.kind_ = Kind::unsigned_integer;
      v.uint_ = element.get_uint64().value_unsafe();
      break;
    case dom::element_type::DOUBLE:
      v.kind_ = Kind::real;
      v.real_ = element.get_double().value_unsafe();
      break;
    case dom::element_type::STRING:
      v.kind_ = Kind::string;
      v.string_ = element.get_string().value_unsafe();
      break;
    case dom::element_type::BOOL:
      v.kind_ = Kind::boolean;
      v.boolean_ = element.get_bool().value_unsafe();
      break;
    case dom::element_type::NULL_VALUE:
      v.kind_ = Kind::null;
      break;
  }
  return v;
}

bool Value::boolean() const {
  DAYBOOK_CHECK(kind_ == Kind::boolean);
  return boolean_;
}

std::string_view Value::string() const {
  DAYBOOK_CHECK(kind_ == Kind::string);
  return string_;
}

std::optional<std::int64_t> Value::as_int64() const {
  if (kind_ == Kind::integer) return int_;
  // 2^53: up to there a double holds every whole number.
  constexpr double exact_max = 9007199254740992.0;
  if (kind_ == Kind::real && std::trunc(real_) == real_ && std::fabs(real_) <= exact_max)
    return static_cast<std::int64_t>(real_);
  return std::nullopt;
}

std::optional<double> Value::as_double() const {
  if (kind_ == Kind::integer) return static_cast<double>(int_);
  if (kind_ == Kind::unsigned_integer) return static_cast<double>(uint_);
  if (kind_ == Kind::real) return real_;
  return std::nullopt;
}

std::optional<Value> Value::find(std::string_view key) const {
  MemberCursor cursor(*this);
  std::string_view name;
  Value value;
  while (cursor.next(name, value))
    if (name == key) return value;
  return std::nullopt;
}

std::string Value::to_string() const { return simdjson::minify(as<dom::element>(node_)); }

Value::MemberCursor::MemberCursor(const Value& object) {
  DAYBOOK_CHECK(object.is_object());
  const dom::object o = as<dom::element>(object.node_).get_object().value_unsafe();
  at_ = as<Node>(o.begin());
  end_ = as<Node>(o.end());
}

bool Value::MemberCursor::next(std::string_view& key, Value& value) {
  if (at_.index == end_.index) return false;
  auto it = as<dom::object::iterator>(at_);
  key = it.key();
  value = from_node(as<Node>(it.value()));
  ++it;
  at_ = as<Node>(it);
  return true;
}

Value::ElementCursor::ElementCursor(const Value& array) {
  DAYBOOK_CHECK(array.is_array());
  const dom::array a = as<dom::element>(array.node_).get_array().value_unsafe();
  at_ = as<Node>(a.begin());
  end_ = as<Node>(a.end());
}

bool Value::ElementCursor::next(Value& value) {
  if (at_.index == end_.index) return false;
  auto it = as<dom::array::iterator>(at_);
  value = from_node(as<Node>(*it));
  ++it;
  at_ = as<Node>(it);
  return true;
}

struct Parser::Impl {
  dom::parser parser;
  std::size_t capacity = 0;
  std::string copy;
};

Parser::Parser() : impl_(std::make_unique<Impl>()) {}
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

Result<Value> Parser::parse(std::string_view text, bool padded) {
  static_assert(padding_bytes >= simdjson::SIMDJSON_PADDING);
  if (text.size() > impl_->capacity) {
    // Allocated by hand, because parse() itself would go back to simdjson's own depth of 1024.
    const std::size_t capacity = std::max<std::size_t>(64 * 1024, std::bit_ceil(text.size()));
    if (impl_->parser.allocate(capacity, depth_max) != simdjson::SUCCESS)
      return Error{Errc::too_large, "the JSON text is too large"};
    impl_->capacity = capacity;
  }
  const char* data = text.data();
  if (!padded) {
    impl_->copy.assign(text);
    impl_->copy.append(padding_bytes, '\0');
    data = impl_->copy.data();
  }
  const auto parsed = impl_->parser.parse(data, text.size(), false);
  if (parsed.error() != simdjson::SUCCESS) {
    return Error{Errc::malformed,
                 "not valid JSON: " + std::string(error_words(parsed.error())),
                 {{"", "json", std::string(error_words(parsed.error()))}}};
  }
  const dom::element root = parsed.value_unsafe();
  DAYBOOK_TRY_VOID(check_objects(root));
  return Value::from_node(as<Value::Node>(root));
}

}  // namespace daybook::json
