#include "blobs/pictures.h"

#include <algorithm>
#include <string_view>

using namespace std::string_literals;

namespace daybook::test {
namespace {

std::string big_endian(std::size_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>((value >> (8 * i)) & 0xFF);
  return out;
}
std::string little_endian(std::size_t value, std::size_t bytes) {
  auto out = big_endian(value, bytes);
  std::reverse(out.begin(), out.end());
  return out;
}
std::string segment(char marker, const std::string& content) {
  return "\xFF"s + marker + big_endian(content.size() + 2, 2) + content;
}
std::string png_chunk(const std::string& type, const std::string& content) {
  return big_endian(content.size(), 4) + type + content + "crc!";
}

}  // namespace

std::string jpeg_picture(std::size_t extra) {
  return "\xFF\xD8"s + segment('\xE0', "JFIF\0\1\1\0\0\1\0\1\0\0"s) +
         segment('\xDB', std::string(65, '\1')) + segment('\xDA', "\1\1\0\0\x3F\0"s) +
         std::string(extra, '\x5A') + "\xFF\0\x11\xFF\xD0\x22"s + "\xFF\xD9"s;
}

std::string jpeg_with_thumbnail() {
  auto picture = jpeg_picture();
  return picture.insert(2, segment('\xE1', "Exif\0\0"s + jpeg_picture(5)));
}

std::string png_picture(std::size_t extra) {
  return "\x89PNG\r\n\x1A\n"s +
         png_chunk("IHDR", big_endian(1, 4) + big_endian(1, 4) + "\x08\2\0\0\0"s) +
         png_chunk("IDAT", std::string(extra, 'd')) + png_chunk("IEND", "");
}

std::string gif_picture() {
  return "GIF89a"s + "\2\0\2\0\x80\0\0"s + "\0\0\0\xFF\xFF\xFF"s +      // screen, two colours
         "\x21\xF9\4\0\0\0\0\0"s +                                      // graphic control
         "\x2C\0\0\0\0\2\0\2\0\0"s + "\2"s + "\3\x44\x34\5"s + "\0"s +  // picture
         ";";
}

std::string webp_picture(std::size_t extra) {
  const std::string content = "WEBPVP8L"s + little_endian(extra, 4) + std::string(extra, 'w');
  return "RIFF" + little_endian(content.size(), 4) + content;
}

}  // namespace daybook::test
