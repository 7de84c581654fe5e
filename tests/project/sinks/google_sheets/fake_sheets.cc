#include "project/sinks/google_sheets/fake_sheets.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace daybook::test {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::size_t late_requests = 3;

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// The values of a name in a form or a query.
std::vector<std::string> parameters(std::string_view text, std::string_view name) {
  std::vector<std::string> values;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name)
      values.push_back(percent_decoded(pair.substr(std::min(equals + 1, pair.size()))));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}
std::string parameter(std::string_view text, std::string_view name) {
  const auto values = parameters(text, name);
  return values.size() == 1 ? values[0] : std::string();
}

FakeAnswer json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json; charset=UTF-8"}}, std::move(body)};
}

FakeAnswer error_answer(const FakeRefusal& refusal) {
  std::string body;
  json::Writer(body)
      .begin_object()
      .key("error")
      .begin_object()
      .member("code", std::int64_t{refusal.status})
      .member("message", refusal.message)
      .member("status", refusal.word)
      .end_object()
      .end_object();
  return json_answer(refusal.status, std::move(body));
}

}  // namespace

FakeSheets::FakeSheets(const TestAccount& account, FakeSheetsOptions options)
    : account_(account),
      options_(std::move(options)),
      grid_(options_.rules),
      server_([this](const FakeRequest& request) { return handle(request); }) {}

