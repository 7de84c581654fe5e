// The state store: rows and checkpoints together or not at all, and what it refuses to open.
#include "state/state_store.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"
#include "support/unsynced_env.h"

namespace daybook::state {
namespace {

using test::TempDir;

std::unique_ptr<Store> open_store(const TempDir& dir, void* env = nullptr) {
  auto store = Store::open(dir.path(), env);
  INFO((store.ok() ? std::string() : store.error().message));
  REQUIRE(store.ok());
  return std::move(store).value();
}

std::optional<std::string> value_of(const Store& store, Family family, std::string_view key) {
  auto value = store.get(family, key);
  REQUIRE(value.ok());
  return *value;
}

std::vector<std::string> keys_of(const Store& store, std::string_view prefix,
                                 std::string_view from = {}, std::size_t max = 1000) {
  std::vector<std::string> keys;
  REQUIRE(store
              .scan(Family::rows, prefix, from,
                    [&](std::string_view key, std::string_view) {
                      keys.emplace_back(key);
                      return keys.size() < max;
                    })
              .ok());
  return keys;
}

void put_row(Store& store, std::string key, std::string value) {
  REQUIRE(store.write({{Family::rows, std::move(key), std::move(value)}}, false).ok());
}

// What RocksDB itself makes of the folder, to damage it.
void put_raw(const TempDir& dir, const std::string& key, const std::string& value) {
  rocksdb::Options options;
  std::vector<std::string> names;
  REQUIRE(rocksdb::DB::ListColumnFamilies(options, dir / "state", &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> columns;
  for (const auto& name : names) columns.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open(options, dir / "state", columns, &handles, &db).ok());
  REQUIRE(db->Put(rocksdb::WriteOptions(), key, value).ok());
  for (auto* handle : handles) REQUIRE(db->DestroyColumnFamilyHandle(handle).ok());
  REQUIRE(db->Close().ok());
  delete db;
}

}  // namespace

TEST_CASE("what is written is there after the store is opened again") {
  const TempDir dir;
  {
    auto store = open_store(dir);
    REQUIRE(store
                ->write({{Family::rows, "a", "1"},
                         {Family::checkpoints, "a", "7"},
                         {Family::rows, "gone", "x"}},
                        false)
                .ok());
    REQUIRE(store->write({{Family::rows, "gone", std::nullopt}}, true).ok());
  }
  auto store = open_store(dir);
  CHECK(value_of(*store, Family::rows, "a") == "1");
  CHECK(value_of(*store, Family::checkpoints, "a") == "7");
  CHECK(value_of(*store, Family::rows, "gone") == std::nullopt);
  CHECK(value_of(*store, Family::checkpoints, "gone") == std::nullopt);
}

TEST_CASE("a scan gives the keys of its prefix in bytewise order, from where it is told") {
  const TempDir dir;
  auto store = open_store(dir);
  for (const char* key : {"b/2", "b/10", "a/9", "c", "b", "b/3"}) put_row(*store, key, "v");
  CHECK(keys_of(*store, "b/") == std::vector<std::string>{"b/10", "b/2", "b/3"});
  CHECK(keys_of(*store, "b/", "b/2") == std::vector<std::string>{"b/2", "b/3"});
  CHECK(keys_of(*store, "b/", "a/9") == std::vector<std::string>{"b/10", "b/2", "b/3"});
  CHECK(keys_of(*store, "b/", "c").empty());
  CHECK(keys_of(*store, "", "b", 2) == std::vector<std::string>{"b", "b/10"});
}

TEST_CASE("removing a prefix removes every key that begins with it and no other") {
  const TempDir dir;
  auto store = open_store(dir);
  const std::string high = "\xFF\xFF";
  for (const std::string& key : {std::string("a\0x", 3), std::string("a"), std::string("a\x01"),
                                 high, high + "z", std::string("\xFE")})
    put_row(*store, key, "v");
  REQUIRE(store->remove_prefix(Family::rows, std::string_view("a\0", 2)).ok());
  CHECK(keys_of(*store, "").size() == 5);
  CHECK(value_of(*store, Family::rows, "a") == "v");
  CHECK(value_of(*store, Family::rows, "a\x01") == "v");
  REQUIRE(store->remove_prefix(Family::rows, high).ok());
  CHECK(keys_of(*store, "") == std::vector<std::string>{"a", "a\x01", "\xFE"});
}

TEST_CASE("after a power cut the store is a little behind but rows and checkpoint agree") {
  const TempDir dir;
  constexpr int writes = 2000;
  constexpr int synced_at = 1200;
  {
    const auto env = test::make_unsynced_env();
    auto store = open_store(dir, env.get());
    for (int i = 1; i <= writes; ++i)
      REQUIRE(store
                  ->write({{Family::rows, "row", std::to_string(i)},
                           {Family::rows, "fill" + std::to_string(i), std::string(2000, 'x')},
                           {Family::checkpoints, "p", std::to_string(i)}},
                          i == synced_at)
                  .ok());
  }  // what was not synced is gone
  auto store = open_store(dir);
  const auto checkpoint = value_of(*store, Family::checkpoints, "p");
  REQUIRE(checkpoint.has_value());
  CHECK(value_of(*store, Family::rows, "row") == checkpoint);
  CHECK(std::stoi(*checkpoint) >= synced_at);
  CHECK(std::stoi(*checkpoint) < writes);  // or the cut has cut nothing
  CHECK(value_of(*store, Family::rows, "fill" + *checkpoint).has_value());
  CHECK(keys_of(*store, "fill", {}, 10'000).size() == std::stoul(*checkpoint));
}

TEST_CASE("a store of a newer version is refused and says so") {
  const TempDir dir;
  open_store(dir).reset();
  put_raw(dir, "format", std::string("\x02\0\0\0", 4));
  const auto store = Store::open(dir.path());
  REQUIRE(!store.ok());
  CHECK(store.error().code == Errc::corrupt);
  CHECK_THAT(store.error().message, Catch::Contains("newer version of daybook (format 2"));
}

TEST_CASE("a store whose format number is no number is refused") {
  const TempDir dir;
  open_store(dir).reset();
  put_raw(dir, "format", "1");
  const auto store = Store::open(dir.path());
  REQUIRE(!store.ok());
  CHECK_THAT(store.error().message, Catch::Contains("no readable format number"));
}

TEST_CASE("a damaged store is refused in RocksDB's words") {
  const TempDir dir;
  open_store(dir).reset();
  std::ofstream(dir / "state/CURRENT") << "no manifest\n";
  const auto store = Store::open(dir.path());
  REQUIRE(!store.ok());
  CHECK(store.error().code == Errc::corrupt);
  CHECK_THAT(store.error().message, Catch::Contains("RocksDB cannot open the state store"));
}

TEST_CASE("two programs cannot have one store") {
  const TempDir dir;
  const auto first = open_store(dir);
  const auto second = Store::open(dir.path());
  REQUIRE(!second.ok());
  CHECK(second.error().code == Errc::unavailable);
}

TEST_CASE("a closed store answers that it is closed") {
  const TempDir dir;
  auto store = open_store(dir);
  store->close();
  CHECK(store->get(Family::rows, "a").error().code == Errc::unavailable);
  CHECK(store->write({{Family::rows, "a", "1"}}, false).error().code == Errc::unavailable);
  CHECK(store->remove_prefix(Family::rows, "a").error().code == Errc::unavailable);
  CHECK(!store->scan(Family::rows, "", "", [](auto, auto) { return true; }).ok());
  store->close();
}

}  // namespace daybook::state
