#include "base/digest.h"

#include <daybook/check.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>
#include <span>

namespace daybook {

namespace {

// An algorithm and a context to run it in. Fetching the one and making the other cost more than a
// small hash: once per thread.
class Digest {
 public:
  explicit Digest(const char* name)
      : algorithm_(EVP_MD_fetch(nullptr, name, nullptr), &EVP_MD_free),
        context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {}

  void hash(std::string_view bytes, std::span<std::uint8_t> out) const {
    unsigned size = 0;
    DAYBOOK_CHECK(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) == 1);
    DAYBOOK_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    DAYBOOK_CHECK(EVP_DigestFinal_ex(context_.get(), out.data(), &size) == 1 && size == out.size());
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

Hash256 sha256(std::string_view bytes) {
  thread_local const Digest digest("SHA256");
  Hash256 out{};
  digest.hash(bytes, out);
  return out;
}

Sha1 sha1(std::string_view bytes) {
  thread_local const Digest digest("SHA1");
  Sha1 out{};
  digest.hash(bytes, out);
  return out;
}

Hash256 hmac_sha256(std::string_view key, std::string_view bytes) {
  Hash256 out{};
  unsigned size = 0;
  DAYBOOK_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(),
                     &size) != nullptr &&
                size == out.size());
  return out;
}

Id128 xxh128(std::string_view bytes, std::uint64_t seed) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed));
  Id128 id;
  static_assert(sizeof(canonical.digest) == sizeof(id.bytes));
  std::copy(std::begin(canonical.digest), std::end(canonical.digest), id.bytes.begin());
  return id;
}

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace daybook
