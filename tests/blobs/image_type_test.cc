#include <catch2/catch.hpp>

#include "base/random.h"
#include "blobs/blob_store.h"
#include "blobs/pictures.h"
#include "support/seed.h"

using daybook::blobs::image_type_of;
using namespace std::string_literals;
using namespace daybook::test;

namespace {

std::string extension_of(std::string_view bytes) {
  const auto* type = image_type_of(bytes);
  return type == nullptr ? "none" : std::string(type->extension);
}

}  // namespace

TEST_CASE("a picture's kind comes from its bytes") {
  struct Row {
    std::string bytes, extension, media_type;
  };
  const auto row = GENERATE(values<Row>({{jpeg_picture(), "jpg", "image/jpeg"},
                                         {jpeg_with_thumbnail(), "jpg", "image/jpeg"},
                                         {png_picture(), "png", "image/png"},
                                         {gif_picture(), "gif", "image/gif"},
                                         {webp_picture(), "webp", "image/webp"}}));
  const auto* type = image_type_of(row.bytes);
  REQUIRE(type != nullptr);
  CHECK(type->extension == row.extension);
  CHECK(type->media_type == row.media_type);
}

TEST_CASE("a picture cut short anywhere is no picture") {
  for (const auto& whole :
       {jpeg_picture(), jpeg_with_thumbnail(), png_picture(), gif_picture(), webp_picture()}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(whole.substr(0, 6), size);
      // A thumbnail that fills its segment to the last byte ends as a JPEG ends.
      const auto cut = std::string_view(whole).substr(0, size);
      if (cut.ends_with("\xFF\xD9")) continue;
      REQUIRE(extension_of(cut) == "none");
    }
  }
}

TEST_CASE("what cameras append to a picture does it no harm") {
  for (const auto& whole : {jpeg_picture(), png_picture(), gif_picture(), webp_picture()}) {
    CHECK(extension_of(whole + "\0\0\r\n"s) != "none");
    CHECK(extension_of(whole + std::string(3000, 'x')) != "none");
  }
}

TEST_CASE("what is no picture is refused") {
  const auto bytes = GENERATE(values<std::string>({
      ""s,
      "hello, world"s,
      "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"s,
      "%PDF-1.7 \xFF\xD9"s,
      "BM\x46\0\0\0"s,
      "\xFF\xD8"s,
      "\xFF\xD8\xFF"s,
      "\xFF\xD8\xFF\xD9"s.substr(0, 3),
      "\x89PNG\r\n\x1A\n"s,
      "\x89PNG\r\n\x1A\n\0\0\0\0IEND\xAE\x42\x60\x82"s,  // no header chunk
      "GIF89a"s,
      "GIF89a;;;;;;;;"s,
      "RIFF\x04\0\0\0WAVE"s,
      "RIFF\x10\0\0\0WEBPxxxx\0\0\0\0\0\0\0\0"s,
      "RIFF\xFF\xFF\xFF\xFFWEBPVP8 \0\0\0\0\0\0\0\0"s,
  }));
  CAPTURE(bytes);
  CHECK(extension_of(bytes) == "none");
}

TEST_CASE("changed and random bytes never read past the end") {
  daybook::Rng rng(test_seed());
  const std::string wholes[] = {jpeg_with_thumbnail(), png_picture(), gif_picture(),
                                webp_picture()};
  std::size_t still_pictures = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto& whole = wholes[rng.below(4)];
    // Exactly sized on the heap: the address sanitizer sees one byte too far.
    std::vector<char> bytes(
        whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(1 + rng.below(whole.size())));
    const auto changes = rng.below(4);
    for (std::uint64_t i = 0; i < changes; ++i)
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    if (image_type_of({bytes.data(), bytes.size()}) != nullptr) ++still_pictures;
  }
  CHECK(still_pictures < 20'000);
}
