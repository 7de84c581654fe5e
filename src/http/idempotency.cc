#include "http/idempotency.h"

#include "http/request_plan.h"

#include <string>

namespace daybook::http {

Result<bool> read_idempotency_key(const json::Value& object, Arena& arena, SubmissionItem& item) {
  const auto key = object.find(idempotency_member);
  if (!key) return false;
  if (!key->is_string())
    return Error::field(std::string(idempotency_member), "type", "must be a string");
  if (!is_idempotency_key(key->string()))
    return Error::field(std::string(idempotency_member), "malformed",
                        "must be 1 to 255 visible ASCII characters");
  item.idempotency_key = arena.copy(key->string());
  return true;
}

}  // namespace daybook::http
