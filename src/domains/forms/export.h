// Export: all submissions of a form, or those of a query, as a stream of any length. Each part is a
// short read of the log of its own, so an export holds nothing but its place.
// Thread: the worker's.
#pragma once

#include "domains/forms/submissions.h"

namespace daybook::forms {

// GET /forms/{name}/submissions.csv and .jsonl: the pages' filters, without a limit.
Result<Response> export_csv(ReadContext<Domain>& context, const Request& request);
Result<Response> export_jsonl(ReadContext<Domain>& context, const Request& request);

}  // namespace daybook::forms
