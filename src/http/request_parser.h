// One HTTP/1.x request as it arrives: framing and the headers we use. A thin class over Beast's
// basic_parser (kept in the .cc) plus the rules that Beast leaves open and request smuggling lives
// on; docs are RFC 9112. No sockets, no clock.
//
// Invariants
//   - what cannot be framed for certain is refused, and the connection must close after the answer.
//   - header views are offsets from the request's first byte, so the bytes may move between calls.
//
// Threads: one at a time; pooled by its io thread.
#pragma once

#include <daybook/http.h>

#include "http/chunk_decoder.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::http {

enum class Field : std::uint8_t {
  host,
  content_length,
  transfer_encoding,
  content_type,
  content_encoding,
  expect,
  origin,
  if_none_match,
  authorization,
  idempotency_key,
  traceparent,
  accept,
  last_event_id,
  upgrade,
  sec_websocket_key,
  sec_websocket_version,
  sec_websocket_protocol,
  request_method,  // Access-Control-Request-Method
  count_
};

struct Head {
  Method method = Method::other;
  int version = 11;  // 10 or 11
  bool keep_alive = true;
  bool connection_upgrade = false;  // Connection names "upgrade"
  bool chunked = false;
  bool has_length = false;
  std::uint64_t content_length = 0;
  std::size_t bytes = 0;  // of the whole header, its last CRLF included

  [[nodiscard]] std::string_view target() const { return text(target_); }
  // Empty when absent.
  [[nodiscard]] std::string_view field(Field name) const { return text(fields_[index(name)]); }
  [[nodiscard]] bool has(Field name) const { return fields_[index(name)].present; }

  struct Slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
    bool present = false;
  };
  static std::size_t index(Field name) { return static_cast<std::size_t>(name); }
  [[nodiscard]] std::string_view text(const Slice& slice) const {
    return {base_ + slice.at, slice.size};
  }
  const char* base_ = nullptr;
  Slice target_;
  std::array<Slice, static_cast<std::size_t>(Field::count_)> fields_{};
};

// Why a request is refused before a route was asked.
struct Refusal {
  int status = 400;
  std::string_view message;  // static text
};

class RequestParser {
 public:
  enum class Step : std::uint8_t { need_more, done, refused };

  // Makes ready for the next request.
  void reset();
  // `data` starts at the request's first byte on every call; later calls bring more of the same.
  Step read_head(std::string_view data, std::size_t header_bytes_max);
  // The request's bytes stand elsewhere now. REQUIRES: read_head gave `done`.
  void rebase(const char* request_begin) { head_.base_ = request_begin; }
  // Chunked bodies only: takes bytes after the header, appends what they carry to `body`. `used`:
  // how many bytes were taken; they are not to be shown again.
  Step read_chunks(std::string_view data, std::size_t& used, std::string& body,
                   std::size_t body_bytes_max);

  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  Step scan_lines(std::string_view data);
  Step refuse(int status, std::string_view message);
  Step finish_head(std::string_view header);

  Head head_;
  Refusal refusal_;
  std::size_t scanned_ = 0;     // bytes before this are whole, well-ended lines
  std::size_t header_end_ = 0;  // 0: not seen yet
  ChunkDecoder chunks_;
};

}  // namespace daybook::http
