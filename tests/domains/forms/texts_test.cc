// The rate bucket.
#include "domains/forms/rate_bucket.h"

#include <catch2/catch.hpp>

namespace daybook::forms {
namespace {

TEST_CASE("a bucket gives its burst at once, then one token at a time") {
  constexpr std::int64_t second = 1'000'000;
  const Rate rate{60, 3};  // one a second, three at once
  RateBucket bucket;
  UnixUs now{1'800'000'000 * second};
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bucket.wait_s(rate, now) == 0);
    bucket.take(rate, now);
  }
  CHECK(bucket.wait_s(rate, now) == 1);
  CHECK(bucket.wait_s(rate, {now.value + second - 1}) == 1);
  CHECK(bucket.wait_s(rate, {now.value + second}) == 0);
  bucket.take(rate, {now.value + second});
  CHECK(bucket.wait_s(rate, {now.value + second}) == 1);
  // A long rest fills it to its burst, not beyond.
  now.value += 1000 * second;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(bucket.wait_s(rate, now) == 0);
    bucket.take(rate, now);
  }
  CHECK(bucket.wait_s(rate, now) == 1);
}

TEST_CASE("a bucket has no limit without a rate, says longer waits, and outlives a wrong clock") {
  constexpr std::int64_t second = 1'000'000;
  RateBucket bucket;
  for (int i = 0; i < 1000; ++i) bucket.take({0, 0}, {5});
  CHECK(bucket.wait_s({0, 0}, {5}) == 0);
  const Rate slow{2, 1};
  bucket.take(slow, {100 * second});
  CHECK(bucket.wait_s(slow, {100 * second}) == 30);
  CHECK(bucket.wait_s(slow, {101 * second}) == 29);
  CHECK(bucket.wait_s(slow, {130 * second}) == 0);
  // The clock was an hour ahead: the bucket is not closed for that hour.
  bucket.take(slow, {3700 * second});
  CHECK(bucket.wait_s(slow, {131 * second}) == 0);
  bucket.take(slow, {131 * second});
  CHECK(bucket.wait_s(slow, {131 * second}) == 30);
}

}  // namespace
}  // namespace daybook::forms
