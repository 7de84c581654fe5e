// The seed of a random test: printed when it is first asked for, and taken back from the
// environment (DAYBOOK_TEST_SEED) to run the same test again.
//
// Thread: any.
#pragma once

#include <cstdint>

namespace daybook::test {

// The same value for the whole process.
std::uint64_t test_seed();

// An unsigned number of the environment, or the fallback when it is absent or none.
std::uint64_t env_number(const char* name, std::uint64_t fallback);

}  // namespace daybook::test
