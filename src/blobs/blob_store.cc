#include "blobs/blob_store.h"

#include "base/files.h"
#include "base/hex.h"
#include "base/random.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>

namespace daybook::blobs {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t id_digits = 2 * id_bytes;
constexpr std::size_t shard_digits = 2;
constexpr unsigned file_mode = 0600;

constexpr std::array<ImageType, 4> kinds = {
    ImageType{"jpg", "image/jpeg"}, ImageType{"png", "image/png"}, ImageType{"gif", "image/gif"},
    ImageType{"webp", "image/webp"}};

// "<32 lower-case hex>.<extension>" and nothing else, so that no name leaves the directory.
const ImageType* type_of_name(std::string_view name) {
  if (name.size() <= id_digits + 1 || name[id_digits] != '.') return nullptr;
  const bool hex = std::all_of(name.begin(), name.begin() + id_digits, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!hex) return nullptr;
  const auto extension = name.substr(id_digits + 1);
  const auto at = std::find_if(kinds.begin(), kinds.end(),
                               [&](const auto& kind) { return kind.extension == extension; });
  return at == kinds.end() ? nullptr : &*at;
}

std::string fresh_id() {
  std::array<std::uint8_t, id_bytes> id{};
  system_random(id);
  return to_hex(id);
}

Error unreadable(const std::string& path, const std::error_code& error) {
  return Error{Errc::unavailable, "cannot read " + path + ": " + error.message()};
}

// Counts finished pictures and removes what a crash left half written.
Result<std::uint64_t> count_and_clean(const std::string& dir) {
  namespace fs = std::filesystem;
  std::uint64_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(dir, error), end; at != end && !error;
       at.increment(error)) {
    std::error_code entry_error;
    if (!at->is_regular_file(entry_error) || entry_error) continue;
    const std::string name = at->path().filename().string();
    if (type_of_name(name) != nullptr) {
      const auto size = at->file_size(entry_error);
      if (entry_error) return unreadable(at->path().string(), entry_error);
      total += size;
    } else if (name.ends_with(".new") &&
               type_of_name(std::string_view(name).substr(0, name.size() - 4)) != nullptr) {
      fs::remove(at->path(), entry_error);
      if (entry_error) return unreadable(at->path().string(), entry_error);
    }
  }
  if (error) return unreadable(dir, error);
  return total;
}

}  // namespace

Result<std::unique_ptr<BlobStore>> BlobStore::open(const std::string& data_dir,
                                                   std::uint64_t total_bytes_max) {
  std::unique_ptr<BlobStore> store(new BlobStore);  // NOLINT: the constructor is private
  store->dir_ = data_dir + "/blobs";
  store->total_bytes_max_ = total_bytes_max;
  if (auto made = make_directories(store->dir_); !made)
    return Error{Errc::unavailable, made.error().message};
  DAYBOOK_TRY(const std::uint64_t total, count_and_clean(store->dir_));
  store->total_bytes_.store(total, std::memory_order_relaxed);
  return store;
}

Result<std::string> BlobStore::put(std::string_view bytes) {
  const ImageType* type = image_type_of(bytes);
  if (type == nullptr)
    return Error::field("image", "not_an_image", "must be a whole JPEG, PNG, GIF or WebP picture");
  // Reserved first, so that two at once cannot both take the last room.
  const auto before = total_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed);
  if (before > total_bytes_max_ || bytes.size() > total_bytes_max_ - before) {
    total_bytes_.fetch_sub(bytes.size(), std::memory_order_relaxed);
    return Error{Errc::too_large, "the store of pictures is full (blobs.total_bytes_max)"};
  }
  std::string name = fresh_id() + "." + std::string(type->extension);
  const std::string shard = dir_ + "/" + name.substr(0, shard_digits);
  auto written = make_directories(shard);
  if (written) written = write_file_durable(shard + "/" + name, bytes, file_mode);
  if (!written) {
    total_bytes_.fetch_sub(bytes.size(), std::memory_order_relaxed);
    return Error{Errc::unavailable, written.error().message};
  }
  return name;
}

Result<Blob> BlobStore::get(std::string_view name) {
  const ImageType* type = type_of_name(name);
  if (type == nullptr) return Error{Errc::not_found, "no such picture"};
  const std::string shard(name.substr(0, shard_digits));
  auto bytes = read_file(dir_ + "/" + shard + "/" + std::string(name));
  if (!bytes) {
    if (bytes.error().code == Errc::not_found) return Error{Errc::not_found, "no such picture"};
    return std::move(bytes).error();
  }
  return Blob{std::string(type->media_type), std::move(*bytes)};
}

}  // namespace daybook::blobs
