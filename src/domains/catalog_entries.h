// The one list of the domains this program has. Called once at start-up, by the main thread and by
// tools; every call gives a new catalog of the same domains in the same order.
#pragma once

#include "domain/catalog.h"

namespace daybook {
// THE place where a domain is added (catalog_entries.cc).
Catalog make_catalog();
}  // namespace daybook
