// A session's polls and POSTs.
#include "socketio/engine.h"
#include "socketio/session.h"

#include <daybook/fields.h>

namespace daybook::socketio {
namespace {

constexpr std::string_view text_type = "text/plain; charset=UTF-8";
constexpr std::string_view json_type = "application/json";
constexpr std::string_view close_packet = "1";
constexpr std::string_view noop_packet = "6";

}  // namespace

void Session::begin_polling(HttpReply& reply) {
  polling_ = std::make_unique<Polling>();
  set_timer();
  std::string open_packet;
  append_open_packet(open_packet);
  reply.answer(200, text_type, std::move(open_packet));
  engine_.layer().opened(*this);
}

std::uint64_t Session::poll(std::shared_ptr<HttpReply> reply) {
  PollQueue& queue = polling_->queue;
  if (stage_ == Stage::lingering) {
    stop_lingering();
    std::string payload = queue.take_payload();
    append_to_payload(payload, live::Kind::text, close_packet);
    reply->answer(200, text_type, std::move(payload));
    return 0;
  }
  if (polling_->reply != nullptr) {
    Refused two = refused(Refusal::bad_request);
    reply->answer(two.status, json_type, std::move(two.body));
    end(Ending::transport_error);
    return 0;
  }
  if (!queue.empty()) {
    reply->answer(200, text_type, queue.take_payload());
    return 0;
  }
  if (probed_) {
    reply->answer(200, text_type, std::string(noop_packet));
    return 0;
  }
  polling_->reply = std::move(reply);
  polling_->reply_key = engine_.add_poll(*this);
  return polling_->reply_key;
}

void Session::poll_gone() {
  polling_->reply = nullptr;
  end(Ending::transport_gone);
}

void Session::post(const HttpRequest& request, HttpReply& reply) {
  if (request.content_type.starts_with("application/octet-stream") ||
      !json::is_valid_utf8(request.body))
    return refuse_post(reply, 400, Ending::malformed);
  if (request.body.size() > engine_.options().payload_bytes_max)
    return refuse_post(reply, 413, Ending::too_large);
  PayloadReader reader(request.body);
  for (std::size_t packets = 1; is_open() && !reader.done(); ++packets) {
    const auto packet = reader.next();
    if (packet && packets <= packets_per_body_max)
      take(*packet, false);
    else
      end(Ending::malformed);
  }
  if (broke_rule_) return refuse_post(reply, 400, Ending::malformed);
  reply.answer(200, text_type, "ok");
}

void Session::refuse_post(HttpReply& reply, int status, Ending ending) {
  end(ending);
  reply.answer(status, json_type, refused(Refusal::bad_request).body);
}

void Session::want_flush() {
  if (polling_->reply == nullptr || std::exchange(polling_->has_to_say, true)) return;
  engine_.has_to_say(*this);
}

void Session::flush_poll() {
  if (polling_ == nullptr) return;
  polling_->has_to_say = false;
  if (polling_->reply != nullptr && !polling_->queue.empty())
    answer_poll(polling_->queue.take_payload());
}

void Session::answer_poll(std::string payload) {
  engine_.remove_poll(polling_->reply_key);
  std::exchange(polling_->reply, nullptr)->answer(200, text_type, std::move(payload));
}

// A client that is told at once, or has closed itself, or cannot be told, is forgotten. What the
// layer wanted it to know before its end waits for one more poll.
void Session::end_polling(Ending ending) {
  PollQueue& queue = polling_->queue;
  const bool waits = polling_->reply != nullptr;
  if (!waits && ending == Ending::server && !queue.empty() && !engine_.is_stopping()) {
    stage_ = Stage::lingering;
    beat_at_ms_ = engine_.now_ms() + engine_.options().ping_timeout_ms;
    expires_at_ms_ = never;
    return set_timer();
  }
  engine_.forget(*this);
  if (!waits) return;
  if (ending == Ending::client_closed) return answer_poll(std::string(noop_packet));
  std::string payload = queue.take_payload();
  append_to_payload(payload, live::Kind::text, close_packet);
  answer_poll(std::move(payload));
}

}  // namespace daybook::socketio
