#include "blobs/blob_store.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/files.h"
#include "blobs/pictures.h"
#include "support/temp_dir.h"

using daybook::Errc;
using daybook::blobs::BlobStore;
using namespace daybook::test;

namespace {

std::unique_ptr<BlobStore> opened(const std::string& dir,
                                  std::uint64_t total_bytes_max = 1'000'000) {
  auto store = BlobStore::open(dir, total_bytes_max);
  REQUIRE(store.ok());
  return std::move(store).value();
}

std::size_t files_under(const std::string& dir) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir))
    if (entry.is_regular_file()) ++count;
  return count;
}

}  // namespace

TEST_CASE("a picture comes back as it was, with its media type, also after a restart") {
  TempDir dir;
  struct Row {
    std::string bytes, extension, media_type;
  };
  const std::vector<Row> rows = {{jpeg_picture(), ".jpg", "image/jpeg"},
                                 {png_picture(), ".png", "image/png"},
                                 {gif_picture(), ".gif", "image/gif"},
                                 {webp_picture(), ".webp", "image/webp"}};
  std::vector<std::string> names;
  {
    const auto store = opened(dir.path());
    for (const auto& row : rows) {
      const auto name = store->put(row.bytes);
      REQUIRE(name.ok());
      CHECK(name->substr(32) == row.extension);
      CHECK(name->find_first_not_of("0123456789abcdef") == 32);
      names.push_back(*name);
    }
  }
  const auto store = opened(dir.path());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto blob = store->get(names[i]);
    REQUIRE(blob.ok());
    CHECK(blob->bytes == rows[i].bytes);
    CHECK(blob->media_type == rows[i].media_type);
    struct stat info {};
    REQUIRE(::stat((dir / ("blobs/" + names[i].substr(0, 2) + "/" + names[i])).c_str(), &info) ==
            0);
    CHECK((info.st_mode & 07777) == 0600);
  }
}

TEST_CASE("the same picture twice is two pictures under two names") {
  TempDir dir;
  const auto store = opened(dir.path());
  std::set<std::string> names;
  for (int i = 0; i < 30; ++i) names.insert(store->put(png_picture()).value());
  CHECK(names.size() == 30);
  CHECK(files_under(dir.path()) == 30);
}

TEST_CASE("what is no picture is refused and leaves nothing behind") {
  TempDir dir;
  const auto store = opened(dir.path());
  for (const auto& bytes : {std::string(), std::string("text"), png_picture().substr(0, 60)}) {
    const auto name = store->put(bytes);
    REQUIRE_FALSE(name.ok());
    CHECK(name.error().code == Errc::invalid);
    REQUIRE(name.error().fields.size() == 1);
    CHECK(name.error().fields[0].code == "not_an_image");
  }
  CHECK(files_under(dir.path()) == 0);
  CHECK(store->total_bytes() == 0);
}

TEST_CASE("no name but one that was given out opens a file") {
  TempDir dir;
  const auto store = opened(dir.path());
  const auto name = store->put(jpeg_picture()).value();
  std::ofstream(dir / "admin-key") << "secret";
  std::ofstream(dir / ("blobs/" + name.substr(0, 2) + "/note.txt")) << "other";
  const std::string hex = name.substr(0, 32);
  for (const auto& bad : {std::string(),
                          std::string("."),
                          std::string(".."),
                          std::string("../admin-key"),
                          "../" + name,
                          name.substr(0, 2) + "/" + name,
                          "/" + name,
                          hex,
                          hex + ".",
                          hex + ".png",
                          hex + ".JPG",
                          hex + ".jpg/",
                          hex + ".jpg" + std::string(1, '\0'),
                          hex + ".jpg.new",
                          " " + name,
                          name + " ",
                          hex.substr(1) + ".jpg",
                          "0" + name,
                          std::string(32, 'A') + ".jpg",
                          std::string(32, '0') + ".jpg",
                          std::string(32, '.') + ".jpg",
                          std::string("../../../../../../../etc/passwd"),
                          std::string(32, '/') + ".jpg",
                          std::string("note.txt"),
                          std::string(100'000, 'a')}) {
    CAPTURE(bad.substr(0, 80));
    const auto blob = store->get(bad);
    REQUIRE_FALSE(blob.ok());
    CHECK(blob.error().code == Errc::not_found);
  }
  CHECK(store->get(name).ok());
}

TEST_CASE("the store counts its bytes and refuses what does not fit any more") {
  TempDir dir;
  const auto picture = png_picture(100);
  const auto size = picture.size();
  const auto store = opened(dir.path(), 3 * size);
  for (int i = 0; i < 3; ++i) REQUIRE(store->put(picture).ok());
  CHECK(store->total_bytes() == 3 * size);
  const auto refused = store->put(picture);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::too_large);
  CHECK(store->total_bytes() == 3 * size);
  CHECK(files_under(dir.path()) == 3);
  // Counted again at the start; under a smaller limit it is over-full and refuses, no more.
  const auto again = opened(dir.path(), size);
  CHECK(again->total_bytes() == 3 * size);
  CHECK(again->put(gif_picture()).error().code == Errc::too_large);
}

TEST_CASE("several writers together never pass the limit") {
  TempDir dir;
  const auto picture = png_picture(100);
  const auto store = opened(dir.path(), 10 * picture.size());
  std::atomic<int> stored{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n)
        if (store->put(picture).ok()) ++stored;
    });
  for (auto& thread : threads) thread.join();
  CHECK(stored == 10);
  CHECK(files_under(dir.path()) == 10);
}

TEST_CASE("half-written files of a crash are removed at the start and not counted") {
  TempDir dir;
  std::string name;
  {
    const auto store = opened(dir.path());
    name = store->put(jpeg_picture()).value();
  }
  const auto shard = dir / ("blobs/" + name.substr(0, 2));
  std::ofstream(shard + "/" + std::string(32, 'a') + ".png.new") << "half";
  std::ofstream(shard + "/README") << "put here by a person";
  const auto store = opened(dir.path());
  CHECK(store->total_bytes() == jpeg_picture().size());
  CHECK_FALSE(std::filesystem::exists(shard + "/" + std::string(32, 'a') + ".png.new"));
  CHECK(std::filesystem::exists(shard + "/README"));
  CHECK(store->get(name).ok());
}

TEST_CASE("a directory that cannot be made is told as unavailable") {
  TempDir dir;
  std::ofstream(dir / "file") << "x";
  const auto store = BlobStore::open(dir / "file", 1000);
  REQUIRE_FALSE(store.ok());
  CHECK(store.error().code == Errc::unavailable);
}
