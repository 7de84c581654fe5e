#include "outbound/service_account.h"

#include "base/files.h"
#include "project/sinks/google_sheets/fixture.h"
#include "support/temp_dir.h"

#include <catch2/catch.hpp>

namespace daybook::outbound {
namespace {

using test::FakeSheets;
using test::test_account;

constexpr char scope[] = "https://www.googleapis.com/auth/spreadsheets";
constexpr UnixUs noon{1'774'785'600'000'000};

std::string written(const test::TempDir& dir, std::string_view text) {
  const auto path = dir / "key.json";
  REQUIRE(write_file_durable(path, text, 0600).ok());
  return path;
}

ServiceAccount read_account(const std::string& path) {
  auto account = ServiceAccount::read(path, scope);
  if (!account.ok()) FAIL(account.error().message);
  return *std::move(account);
}

HttpOptions local() {
  HttpOptions options;
  options.allow_private = true;
  options.timeout_ms = 2000;
  return options;
}

TEST_CASE(
    "an assertion is signed with the account's key and says who asks for what, and how long") {
  const test::TempDir dir;
  const auto account =
      read_account(written(dir, test_account().key_file("https://oauth2.example/token")));
  CHECK(account.email() == test_account().email);
  const auto jwt = account.assertion(noon);
  REQUIRE(jwt.ok());
  const std::int64_t now_s = noon.value / 1'000'000;
  CHECK(test_account().complaint(*jwt, "https://oauth2.example/token", now_s).empty());
  // The check itself can fail:
  CHECK(test_account().complaint(*jwt, "https://other/token", now_s) == "aud is wrong");
  CHECK(test_account().complaint(*jwt, "https://oauth2.example/token", now_s + 3600) ==
        "it has expired");
  CHECK(test_account().complaint(*jwt, "https://oauth2.example/token", now_s - 61) ==
        "iat is in the future");
  std::string forged = *jwt;
  forged[forged.find('.') + 5] ^= 1;
  CHECK(test_account().complaint(forged, "https://oauth2.example/token", now_s) ==
        "the signature is wrong");
}

TEST_CASE("a key file with a mistake is refused by name, and its key is never told") {
  const test::TempDir dir;
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\\nMIIEsecretsecret\\n-----END PRIVATE KEY-----";
  const auto file = [](std::string_view members) { return "{" + std::string(members) + "}"; };
  const std::string mail = R"("client_email":"a@b",)", uri = R"("token_uri":"https://t/token",)";
  const struct {
    std::string text, rule;
  } rows[] = {
      {"", "is not a JSON object"},
      {"[\"MIIEsecretsecret\"]", "is not a JSON object"},
      {R"({"private_key":"MIIEsecretsecret" "x"})", "is not a JSON object"},
      {file(uri + R"("private_key":")" + pem + "\""), "\"client_email\" is missing"},
      {file(mail + R"("private_key":")" + pem + "\""), "\"token_uri\" is missing"},
      {file(mail + R"("token_uri":"file:///etc","private_key":")" + pem + "\""),
       "\"token_uri\" must be a URL"},
      {file(mail + uri + R"("x":1)"), "\"private_key\" is missing"},
      {file(mail + uri + R"("private_key":")" + pem + "\""), "must be an RSA key in PEM form"},
      {file(mail + uri + R"("type":"authorized_user","private_key":")" + pem + "\""),
       "must be service_account"},
      {std::string(70'000, ' '), "too long"},
  };
  for (const auto& row : rows) {
    const auto refused = ServiceAccount::read(written(dir, row.text), scope);
    INFO(row.text.substr(0, 200));
    REQUIRE_FALSE(refused.ok());
    INFO(refused.error().message);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().message.find(dir / "key.json") != std::string::npos);
    CHECK(refused.error().message.find(row.rule) != std::string::npos);
    CHECK(refused.error().message.find("secret") == std::string::npos);
  }
  CHECK_FALSE(ServiceAccount::read(dir / "none.json", scope).ok());
  const test::TestAccount weak(1024);
  CHECK_FALSE(ServiceAccount::read(written(dir, weak.key_file("https://t/token")), scope).ok());
}

TEST_CASE("a token is fetched once and again five minutes before it ends") {
  std::int64_t now_ms = noon.value / 1000;
  test::FakeSheetsOptions options;
  options.now_ms = [&] { return now_ms; };
  FakeSheets fake(test_account(), options);
  const test::TempDir dir;
  auto account = read_account(written(dir, test_account().key_file(fake.token_url())));
  HttpClient http(local());
  const auto ask = [&](std::int64_t after_s) {
    now_ms = noon.value / 1000 + after_s * 1000;
    const auto token = account.token(http, {now_ms * 1000}, 5000 + after_s * 1000);
    if (!token.ok()) FAIL(token.error().message);
    return *token;
  };
  CHECK(ask(0) == "ya29.test-1");
  CHECK(ask(3299) == "ya29.test-1");
  CHECK(ask(3300) == "ya29.test-2");
  CHECK(ask(3301) == "ya29.test-2");
  account.forget_token();
  CHECK(ask(3302) == "ya29.test-3");
  CHECK(fake.counts().complaints.empty());
}

TEST_CASE("without a token it is said whether waiting helps") {
  FakeSheets fake(test_account(), {});
  const test::TempDir dir;
  auto account = read_account(written(dir, test_account().key_file(fake.token_url())));
  HttpClient http(local());
  const auto error = [&] {
    const auto token = account.token(http, noon, 1);
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().message.find("BEGIN") == std::string::npos);
    return token.error();
  };
  // The fake's clock is the system's, for which noon is long ago or far away.
  CHECK(error().code == Errc::forbidden);
  CHECK(error().message.find("invalid_grant") != std::string::npos);
  CHECK(error().message.find(test_account().email) != std::string::npos);
  for (const int status : {408, 429, 500, 503}) {
    fake.set_token_answer(status);
    CHECK(error().code == Errc::unavailable);
  }
  for (const char* body : {"", "[]", "{}", R"({"access_token":5})", R"({"access_token":"a\nb"})"}) {
    fake.set_token_answer(200, body);
    CHECK(error().code == Errc::unavailable);
  }
  fake.stop();
  CHECK(error().code == Errc::unavailable);
}

}  // namespace
}  // namespace daybook::outbound
