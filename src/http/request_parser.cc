#include "http/request_parser.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstring>
#include <limits>
#include <optional>

namespace daybook::http {
namespace beast = boost::beast;
using beast::error_code;
using BeastField = beast::http::field;

namespace {

std::optional<Field> wanted(BeastField name, beast::string_view text) {
  switch (name) {
    case BeastField::host:
      return Field::host;
    case BeastField::content_length:
      return Field::content_length;
    case BeastField::transfer_encoding:
      return Field::transfer_encoding;
    case BeastField::content_type:
      return Field::content_type;
    case BeastField::content_encoding:
      return Field::content_encoding;
    case BeastField::expect:
      return Field::expect;
    case BeastField::origin:
      return Field::origin;
    case BeastField::if_none_match:
      return Field::if_none_match;
    case BeastField::authorization:
      return Field::authorization;
    case BeastField::access_control_request_method:
      return Field::request_method;
    case BeastField::accept:
      return Field::accept;
    case BeastField::upgrade:
      return Field::upgrade;
    case BeastField::sec_websocket_key:
      return Field::sec_websocket_key;
    case BeastField::sec_websocket_version:
      return Field::sec_websocket_version;
    case BeastField::sec_websocket_protocol:
      return Field::sec_websocket_protocol;
    case BeastField::unknown:
      break;
    default:
      return std::nullopt;
  }
  if (text.size() == 15 && beast::iequals(text, "idempotency-key")) return Field::idempotency_key;
  if (text.size() == 11 && beast::iequals(text, "traceparent")) return Field::traceparent;
  if (text.size() == 13 && beast::iequals(text, "last-event-id")) return Field::last_event_id;
  return std::nullopt;
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::head:
      return Method::head;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::delete_:
      return Method::del;
    case beast::http::verb::options:
      return Method::options;
    case beast::http::verb::patch:
      return Method::patch;
    default:
      return Method::other;
  }
}

bool all_digits(beast::string_view text) {
  if (text.empty() || text.size() > 18) return false;
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return true;
}

bool takes_first(Field list) {
  return list == Field::accept || list == Field::upgrade || list == Field::sec_websocket_protocol;
}

bool usable_host(beast::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == 0x7F || static_cast<unsigned char>(c) >= 0x80 ||
        std::strchr("/?#@\\,\"<>", c) != nullptr)
      return false;
  }
  return true;
}

// Fills a Head from what Beast reports; chunk data goes to a string.
class Collector final : public beast::http::basic_parser<true> {
 public:
  Collector(Head& head, Refusal& refusal) : head_(head), refusal_(refusal) {
    header_limit(std::numeric_limits<std::uint32_t>::max() / 2);  // ours is checked before
    body_limit(std::numeric_limits<std::uint64_t>::max() / 2);
  }

 private:
  void refuse(error_code& ec, int status, std::string_view message) {
    refusal_ = {status, message};
    ec = beast::http::error::bad_value;
  }
  Head::Slice slice(beast::string_view text) const {
    return {static_cast<std::uint32_t>(text.data() - head_.base_),
            static_cast<std::uint32_t>(text.size()), true};
  }
  void on_request_impl(beast::http::verb verb, beast::string_view, beast::string_view target,
                       int version, error_code&) override {
    head_.method = method_of(verb);
    head_.version = version;
    head_.target_ = slice(target);
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}

  void on_field_impl(BeastField name, beast::string_view text, beast::string_view value,
                     error_code& ec) override {
    const auto field = wanted(name, text);
    if (!field) return;
    Head::Slice& at = head_.fields_[Head::index(*field)];
    if (at.present && *field == Field::if_none_match) {
      at = {0, 0, true};  // a list over several lines: the whole answer is right as well
      return;
    }
    if (at.present && takes_first(*field)) return;  // a list over several lines
    if (at.present) return refuse(ec, 400, "a header field that must stand once stands twice");
    // An empty value has no place of its own.
    at = value.empty() ? Head::Slice{0, 0, true} : slice(value);
    if (*field == Field::host && !usable_host(value)) {
      refuse(ec, 400, "the Host header is not a host");
    } else if (*field == Field::content_length) {
      if (!all_digits(value)) return refuse(ec, 400, "Content-Length is not one plain number");
      head_.has_length = true;
      for (const char c : value)
        head_.content_length = head_.content_length * 10 + static_cast<std::uint64_t>(c - '0');
    } else if (*field == Field::transfer_encoding) {
      if (!beast::iequals(value, "chunked"))
        return refuse(ec, 400, "Transfer-Encoding must be exactly \"chunked\"");
      head_.chunked = true;
    }
  }
  void on_header_impl(error_code& ec) override {
    head_.keep_alive = keep_alive();
    head_.connection_upgrade = upgrade();
    if (head_.chunked && head_.has_length)
      return refuse(ec, 400, "Content-Length and Transfer-Encoding together");
    if (head_.chunked && head_.version < 11)
      return refuse(ec, 400, "Transfer-Encoding in an HTTP/1.0 request");
    if (head_.version >= 11 && !head_.has(Field::host))
      return refuse(ec, 400, "the Host header is missing");
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }

