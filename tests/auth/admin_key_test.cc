#include "auth/admin_key.h"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/files.h"
#include "base/hex.h"
#include "support/temp_dir.h"

using daybook::Errc;
using daybook::auth::AdminKey;
using daybook::test::TempDir;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// Polls until it holds or the deadline has passed.
template <class Condition>
bool within(milliseconds deadline, Condition condition) {
  const auto end = steady_clock::now() + deadline;
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

AdminKey::Opened opened(const std::string& dir) {
  auto result = AdminKey::open(dir);
  REQUIRE(result.ok());
  return std::move(result).value();
}

}  // namespace

TEST_CASE(
    "the first start makes a key, shows it once and keeps only its hash, for its owner alone") {
  TempDir dir;
  const auto data = dir / "new/data";
  const auto first = opened(data);
  REQUIRE(first.fresh.size() == 10 + 43);
  CHECK(first.fresh.substr(0, 10) == "dbk_admin_");
  CHECK(first.fresh.find_first_not_of(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  CHECK(*daybook::read_file(data + "/admin-key") ==
        "sha256 " + daybook::to_hex(daybook::sha256(first.fresh)) + "\n");
  struct stat info {};
  REQUIRE(::stat((data + "/admin-key").c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);

  const auto second = opened(data);
  CHECK(second.fresh.empty());
  CHECK(second.key->check("Bearer " + first.fresh));
}

TEST_CASE("keys differ") {
  TempDir dir;
  std::set<std::string> keys;
  for (int i = 0; i < 20; ++i) keys.insert(opened(dir / std::to_string(i)).fresh);
  CHECK(keys.size() == 20);
}

TEST_CASE("only the key under the Bearer scheme passes") {
  TempDir dir;
  const auto made = opened(dir.path());
  const std::string& key = made.fresh;
  for (const auto& good : {"Bearer " + key, "bearer " + key, "BEARER " + key, "Bearer   " + key,
                           "Bearer " + key + " "}) {
    CAPTURE(good);
    CHECK(made.key->check(good));
  }
  std::string flipped = key;
  flipped.back() = flipped.back() == 'A' ? 'B' : 'A';
  for (const auto& bad :
       {std::string(), key, std::string("Bearer"), std::string("Bearer "), "Basic " + key,
        "Bearer" + key, " Bearer " + key, "Bearer " + flipped, "Bearer " + key + "x",
        "Bearer " + key.substr(0, 52), "Bearer " + key + " " + key, "Bearers " + key,
        "Bearer " + std::string(100'000, 'a'), "Bearer\t" + key,
        "Bearer sha256 " + daybook::to_hex(daybook::sha256(key)),
        "Bearer " + daybook::to_hex(daybook::sha256(key)),
        "Bearer " + key + std::string(1, '\0')}) {
    CAPTURE(bad);
    CHECK_FALSE(made.key->check(bad));
  }
}

TEST_CASE(
    "after a rotation beside a running server the new key passes and the old one stops within a "
    "second") {
  TempDir dir;
  const auto made = opened(dir.path());
  std::string old = made.fresh;
  for (int round = 0; round < 5; ++round) {
    const auto rotated = AdminKey::rotate(dir.path());
    REQUIRE(rotated.ok());
    REQUIRE(*rotated != old);
    CHECK(within(milliseconds(1000), [&] { return !made.key->check("Bearer " + old); }));
    CHECK(made.key->check("Bearer " + *rotated));
    old = *rotated;
  }
  CHECK(opened(dir.path()).key->check("Bearer " + old));
}

TEST_CASE("rotation needs a data directory and makes the key file when it is missing") {
  TempDir dir;
  const auto missing = AdminKey::rotate(dir / "nowhere");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == Errc::not_found);
  CHECK_FALSE(daybook::read_file(dir / "nowhere/admin-key").ok());
  const auto key = AdminKey::rotate(dir.path());
  REQUIRE(key.ok());
  const auto made = opened(dir.path());
  CHECK(made.fresh.empty());
  CHECK(made.key->check("Bearer " + *key));
}

TEST_CASE("a key file that says nothing sensible is refused at the start, not replaced") {
  TempDir dir;
  const auto path = dir / "admin-key";
  const std::string hex(64, 'a');
  for (const auto& text : {std::string(), std::string("sha256 \n"), "sha256 " + hex,
                           "md5 " + hex + "\n", "sha256 " + hex + "a\n",
                           "sha256 " + std::string(64, 'g') + "\n", "sha256 " + hex + "\n\n"}) {
    CAPTURE(text);
    REQUIRE(daybook::write_file_durable(path, text, 0600).ok());
    const auto result = AdminKey::open(dir.path());
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == Errc::corrupt);
    CHECK(*daybook::read_file(path) == text);
  }
}

TEST_CASE(
    "a key file that is broken or removed while the server runs lets nobody in until it is whole "
    "again") {
  TempDir dir;
  const auto made = opened(dir.path());
  const auto path = dir / "admin-key";
  const auto line = *daybook::read_file(path);
  REQUIRE(daybook::write_file_durable(path, "broken", 0600).ok());
  CHECK(within(milliseconds(1000), [&] { return !made.key->check("Bearer " + made.fresh); }));
  REQUIRE(daybook::write_file_durable(path, line, 0600).ok());
  CHECK(within(milliseconds(1000), [&] { return made.key->check("Bearer " + made.fresh); }));
  REQUIRE(::remove(path.c_str()) == 0);
  CHECK(within(milliseconds(1000), [&] { return !made.key->check("Bearer " + made.fresh); }));
}

TEST_CASE("threads may check while the key is rotated") {
  TempDir dir;
  const auto made = opened(dir.path());
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> foreign_passes{0}, checks{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!stop) {
        if (made.key->check("Bearer dbk_admin_nonsense")) ++foreign_passes;
        ++checks;
      }
    });
  std::string last;
  for (int i = 0; i < 10; ++i) last = AdminKey::rotate(dir.path()).value();
  CHECK(within(milliseconds(1000), [&] { return made.key->check("Bearer " + last); }));
  CHECK(within(milliseconds(5000), [&] { return checks > 100; }));
  stop = true;
  for (auto& thread : threads) thread.join();
  CHECK(foreign_passes == 0);
}
