// GET of a live path: a WebSocket (RFC 6455) or, when the client accepts text/event-stream, an
// event stream. The connection goes on as a LiveSession, or the request is answered with what is
// wrong with it.
//
// Threads: http-k.
#pragma once

#include "http/io_thread.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace daybook::http {

void handle_live(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                 const Head& head);

// Whether the request asks for a WebSocket.
bool wants_websocket(const Head& head);
// The 101 answer. Nullopt: the handshake was answered with an error. `spoken`: the subprotocols; a
// client that names none of them is refused, one that names none at all is not.
std::optional<std::string> accept_websocket(Session& session, std::uint64_t number,
                                            const Head& head,
                                            std::span<const std::string_view> spoken);
// False: answered with an error. The connection can go on as something else only when nothing else
// is owed on it, and does so no more while the server stops.
bool may_stay_open(IoThread& io, Session& session, std::uint64_t number);

}  // namespace daybook::http
