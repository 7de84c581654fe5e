#pragma once

#include "domain/catalog.h"

namespace daybook {
// Every domain of this program; THE place where one is added (catalog_entries.cc).
Catalog make_catalog();
}  // namespace daybook
