#include "outbound/service_account.h"

#include <daybook/json.h>

#include "base/base64.h"
#include "base/files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace daybook::outbound {
namespace {

constexpr int rsa_bits_min = 2048;

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;

// Instead of the prompt on the terminal that OpenSSL would make for an encrypted key.
int no_passphrase(char*, int, int, void*) { return 0; }

Key parse_key(const std::string& pem) {
  std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) key.reset();
  return key;
}

std::optional<std::string> sign_rs256(EVP_PKEY* key, std::string_view text) {
  std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    return std::nullopt;
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, text.size()) != 1)
    return std::nullopt;
  signature.resize(size);
  return signature;
}

// application/x-www-form-urlencoded
std::string form_escaped(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

std::string text_member(const json::Value& object, std::string_view name) {
  const auto member = object.find(name);
  return member && member->is_string() ? std::string(member->string()) : std::string();
}

}  // namespace

struct ServiceAccount::Impl {
  std::string email, key_id, token_url, scope;
  Key key;
  std::string token;             // empty: none
  std::int64_t renew_at_ms = 0;  // steady
  json::Parser parser;

  Result<std::string> fetch(HttpClient& http, const std::string& jwt, std::int64_t steady_ms);
};

ServiceAccount::ServiceAccount(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServiceAccount::~ServiceAccount() = default;
ServiceAccount::ServiceAccount(ServiceAccount&&) noexcept = default;
ServiceAccount& ServiceAccount::operator=(ServiceAccount&&) noexcept = default;
const std::string& ServiceAccount::email() const { return impl_->email; }
const std::string& ServiceAccount::token_url() const { return impl_->token_url; }
void ServiceAccount::forget_token() { impl_->token.clear(); }

Result<ServiceAccount> ServiceAccount::read(const std::string& key_file, std::string scope,
                                            std::string token_url) {
  const auto wrong = [&](std::string_view what) {
    return Error(Errc::invalid, key_file + ": " + std::string(what));
  };
  auto text = read_file(key_file);
  if (!text.ok()) return Error(Errc::invalid, std::move(text).error().message);
  if (text->size() > key_file_bytes_max) return wrong("is too long for a service account's key");
  auto impl = std::make_unique<Impl>();
  auto parsed = impl->parser.parse(*text, false);
  // The parser's message may quote what it met.
  if (!parsed.ok() || !parsed->is_object()) return wrong("is not a JSON object");
  const auto type = text_member(*parsed, "type");
  if (!type.empty() && type != "service_account")
    return wrong("\"type\" must be service_account: it is another kind of key");
  impl->email = text_member(*parsed, "client_email");
  impl->key_id = text_member(*parsed, "private_key_id");
  impl->token_url = token_url.empty() ? text_member(*parsed, "token_uri") : std::move(token_url);
  impl->scope = std::move(scope);
  if (impl->email.empty()) return wrong("\"client_email\" is missing");
  if (impl->token_url.empty()) return wrong("\"token_uri\" is missing");
  if (!impl->token_url.starts_with("https://") && !impl->token_url.starts_with("http://"))
    return wrong("\"token_uri\" must be a URL");
  const auto pem = text_member(*parsed, "private_key");
  if (pem.empty()) return wrong("\"private_key\" is missing");
  impl->key = parse_key(pem);
  if (!impl->key) return wrong("\"private_key\" must be an RSA key in PEM form, not encrypted");
  if (EVP_PKEY_get_bits(impl->key.get()) < rsa_bits_min)
    return wrong("\"private_key\" must have at least 2048 bits");
  return ServiceAccount(std::move(impl));
}

Result<std::string> ServiceAccount::assertion(UnixUs now) const {
  std::string header, claims;
  json::Writer head(header);
  head.begin_object().member("alg", "RS256").member("typ", "JWT");
  if (!impl_->key_id.empty()) head.member("kid", impl_->key_id);
  head.end_object();
  const std::int64_t now_s = now.value / 1'000'000;
  json::Writer(claims)
      .begin_object()
      .member("iss", impl_->email)
      .member("scope", impl_->scope)
      .member("aud", impl_->token_url)
      .member("iat", now_s)
      .member("exp", now_s + assertion_s)
      .end_object();
  std::string jwt = base64url(header) + "." + base64url(claims);
  const auto signature = sign_rs256(impl_->key.get(), jwt);
  if (!signature) return Error(Errc::internal, "the service account's key cannot sign");
  return jwt + "." + base64url(*signature);
}

Result<std::string> ServiceAccount::token(HttpClient& http, UnixUs now, std::int64_t steady_ms) {
  if (!impl_->token.empty() && steady_ms < impl_->renew_at_ms) return impl_->token;
  impl_->token.clear();
  DAYBOOK_TRY(const std::string jwt, assertion(now));
  return impl_->fetch(http, jwt, steady_ms);
}

Result<std::string> ServiceAccount::Impl::fetch(HttpClient& http, const std::string& jwt,
                                                std::int64_t steady_ms) {
  const std::string body =
      "grant_type=" + form_escaped("urn:ietf:params:oauth:grant-type:jwt-bearer") +
      "&assertion=" + form_escaped(jwt);
  const HttpAnswer answer =
      http.send({"POST", token_url, {"Content-Type: application/x-www-form-urlencoded"}, body});
  const auto status = std::to_string(answer.status);
  if (answer.refused_address)
    return Error(Errc::forbidden, "the token URL is at a private address, which is not allowed");
  if (answer.status == 0) return Error(Errc::unavailable, "no access token: " + answer.failure);
  if (answer.status == 408 || answer.status == 429 || answer.status >= 500) {
    Error error(Errc::unavailable, "no access token: the token URL answered " + status);
    error.retry_after_s = static_cast<std::uint32_t>((answer.retry_after_ms + 999) / 1000);
    return error;
  }
  const auto parsed = parser.parse(answer.body, false);
  const bool is_object = parsed.ok() && parsed->is_object();
  if (answer.status != 200) {
    // OAuth's short word (RFC 6749, 5.2): invalid_grant and the like; nothing of ours is in it.
    const auto word = is_object ? text_member(*parsed, "error").substr(0, 64) : std::string();
    return Error(Errc::forbidden, "the token URL refuses the key of " + email + " (" + status +
                                      (word.empty() ? "" : ", " + word) +
                                      "): is the key still valid, and this server's clock right?");
  }
  auto got = is_object ? text_member(*parsed, "access_token") : std::string();
  const bool plain = std::ranges::all_of(got, [](char c) { return c > ' ' && c < 0x7F; });
  if (got.empty() || !plain)
    return Error(Errc::unavailable, "no access token: the token URL's answer holds none");
  const auto life = parsed->find("expires_in");
  const std::int64_t life_s = life ? life->as_int64().value_or(token_s_default) : token_s_default;
  // One with a shorter life than the margin is used for this request only.
  renew_at_ms = steady_ms + std::max<std::int64_t>(0, life_s - renew_before_s) * 1000;
  token = std::move(got);
  return token;
}

}  // namespace daybook::outbound
