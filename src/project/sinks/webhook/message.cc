#include "project/sinks/webhook/message.h"

#include <daybook/json.h>
#include <daybook/texts.h>

#include "base/base64.h"
#include "base/digest.h"

namespace daybook::webhook_sink {
namespace {

constexpr std::string_view secret_prefix = "whsec_";

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<std::string>> parse_secrets(std::string_view text) {
  std::vector<std::string> secrets;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string place = "line " + std::to_string(number) + " of the secret file";
    if (!line.starts_with(secret_prefix))
      return Error{Errc::invalid, place + " does not begin with whsec_"};
    auto secret = from_base64(line.substr(secret_prefix.size()));
    if (!secret || secret->size() < secret_bytes_min || secret->size() > secret_bytes_max)
      return Error{Errc::invalid, place + " is not base64 of 24 to 64 bytes after whsec_"};
    if (secrets.size() == secrets_max)
      return Error{Errc::invalid, "the secret file holds more than 3 secrets"};
    secrets.push_back(*std::move(secret));
  }
  if (secrets.empty()) return Error{Errc::invalid, "the secret file holds no secret"};
  return secrets;
}

std::string cloud_event(const PublicEvent& event, std::string_view source) {
  std::string body;
  body.reserve(event.data.size() + 400);
  json::Writer writer(body);
  writer.begin_object();
  writer.member("specversion", "1.0");
  writer.member("id", id_text(event.event_id));
  writer.member("source", source);
  writer.member("type", "daybook." + event.topic + "." + event.type);
  if (!event.key.empty()) writer.member("subject", event.key);
  writer.member("time", time_text(event.server_time));
  writer.member("datacontenttype", "application/json");
  // An extension: the place in the log, as text; what comes later is larger.
  writer.member("position", std::to_string(event.position.value));
  writer.key("data").raw(event.data);
  writer.end_object();
  return body;
}

std::string signatures(const std::vector<std::string>& secrets, std::string_view id,
                       std::int64_t timestamp_s, std::string_view body) {
  std::string content;
  content.reserve(id.size() + body.size() + 24);
  content.append(id).append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  std::string out;
  for (const std::string& secret : secrets) {
    const Hash256 mac = hmac_sha256(secret, content);
    if (!out.empty()) out += ' ';
    out += "v1," + base64({reinterpret_cast<const char*>(mac.data()), mac.size()});
  }
  return out;
}

std::vector<std::string> headers(const std::vector<std::string>& secrets, const PublicEvent& event,
                                 std::int64_t timestamp_s, std::string_view body) {
  const std::string id = id_text(event.event_id);
  return {"Content-Type: application/cloudevents+json; charset=utf-8", "User-Agent: daybook",
          "webhook-id: " + id, "webhook-timestamp: " + std::to_string(timestamp_s),
          "webhook-signature: " + signatures(secrets, id, timestamp_s, body)};
}

}  // namespace daybook::webhook_sink
