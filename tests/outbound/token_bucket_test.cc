#include "outbound/token_bucket.h"

#include <catch2/catch.hpp>

namespace daybook::outbound {

TEST_CASE("a token bucket gives its burst at once and then its rate") {
  TokenBucket bucket(60, 2);
  CHECK(bucket.take(1'000) == 0);
  CHECK(bucket.take(1'000) == 0);
  const std::int64_t wait_ms = bucket.take(1'000);
  CHECK(wait_ms > 900);
  CHECK(wait_ms <= 1'001);
  CHECK(bucket.take(1'000 + wait_ms) == 0);
  CHECK(bucket.take(1'000 + wait_ms) > 0);
}

TEST_CASE("a token bucket never holds more than its burst") {
  TokenBucket bucket(60, 3);
  CHECK(bucket.take(1) == 0);
  int taken = 0;
  while (bucket.take(100'000'000) == 0) ++taken;
  CHECK(taken == 3);
}

TEST_CASE("over a minute a token bucket lets through no more than its rate and its burst") {
  TokenBucket bucket(60, 1);
  int taken = 0;
  for (std::int64_t now_ms = 1; now_ms <= 60'000; now_ms += 7)
    if (bucket.take(now_ms) == 0) ++taken;
  CHECK(taken <= 61);
  CHECK(taken >= 59);
}

}  // namespace daybook::outbound
