#include "support/seed.h"

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <random>

namespace daybook::test {
namespace {

std::optional<std::uint64_t> number_of(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = text + std::strlen(text);
  const auto [at, error] = std::from_chars(text, end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

std::uint64_t make_seed() {
  std::uint64_t seed = 0;
  if (auto given = number_of("DAYBOOK_TEST_SEED")) {
    seed = *given;
  } else {
    std::random_device device;
    seed = (static_cast<std::uint64_t>(device()) << 32) | device();
  }
  std::fprintf(stderr, "DAYBOOK_TEST_SEED=%" PRIu64 "\n", seed);
  return seed;
}

}  // namespace

std::uint64_t test_seed() {
  static const std::uint64_t seed = make_seed();
  return seed;
}

std::uint64_t env_number(const char* name, std::uint64_t fallback) {
  return number_of(name).value_or(fallback);
}

}  // namespace daybook::test
