// Verdict: what the forms engine says of one JSON Schema and one value, without the rest of a
// definition. For the official suite and the comparison with ajv.
// Thread: any; nothing is shared.
#pragma once

#include <daybook/json.h>

#include <string>

namespace daybook::forms_schema {

struct Verdict {
  bool compiled = false;
  std::string refused;  // when not compiled: the first fault, "/contains: ..."
  std::string keyword;  // when not compiled: the unknown keyword, "contains", or what is wrong
  bool valid = false;
  bool told = false;  // a check that collects failures found one: must be !valid
};

Verdict verdict_of(const json::Value& schema, const json::Value& value);

}  // namespace daybook::forms_schema
