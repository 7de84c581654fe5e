#include "http/live_shared.h"

#include "http/live_options.h"
#include "http/response_writer.h"
#include "websocket/frame.h"

#include <daybook/json.h>

#include <algorithm>

namespace daybook::http {
namespace {

void encode_json_frame(std::string_view event, std::string_view json, std::string& out) {
  std::string text = "{\"type\":";
  json::append_string(text, event);
  text += ",\"data\":";
  text += json;
  text += '}';
  websocket::append_text_frame(out, text);
}

// The event stream format of the HTML standard, one event as one chunk.
void encode_event_chunk(std::string_view event, std::string_view json, std::string& out) {
  std::string text = "event: ";
  text += event;
  text += "\ndata: ";
  const std::size_t data = text.size();
  text += json;
  // Between JSON's tokens a line break is a blank; inside its strings there is none.
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(data), text.end(), '\n', ' ');
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(data), text.end(), '\r', ' ');
  text += "\n\n";
  append_chunk(out, text);
}

constexpr std::string_view end_names[] = {"client", "server", "slow", "silent", "protocol", "lost"};
static_assert(std::size(end_names) == static_cast<std::size_t>(LiveEnd::count_));

}  // namespace

void register_formats(const LiveOptions& options, LiveShared& live) {
  live.numbers.json_frame = live.formats.add(encode_json_frame);
  live.numbers.event_chunk = live.formats.add(encode_event_chunk);
  if (!options.socketio) return;
  for (const std::string& name : options.namespaces) {
    LiveShared::Namespace of{name};
    const auto packet = [name](std::string_view event, std::string_view json, std::string& out) {
      socketio::append_event_packet(out, name, event, json, true);
    };
    of.packet_format = live.formats.add(packet);
    of.frame_format =
        live.formats.add([packet](std::string_view event, std::string_view json, std::string& out) {
          std::string text;
          packet(event, json, text);
          websocket::append_text_frame(out, text);
        });
    live.namespaces.push_back(std::move(of));
  }
}

void register_live_metrics(metrics::Registry& registry, LiveShared& live) {
  const auto gauge = [&](std::string_view name, std::string_view help,
                         std::atomic<std::size_t>& value) {
    registry.gauge(name, help,
                   [&value] { return static_cast<double>(value.load(std::memory_order_relaxed)); });
  };
  gauge("daybook_live_websockets", "Open WebSockets, Socket.IO's too.", live.websockets);
  gauge("daybook_live_event_streams", "Open event streams of live paths.", live.event_streams);
  gauge("daybook_socketio_sessions", "Socket.IO connections, over polls or WebSockets.",
        live.socketio_sessions);
  gauge("daybook_socketio_sockets", "Clients in Socket.IO namespaces.", live.socketio_sockets);
  registry.gauge("daybook_live_topics", "Topics that anybody follows.",
                 [&live] { return static_cast<double>(live.audience.topics()); });
  live.received = registry.counter("daybook_live_messages_received_total",
                                   "Messages of clients over WebSockets.");
  live.sent = registry.counter("daybook_live_messages_sent_total",
                               "Messages to single clients over WebSockets.");
  live.states = registry.counter("daybook_live_states_sent_total",
                                 "States of topics given to WebSockets and event streams.");
  for (std::size_t i = 0; i < std::size(end_names); ++i) {
    live.ended[i] = registry.counter("daybook_live_ended_total",
                                     "Ended WebSockets and event streams, by what ended them.",
                                     {{"by", std::string(end_names[i])}});
  }
}

}  // namespace daybook::http
