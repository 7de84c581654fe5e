// A service account for tests: its key, its key file, and Google's side of it: whether an assertion
// was signed with the key and says what it must.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::test {

class TestAccount {
 public:
  // Makes an RSA key.
  explicit TestAccount(int bits = 2048);
  ~TestAccount();
  TestAccount(const TestAccount&) = delete;
  TestAccount& operator=(const TestAccount&) = delete;

  const std::string email = "daybook@tests.iam.gserviceaccount.com";
  const std::string key_id = "0123456789abcdef";
  [[nodiscard]] const std::string& pem() const { return pem_; }
  // The JSON that Google's console gives.
  [[nodiscard]] std::string key_file(std::string_view token_uri) const;
  // Empty: it is good. Else what is wrong with it.
  [[nodiscard]] std::string complaint(std::string_view assertion, std::string_view audience,
                                      std::int64_t now_s) const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
  std::string pem_;
};

// RFC 4648 section 5; empty when it is not that.
std::string base64url_decoded(std::string_view text);

}  // namespace daybook::test
