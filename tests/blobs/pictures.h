// Small real pictures for tests, built from their formats' parts.
//
// Pure functions. Invariant: each is the whole of a picture; cut anywhere it is none.
#pragma once

#include <string>

namespace daybook::test {

// `extra`: bytes of picture data, to make it larger.
std::string jpeg_picture(std::size_t extra = 40);
// With a thumbnail, a whole JPEG of its own, in an early segment.
std::string jpeg_with_thumbnail();
std::string png_picture(std::size_t extra = 40);
std::string gif_picture();
std::string webp_picture(std::size_t extra = 40);

}  // namespace daybook::test
