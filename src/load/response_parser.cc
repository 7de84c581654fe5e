#include "load/response_parser.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace daybook::load {
namespace {

constexpr std::string_view header_end = "\r\n\r\n";

bool is_name(std::string_view line, std::string_view name_with_colon) {
  return line.size() >= name_with_colon.size() &&
         strncasecmp(line.data(), name_with_colon.data(), name_with_colon.size()) == 0;
}

std::string_view value_of(std::string_view line, std::size_t name_bytes) {
  line.remove_prefix(name_bytes);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  return line;
}

}  // namespace

void ResponseParser::reset() {
  in_body_ = false;
  carry_.clear();
  body_.clear();
}

ResponseParser::State ResponseParser::fail(const char* why) {
  error_ = why;
  return State::bad;
}

ResponseParser::State ResponseParser::feed(std::string_view& in) {
  for (;;) {
    if (in_body_) return finish_body(in);
    std::string_view header;
    if (carry_.empty()) {
      const std::size_t end = in.find(header_end);
      if (end == std::string_view::npos) {
        if (in.size() > answer_header_bytes_max) return fail("header too long");
        carry_.assign(in);
        in = {};
        return State::need_more;
      }
      header = in.substr(0, end);
      in.remove_prefix(end + header_end.size());
    } else {
      const std::size_t had = carry_.size();
      carry_.append(in);
      const std::size_t end = carry_.find(header_end, had < 3 ? 0 : had - 3);
      if (end == std::string::npos) {
        if (carry_.size() > answer_header_bytes_max) return fail("header too long");
        in = {};
        return State::need_more;
      }
      header = std::string_view(carry_).substr(0, end);
      in.remove_prefix(end + header_end.size() - had);
    }
    if (!read_header(header)) return State::bad;
    carry_.clear();
    if (status_ < 200) continue;  // 100 Continue and its like: the answer is still to come
    in_body_ = true;
  }
}

ResponseParser::State ResponseParser::finish_body(std::string_view& in) {
  const std::size_t taken = std::min(body_left_, in.size());
  if (capture_ == Capture::always || (capture_ == Capture::refusals && status_ >= 400))
    body_.append(in.substr(0, taken));
  in.remove_prefix(taken);
  body_left_ -= taken;
  if (body_left_ != 0) return State::need_more;
  in_body_ = false;
  return State::complete;
}

bool ResponseParser::read_header(std::string_view header) {
  close_ = has_length_ = false;
  body_left_ = 0;
  body_.clear();
  constexpr std::string_view version = "HTTP/1.";
  if (header.size() < 12 || header.substr(0, version.size()) != version || header[8] != ' ') {
    error_ = "not an HTTP/1.x status line";
    return false;
  }
  close_ = header[7] == '0';
  const auto [end, error] = std::from_chars(header.data() + 9, header.data() + 12, status_);
  if (error != std::errc{} || end != header.data() + 12 || status_ < 100) {
    error_ = "not an HTTP status";
    return false;
  }
  std::size_t at = header.find("\r\n");
  while (at != std::string_view::npos) {
    const std::size_t next = header.find("\r\n", at + 2);
    if (!read_field(header.substr(at + 2, next == std::string_view::npos ? next : next - at - 2)))
      return false;
    at = next;
  }
  if (!has_length_ && status_ >= 200 && status_ != 204 && status_ != 304) {
    error_ = "an answer without Content-Length";
    return false;
  }
  return true;
}

bool ResponseParser::read_field(std::string_view line) {
  // Most fields (Date, Server, receipts) are passed over by their first letter.
  if (line.empty() || ((line[0] | 0x20) != 'c' && (line[0] | 0x20) != 't')) return true;
  constexpr std::string_view length = "content-length:";
  constexpr std::string_view connection = "connection:";
  if (is_name(line, length)) {
    const std::string_view value = value_of(line, length.size());
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), body_left_);
    if (error != std::errc{} || end != value.data() + value.size() ||
        body_left_ > answer_body_bytes_max) {
      error_ = "a Content-Length that is no usable number";
      return false;
    }
    has_length_ = true;
  } else if (is_name(line, connection)) {
    if (is_name(value_of(line, connection.size()), "close")) close_ = true;
  } else if (is_name(line, "transfer-encoding:")) {
    error_ = "an answer with Transfer-Encoding";
    return false;
  }
  return true;
}

}  // namespace daybook::load
