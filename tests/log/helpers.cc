#include "log/helpers.h"

#include <catch2/catch.hpp>

#include <filesystem>

#include "base/digest.h"
#include "log/record.h"

namespace daybook::test {

log::Options log_options(const std::string& data_dir) {
  log::Options options;
  options.data_dir = data_dir;
  options.topics = {{topic_a, "alpha"}, {topic_b, "beta"}, {topic_c, "gamma"}};
  options.watermark_interval_ms = 5;
  return options;
}

std::string frame_of(TopicId topic, const std::string& payload) {
  log::FrameWriter writer;
  log::FrameFields fields;
  fields.topic = topic;
  fields.schema_version = 1;
  fields.event_id = xxh128(payload);
  fields.server_time = {1'700'000'000'000'000};
  std::string out;
  writer.append(out, fields,
                {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
  return out;
}

Result<log::Committed> try_append(log::EventLog& log, const std::vector<Part>& parts,
                                  Durability durability) {
  std::vector<std::string> frames;
  for (const auto& part : parts) {
    frames.emplace_back();
    for (const auto& payload : part.payloads) frames.back() += frame_of(part.topic, payload);
  }
  std::vector<log::GroupPart> group;
  for (std::size_t i = 0; i < parts.size(); ++i)
    group.push_back(
        {parts[i].topic, static_cast<std::uint32_t>(parts[i].payloads.size()), frames[i]});
  return log.append(group, durability);
}

log::Committed append_interval(log::EventLog& log, const std::vector<Part>& parts) {
  const auto committed = try_append(log, parts, Durability::interval);
  INFO((committed.ok() ? "" : committed.error().message));
  REQUIRE(committed.ok());
  return *committed;
}

log::Committed append(log::EventLog& log, const std::vector<Part>& parts) {
  const auto committed = try_append(log, parts);
  INFO((committed.ok() ? "" : committed.error().message));
  REQUIRE(committed.ok());
  return *committed;
}

Result<std::vector<std::string>> scan_all(log::EventLog& log, const log::ScanOptions& options) {
  std::vector<std::string> seen;
  const auto scanned = log.scan(options, [&](const log::EventView& event) {
    seen.push_back(std::to_string(event.position.value) + "/" + std::to_string(event.topic.value) +
                   "/" + std::string(event.payload.begin(), event.payload.end()));
    return true;
  });
  if (!scanned.ok()) return scanned.error();
  return seen;
}

std::unique_ptr<log::EventLog> open_log(const log::Options& options) {
  auto opened = log::EventLog::open(options);
  INFO((opened.ok() ? "" : opened.error().message));
  REQUIRE(opened.ok());
  return std::move(opened).value();
}

Error refused(const log::Options& options) {
  auto opened = log::EventLog::open(options);
  REQUIRE_FALSE(opened.ok());
  return opened.error();
}

void copy_directory(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

RawStore::RawStore(const std::string& data_dir) {
  const std::string path = data_dir + "/log";
  std::vector<std::string> names;
  REQUIRE(rocksdb::DB::ListColumnFamilies({}, path, &names).ok());
  std::vector<rocksdb::ColumnFamilyDescriptor> columns;
  for (const auto& name : names) columns.emplace_back(name, rocksdb::ColumnFamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  REQUIRE(rocksdb::DB::Open({}, path, columns, &handles, &db).ok());
  db_.reset(db);
  for (std::size_t i = 0; i < names.size(); ++i) handles_[names[i]] = handles[i];
}

RawStore::~RawStore() {
  for (const auto& [name, handle] : handles_)
    db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

std::string RawStore::get(const std::string& column_family, std::string_view key) {
  std::string value;
  REQUIRE(db_->Get({}, handles_.at(column_family), key, &value).ok());
  return value;
}

void RawStore::put(const std::string& column_family, std::string_view key, std::string_view value) {
  REQUIRE(db_->Put({}, handles_.at(column_family), key, value).ok());
}

void RawStore::remove(const std::string& column_family, std::string_view key) {
  get(column_family, key);  // it must be there
  REQUIRE(db_->Delete({}, handles_.at(column_family), key).ok());
}

void RawStore::create(const std::string& column_family) {
  REQUIRE(db_->CreateColumnFamily({}, column_family, &handles_[column_family]).ok());
}

std::string record_key(std::uint64_t position) {
  const auto key = log::position_key({position});
  return {key.data(), key.size()};
}

std::string header_key(std::uint64_t position) {
  const auto key = log::group_key({position});
  return {key.data(), key.size()};
}

}  // namespace daybook::test
