// What a picture's bytes say: its kind, and whether its end is there.

#include "blobs/blob_store.h"

#include <optional>

namespace daybook::blobs {
namespace {

using std::size_t;

unsigned at(std::string_view bytes, size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}
std::uint32_t big_endian_32(std::string_view b, size_t i) {
  return at(b, i) << 24 | at(b, i + 1) << 16 | at(b, i + 2) << 8 | at(b, i + 3);
}
std::uint32_t little_endian_32(std::string_view b, size_t i) {
  return at(b, i + 3) << 24 | at(b, i + 2) << 16 | at(b, i + 1) << 8 | at(b, i);
}

// JPEG (ITU T.81 annex B): segments until the end-of-image marker. What phones append after it is
// not looked at. A thumbnail inside a segment has an end marker too, so searching for one would not
// do.
bool jpeg_reaches_end(std::string_view b) {
  size_t i = 2;
  while (i + 1 < b.size()) {
    if (at(b, i) != 0xFF) return false;
    const unsigned marker = at(b, i + 1);
    if (marker == 0xFF) {  // fill byte
      ++i;
      continue;
    }
    if (marker == 0xD9) return true;
    i += 2;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) continue;  // stand alone
    if (i + 2 > b.size()) return false;
    const size_t length = at(b, i) << 8 | at(b, i + 1);
    if (length < 2 || length > b.size() - i) return false;
    i += length;
    if (marker != 0xDA) continue;
    // Entropy-coded data ends at the first marker that is neither a stuffed zero nor a restart.
    for (; i + 1 < b.size(); ++i) {
      const unsigned next = at(b, i + 1);
      if (at(b, i) == 0xFF && next != 0 && !(next >= 0xD0 && next <= 0xD7)) break;
    }
  }
  return false;
}

bool is_jpeg(std::string_view b) {
  if (!b.starts_with("\xFF\xD8\xFF")) return false;
  // Some encoders write odd segments; what ends as a JPEG ends is not cut short.
  const auto last = b.find_last_not_of(std::string_view("\0\r\n ", 4));
  const bool ends_so = last >= 4 && b.substr(last - 1, 2) == "\xFF\xD9";
  return ends_so || jpeg_reaches_end(b);
}

// PNG (ISO 15948, 5.3): signature, then chunks of length, type, data, CRC; IHDR first, IEND last.
bool is_png(std::string_view b) {
  if (!b.starts_with("\x89PNG\r\n\x1A\n")) return false;
  size_t i = 8;
  bool first = true;
  while (b.size() - i >= 12) {
    const size_t length = big_endian_32(b, i);
    const auto type = b.substr(i + 4, 4);
    if (first && (type != "IHDR" || length != 13)) return false;
    if (length > b.size() - i - 12) return false;
    if (type == "IEND") return true;
    i += length + 12;
    first = false;
  }
  return false;
}

// GIF (GIF89a, appendix B): screen, colour table, blocks of sub-blocks, trailer.
std::optional<size_t> after_sub_blocks(std::string_view b, size_t i) {
  while (i < b.size()) {
    const size_t size = at(b, i);
    if (size == 0) return i + 1;
    i += 1 + size;
  }
  return std::nullopt;
}

size_t colour_table_bytes(unsigned packed) {
  return (packed & 0x80) != 0 ? size_t{3} << ((packed & 7) + 1) : 0;
}

bool is_gif(std::string_view b) {
  if ((!b.starts_with("GIF87a") && !b.starts_with("GIF89a")) || b.size() < 14) return false;
  size_t i = 13 + colour_table_bytes(at(b, 10));
  bool has_picture = false;
  while (i < b.size()) {
    const unsigned block = at(b, i);
    if (block == 0x3B) return has_picture;
    if (block == 0x21) {  // extension: its label, then sub-blocks
      i += 2;
    } else if (block == 0x2C && b.size() - i > 10) {  // picture: descriptor, colours, code size
      i += 11 + colour_table_bytes(at(b, i + 9));
      has_picture = true;
    } else {
      return false;
    }
    const auto next = after_sub_blocks(b, i);
    if (!next) return false;
    i = *next;
  }
  return false;
}

// WebP (RFC 9649, 2.4): RIFF with its size, then one of the three first chunks.
bool is_webp(std::string_view b) {
  if (b.size() < 20 || !b.starts_with("RIFF") || b.substr(8, 4) != "WEBP") return false;
  const auto chunk = b.substr(12, 4);
  if (chunk != "VP8 " && chunk != "VP8L" && chunk != "VP8X") return false;
  const size_t size = little_endian_32(b, 4);
  return size >= 12 && size <= b.size() - 8;
}

constexpr ImageType jpeg{"jpg", "image/jpeg"};
constexpr ImageType png{"png", "image/png"};
constexpr ImageType gif{"gif", "image/gif"};
constexpr ImageType webp{"webp", "image/webp"};

}  // namespace

const ImageType* image_type_of(std::string_view bytes) {
  if (is_jpeg(bytes)) return &jpeg;
  if (is_png(bytes)) return &png;
  if (is_gif(bytes)) return &gif;
  if (is_webp(bytes)) return &webp;
  return nullptr;
}

}  // namespace daybook::blobs
