// Structured logs: text on a terminal, one JSON object a line otherwise. Behind this face so that
// spdlog stays out of other headers. Personal data (ids of people, names, bodies) never goes into a
// log line.
//
//   log_info("listening", {{"url", url}, {"threads", 2}});
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace daybook {

struct LogField {
  std::string_view name;
  std::variant<std::string, std::int64_t, std::uint64_t, double, bool> value;
  LogField(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  LogField(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  LogField(std::string_view n, bool v) : name(n), value(v) {}
  LogField(std::string_view n, int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  LogField(std::string_view n, std::int64_t v) : name(n), value(v) {}
  LogField(std::string_view n, std::uint64_t v) : name(n), value(v) {}
  LogField(std::string_view n, double v) : name(n), value(v) {}
};

enum class LogFormat : std::uint8_t { automatic, text, json };
// level: trace|debug|info|warn|error|off. To stderr. Call once before the other threads start;
// before it, info and above go to stderr as text.
bool init_logging(std::string_view level, LogFormat format);

void log_debug(std::string_view message, std::initializer_list<LogField> fields = {});
void log_info(std::string_view message, std::initializer_list<LogField> fields = {});
void log_warn(std::string_view message, std::initializer_list<LogField> fields = {});
void log_error(std::string_view message, std::initializer_list<LogField> fields = {});
void flush_logs();

}  // namespace daybook
