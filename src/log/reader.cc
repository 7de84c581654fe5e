#include "log/reader.h"

#include "base/digest.h"

namespace daybook::log {
namespace {

constexpr std::uint64_t long_scan_events = 20'000;
constexpr std::size_t readahead_bytes = 2u << 20;

std::string number(std::uint64_t value) { return std::to_string(value); }

}  // namespace

Error to_error(const Damage& damage) {
  return Error{Errc::corrupt,
               "the log is damaged at position " + number(damage.at.value) + ": " + damage.words};
}

rocksdb::ReadOptions read_options(Position from, Position until) {
  rocksdb::ReadOptions options;
  if (until.value - from.value >= long_scan_events) {
    options.fill_cache = false;
    options.readahead_size = readahead_bytes;
  }
  return options;
}

GroupReader::GroupReader(const Store& store, Position from, Position until)
    : from_(from), until_(until), origin_(from) {
  const auto options = read_options(from, until);
  groups_.reset(store.db->NewIterator(options, store.meta));
  for (const auto& topic : store.topics) {
    TopicCursor cursor;
    cursor.topic = topic.id;
    cursor.name = &topic.name;
    cursor.it.reset(store.db->NewIterator(options, topic.handle));
    cursors_.push_back(std::move(cursor));
  }
  // After the iterators: what they lack, the marks know.
  for (std::size_t i = 0; i < cursors_.size(); ++i) {
    auto mark = read_removal_mark(store, store.topics[i]);
    if (mark.ok())
      cursors_[i].mark = *mark;
    else
      fail(from, mark.error().message);
  }
}

bool GroupReader::fail(Position at, std::string words) {
  damage_ = Damage{at, std::move(words)};
  return false;
}

bool GroupReader::seek_first() {
  const GroupKey key = group_key(from_);
  groups_->SeekForPrev({key.data(), key.size()});
  if (!groups_->status().ok()) return fail(from_, groups_->status().ToString());
  if (!groups_->Valid() || !parse_group_key(to_view(groups_->key())))
    return fail(from_, "there is no commit group for this position");
  return true;
}

bool GroupReader::read_header() {
  const Position expected = started_ ? header_.first + header_.count : from_;
  if (!groups_->Valid()) {
    if (!groups_->status().ok()) return fail(expected, groups_->status().ToString());
    return fail(expected, "the commit groups end here, before the end of the log");
  }
  const auto at = parse_group_key(to_view(groups_->key()));
  if (!at) return fail(expected, "the commit groups end here, before the end of the log");
  if (started_ && *at != expected) {
    if (*at < expected) return fail(*at, "two commit groups overlap");
    return fail(expected, "a commit group is missing: positions " + number(expected.value) +
                              " to " + number(at->value - 1));
  }
  const Hash256 previous = hash_;
  if (const char* problem = decode_group_header(to_view(groups_->value()), header_))
    return fail(*at, problem);
  if (header_.first != *at)
    return fail(*at, "the group header names another position than its key");
  if (started_ ? header_.previous != previous : (at->value == 1 && header_.previous != Hash256{}))
    return fail(*at, "the group header does not continue the chain of the group before it");
  if (!started_ && header_.last() < from_)
    return fail(from_, "there is no commit group for this position");
  hash_ = sha256(to_view(groups_->value()));
  return true;
}

bool GroupReader::next() {
  if (damage_) return false;
  if (started_) {
    if (header_.last() >= until_) return false;
    groups_->Next();
  } else if (!seek_first()) {
    return false;
  }
  if (!read_header()) return false;
  if (!started_) origin_ = header_.first;
  started_ = true;
  part_ = 0;
  part_first_ = header_.first;
  return true;
}

GroupReader::TopicCursor* GroupReader::cursor_of(TopicId topic) {
  for (auto& cursor : cursors_)
    if (cursor.topic == topic) return &cursor;
  return nullptr;
}

bool GroupReader::seek_origin(TopicCursor& cursor, Position wanted) {
  if (!cursor.placed) {
    const PositionKey key = position_key(origin_);
    cursor.it->Seek({key.data(), key.size()});
    cursor.placed = true;
  }
  if (!cursor.it->status().ok()) return fail(wanted, cursor.it->status().ToString());
  return true;
}

// found: leaves the cursor on the record that begins at `wanted`.
GroupReader::Placed GroupReader::place(TopicCursor& cursor, Position wanted, std::uint32_t count) {
  if (!seek_origin(cursor, wanted)) return Placed::damaged;
  const auto found = cursor.it->Valid() ? parse_position_key(to_view(cursor.it->key()))
                                        : std::optional<Position>{};
  if (found == wanted) return Placed::found;
  if (cursor.it->Valid() && !found) {
    fail(wanted, "a record's key is not a position");
  } else if (found && *found < wanted) {
    fail(*found, "a record of topic '" + *cursor.name + "' belongs to no commit group");
  } else if (wanted + count <= cursor.mark.removed_before) {
    ++cursor.missing.records;
    cursor.missing.events += count;
    return Placed::removed;
  } else {
    fail(wanted, "the record of topic '" + *cursor.name + "' is missing");
  }
  return Placed::damaged;
}

const StoredRecord* GroupReader::next_record(bool verify_hash) {
  while (!damage_ && part_ < header_.parts.size()) {
    const GroupPartHash& part = header_.parts[part_];
    const Position first = part_first_;
    ++part_;
    part_first_ = first + part.count;
    TopicCursor* cursor = cursor_of(part.topic);
    if (cursor == nullptr) {
      fail(first, "the record's topic " + number(part.topic.value) + " is unknown");
      return nullptr;
    }
    const Placed placed = place(*cursor, first, part.count);
    if (placed == Placed::found) return read_record(*cursor, part, first, verify_hash);
  }
  return nullptr;
}

const StoredRecord* GroupReader::read_record(TopicCursor& cursor, const GroupPartHash& part,
                                             Position first, bool verify_hash) {
  record_.bytes = buffer_.assign(to_view(cursor.it->value()));
  cursor.it->Next();
  const char* problem = decode_record(record_.bytes, record_.header);
  if (problem == nullptr && (record_.header.first != first || record_.header.topic != part.topic ||
                             record_.header.count != part.count))
    problem = "the record is not the one its group header names";
  if (problem == nullptr && verify_hash && sha256(record_.bytes) != part.record_hash)
    problem = "the record's hash is not the one in its group header";
  if (problem == nullptr) return &record_;
  fail(first, std::string(problem) + " (topic '" + *cursor.name + "')");
  return nullptr;
}

bool GroupReader::no_stray_record(Position until) {
  if (damage_) return false;
  for (auto& cursor : cursors_) {
    if (!seek_origin(cursor, until)) return false;
    if (!cursor.it->Valid()) continue;
    const auto found = parse_position_key(to_view(cursor.it->key()));
    if (!found) return fail(until, "a record's key is not a position");
    if (*found <= until)
      return fail(*found, "a record of topic '" + *cursor.name + "' belongs to no commit group");
  }
  return true;
}

Removed GroupReader::missing() const {
  Removed all;
  for (const auto& cursor : cursors_) {
    all.records += cursor.missing.records;
    all.events += cursor.missing.events;
    all.bytes += cursor.mark.removed.bytes;
  }
  return all;
}

bool GroupReader::none_missing_but_removed() {
  if (damage_) return false;
  for (const auto& cursor : cursors_) {
    const Removed& removed = cursor.mark.removed;
    if (cursor.missing.records <= removed.records && cursor.missing.events <= removed.events)
      continue;
    return fail(cursor.mark.removed_before,
                "before it " + number(cursor.missing.records) + " records with " +
                    number(cursor.missing.events) + " events of topic '" + *cursor.name +
                    "' are missing, but retention removed " + number(removed.records) + " with " +
                    number(removed.events));
  }
  return true;
}

Result<std::optional<GroupHeader>> find_group(const Store& store, Position position) {
  const std::unique_ptr<rocksdb::Iterator> it(
      store.db->NewIterator(rocksdb::ReadOptions(), store.meta));
  const GroupKey key = group_key(position);
  it->SeekForPrev({key.data(), key.size()});
  if (!it->status().ok()) return to_error({position, it->status().ToString()});
  const auto at = it->Valid() ? parse_group_key(to_view(it->key())) : std::optional<Position>{};
  if (!at) return std::optional<GroupHeader>{};
  GroupHeader header;
  if (const char* problem = decode_group_header(to_view(it->value()), header))
    return to_error({*at, problem});
  if (header.first != *at)
    return to_error({*at, "the group header names another position than its key"});
  return std::optional<GroupHeader>{std::move(header)};
}

Hash256 hash_of(const GroupHeader& header) {
  std::string bytes;
  encode_group_header(bytes, header);
  return sha256(bytes);
}

}  // namespace daybook::log
