// gzip for tests that send compressed bodies.
#pragma once

#include <string>

namespace daybook::test {
// The text as one gzip member; aborts when zlib refuses.
std::string gzip(const std::string& text);
}  // namespace daybook::test
