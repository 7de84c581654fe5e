// The chunked transfer coding (RFC 9112 section 7.1), strictly: no trailers, no bare LF, no sign or
// prefix before a size. Beast's own decoder asserts on some splits of the last chunk, hence this
// one.
//
// Threads: one at a time; pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook::http {

constexpr std::size_t chunk_line_bytes_max = 256;  // size, extensions and CRLF of one chunk

class ChunkDecoder {
 public:
  enum class Step : std::uint8_t { need_more, done, malformed, too_large };

  // Takes bytes, appends what they carry to `body`. `used`: how many were taken; they are not to be
  // shown again.
  Step decode(std::string_view data, std::size_t& used, std::string& body,
              std::size_t body_bytes_max);
  // After `malformed`: why. Static text.
  [[nodiscard]] std::string_view why() const { return why_; }

 private:
  enum class State : std::uint8_t { size_line, data, data_end, last_end };

  Step size_line(std::string_view rest, std::size_t& taken);
  Step line_end(std::string_view rest, std::size_t& taken, std::string_view wrong);
  Step malformed(std::string_view why);

  State state_ = State::size_line;
  std::uint64_t remaining_ = 0;  // of the chunk's data
  std::string_view why_;
};

}  // namespace daybook::http
