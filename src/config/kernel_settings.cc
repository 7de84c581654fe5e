#include "config/config.h"
#include "config/value.h"

#include <array>

namespace daybook::config {
namespace {

using enum SettingType;

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
// What one commit group may bring in must fit one record (log::record_bytes_max, 64 MiB), envelopes
// included; a group beyond it would stop the log.
constexpr std::int64_t body_bytes_limit = 32 * mib;
constexpr std::int64_t tib = 1024 * gib;
constexpr std::int64_t hour_ms = 3'600'000;

// key, type, default, unit, min, max, help
constexpr std::array kernel_rows = {
    SettingSpec{"server.listen", text_list, "127.0.0.1:8080", "", 0, 0,
                "Addresses to listen on, each HOST:PORT; port 0 takes a free one."},
    SettingSpec{"server.data", text, "./daybook-data", "", 0, 0,
                "The data directory; made when missing."},
    SettingSpec{"server.open_routes", boolean, "false", "", 0, 0,
                "Serve the routes that need no key on addresses that are not loopback, too."},
    SettingSpec{"server.drain_grace_ms", integer, "5000", "ms", 0, hour_ms,
                "How long a stop waits for open connections after the last accepted write is "
                "answered."},
    SettingSpec{"http.threads", integer, "0", "threads", 0, 256,
                "Threads that serve connections; 0 chooses by the number of cores."},
    SettingSpec{"http.connections_max", integer, "20000", "connections", 1, 1'000'000,
                "Open connections of the whole server; more are answered 503 and closed."},
    SettingSpec{"http.header_bytes_max", integer, "8192", "bytes", kib, mib,
                "Request line and headers together; more is answered 431."},
    SettingSpec{"http.body_bytes_max", integer, "1048576", "bytes", kib, body_bytes_limit,
                "Body of an ordinary request; more is answered 413."},
    SettingSpec{"http.events_body_bytes_max", integer, "16777216", "bytes", kib, body_bytes_limit,
                "Body of POST /events, before and after decompression; more is answered 413."},
    SettingSpec{"http.upload_bytes_max", integer, "1000000", "bytes", kib, gib,
                "One uploaded picture; more is answered 413."},
    SettingSpec{"http.header_timeout_ms", integer, "10000", "ms", 10, hour_ms,
                "Time for a request's headers to arrive, from their first byte."},
    SettingSpec{"http.body_timeout_ms", integer, "30000", "ms", 10, hour_ms,
                "Time for a request's body to arrive, from the end of its headers."},
    SettingSpec{"http.idle_timeout_ms", integer, "75000", "ms", 10, hour_ms,
                "How long a connection may stay open without a request."},
    SettingSpec{"http.pipeline_max", integer, "64", "requests", 1, 4096,
                "Requests of one connection that may wait for their answers at once."},
    SettingSpec{"http.worker_queue_max", integer, "256", "jobs", 1, 65536,
                "Slow requests (uploads, history) that may wait for the worker; more are answered "
                "503."},
    SettingSpec{"http.streams_max", integer, "32", "answers", 1, 4096,
                "Long answers (exports) that may be sent in parts at once; more are answered 503."},
    SettingSpec{"http.subscribers_max", integer, "1000", "answers", 1, 65536,
                "Readers of topics that may follow or wait for events at once; more are answered "
                "503."},
    SettingSpec{"http.cors_origins", text_list, "*", "", 0, 0,
                "Origins whose pages may call the server, never with credentials; * is any, none "
                "turns CORS off."},
    SettingSpec{"live.unsent_bytes_max", integer, "65536", "bytes", kib, 16 * mib,
                "Answers that may wait for one slow live client (states do not count: only the "
                "newest waits); then it is closed."},
    SettingSpec{"live.slow_timeout_ms", integer, "20000", "ms", 100, hour_ms,
                "How long a live client may take nothing of what waits for it; then it is closed."},
    SettingSpec{"live.ping_interval_ms", integer, "25000", "ms", 100, hour_ms,
                "How long a client of the JSON protocol may be silent before it is pinged."},
    SettingSpec{"live.ping_timeout_ms", integer, "20000", "ms", 100, hour_ms,
                "How long its silence may go on from there; then it is closed."},
    SettingSpec{"live.heartbeat_ms", integer, "15000", "ms", 100, hour_ms,
                "Time between two comments of an event stream."},
    SettingSpec{"live.message_bytes_max", integer, "65536", "bytes", 128, 16 * mib,
                "One message of a client of the JSON protocol; more closes it."},
    SettingSpec{"live.topics_max", integer, "100000", "topics", 1, 10'000'000,
                "Topics followed at once, for each http thread."},
    SettingSpec{"live.topics_per_client_max", integer, "32", "topics", 1, 4096,
                "Topics one client may follow at once."},
    SettingSpec{"socketio.enabled", boolean, "true", "", 0, 0,
                "Serve Socket.IO 4 (Engine.IO protocol 4)."},
    SettingSpec{"socketio.path", text, "/socket.io/", "", 0, 0,
                "Its path, with a slash at both ends."},
    SettingSpec{"socketio.namespaces", text_list, "/", "", 0, 0,
                "Namespaces that carry the live messages; others are refused."},
    SettingSpec{"socketio.ping_interval_ms", integer, "25000", "ms", 50, hour_ms,
                "How often the server pings a client."},
    SettingSpec{"socketio.ping_timeout_ms", integer, "20000", "ms", 50, hour_ms,
                "How long it waits for the answer before it closes the session."},
    SettingSpec{"socketio.connect_timeout_ms", integer, "45000", "ms", 50, hour_ms,
                "Time from the handshake to the first namespace."},
    SettingSpec{"socketio.upgrade_timeout_ms", integer, "10000", "ms", 50, hour_ms,
                "Time from a WebSocket's probe to the end of the upgrade."},
    SettingSpec{"socketio.payload_bytes_max", integer, "1000000", "bytes", kib, 16 * mib,
                "One packet, or one polling body, of a client; more closes the session."},
    SettingSpec{"socketio.attachments_max", integer, "16", "attachments", 0, 1024,
                "Binary parts of one packet."},
    SettingSpec{"socketio.sessions_max", integer, "20000", "sessions", 1, 1'000'000,
                "Sessions at once, for each http thread; more are answered 503."},
    SettingSpec{"socketio.handshakes_max", integer, "4096", "sessions", 1, 1'000'000,
                "Those of them that are in no namespace yet; more are answered 503."},
    SettingSpec{"sequencer.queue_commands_max", integer, "65536", "commands", 1, 16'777'216,
                "Commands that may wait for the sequencer; more are answered 503."},
    SettingSpec{"sequencer.queue_bytes_max", integer, "268435456", "bytes", mib, 64 * gib,
                "Memory of the commands that wait for the sequencer; more are answered 503."},
    SettingSpec{"sequencer.group_commands_max", integer, "8192", "commands", 1, 65'536,
                "Commands committed with one fsync at most."},
    SettingSpec{"sequencer.group_bytes_max", integer, "16777216", "bytes", 64 * kib,
                body_bytes_limit, "Memory of the commands committed with one fsync."},
    SettingSpec{"sequencer.idempotency_keys_max", integer, "50000000", "keys", 1000, 4'000'000'000,
                "Idempotency keys kept for life; when full, writes with a new key are answered "
                "503."},
    SettingSpec{"log.watermark_interval_ms", integer, "100", "ms", 1, 60'000,
                "How often the durable watermark is written; bounds what a start must check."},
    SettingSpec{"log.sync_interval_ms", integer, "100", "ms", 1, 60'000,
                "How long events of a topic with durability `interval` may wait for their fsync."},
    SettingSpec{"log.retention_interval_s", integer, "600", "s", 1, 86'400,
                "How often events that are no longer needed are looked for and removed."},
    SettingSpec{"log.block_cache_bytes", integer, "33554432", "bytes", mib, tib,
                "Memory for blocks of the log that are read."},
    SettingSpec{"blobs.total_bytes_max", integer, "53687091200", "bytes", mib, 1024 * tib,
                "Uploaded pictures together; when full, uploads are refused."},
    SettingSpec{"logging.level", text, "info", "", 0, 0,
                "Least level written to the log: trace, debug, info, warn, error or off."},
    SettingSpec{"logging.format", text, "auto", "", 0, 0,
                "Form of log lines: text, json, or auto (text on a terminal, json otherwise)."},
};

}  // namespace

std::span<const SettingSpec> kernel_settings() { return kernel_rows; }

std::span<const std::string_view> choices_of(std::string_view key) {
  static constexpr std::array<std::string_view, 6> levels = {"trace", "debug", "info",
                                                             "warn",  "error", "off"};
  static constexpr std::array<std::string_view, 3> formats = {"auto", "text", "json"};
  if (key == "logging.level") return levels;
  if (key == "logging.format") return formats;
  return {};
}

}  // namespace daybook::config
