#include "base/logging.h"

#include <daybook/json.h>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <memory>

namespace daybook {
namespace {

struct LogOutput {
  std::shared_ptr<spdlog::logger> logger;
  bool json = false;
};

LogOutput make_output(bool json) {
  LogOutput output;
  output.json = json;
  if (json) {
    output.logger = std::make_shared<spdlog::logger>(
        "daybook", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    output.logger->set_pattern("{\"time\":\"%Y-%m-%dT%H:%M:%S.%fZ\",\"level\":\"%l\",%v}",
                               spdlog::pattern_time_type::utc);
  } else {
    output.logger = std::make_shared<spdlog::logger>(
        "daybook", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    output.logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  }
  output.logger->flush_on(spdlog::level::info);
  return output;
}

// The one process-wide object of the program: where log lines go.
LogOutput& output() {
  static LogOutput instance = make_output(false);
  return instance;
}

void append_value(std::string& line, const LogField& field, bool json) {
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    if (json || text->find_first_of(" \"=\n") != std::string::npos)
      daybook::json::append_string(line, *text);
    else
      line += *text;
    return;
  }
  daybook::json::Writer writer(line);
  if (const auto* i = std::get_if<std::int64_t>(&field.value)) writer.integer(*i);
  if (const auto* u = std::get_if<std::uint64_t>(&field.value)) writer.unsigned_integer(*u);
  if (const auto* d = std::get_if<double>(&field.value)) writer.real(*d);
  if (const auto* b = std::get_if<bool>(&field.value)) writer.boolean(*b);
}

void write_line(spdlog::level::level_enum level, std::string_view message,
                std::initializer_list<LogField> fields) {
  LogOutput& out = output();
  if (!out.logger->should_log(level)) return;
  std::string line;
  if (out.json) {
    line += "\"message\":";
    daybook::json::append_string(line, message);
  } else {
    line += message;
  }
  for (const LogField& field : fields) {
    if (out.json) {
      line += ',';
      daybook::json::append_string(line, field.name);
      line += ':';
    } else {
      line += ' ';
      line += field.name;
      line += '=';
    }
    append_value(line, field, out.json);
  }
  out.logger->log(level, "{}", line);
}

}  // namespace

bool init_logging(std::string_view level, LogFormat format) {
  const auto parsed = spdlog::level::from_str(std::string(level == "warn" ? "warning" : level));
  if (parsed == spdlog::level::off && level != "off") return false;
  const bool json =
      format == LogFormat::json || (format == LogFormat::automatic && ::isatty(STDERR_FILENO) == 0);
  output() = make_output(json);
  output().logger->set_level(parsed);
  return true;
}

void log_debug(std::string_view message, std::initializer_list<LogField> fields) {
  write_line(spdlog::level::debug, message, fields);
}
void log_info(std::string_view message, std::initializer_list<LogField> fields) {
  write_line(spdlog::level::info, message, fields);
}
void log_warn(std::string_view message, std::initializer_list<LogField> fields) {
  write_line(spdlog::level::warn, message, fields);
}
void log_error(std::string_view message, std::initializer_list<LogField> fields) {
  write_line(spdlog::level::err, message, fields);
}
void flush_logs() { output().logger->flush(); }

}  // namespace daybook
