#include "project/sinks/google_sheets/api.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace daybook::google_sheets_sink {
namespace {

constexpr std::size_t words_bytes_max = 300;  // of Google's in a reason

// So that no minute, wherever it begins, sees more than the limit: what may come at once is taken
// off the rate.
double burst_of(std::int64_t per_minute) {
  return static_cast<double>(std::max<std::int64_t>(1, per_minute / 12));
}
double rate_of(std::int64_t per_minute) {
  return std::max(1.0, static_cast<double>(per_minute) - burst_of(per_minute));
}

struct GoogleError {
  std::string status, message;
};

GoogleError google_error(json::Parser& parser, std::string_view body) {
  GoogleError error;
  const auto parsed = parser.parse(body, false);
  if (!parsed.ok() || !parsed->is_object()) return error;
  const auto inner = parsed->find("error");
  if (!inner || !inner->is_object()) return error;
  const auto text = [&](std::string_view name) {
    const auto member = inner->find(name);
    return member && member->is_string() ? std::string(member->string()) : std::string();
  };
  error.status = text("status").substr(0, words_bytes_max);
  error.message = text("message").substr(0, words_bytes_max);
  return error;
}

bool is_about_cells(const GoogleError& error) {
  return error.message.find("limit of 10000000 cells") != std::string::npos;
}

}  // namespace

std::string safe_words(std::string_view message) {
  return std::string(message.substr(0, std::min(message.find_first_of(":\"("), words_bytes_max)));
}

Api::Api(std::string base_url, std::int64_t writes_per_minute, outbound::HttpOptions http,
         outbound::ServiceAccount account)
    : base_url_(std::move(base_url)),
      http_(std::move(http)),
      account_(std::move(account)),
      bucket_(rate_of(writes_per_minute), burst_of(writes_per_minute)) {}

Reply Api::read(const std::string& path, SinkContext& context) {
  return send("GET", path, {}, context);
}

Reply Api::write(const std::string& path, std::string_view body, SinkContext& context) {
  for (std::int64_t ms = 0; (ms = bucket_.take(context.steady_ms())) > 0;)
    if (!context.wait(ms)) return {Reply::Kind::busy, {}, "stopped while waiting for the quota"};
  return send("POST", path, body, context);
}

Reply Api::send(const char* method, const std::string& path, std::string_view body,
                SinkContext& context) {
  outbound::HttpAnswer answer;
  for (int tries = 0; tries < 2; ++tries) {
    http_.set_interrupted([&context] { return context.interrupted(); });
    const auto token = account_.token(http_, context.now(), context.steady_ms());
    if (!token.ok()) {
      const Error& error = token.error();
      const bool later = error.code == Errc::unavailable;
      return {later ? Reply::Kind::busy : Reply::Kind::denied,
              {},
              error.message,
              std::int64_t{error.retry_after_s} * 1000};
    }
    outbound::HttpRequest request{
        method, base_url_ + path, {"Authorization: Bearer " + *token}, body};
    if (!body.empty()) request.headers.emplace_back("Content-Type: application/json");
    http_.set_interrupted([&context] { return context.interrupted(); });
    answer = http_.send(request);
    if (answer.status != 401) break;
    account_.forget_token();
  }
  http_.set_interrupted(nullptr);
  return meaning(answer);
}

Reply Api::meaning(const outbound::HttpAnswer& answer) {
  using Kind = Reply::Kind;
  if (answer.status == 200) return {Kind::done, answer.body, {}, 0};
  if (answer.refused_address)
    return {Kind::denied, {}, "base_url is at a private address, which is not allowed", 0};
  if (answer.status == 0) return {Kind::lost, {}, "no answer: " + answer.failure, 0};
  const GoogleError error = google_error(parser_, answer.body);
  const std::string said = "Google answered " + std::to_string(answer.status) +
                           (error.status.empty() ? "" : " " + error.status);
  if (answer.status == 429 || error.status == "RESOURCE_EXHAUSTED")
    return {Kind::busy, {}, said + ": the quota is used up", answer.retry_after_ms};
  if (answer.status >= 500 || answer.status == 408)
    return {Kind::lost, {}, said, answer.retry_after_ms};
  if (answer.status == 401)
    return {Kind::denied,
            {},
            said + " twice: the access token of " + account_.email() +
                " is not taken; is the key still valid?",
            0};
  if (answer.status == 403)
    return {Kind::denied,
            {},
            said + ": share the spreadsheet with " + account_.email() +
                " as an editor, and see that the Google Sheets API is enabled "
                "in its project",
            0};
  if (answer.status == 404)
    return {Kind::denied, {}, said + ": there is no spreadsheet with this spreadsheet_id", 0};
  if (is_about_cells(error))
    return {Kind::denied, {}, "the spreadsheet is full: 10 million cells are Google's limit", 0};
  if (answer.status == 400 || answer.status == 413)
    return {Kind::refused,
            {},
            said + (error.message.empty() ? "" : ", " + safe_words(error.message)),
            0};
  return {Kind::denied, {}, said + ": is base_url right?", 0};
}

}  // namespace daybook::google_sheets_sink
