#include "base/digest.h"
#include "base/crc32c.h"
#include "base/hex.h"

#include <catch2/catch.hpp>

namespace daybook {
namespace {

TEST_CASE("crc32c gives the check value of RFC 3720 and goes on from a seed") {
  CHECK(crc32c("123456789") == 0xE3069283u);
  CHECK(crc32c("") == 0);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAu);
  const std::string text = "a text of some odd length, 43 bytes in all...";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut))) == crc32c(text));
}

TEST_CASE("sha256 gives the values of FIPS 180-4") {
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("sha1 gives the values of FIPS 180-4") {
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST_CASE("xxh128 is the canonical form of the reference") {
  // XXH3-128 of the empty string with seed 0, from the algorithm's specification.
  CHECK(to_hex(xxh128("").bytes) == "99aa06d3014798d86001c324468d497f");
  CHECK(xxh128("a") != xxh128("b"));
}

TEST_CASE("hex goes there and back and refuses what is not hex") {
  std::uint8_t bytes[3];
  REQUIRE(from_hex("00fFa1", bytes));
  CHECK(to_hex(bytes) == "00ffa1");
  CHECK_FALSE(from_hex("00fg00", bytes));
  CHECK_FALSE(from_hex("00ff", bytes));
}

TEST_CASE("constant-time equality is equality") {
  CHECK(equal_constant_time("abc", "abc"));
  CHECK_FALSE(equal_constant_time("abc", "abd"));
  CHECK_FALSE(equal_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace daybook
