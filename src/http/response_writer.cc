#include "http/response_writer.h"

#include "http/problem.h"

#include <charconv>
#include <ctime>

namespace daybook::http {
namespace {

void append_number(std::string& out, std::size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += value;
  out += "\r\n";
}

bool safe_in_a_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// A line from a domain; left out when empty, or when it would be more than one line.
void append_safe_line(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty() && safe_in_a_line(value)) append_line(out, name, value);
}

}  // namespace

const std::string& DateLine::at(std::int64_t unix_seconds) {
  if (unix_seconds == second_) return text_;
  second_ = unix_seconds;
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm tm{};
  gmtime_r(&time, &tm);
  char text[64];
  const int size = std::snprintf(text, sizeof text, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                 days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
                                 tm.tm_hour, tm.tm_min, tm.tm_sec);
  text_.assign(text, static_cast<std::size_t>(size));
  return text_;
}

void append_answer(std::string& out, const AnswerForm& form, const AnswerHead& head,
                   std::string_view body, std::string_view date_line, const Cors& cors) {
  if (head.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(head.status));
    out += ' ';
    append_line(out, status_title(head.status), {});
  }
  out += date_line;
  const bool has_body = head.status != 204 && head.status != 304;
  if (has_body) {
    if (!body.empty() || head.length != Length::known)
      append_line(out, "Content-Type: ", head.content_type);
    if (head.length == Length::known) {
      out += "Content-Length: ";
      append_number(out, body.size());
      out += "\r\n";
    } else if (head.length == Length::chunked && !form.head_only) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  append_safe_line(out, "Location: ", head.location);
  append_safe_line(out, "ETag: ", head.etag);
  if (!head.receipt.empty()) append_line(out, "Daybook-Receipt: ", head.receipt);
  if (head.replayed) out += "Idempotent-Replayed: true\r\n";
  if (!head.allow.empty()) append_line(out, "Allow: ", head.allow);
  if (head.retry_after_s != 0) {
    out += "Retry-After: ";
    append_number(out, head.retry_after_s);
    out += "\r\n";
  }
  if (head.authenticate) out += "WWW-Authenticate: Bearer\r\n";
  if (head.headers != nullptr) {
    for (const auto& [name, value] : *head.headers) {
      if (!safe_in_a_line(name) || !safe_in_a_line(value)) continue;
      out += name;
      append_line(out, ": ", value);
    }
  }
  cors.append_headers(out, form.cors);
  if (head.preflight) cors.append_preflight(out, form.cors, head.allow);
  if (form.close)
    out += "Connection: close\r\n";
  else if (form.old_client)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (has_body && !form.head_only) out += body;
}

void append_chunk(std::string& out, std::string_view part) {
  if (part.empty()) return;  // it would be the last one
  char digits[2 * sizeof(std::size_t)];
  const auto end = std::to_chars(digits, digits + sizeof digits, part.size(), 16).ptr;
  out.append(digits, end);
  out += "\r\n";
  append_line(out, part, {});
}

void append_last_chunk(std::string& out) { out += "0\r\n\r\n"; }

}  // namespace daybook::http
