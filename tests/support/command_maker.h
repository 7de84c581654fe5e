// Makes submissions out of JSON texts, as the HTTP front does.
#pragma once

#include "base/digest.h"
#include "sequencer/submission.h"

#include <daybook/json.h>

#include <memory>
#include <string>
#include <string_view>

namespace daybook::test {

class CommandMaker {
 public:
  // An item of `domain` from an NDJSON `data` object; the error when the domain refuses to parse
  // it.
  Result<void> add(Submission& submission, AnyDomain& domain, std::string_view data,
                   std::string_view idempotency_key = {}) {
    DAYBOOK_TRY(const json::Value body, parser_.parse(data, false));
    DAYBOOK_TRY(const ErasedCommand command, domain.parse(body, submission.arena));
    SubmissionItem item;
    item.domain = &domain;
    item.command = command;
    if (!idempotency_key.empty()) {
      item.idempotency_key = submission.arena.copy(idempotency_key);
      item.fingerprint = xxh128(data);
    }
    submission.items.push_back(std::move(item));
    submission.bytes += data.size();
    return {};
  }

 private:
  json::Parser parser_;
};

}  // namespace daybook::test
