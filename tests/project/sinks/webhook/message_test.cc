#include "project/sinks/webhook/message.h"

#include "base/base64.h"
#include "base/digest.h"

#include <daybook/json.h>
#include <daybook/texts.h>

#include <catch2/catch.hpp>

namespace daybook::webhook_sink {
namespace {

PublicEvent submitted() {
  PublicEvent event;
  event.position = {42};
  event.topic = "forms";
  event.type = "submitted";
  event.key = "student-data-form";
  event.event_id = *parse_id("0190c9f1-5c7e-7abc-8def-0123456789ab");
  event.server_time = *parse_time("2026-03-29T12:00:00Z");
  event.data = R"({"form":"student-data-form","body":{"name":"Ada \"L\""}})";
  return event;
}

std::string secret_line(char fill, std::size_t bytes = 24) {
  return "whsec_" + base64(std::string(bytes, fill));
}

}  // namespace

TEST_CASE("a webhook's body is a CloudEvent in structured mode") {
  json::Parser parser;
  const std::string body = cloud_event(submitted(), "https://clinic.example/daybook");
  const auto parsed = parser.parse(body, false);
  REQUIRE(parsed.ok());
  const auto text = [&](std::string_view name) {
    return std::string(parsed->find(name)->string());
  };
  CHECK(text("specversion") == "1.0");
  CHECK(text("id") == "0190c9f1-5c7e-7abc-8def-0123456789ab");
  CHECK(text("source") == "https://clinic.example/daybook");
  CHECK(text("type") == "daybook.forms.submitted");
  CHECK(text("subject") == "student-data-form");
  CHECK(text("time") == "2026-03-29T12:00:00.000Z");
  CHECK(text("datacontenttype") == "application/json");
  CHECK(text("position") == "42");
  CHECK(parsed->find("data")->find("body")->find("name")->string() == "Ada \"L\"");
}

TEST_CASE("an event without a key has no subject") {
  PublicEvent event = submitted();
  event.key.clear();
  CHECK(cloud_event(event, "daybook").find("subject") == std::string::npos);
}

TEST_CASE("a signature is HMAC-SHA256 over id, time and body, one for each secret") {
  // The example of the Standard Webhooks specification.
  const auto secrets = parse_secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
  REQUIRE(secrets.ok());
  CHECK(signatures(*secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                   R"({"test": 2432232314})") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  const auto both = parse_secrets(secret_line('a') + "\n" + secret_line('b') + "\n");
  REQUIRE(both.ok());
  const std::string two = signatures(*both, "id", 1, "body");
  CHECK(two == signatures({both->at(0)}, "id", 1, "body") + " " +
                   signatures({both->at(1)}, "id", 1, "body"));
}

TEST_CASE("a webhook's headers name the event, the time and the signature") {
  const auto secrets = parse_secrets(secret_line('s'));
  REQUIRE(secrets.ok());
  const auto lines = headers(*secrets, submitted(), 1'774'785'600, "{}");
  const std::vector<std::string> wanted{
      "Content-Type: application/cloudevents+json; charset=utf-8", "User-Agent: daybook",
      "webhook-id: 0190c9f1-5c7e-7abc-8def-0123456789ab", "webhook-timestamp: 1774785600",
      "webhook-signature: " +
          signatures(*secrets, "0190c9f1-5c7e-7abc-8def-0123456789ab", 1'774'785'600, "{}")};
  CHECK(lines == wanted);
}

TEST_CASE("a secret file holds one to three secrets, with comments and empty lines") {
  const auto secrets =
      parse_secrets("# new\n" + secret_line('n', 64) + "\r\n\n# old\n" + secret_line('o') + "  \n");
  REQUIRE(secrets.ok());
  CHECK(*secrets == std::vector<std::string>{std::string(64, 'n'), std::string(24, 'o')});
}

TEST_CASE("a secret file that is none is refused without showing a secret") {
  const std::string good = secret_line('x');
  for (const std::string& text :
       {std::string(), std::string("# only words\n"), std::string("hunter2hunter2hunter2hunter2"),
        std::string("whsec_"), std::string("whsec_not base64!"), secret_line('x', 23),
        secret_line('x', 65), good + "\n" + good + "\n" + good + "\n" + good}) {
    const auto secrets = parse_secrets(text);
    INFO(text);
    REQUIRE_FALSE(secrets.ok());
    CHECK(secrets.error().message.find("hunter2") == std::string::npos);
    CHECK(secrets.error().message.find(base64(std::string(24, 'x'))) == std::string::npos);
  }
}

}  // namespace daybook::webhook_sink
