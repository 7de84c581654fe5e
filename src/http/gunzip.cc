#include "http/gunzip.h"

#include <zlib.h>

#include <algorithm>

namespace daybook::http {
namespace {

constexpr std::size_t step_bytes = 64u << 10;
constexpr int gzip_only = 16 + MAX_WBITS;

struct Inflater {
  z_stream stream{};
  bool ready = false;
  Inflater() { ready = inflateInit2(&stream, gzip_only) == Z_OK; }
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max) {
  Inflater inflater;
  if (!inflater.ready) return Error{Errc::internal, "zlib could not be set up"};
  z_stream& stream = inflater.stream;
  std::string in(packed);  // zlib's pointer is not const
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  std::string out;
  for (;;) {
    const std::size_t used = out.size();
    // One byte over the cap is room enough to see that there is more.
    const std::size_t room = std::min(std::max(step_bytes, used), bytes_max + 1 - used);
    out.resize(used + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    out.resize(used + room - stream.avail_out);
    if (out.size() > bytes_max)
      return Error{Errc::too_large,
                   "the inflated body is larger than " + std::to_string(bytes_max) + " bytes"};
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (inflateReset(&stream) != Z_OK) return Error{Errc::internal, "zlib could not be reset"};
      continue;
    }
    if (code == Z_BUF_ERROR || (code == Z_OK && stream.avail_in == 0 && stream.avail_out != 0))
      return Error{Errc::malformed, "the gzip body is cut short"};
    if (code != Z_OK) return Error{Errc::malformed, "the body is not gzip"};
  }
}

}  // namespace daybook::http
