#include "cli/event_lines.h"

#include <daybook/fields.h>
#include <daybook/json.h>
#include <daybook/texts.h>

#include <array>
#include <cstdio>
#include <ctime>

#include "base/hex.h"

namespace daybook::cli {
namespace {

// A key as a client sent it, safe inside one line of text.
std::string printable(std::string_view bytes) {
  if (bytes.empty()) return "-";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && byte != '\\') {
      text.push_back(c);
      continue;
    }
    std::array<char, 8> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "\\x%02x", byte);
    text += escaped.data();
  }
  return text;
}

void append_json_line(std::string& out, const log::EventView& event, std::string_view topic,
                      bool payload) {
  json::Writer json(out);
  json.begin_object();
  json.member("position", event.position.value);
  json.member("topic", topic);
  json.member("time", cli::time_text(event.server_time));
  json.member("eventId", uuid_text(event.event_id));
  json.member("schemaVersion", std::uint64_t{event.schema_version});
  if (!event.idempotency_key.empty()) {
    if (json::is_valid_utf8(event.idempotency_key)) {
      json.member("idempotencyKey", event.idempotency_key);
    } else {
      json.member("idempotencyKey", printable(event.idempotency_key));
    }
  }
  if (!event.trace_id.is_zero()) json.member("traceId", to_hex(event.trace_id.bytes));
  json.member("payloadBytes", std::uint64_t{event.payload.size()});
  if (payload) json.member("payload", to_hex(event.payload));
  json.end_object();
  out.push_back('\n');
}

}  // namespace

std::string time_text(UnixUs time) {
  constexpr std::int64_t us_per_second = 1'000'000;
  std::int64_t seconds = time.value / us_per_second;
  std::int64_t micros = time.value % us_per_second;
  if (micros < 0) {
    micros += us_per_second;
    --seconds;
  }
  const std::time_t whole = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                parts.tm_sec, static_cast<int>(micros));
  return text.data();
}

std::string uuid_text(const Id128& id) { return id_text(id); }

std::string hash_text(const Hash256& hash) { return to_hex(hash); }

std::string event_line_head(const LineFormat& format) {
  if (format.json) return {};
  return std::string(
             "position      topic       time                         event id                      "
             "        "
             "version  bytes  key") +
         (format.payload ? "  payload\n" : "\n");
}

void append_event_line(std::string& out, const log::EventView& event, std::string_view topic,
                       const LineFormat& format) {
  if (format.json) {
    append_json_line(out, event, topic, format.payload);
    return;
  }
  std::array<char, 64> number{};
  std::snprintf(number.data(), number.size(), "%-12llu  ",
                static_cast<unsigned long long>(event.position.value));
  out += number.data();
  out.append(topic).append(topic.size() < 10 ? 10 - topic.size() : 0, ' ').append("  ");
  out.append(cli::time_text(event.server_time))
      .append("  ")
      .append(uuid_text(event.event_id))
      .append("  ");
  std::snprintf(number.data(), number.size(), "%7u  %5zu  ",
                static_cast<unsigned>(event.schema_version), event.payload.size());
  out.append(number.data()).append(printable(event.idempotency_key));
  if (format.payload) out.append("  ").append(to_hex(event.payload));
  out.push_back('\n');
}

}  // namespace daybook::cli
