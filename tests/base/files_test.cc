#include "base/files.h"
#include "support/temp_dir.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

namespace daybook {
namespace {

TEST_CASE("a durable write replaces the file whole and keeps its mode") {
  const test::TempDir dir;
  const std::string path = dir.path() + "/key";
  REQUIRE(write_file_durable(path, "one", 0600).ok());
  REQUIRE(write_file_durable(path, "two", 0600).ok());
  CHECK(*read_file(path) == "two");
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK_FALSE(read_file(path + ".new").ok());
}

TEST_CASE("a missing file is not found, by name") {
  const auto read = read_file("/nonexistent/file");
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == Errc::not_found);
  CHECK(read.error().message.find("/nonexistent/file") != std::string::npos);
}

TEST_CASE("directories are made with their parents, and a file in the way is an error") {
  const test::TempDir dir;
  REQUIRE(make_directories(dir.path() + "/a/b/c").ok());
  REQUIRE(make_directories(dir.path() + "/a/b/c/").ok());
  REQUIRE(write_file_durable(dir.path() + "/a/file", "", 0644).ok());
  CHECK_FALSE(make_directories(dir.path() + "/a/file").ok());
  CHECK_FALSE(make_directories(dir.path() + "/a/file/below").ok());
}

}  // namespace
}  // namespace daybook
