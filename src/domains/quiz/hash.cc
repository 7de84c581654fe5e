#include "domains/quiz/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace daybook::quiz {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

std::uint64_t hash_of(const Id128& id, std::uint64_t seed) {
  return XXH3_64bits_withSeed(id.bytes.data(), id.bytes.size(), seed);
}

}  // namespace daybook::quiz
