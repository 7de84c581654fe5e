#include "http/socketio_route.h"

#include "http/live_route.h"
#include "http/live_session.h"
#include "http/live_thread.h"

#include <utility>

namespace daybook::http {
namespace {

const std::vector<std::pair<std::string, std::string>>& no_store() {
  static const std::vector<std::pair<std::string, std::string>> lines{
      {"Cache-Control", "no-store"}};
  return lines;
}

void answer_text(Session& session, std::uint64_t number, int status, std::string_view content_type,
                 std::string_view body) {
  AnswerHead head;
  head.status = status;
  head.content_type = content_type;
  head.headers = &no_store();
  session.answer(number, head, body);
}

// Finds the connection again, if it is still there.
class LateReply final : public socketio::HttpReply {
 public:
  LateReply(IoThread& io, std::uint64_t tag, std::uint64_t number)
      : io_(io), tag_(tag), number_(number) {}

  void answer(int status, std::string_view content_type, std::string body) override {
    if (Session* session = io_.find(tag_))
      answer_text(*session, number_, status, content_type, body);
  }

 private:
  IoThread& io_;
  const std::uint64_t tag_, number_;
};

void open_websocket(IoThread& io, Session& session, std::uint64_t number, const Head& head,
                    const socketio::HttpRequest& request) {
  const auto answer = accept_websocket(session, number, head, {});
  if (!answer) return;
  // Engine.IO's packet type stands in front of a text message.
  const std::size_t message_bytes_max = io.shared().options.live.engine.payload_bytes_max + 1;
  auto live =
      std::make_unique<LiveSession>(io, LiveSession::Mode::messages, message_bytes_max, *answer);
  socketio::Server::Refused refused;
  auto peer = io.live()->socketio().open(request, *live, io.now_ms(), refused);
  if (!peer) return answer_text(session, number, refused.status, "application/json", refused.body);
  live->set_peer(std::move(peer));
  session.go_on_as(number, std::move(live), 101);
}

}  // namespace

std::optional<unsigned> other_home(IoThread& io, std::string_view query) {
  if (query.find("sid=") == std::string_view::npos) return std::nullopt;
  const auto pairs = parse_query(query);
  if (!pairs) return std::nullopt;
  for (const auto& [name, value] : *pairs) {
    if (name != "sid") continue;
    const auto home = socketio::home_of(value);
    if (!home || *home == io.number() || *home >= io.shared().threads.size()) return std::nullopt;
    return home;
  }
  return std::nullopt;
}

void handle_socketio(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                     const Head& head, std::string_view body) {
  const auto request = make_request(plan, head, body, io.wall());
  if (!request) return session.answer_error(number, request.error());
  const socketio::HttpRequest asked{request->method, request->query, request->content_type, body};
  const bool socket = wants_websocket(head);
  const bool opens = socket || !request->query_value("sid");
  if (opens && io.shared().draining.load(std::memory_order_relaxed)) {
    const auto refused = socketio::refused(socketio::Refusal::busy);
    return answer_text(session, number, refused.status, "application/json", refused.body);
  }
  if (socket) {
    if (!may_stay_open(io, session, number)) return;
    return open_websocket(io, session, number, head, asked);
  }
  auto reply = std::make_shared<LateReply>(io, session.tag(), number);
  const std::uint64_t poll = io.live()->socketio().request(asked, std::move(reply), io.now_ms());
  if (poll != 0) session.mark_poll(number, poll);
}

}  // namespace daybook::http
