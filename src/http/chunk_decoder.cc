#include "http/chunk_decoder.h"

#include <algorithm>
#include <charconv>

namespace daybook::http {
namespace {

constexpr std::size_t size_digits_max = 15;  // below 2^60

bool usable_extension(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  if (text.empty() || text.front() != ';') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7F);
  });
}

}  // namespace

ChunkDecoder::Step ChunkDecoder::malformed(std::string_view why) {
  why_ = why;
  return Step::malformed;
}

ChunkDecoder::Step ChunkDecoder::size_line(std::string_view rest, std::size_t& taken) {
  const std::string_view seen = rest.substr(0, chunk_line_bytes_max);
  const std::size_t end = seen.find('\n');
  if (end == std::string_view::npos) {
    if (seen.size() == chunk_line_bytes_max) return malformed("a chunk's first line is too long");
    return Step::need_more;
  }
  if (end == 0 || seen[end - 1] != '\r') return malformed("a line does not end in CR LF");
  const std::string_view line = seen.substr(0, end - 1);
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), remaining_, 16);
  const auto digits = static_cast<std::size_t>(parsed.ptr - line.data());
  if (parsed.ec != std::errc{} || digits > size_digits_max)
    return malformed("a chunk's size is not a number");
  if (digits != line.size() && !usable_extension(line.substr(digits)))
    return malformed("a chunk extension is malformed");
  taken = end + 1;
  state_ = remaining_ == 0 ? State::last_end : State::data;
  return Step::done;
}

ChunkDecoder::Step ChunkDecoder::line_end(std::string_view rest, std::size_t& taken,
                                          std::string_view wrong) {
  if (rest[0] != '\r' || (rest.size() > 1 && rest[1] != '\n')) return malformed(wrong);
  if (rest.size() < 2) return Step::need_more;
  taken = 2;
  return Step::done;
}

ChunkDecoder::Step ChunkDecoder::decode(std::string_view data, std::size_t& used, std::string& body,
                                        std::size_t body_bytes_max) {
  used = 0;
  while (used < data.size()) {
    const std::string_view rest = data.substr(used);
    std::size_t taken = 0;
    Step step = Step::done;
    switch (state_) {
      case State::size_line:
        step = size_line(rest, taken);
        if (step == Step::done &&
            remaining_ > body_bytes_max - std::min(body.size(), body_bytes_max))
          return Step::too_large;
        break;
      case State::data:
        taken = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, rest.size()));
        body.append(rest.substr(0, taken));
        remaining_ -= taken;
        if (remaining_ == 0) state_ = State::data_end;
        break;
      case State::data_end:
        step = line_end(rest, taken, "a chunk is longer than its size");
        if (step == Step::done) state_ = State::size_line;
        break;
      case State::last_end:
        step = line_end(rest, taken, "trailers are not accepted");
        if (step == Step::done) {
          used += taken;
          return Step::done;
        }
        break;
    }
    used += taken;
    if (step != Step::done) return step;
  }
  return Step::need_more;
}

}  // namespace daybook::http
