#include "project/sinks/webhook/webhook.h"

#include "base/files.h"
#include "outbound/http_client.h"
#include "project/sinks/webhook/message.h"

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::webhook_sink {
namespace {

constexpr std::size_t batch_events = 100;
constexpr std::int64_t batch_ms = 50;  // a webhook is to come soon
constexpr std::int64_t second_ms = 1000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms;
constexpr std::int64_t retry_after_ms_max = 24 * hour_ms;
constexpr std::size_t answer_bytes_max = 64u << 10;  // read and forgotten
constexpr std::int64_t timeout_ms_max = 180'000;

constexpr std::array<SettingSpec, 6> rows{{
    {"url", SettingType::text, "", "", 0, 0, "Where the events go: http:// or https://."},
    {"secret_file", SettingType::text, "", "", 0, 0,
     "A file with the signing secret, whsec_ and base64; while it is changed, the new and the old "
     "one, a line each."},
    {"source", SettingType::text, "daybook", "", 0, 0, "The CloudEvents source."},
    {"allow_private", SettingType::boolean, "false", "", 0, 0,
     "Whether the URL may lead to this machine or a private network."},
    {"timeout_ms", SettingType::integer, "20000", "ms", 100, timeout_ms_max,
     "How long one request may take."},
    {"ca_file", SettingType::text, "", "", 0, 0, "Certificates to trust; empty: the system's."},
}};

struct Options {
  std::string url, source;
  std::vector<std::string> secrets;
  outbound::HttpOptions http;
};

// Statuses that speak of the endpoint, not of the event.
bool is_about_endpoint(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

class WebhookSink final : public Sink {
 public:
  explicit WebhookSink(Options options) : options_(std::move(options)), client_(options_.http) {}

  Delivery begin(SinkProgress&, SinkContext&) override { return Delivery::done(); }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress&,
                   SinkContext& context) override {
    client_.set_interrupted([&context] { return context.interrupted(); });
    Delivery delivery;
    for (std::size_t i = 0; i < events.size(); ++i) {
      delivery = send(*events[i], context);
      if (delivery.outcome == Delivery::Outcome::delivered) continue;
      delivery.delivered = i;
      if (delivery.outcome == Delivery::Outcome::rejected) delivery.culprit = i;
      break;
    }
    client_.set_interrupted(nullptr);
    return delivery;
  }

  // The schedule of the Standard Webhooks specification: at once and after 5 s in line, then
  // beside it.
  [[nodiscard]] RetryPlan retry_plan() const override {
    return {{5 * second_ms},
            {5 * minute_ms, 30 * minute_ms, 2 * hour_ms, 5 * hour_ms, 10 * hour_ms, 14 * hour_ms,
             20 * hour_ms, 24 * hour_ms}};
  }

 private:
  Delivery send(const PublicEvent& event, SinkContext& context) {
    if (context.interrupted()) return Delivery::unavailable("interrupted");
    const std::string body = cloud_event(event, options_.source);
    outbound::HttpRequest request;
    request.url = options_.url;
    request.headers = headers(options_.secrets, event, context.now().value / 1'000'000, body);
    request.body = body;
    return verdict(client_.send(request));
  }

  static Delivery verdict(const outbound::HttpAnswer& answer) {
    if (answer.refused_address)
      return Delivery::disabled("the URL leads to a private address; allow_private = true lets it");
    if (answer.status == 0) return Delivery::unavailable("no answer: " + answer.failure);
    if (answer.status >= 200 && answer.status < 300) return Delivery::done();
    const std::string said = "the receiver answered " + std::to_string(answer.status);
    if (answer.status == 410) return Delivery::disabled(said + " (gone): it wants no more events");
    if (is_about_endpoint(answer.status))
      return Delivery::unavailable(said, std::min(answer.retry_after_ms, retry_after_ms_max));
    if (answer.status >= 300 && answer.status < 400)
      return Delivery::rejected(said + "; redirects are not followed");
    return Delivery::rejected(said);
  }

  const Options options_;
  outbound::HttpClient client_;
};

bool is_web_url(std::string_view url) {
  constexpr std::size_t url_chars_max = 2048;
  const bool scheme = url.starts_with("https://") || url.starts_with("http://");
  const auto host = url.substr(std::min(url.size(), url.find("//") + 2));
  return scheme && url.size() <= url_chars_max && !host.empty() && host[0] != '/' &&
         std::ranges::none_of(url, [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

Result<std::unique_ptr<Sink>> make(const Settings& settings, const SinkSource&) {
  Options options;
  options.url = settings.text("url");
  if (!is_web_url(options.url))
    return Error::field("url", "invalid", "must be a URL that begins with https:// or http://");
  options.source = settings.text("source");
  if (options.source.empty()) return Error::field("source", "required", "must not be empty");
  const std::string secret_file = settings.text("secret_file");
  if (secret_file.empty())
    return Error::field("secret_file", "required",
                        "must name a file with the signing secret (whsec_ and base64)");
  const auto text = read_file(secret_file);
  if (!text)
    return Error::field("secret_file", "unreadable", "cannot be read: " + text.error().message);
  auto secrets = parse_secrets(*text);
  if (!secrets)
    return Error::field("secret_file", "invalid", "is not usable: " + secrets.error().message);
  options.secrets = *std::move(secrets);
  options.http.timeout_ms = settings.integer("timeout_ms");
  options.http.connect_timeout_ms =
      std::min(options.http.timeout_ms, options.http.connect_timeout_ms);
  options.http.allow_private = settings.boolean("allow_private");
  options.http.answer_bytes_max = answer_bytes_max;
  options.http.ca_file = settings.text("ca_file");
  return std::unique_ptr<Sink>(std::make_unique<WebhookSink>(std::move(options)));
}

}  // namespace

SinkType type() {
  SinkType type;
  type.name = "webhook";
  type.options = rows;
  type.batch_events = batch_events;
  type.batch_ms = batch_ms;
  type.make = &make;
  return type;
}

}  // namespace daybook::webhook_sink
