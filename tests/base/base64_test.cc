#include "base/base64.h"
#include "base/digest.h"
#include "base/hex.h"
#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

namespace daybook {

TEST_CASE("base64 writes the texts of RFC 4648 and reads them back") {
  const std::pair<const char*, const char*> samples[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : samples) {
    CHECK(base64(plain) == coded);
    CHECK(from_base64(coded) == std::string(plain));
  }
  CHECK(base64("\xfb\xff\xfe") == "+//+");
  CHECK(base64url("\xfb\xff\xfe") == "-__-");
  CHECK(base64url("f") == "Zg");
}

TEST_CASE("base64 refuses what no encoder writes") {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9", "Zm9-", "===="})
    CHECK_FALSE(from_base64(text).has_value());
}

TEST_CASE("base64 brings any bytes back") {
  Rng rng(test::test_seed());
  for (int round = 0; round < 500; ++round) {
    std::string bytes(rng.below(100), '\0');
    for (char& c : bytes) c = static_cast<char>(rng.below(256));
    CHECK(from_base64(base64(bytes)) == bytes);
  }
}

TEST_CASE("HMAC-SHA256 is that of RFC 4231") {
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace daybook
