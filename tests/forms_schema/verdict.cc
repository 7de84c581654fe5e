#include "forms_schema/verdict.h"

#include "domains/forms/schema.h"

namespace daybook::forms_schema {

Verdict verdict_of(const json::Value& schema, const json::Value& value) {
  Verdict verdict;
  forms::DefinitionFaults faults;
  std::string published;
  const auto compiled = forms::compile_schema(schema, forms::Pointer{}, faults, published);
  if (!faults.empty()) {
    const auto error = std::move(faults).error();
    const auto& first = error.fields.front();
    verdict.refused = first.field + ": " + first.message;
    const auto last = first.field.substr(first.field.rfind('/') + 1);
    verdict.keyword = first.code == "unknown_keyword" ? last : first.message;
    return verdict;
  }
  Arena arena;
  const auto* body = forms::copy_node(value, arena);
  verdict.compiled = true;
  verdict.valid = forms::passes(compiled, compiled.root, *body);
  const auto failures = forms::find_failures(compiled, *body);
  verdict.told = !failures.ok() || !failures->empty();
  return verdict;
}

}  // namespace daybook::forms_schema
