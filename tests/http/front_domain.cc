#include "front_domain.h"

#include <daybook/fields.h>

#include <algorithm>
#include <charconv>

namespace daybook::front {
namespace {

static_assert(daybook::DurabilityDomain<Domain>);
static_assert(daybook::LiveDomain<Domain>);

// The body as it reached the domain, and what else it saw of the request.
Result<guestbook::Command> parse_echo(const json::Value& body, const Request& request,
                                      Arena& arena) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.key("body").raw(body.to_string());
  writer.member("origin", request.origin);
  writer.member("contentType", request.content_type);
  writer.end_object();
  return guestbook::Command{"echo", arena.copy(text)};
}

// PUT and DELETE /front/{name}: what to answer is the name.
Result<guestbook::Command> parse_name(const json::Value& body, const Request& request,
                                      Arena& arena) {
  return guestbook::Command{arena.copy(request.params.front()),
                            body.is_null() ? "no body" : "a body"};
}

Result<Response> page(const guestbook::View&, const Request& request) {
  static const auto text = std::make_shared<const std::string>(page_text);
  Response response;
  response.shared_body = text;
  response.etag = request.query_value("weak") ? "W/" + std::string(page_etag) : page_etag;
  response.headers.emplace_back("Cache-Control", "public, max-age=1");
  if (request.query_value("created")) response.status = 201;
  if (request.query_value("gone")) return Error{Errc::not_found, "gone"};
  return response;
}

std::uint64_t number_of(std::optional<std::string_view> text) {
  std::uint64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

// `bytes` bytes; an error instead of the part that would bring it past `fail_at`.
class CountedStream final : public BodyStream {
 public:
  CountedStream(std::uint64_t bytes, std::uint64_t fail_at,
                std::shared_ptr<ReadContext<Domain>> gated)
      : bytes_(bytes), fail_at_(fail_at), gated_(std::move(gated)) {
    ++stream_counts().alive;
  }
  ~CountedStream() override { --stream_counts().alive; }

  Result<bool> next(std::string& out) override {
    if (gated_) {  // a scan, so that a test can hold the part back
      DAYBOOK_TRY_VOID(gated_->scan(Position{1}, Position::max(),
                                    [](const auto&, const EventMeta&) { return true; }));
    }
    const std::uint64_t until = std::min(bytes_, at_ + body_part_bytes);
    if (until > fail_at_) return Error{Errc::internal, "it broke (injected)"};
    stream_counts().bytes_made += until - at_;
    for (; at_ < until; ++at_) out.push_back(stream_byte(at_));
    return at_ < bytes_;
  }

 private:
  const std::uint64_t bytes_, fail_at_;
  std::shared_ptr<ReadContext<Domain>> gated_;
  std::uint64_t at_ = 0;
};

Result<Response> stream(ReadContext<Domain>& context, const Request& request) {
  const auto fail_at = request.query_value("failAt");
  Response response;
  response.content_type = "text/plain";
  response.etag = page_etag;
  response.headers.emplace_back("Content-Disposition", "attachment");
  response.stream = std::make_shared<CountedStream>(
      number_of(request.params.front()), fail_at ? number_of(fail_at) : ~std::uint64_t{0},
      request.query_value("gated") ? context.keep() : nullptr);
  return response;
}

Result<LiveAnswer> follow(const guestbook::View&, const LiveRequest& request) {
  LiveAnswer answer;
  if (const auto topics = request.payload.find("topics"))
    topics->each_element(
        [&](const json::Value& topic) { answer.join.emplace_back(topic.string()); });
  return answer;
}

Result<guestbook::Command> parse_sign(const LiveRequest& request, Arena& arena) {
  json::Fields fields(request.payload);
  const auto name = fields.text("name", {});
  if (auto error = fields.error()) return std::move(*error);
  return guestbook::Command{arena.copy(*name), {}};
}

Result<LiveAnswer> after_sign(const guestbook::View&, const guestbook::Command& command,
                              const Answer&, UnixUs) {
  if (command.name == "nobody") return Error{Errc::not_found, "nobody has a seat"};
  LiveAnswer answer;
  answer.body = R"({"token":"of-)" + std::string(command.name) + "\"}";
  answer.join.push_back("seat:" + std::string(command.name));
  return answer;
}

}  // namespace

void LiveStates::set(const std::string& topic, LiveState state) {
  const std::lock_guard<std::mutex> lock(mutex_);
  states_[topic] = std::move(state);
}

std::optional<LiveState> LiveStates::get(std::string_view topic) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto at = states_.find(topic);
  if (at == states_.end()) return std::nullopt;
  return at->second;
}

void LiveStates::clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  states_.clear();
}

LiveStates& live_states() {
  static LiveStates states;
  return states;
}

StreamCounts& stream_counts() {
  static StreamCounts counts;
  return counts;
}

char stream_byte(std::uint64_t at) {
  return static_cast<char>('a' + (at + at / 26 + at / body_part_bytes) % 26);
}

Result<Events<guestbook::Event>> Domain::decide(const State&, const Policy&, const Command& command,
                                                const Context& context) {
  if (command.name == "taken") {
    Error error{Errc::conflict, "already taken"};
    error.members = R"("booking":{"id":7},"position":null)";
    return error;
  }
  if (command.name == "limited" || command.name == "busy") {
    Error error{command.name == "busy" ? Errc::busy : Errc::rate_limited, "slow down"};
    error.retry_after_s = command.name == "busy" ? 0 : 30;
    return error;
  }
  if (command.name == "forbidden") return Error{Errc::forbidden, "not from here"};
  return Events<Event>{Event{command.name, command.text, context.now}};
}

Answer Domain::answer(const Command& command, std::span<const Event>) {
  Answer answer;
  if (command.name == "echo") answer.body = command.text;
  if (command.name == "created") answer = {201, R"({"id":1})", "/front/things/1"};
  if (command.name == "accepted") answer = {202, R"({"line":3})", {}};
  if (command.name == "see-other") answer = {303, {}, "https://app.example/thanks?a=1"};
  if (command.name == "split") answer = {303, {}, "/a\r\nSet-Cookie: b"};
  if (command.name == "gone") answer.status = 204;
  if (command.name == "body") answer.body = "\"" + std::string(command.text) + "\"";
  return answer;
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::post, "/front/form/", Access::open, parse_echo, Bodies::json_or_form);
  routes.command(Method::put, "/front/{name}", Access::open, parse_name);
  routes.command(Method::del, "/front/{name}", Access::admin, parse_name);
  routes.read("/front/page", Access::open, page);
  routes.scan("/front/scanned", Access::open,
              [](ReadContext<Domain>& context, const Request& request) -> Result<Response> {
                Result<Response> response = Error{};
                context.with_view([&](const View& view) { response = page(view, request); });
                return response;
              });
  routes.scan("/front/stream/{bytes}", Access::open, stream);
}

std::optional<LiveState> Domain::live_state(const View&, std::string_view topic, UnixUs) {
  return live_states().get(topic);
}

void Domain::live(LiveMessages<Domain>& live) {
  live.read("follow", follow);
  live.command("sign", parse_sign, after_sign);
  live.path("/front/{name}/live", "front.v1",
            [](const View&, const Request&) -> Result<LiveAnswer> { return LiveAnswer{}; });
}

}  // namespace daybook::front
