// SchemaCompiler: the one walk over the JSON of a schema that fills a Schema and writes the
// published text. Used by compile_schema() only, on its caller's thread. A word that it does not
// know is a fault, so nothing of a schema is ever without effect unless it is an annotation.
#pragma once

#include "domains/forms/schema.h"

#include <vector>

namespace daybook::forms {

class SchemaCompiler {
 public:
  SchemaCompiler(Schema& schema, DefinitionFaults& faults, std::string& published)
      : schema_(schema), faults_(faults), out_(published) {}

  // The node of `value`; Schema::anything when there is a fault.
  std::uint32_t compile(const json::Value& value, const Pointer& at, std::size_t depth);

 private:
  // One node while its keywords are read.
  struct Draft {
    std::vector<Rule> rules;
    Types types = type_any;
    std::size_t depth = 0;
    bool is_object = false;  // has properties, required or additionalProperties
    ObjectRule object;
    std::vector<std::string> required;
    bool has_if = false, has_then = false, has_else = false;
    Condition condition;
  };
  struct Word;
  using Handler = void (SchemaCompiler::*)(const Word&, Draft&, const json::Value&, const Pointer&);
  struct Word {
    std::string_view name;
    Handler handle;
    Keyword keyword = Keyword::never;
    bool writes = false;  // writes its own published text
  };
  static const Word* find_word(std::string_view name);

  void read_type(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_enum(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_const(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_number(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_limit(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_format(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_pattern(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_unique(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_required(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_properties(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_additional(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_dependents(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_schema(const Word&, Draft&, const json::Value&, const Pointer&);  // items, not
  void read_branches(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_condition(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_dialect(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_note_text(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_note_flag(const Word&, Draft&, const json::Value&, const Pointer&);
  void read_note(const Word&, Draft&, const json::Value&, const Pointer&);

  std::vector<std::string> read_names(const json::Value& value, const Pointer& at);
  void add_choices(Keyword keyword, Draft& draft, const std::vector<json::Value>& values);
  void finish_object(Draft& draft, const Pointer& at);
  std::uint32_t finish(Draft& draft);
  void wrong(const Pointer& at, std::string_view rule) {
    faults_.add(at, "wrong_value", std::string(rule));
  }

  Schema& schema_;
  DefinitionFaults& faults_;
  json::Writer out_;
  std::uint64_t instructions_ = 0;  // of all patterns
};

template <class Table>
std::uint32_t next_index(const Table& table) {
  return static_cast<std::uint32_t>(table.size());
}

}  // namespace daybook::forms
