#include "base/digest.h"

#include <daybook/check.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <memory>

namespace daybook {

Hash256 sha256(std::string_view bytes) {
  // Fetching the algorithm and making a context cost more than a small hash: once per thread.
  thread_local const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{
      EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free};
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
      EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  Hash256 out{};
  unsigned size = 0;
  DAYBOOK_CHECK(EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) == 1);
  DAYBOOK_CHECK(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1);
  DAYBOOK_CHECK(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size());
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
