// Puts answers into bytes by appending to a string that is used again and again.
//
// Threads: each io thread has its own DateLine.
#pragma once

#include "http/cors.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::http {

// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made anew once a second.
class DateLine {
 public:
  const std::string& at(std::int64_t unix_seconds);

 private:
  std::int64_t second_ = -1;
  std::string text_;
};

// What of the request decides the form of its answer.
struct AnswerForm {
  bool head_only = false;   // HEAD: the header says what GET would have
  bool close = false;       // the connection ends after this answer
  bool old_client = false;  // HTTP/1.0: keep-alive must be said
  std::int16_t cors = Cors::none;
};

// How the client sees where the body ends.
enum class Length : std::uint8_t {
  known,    // Content-Length
  chunked,  // append_chunk, append_last_chunk
  close,    // HTTP/1.0: the connection's end
};

// The parts of an answer besides its body; empty means no such line.
struct AnswerHead {
  int status = 200;
  std::string_view content_type;
  std::string_view receipt;
  bool replayed = false;
  std::string_view allow;
  bool preflight = false;  // with allow
  std::uint32_t retry_after_s = 0;
  std::string_view location;
  std::string_view etag;
  Length length = Length::known;
  bool authenticate = false;
  const std::vector<std::pair<std::string, std::string>>* headers = nullptr;
};

// With another length than known, `body` must be empty: it follows in parts.
void append_answer(std::string& out, const AnswerForm& form, const AnswerHead& head,
                   std::string_view body, std::string_view date_line, const Cors& cors);

void append_chunk(std::string& out, std::string_view part);  // nothing for an empty part
void append_last_chunk(std::string& out);

}  // namespace daybook::http
