#include "project/sinks/google_sheets/test_account.h"

#include <daybook/check.h>
#include <daybook/json.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <optional>

namespace daybook::test {
namespace {

constexpr std::int64_t clock_skew_s = 60;
constexpr std::int64_t life_s_max = 3600;

bool has(const json::Value& object, std::string_view name, std::string_view text) {
  const auto member = object.find(name);
  return member && member->is_string() && member->string() == text;
}
std::int64_t number(const json::Value& object, std::string_view name) {
  const auto member = object.find(name);
  return member ? member->as_int64().value_or(0) : 0;
}

}  // namespace

struct TestAccount::Key {
  EVP_PKEY* pkey = nullptr;
  explicit Key(int bits) : pkey(EVP_RSA_gen(static_cast<unsigned>(bits))) {
    DAYBOOK_CHECK(pkey != nullptr);
  }
  ~Key() { EVP_PKEY_free(pkey); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
};

TestAccount::TestAccount(int bits) : key_(std::make_unique<Key>(bits)) {
  BIO* bio = BIO_new(BIO_s_mem());
  DAYBOOK_CHECK(PEM_write_bio_PrivateKey(bio, key_->pkey, nullptr, nullptr, 0, nullptr, nullptr) ==
                1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  pem_.assign(data, static_cast<std::size_t>(size));
  BIO_free(bio);
}
TestAccount::~TestAccount() = default;

std::string TestAccount::key_file(std::string_view token_uri) const {
  std::string out;
  json::Writer(out)
      .begin_object()
      .member("type", "service_account")
      .member("project_id", "tests")
      .member("private_key_id", key_id)
      .member("private_key", pem_)
      .member("client_email", email)
      .member("token_uri", token_uri)
      .end_object();
  return out;
}

std::string TestAccount::complaint(std::string_view assertion, std::string_view audience,
                                   std::int64_t now_s) const {
  const auto first = assertion.find('.');
  const auto second = assertion.rfind('.');
  if (first == std::string_view::npos || first == second) return "not three parts";
  const auto signature = base64url_decoded(assertion.substr(second + 1));
  const auto text = assertion.substr(0, second);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good =
      EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key_->pkey) == 1 &&
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                       signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) == 1;
  EVP_MD_CTX_free(context);
  if (!good) return "the signature is wrong";
  json::Parser head_parser, claims_parser;
  const auto head = head_parser.parse(base64url_decoded(assertion.substr(0, first)), false);
  const auto claims = claims_parser.parse(base64url_decoded(text.substr(first + 1)), false);
  if (!head.ok() || !head->is_object() || !claims.ok() || !claims->is_object())
    return "header or claims are not JSON";
  if (!has(*head, "alg", "RS256") || !has(*head, "typ", "JWT") || !has(*head, "kid", key_id))
    return "the header is wrong";
  if (!has(*claims, "iss", email)) return "iss is wrong";
  if (!has(*claims, "aud", audience)) return "aud is wrong";
  if (!has(*claims, "scope", "https://www.googleapis.com/auth/spreadsheets"))
    return "scope is wrong";
  const auto issued = number(*claims, "iat"), expires = number(*claims, "exp");
  if (issued > now_s + clock_skew_s) return "iat is in the future";
  if (expires <= now_s) return "it has expired";
  if (expires > issued + life_s_max) return "it lives too long";
  return {};
}

std::string base64url_decoded(std::string_view text) {
  std::string padded(text);
  if (padded.find_first_of("+/=") != std::string::npos) return {};
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  const std::size_t padding = (4 - padded.size() % 4) % 4;
  padded.append(padding, '=');
  std::string out(padded.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(padded.data()),
                                   static_cast<int>(padded.size()));
  if (size < 0) return {};
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace daybook::test