std::int64_t FakeSheets::now_ms() const {
  if (options_.now_ms) return options_.now_ms();
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void FakeSheets::set_faults(Faults faults) {
  std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
}
void FakeSheets::set_answer(int status, std::string body) {
  std::lock_guard lock(mutex_);
  forced_status_ = status;
  forced_body_ = std::move(body);
}
void FakeSheets::set_token_answer(int status, std::string body) {
  std::lock_guard lock(mutex_);
  forced_token_status_ = status;
  forced_token_body_ = std::move(body);
}
std::vector<Row> FakeSheets::values(std::string_view title) {
  return with([&](FakeGrid& grid) {
    const FakeTab* tab = grid.tab(title);
    return tab == nullptr ? std::vector<Row>() : tab->values();
  });
}
FakeSheets::Counts FakeSheets::counts() {
  std::lock_guard lock(mutex_);
  return counts_;
}

FakeAnswer FakeSheets::handle(const FakeRequest& request) {
  std::lock_guard lock(mutex_);
  if (request.target == "/token") return give_token(request);
  if (forced_status_ != 0) return json_answer(forced_status_, forced_body_);
  if (!request.target.starts_with("/v4/spreadsheets/" + options_.spreadsheet))
    return error_answer({404, "NOT_FOUND", "Requested entity was not found."});
  if (!token_is_good(request)) {
    ++counts_.bad_tokens;
    return error_answer(
        {401, "UNAUTHENTICATED", "Request had invalid authentication credentials."});
  }
  const bool write = request.method == "POST" && !request.target.ends_with(":search");
  return serve(request, write);
}

FakeAnswer FakeSheets::give_token(const FakeRequest& request) {
  if (forced_token_status_ != 0) return json_answer(forced_token_status_, forced_token_body_);
  const bool form =
      request.header("content-type") == "application/x-www-form-urlencoded" &&
      request.method == "POST" &&
      parameter(request.body, "grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer";
  const auto complaint = form ? account_.complaint(parameter(request.body, "assertion"),
                                                   server_.url() + "/token", now_ms() / 1000)
                              : std::string("not the form that is wanted");
  if (!complaint.empty()) {
    counts_.complaints.push_back(complaint);
    return json_answer(400, R"({"error":"invalid_grant","error_description":"Invalid JWT"})");
  }
  const std::string token = "ya29.test-" + std::to_string(++counts_.tokens);
  tokens_[token] = now_ms() + options_.token_s * 1000;
  return json_answer(200, R"({"access_token":")" + token + R"(","expires_in":)" +
                              std::to_string(options_.token_s) + R"(,"token_type":"Bearer"})");
}

bool FakeSheets::token_is_good(const FakeRequest& request) {
  constexpr std::string_view bearer = "Bearer ";
  const auto given = request.header("authorization");
  if (!given.starts_with(bearer)) return false;
  const auto found = tokens_.find(given.substr(bearer.size()));
  return found != tokens_.end() && now_ms() < found->second;
}

bool FakeSheets::within_quota() {
  const auto now = now_ms();
  while (!writes_at_ms_.empty() && writes_at_ms_.front() <= now - minute_ms)
    writes_at_ms_.pop_front();
  if (options_.writes_per_minute != 0 && writes_at_ms_.size() >= options_.writes_per_minute)
    return false;
  writes_at_ms_.push_back(now);
  return true;
}

void FakeSheets::do_what_is_late() {
  std::vector<Late> waiting;
  for (auto& late : std::exchange(late_, {})) {
    if (late.requests-- > 0) {
      waiting.push_back(std::move(late));
      continue;
    }
    const auto body = parser_.parse(late.body, false);
    std::string answer;
    if (body.ok() && grid_.change(*body, answer)) ++counts_.late_refused;
  }
  late_.insert(late_.begin(), waiting.begin(), waiting.end());
}

FakeAnswer FakeSheets::serve(const FakeRequest& request, bool write) {
  ++(write ? counts_.writes : counts_.reads);
  if (write) counts_.write_bytes_max = std::max(counts_.write_bytes_max, request.body.size());
  if (write && !within_quota()) {
    ++counts_.over_quota;
    return error_answer({429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric"});
  }
  do_what_is_late();
  const SheetsFault fault = faults_ ? faults_(write) : SheetsFault::none;
  ++counts_.faults[fault];
  FakeAnswer answer;
  switch (fault) {
    case SheetsFault::not_applied_cut:
      answer.fault = FakeAnswer::Fault::cut;
      return answer;
    case SheetsFault::late:
      if (request.target.ends_with(":batchUpdate")) late_.push_back({late_requests, request.body});
      answer.fault = FakeAnswer::Fault::cut;
      return answer;
    case SheetsFault::not_applied_503:
      return error_answer({503, "UNAVAILABLE", "The service is currently unavailable."});
    case SheetsFault::rate_limited:
      answer = error_answer({429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric"});
      answer.headers.emplace_back("Retry-After", "1");
      return answer;
    case SheetsFault::revoked:
      tokens_.clear();
      return error_answer({401, "UNAUTHENTICATED", "Request had invalid credentials."});
    default:
      break;
  }
  answer = execute(request);
  if (fault == SheetsFault::applied_cut) answer.fault = FakeAnswer::Fault::cut;
  if (fault == SheetsFault::applied_half) answer.fault = FakeAnswer::Fault::half;
  if (fault == SheetsFault::applied_slow) answer.delay_ms = options_.slow_ms;
  if (fault == SheetsFault::applied_503)
    return error_answer({503, "UNAVAILABLE", "The service is currently unavailable."});
  return answer;
}

FakeAnswer FakeSheets::execute(const FakeRequest& request) {
  const std::string_view target = request.target;
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = target.substr(0, mark);
  const auto query = target.substr(std::min(mark + 1, target.size()));
  std::optional<FakeRefusal> refusal;
  std::string answer;
  if (request.method == "GET" && path.ends_with("/values:batchGet")) {
    refusal = grid_.values(parameters(query, "ranges"), answer);
  } else if (request.method == "GET" && path == "/v4/spreadsheets/" + options_.spreadsheet) {
    answer = grid_.look();
  } else {
    const auto body = parser_.parse(request.body, false);
    const auto append = path.find(":append");
    const auto values = path.find("/values/");
    if (!body.ok())
      refusal = FakeRefusal{400, "INVALID_ARGUMENT", "Invalid JSON payload received."};
    else if (path.ends_with("/developerMetadata:search"))
      answer = grid_.search(*body);
    else if (append != std::string_view::npos && values != std::string_view::npos)
      refusal = grid_.append(percent_decoded(path.substr(values + 8, append - values - 8)), *body);
    else if (path.ends_with(":batchUpdate"))
      refusal = grid_.change(*body, answer);
    else
      refusal = FakeRefusal{404, "NOT_FOUND", "Requested entity was not found."};
  }
  if (!refusal) return json_answer(200, answer.empty() ? "{}" : answer);
  ++counts_.refused;
  return error_answer(*refusal);
}

}  // namespace daybook::test
