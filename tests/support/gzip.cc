#include "support/gzip.h"

#include <daybook/check.h>

#include <zlib.h>

namespace daybook::test {

std::string gzip(const std::string& text) {
  constexpr int gzip_window = 16 + MAX_WBITS;
  constexpr int memory_level = 8;
  z_stream stream{};
  DAYBOOK_CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                             Z_DEFAULT_STRATEGY) == Z_OK);
  std::string in = text;
  std::string out(deflateBound(&stream, in.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  DAYBOOK_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace daybook::test
