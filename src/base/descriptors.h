// How many files the process may open.
#pragma once

#include <cstddef>

namespace daybook {
// Raises the soft limit on open files to the hard one, as far as the system allows; returns the
// limit that is in force afterwards. Call from the main thread.
std::size_t raise_descriptor_limit();
}  // namespace daybook
