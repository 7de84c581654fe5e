// The quizzes of `serve --demo`: two open ones and ten users, with ids that the front end of the
// reference knows.
//
// Thread: any.
#pragma once

#include "cli/demo_requests.h"

#include <vector>

namespace daybook::cli {

// Appends the definitions. No answers: everybody's first one counts.
void add_quizzes(std::vector<DemoRequest>& requests);

}  // namespace daybook::cli
