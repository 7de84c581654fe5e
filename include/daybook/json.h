// JSON in and out for domains. In: a thin face over simdjson's DOM (strict: UTF-8, no trailing
// bytes, duplicate keys refused, depth limited), without its header. Out: an append writer.
#pragma once

#include <daybook/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace daybook::json {

constexpr std::size_t depth_max = 32;      // nested arrays and objects
constexpr std::size_t members_max = 1024;  // of one object

enum class Kind : std::uint8_t {
  null,
  boolean,
  integer,
  unsigned_integer,
  real,
  string,
  array,
  object
};
std::string_view kind_name(Kind kind);  // "a string", "an object", ... for error texts

// A parsed value. A view: valid until the Parser parses again. Copy strings that must live longer
// (Arena::copy). Cheap to copy.
class Value {
 public:
  Value() = default;
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_string() const { return kind_ == Kind::string; }
  [[nodiscard]] bool is_object() const { return kind_ == Kind::object; }
  [[nodiscard]] bool is_array() const { return kind_ == Kind::array; }
  [[nodiscard]] bool is_number() const {
    return kind_ == Kind::integer || kind_ == Kind::unsigned_integer || kind_ == Kind::real;
  }
  // REQUIRES: the matching kind (checked).
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::string_view string() const;
  // The number as int64 if it is an integer in range (30 and 30.0, not 30.5); numeric strings are
  // not looked at here, see fields.h.
  [[nodiscard]] std::optional<std::int64_t> as_int64() const;
  [[nodiscard]] std::optional<double> as_double() const;

  // Calls f(std::string_view key, Value value) for each member in order. REQUIRES: object.
  template <class F>
  void each_member(F&& f) const {
    MemberCursor cursor(*this);
    std::string_view key;
    Value value;
    while (cursor.next(key, value)) f(key, value);
  }
  // Calls f(Value) for each element in order. REQUIRES: array.
  template <class F>
  void each_element(F&& f) const {
    ElementCursor cursor(*this);
    Value value;
    while (cursor.next(value)) f(value);
  }
  // The member, or nullopt. O(members). REQUIRES: object.
  [[nodiscard]] std::optional<Value> find(std::string_view key) const;
  // Minified JSON text of this value, for keeping a nested value as it came.
  [[nodiscard]] std::string to_string() const;

 private:
  friend class Parser;
  struct Node {  // a simdjson::dom::element by value: {tape document, index}
    const void* document = nullptr;
    std::size_t index = 0;
  };
  class MemberCursor {
   public:
    explicit MemberCursor(const Value& object);
    bool next(std::string_view& key, Value& value);

   private:
    Node at_, end_;
  };
  class ElementCursor {
   public:
    explicit ElementCursor(const Value& array);
    bool next(Value& value);

   private:
    Node at_, end_;
  };
  static Value from_node(Node node);

  Node node_{};
  Kind kind_ = Kind::null;
  union {
    bool boolean_;
    std::int64_t int_ = 0;
    std::uint64_t uint_;
    double real_;
  };
  std::string_view string_{};
};

// One per thread. A parse invalidates the values of the parse before.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  static constexpr std::size_t padding_bytes = 64;

  // Parses one JSON document. REQUIRES: `padding_bytes` readable bytes after `text` when
  // `padded` is true; otherwise the text is copied first.
  // Errors: Errc::malformed with a message that says what and, for a duplicate key, which.
  Result<Value> parse(std::string_view text, bool padded);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Appends JSON to a string. The caller keeps the nesting right; commas are put in for it.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);  // REQUIRES: valid UTF-8
  Writer& integer(std::int64_t number);
  Writer& unsigned_integer(std::uint64_t number);
  Writer& real(double number);  // shortest form that reads back the same; not finite -> null
  Writer& boolean(bool value);
  Writer& null();
  Writer& raw(std::string_view json);  // already JSON
  // key + value in one word
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  Writer& member(std::string_view name, std::int64_t number) { return key(name).integer(number); }
  Writer& member(std::string_view name, std::uint64_t n) { return key(name).unsigned_integer(n); }
  Writer& member(std::string_view name, bool value) { return key(name).boolean(value); }

 private:
  void separate();
  std::string& out_;
  bool need_comma_ = false;
};

// Appends `text` as a quoted JSON string.
void append_string(std::string& out, std::string_view text);

}  // namespace daybook::json