  // Bodies never get here: lengths are counted by the session, chunks by ChunkDecoder.
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override {
    return 0;
  }
  void on_finish_impl(error_code&) override {}

  Head& head_;
  Refusal& refusal_;
};

// "HTTP/2.0" at the end of a request line that Beast did not like: known form, other version.
bool other_version(std::string_view line) {
  const std::size_t space = line.rfind(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view version = line.substr(space + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return digit(version[5]) && digit(version[7]) && version != "HTTP/1.1" && version != "HTTP/1.0";
}

std::string_view words_for(const error_code& ec) {
  using beast::http::error;
  if (ec == error::bad_method) return "the method is not a token";
  if (ec == error::bad_target) return "the request target is malformed";
  if (ec == error::bad_version) return "the request line is malformed";
  if (ec == error::bad_field) return "a header field's name is malformed";
  if (ec == error::bad_value) return "a header field's value is malformed";
  if (ec == error::bad_line_ending) return "a line does not end in CR LF";
  if (ec == error::bad_content_length || ec == error::multiple_content_length)
    return "Content-Length is not one plain number";
  if (ec == error::bad_transfer_encoding) return "Transfer-Encoding must be exactly \"chunked\"";
  return "the request is malformed";
}

}  // namespace

void RequestParser::reset() {
  head_ = {};
  refusal_ = {};
  scanned_ = 0;
  header_end_ = 0;
  chunks_ = {};
}

RequestParser::Step RequestParser::refuse(int status, std::string_view message) {
  refusal_ = {status, message};
  return Step::refused;
}

// Looks at each new line once: a bare LF or a folded line is refused as soon as it is here.
RequestParser::Step RequestParser::scan_lines(std::string_view data) {
  while (scanned_ < data.size()) {
    const char first = data[scanned_];
    if (first == ' ' || first == '\t') return refuse(400, "a header line starts with a blank");
    const void* found = std::memchr(data.data() + scanned_, '\n', data.size() - scanned_);
    if (found == nullptr) return Step::need_more;
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - data.data());
    if (end == scanned_ || data[end - 1] != '\r')
      return refuse(400, "a line does not end in CR LF");
    const bool empty_line = end == scanned_ + 1;
    if (empty_line && scanned_ == 0) return refuse(400, "the request line is empty");
    scanned_ = end + 1;
    if (empty_line) {
      header_end_ = scanned_;
      return Step::done;
    }
  }
  return Step::need_more;
}

RequestParser::Step RequestParser::read_head(std::string_view data, std::size_t header_bytes_max) {
  const Step lines = scan_lines(data.substr(0, header_bytes_max));
  if (lines == Step::refused) return lines;
  if (lines == Step::need_more) {
    if (data.size() >= header_bytes_max) return refuse(431, "the header is too large");
    return Step::need_more;
  }
  return finish_head(data.substr(0, header_end_));
}

RequestParser::Step RequestParser::finish_head(std::string_view header) {
  head_ = {};
  head_.base_ = header.data();
  head_.bytes = header.size();
  Collector collector(head_, refusal_);
  error_code ec;
  const std::size_t used =
      collector.put(boost::asio::const_buffer(header.data(), header.size()), ec);
  if (ec) {
    if (!refusal_.message.empty()) return Step::refused;
    if (ec == beast::http::error::bad_version && other_version(header.substr(0, header.find('\r'))))
      return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    return refuse(400, words_for(ec));
  }
  if (!collector.is_header_done() || used != header.size())
    return refuse(400, "the request is malformed");
  return Step::done;
}

RequestParser::Step RequestParser::read_chunks(std::string_view data, std::size_t& used,
                                               std::string& body, std::size_t body_bytes_max) {
  switch (chunks_.decode(data, used, body, body_bytes_max)) {
    case ChunkDecoder::Step::need_more:
      return Step::need_more;
    case ChunkDecoder::Step::done:
      return Step::done;
    case ChunkDecoder::Step::malformed:
      return refuse(400, chunks_.why());
    case ChunkDecoder::Step::too_large:
      break;
  }
  return refuse(413, "the body is too large");
}

}  // namespace daybook::http
