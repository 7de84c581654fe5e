// The little of an HTTP/1.1 answer that a load client needs: the status, where the body ends,
// whether the server will close, and - when asked for - the body itself. Answers need a
// Content-Length.
//
// Thread: the connection's. Invariant: a whole answer in one read is parsed without a copy or an
// allocation; only a header cut in two by the network is put together in `carry_`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::load {

constexpr std::size_t answer_header_bytes_max = 16384;
constexpr std::size_t answer_body_bytes_max = std::size_t{64} << 20;

enum class Capture : std::uint8_t {
  never,
  refusals,  // bodies of answers of 400 and above
  always,
};

class ResponseParser {
 public:
  enum class State : std::uint8_t { need_more, complete, bad };

  explicit ResponseParser(Capture capture = Capture::refusals) : capture_(capture) {}

  // Takes bytes off the front of `in`: up to the end of one answer. After `complete`, the next call
  // starts the next answer. After `bad` (see error()) the connection is of no more use.
  State feed(std::string_view& in);
  // For a new connection.
  void reset();

  // After `complete`:
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool close() const { return close_; }
  [[nodiscard]] const std::string& body() const { return body_; }  // empty when not captured
  // Part of an answer has come.
  [[nodiscard]] bool started() const { return in_body_ || !carry_.empty(); }
  [[nodiscard]] const char* error() const { return error_; }

 private:
  State finish_body(std::string_view& in);
  State fail(const char* why);
  bool read_header(std::string_view header);  // without the empty line
  bool read_field(std::string_view line);

  Capture capture_;
  bool in_body_ = false;
  bool close_ = false;
  bool has_length_ = false;
  int status_ = 0;
  std::size_t body_left_ = 0;
  const char* error_ = "";
  std::string carry_;  // the start of a header that has not come whole
  std::string body_;
};

}  // namespace daybook::load
