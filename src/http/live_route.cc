#include "http/live_route.h"

#include "http/live_session.h"
#include "http/live_thread.h"
#include "http/media_type.h"
#include "http/problem.h"
#include "websocket/handshake.h"

#include <utility>

namespace daybook::http {
namespace {

void answer_upgrade_required(Session& session, std::uint64_t number, std::string_view detail) {
  static const std::vector<std::pair<std::string, std::string>> lines{
      {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Version", std::string(websocket::version)}};
  std::string body;
  append_problem(body, 426, Error{Errc::malformed, std::string(detail)});
  AnswerHead answer;
  answer.status = 426;
  answer.content_type = "application/problem+json";
  answer.headers = &lines;
  session.answer(number, answer, body);
}

// A page of this very server, or of an origin on the list. Browsers let any page open a WebSocket
// anywhere and only say where the page is from; other clients say nothing.
bool origin_is_welcome(const Cors& cors, const Head& head) {
  const std::string_view origin = head.field(Field::origin);
  if (origin.empty() || cors.match(origin) != Cors::none) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos &&
         equal_no_case(origin.substr(scheme + 3), head.field(Field::host));
}

bool accepts_event_stream(const Head& head) {
  std::string_view rest = head.field(Field::accept);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (equal_no_case(media_type(rest.substr(0, comma)), "text/event-stream")) return true;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return false;
}

void open_websocket(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                    const Head& head, const Request& request) {
  const Route& route = *plan.route;
  const std::string_view spoken[] = {route.domain->live()->paths()[route.index].subprotocol};
  const auto answer = accept_websocket(session, number, head, spoken);
  if (!answer) return;
  auto live = std::make_unique<LiveSession>(io, LiveSession::Mode::pinged_messages,
                                            io.shared().options.live.message_bytes_max, *answer);
  auto peer = io.live()->app().open_socket(route, request, *live);
  if (!peer) return session.answer_error(number, peer.error());
  live->set_peer(std::move(*peer));
  session.go_on_as(number, std::move(live), 101);
}

std::string stream_head(IoThread& io, const Session& session, const Head& head) {
  static const std::vector<std::pair<std::string, std::string>> lines{{"Cache-Control", "no-store"},
                                                                      {"X-Accel-Buffering", "no"}};
  const Cors& cors = session.cors();
  AnswerForm form;
  form.close = true;
  form.cors =
      head.has(Field::origin) ? cors.match(head.field(Field::origin)) : cors.without_origin();
  AnswerHead answer;
  answer.content_type = "text/event-stream; charset=utf-8";
  answer.length = Length::chunked;
  answer.headers = &lines;
  std::string out;
  append_answer(out, form, answer, {}, io.date_line(), cors);
  return out;
}

void open_stream(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                 const Head& head, const Request& request) {
  auto live = std::make_unique<LiveSession>(io, LiveSession::Mode::event_stream, 1,
                                            stream_head(io, session, head));
  auto peer = io.live()->app().open_stream(*plan.route, request, *live);
  if (!peer) return session.answer_error(number, peer.error());
  live->set_peer(std::move(*peer));
  session.go_on_as(number, std::move(live), 200);
}

}  // namespace

bool wants_websocket(const Head& head) {
  return websocket::asks_for_websocket(head.field(Field::upgrade));
}

bool may_stay_open(IoThread& io, Session& session, std::uint64_t number) {
  if (io.shared().draining.load(std::memory_order_relaxed)) {
    session.answer_error(number, Error{Errc::unavailable, "the server is stopping"});
    return false;
  }
  if (session.is_alone(number)) return true;
  session.answer_error(number, Error{Errc::malformed,
                                     "a connection that is to stay open must have no other "
                                     "request on its way"});
  return false;
}

std::optional<std::string> accept_websocket(Session& session, std::uint64_t number,
                                            const Head& head,
                                            std::span<const std::string_view> spoken) {
  websocket::HandshakeRequest request;
  request.method = method_name(head.method);
  request.http_1_1 = head.version >= 11;
  request.upgrade = head.field(Field::upgrade);
  request.connection = head.connection_upgrade ? "upgrade" : "";
  request.key = head.field(Field::sec_websocket_key);
  request.version = head.field(Field::sec_websocket_version);
  request.subprotocols = head.field(Field::sec_websocket_protocol);
  request.has_body = head.chunked || head.content_length != 0;
  if (const auto refusal = websocket::refusal_of(request)) {
    if (refusal->status == 426)
      answer_upgrade_required(session, number, refusal->detail);
    else
      session.answer_error(number, refusal->status,
                           Error{Errc::malformed, std::string(refusal->detail)}, {});
    return std::nullopt;
  }
  if (!origin_is_welcome(session.cors(), head)) {
    session.answer_error(
        number, Error{Errc::forbidden, "pages of this Origin may not open a WebSocket here"});
    return std::nullopt;
  }
  const std::string_view chosen = websocket::choose_subprotocol(request.subprotocols, spoken);
  if (!spoken.empty() && chosen.empty() && !request.subprotocols.empty()) {
    session.answer_error(
        number, Error{Errc::malformed, "Sec-WebSocket-Protocol must name \"" +
                                           std::string(spoken.front()) + "\", or be left out"});
    return std::nullopt;
  }
  std::string out;
  websocket::append_switching_protocols(out, websocket::accept_key(request.key), chosen);
  return out;
}

void handle_live(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                 const Head& head) {
  const bool socket = wants_websocket(head);
  if (!socket && (head.method != Method::get || !accepts_event_stream(head))) {
    return answer_upgrade_required(
        session, number, "this path takes a WebSocket, or a GET with Accept: text/event-stream");
  }
  if (!socket && head.version < 11)
    return session.answer_error(number,
                                Error{Errc::malformed, "an event stream needs HTTP/1.1 here"});
  auto request = make_request(plan, head, {}, io.wall());
  if (!request) return session.answer_error(number, request.error());
  if (!may_stay_open(io, session, number)) return;
  if (socket) return open_websocket(io, session, number, plan, head, *request);
  open_stream(io, session, number, plan, head, *request);
}

}  // namespace daybook::http
