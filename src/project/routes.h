// The HTTP face of the runtime: what its projectors do, and the rows they keep.
//
//   GET /projectors
//   GET /projectors/{name}
//   GET /projectors/{name}/rows?prefix=&after=&limit=
//
// Threads: the routes run on the worker's.
#pragma once

#include <daybook/http.h>

#include <vector>

#include "project/runtime.h"
#include "state/state_store.h"

namespace daybook::project {

constexpr std::size_t rows_per_page_max = 1000;
constexpr std::size_t rows_page_bytes_max = 4u << 20;  // a page ends with the row that passes it

// Both outlive the routes.
std::vector<ServiceRoute> projector_routes(const Runtime& runtime, const state::Store& store);

}  // namespace daybook::project
