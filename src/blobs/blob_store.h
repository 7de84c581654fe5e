// Uploaded pictures: immutable files under <data>/blobs, named by a fresh random id, synced (file
// and directory) before their reference is given out.
//
// Threads: put() and get() from the worker thread (they block on the disk); total_bytes() from any.
#pragma once

#include <daybook/result.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::blobs {

struct ImageType {
  std::string_view extension;   // "jpg"
  std::string_view media_type;  // "image/jpeg"
};
// By the bytes, never by the name: JPEG, PNG, GIF, WebP; checks the header and that the end is
// there (JPEG EOI, PNG IEND, GIF trailer, RIFF length), so a truncated picture is refused too.
// nullptr: not an image.
const ImageType* image_type_of(std::string_view bytes);

struct Blob {
  std::string media_type;
  std::string bytes;
};

class BlobStore {
 public:
  // Errors: Errc::unavailable when the directory cannot be made or read.
  static Result<std::unique_ptr<BlobStore>> open(const std::string& data_dir,
                                                 std::uint64_t total_bytes_max);
  // Returns the file's name, "<32 hex>.jpg". Errc::invalid: not an image; Errc::too_large: the
  // store is full.
  Result<std::string> put(std::string_view bytes);
  // Errc::not_found for any name that put() did not give.
  Result<Blob> get(std::string_view name);
  [[nodiscard]] std::uint64_t total_bytes() const {
    return total_bytes_.load(std::memory_order_relaxed);
  }

 private:
  BlobStore() = default;
  std::string dir_;
  std::uint64_t total_bytes_max_ = 0;
  std::atomic<std::uint64_t> total_bytes_{0};
};

}  // namespace daybook::blobs
