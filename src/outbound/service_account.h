// A Google service account: its key file, the JWT signed with it (RS256), and the access token that
// Google gives for one (RFC 7523). Nothing here ever puts the key or a token into an error.
//
// Threads: an account belongs to one.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>

#include "outbound/http_client.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::outbound {

class ServiceAccount {
 public:
  static constexpr std::size_t key_file_bytes_max = 64u << 10;
  static constexpr std::int64_t assertion_s = 3600;  // a JWT's life; Google takes no longer one
  static constexpr std::int64_t renew_before_s =
      300;  // a token is renewed this long before its end
  static constexpr std::int64_t token_s_default = 3600;  // when the answer does not say

  // Reads the key file (JSON: type, client_email, private_key, private_key_id, token_uri). `scope`:
  // what is asked for. `token_url`: empty takes the file's. Errc::invalid names the file and what
  // is wrong with it.
  static Result<ServiceAccount> read(const std::string& key_file, std::string scope,
                                     std::string token_url = {});
  ~ServiceAccount();
  ServiceAccount(ServiceAccount&&) noexcept;
  ServiceAccount& operator=(ServiceAccount&&) noexcept;

  // Whom a document must be shared with.
  [[nodiscard]] const std::string& email() const;
  [[nodiscard]] const std::string& token_url() const;

  // header.claims.signature; `now` is the wall clock.
  [[nodiscard]] Result<std::string> assertion(UnixUs now) const;

  // A token that is still good, fetched when there is none. Errors: Errc::unavailable (no answer,
  // 429, 5xx; retry_after_s), Errc::forbidden (the token endpoint refuses this account).
  Result<std::string> token(HttpClient& http, UnixUs now, std::int64_t steady_ms);
  // The token was refused (401): the next token() fetches another.
  void forget_token();

 private:
  struct Impl;
  explicit ServiceAccount(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::outbound
