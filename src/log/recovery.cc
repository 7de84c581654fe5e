#include "log/recovery.h"

#include <rocksdb/write_batch.h>

#include <algorithm>

#include "base/logging.h"
#include "log/reader.h"
#include "log/removal.h"

namespace daybook::log {
namespace {

constexpr std::size_t cut_groups_max = 1000;  // how far back --accept-loss looks for a sound group

constexpr auto how_to_go_on =
    ". Restore the data directory from a backup, or start with --accept-loss to go on without them";

std::string number(std::uint64_t value) { return std::to_string(value); }

// The records of the last group are there and nothing lies beyond it.
std::optional<Damage> tail_damage(const Store& store, const Watermark& head) {
  const Position from = std::max(head.position, Position{1});
  GroupReader groups(store, from, from);
  if (head.position.value > 0 && groups.next())
    while (groups.next_record(true) != nullptr) continue;
  if (!groups.damage()) groups.no_stray_record(Position::max());
  return groups.damage();
}

bool group_is_sound(const Store& store, Position position) {
  GroupReader groups(store, position, position);
  if (!groups.next()) return false;
  while (groups.next_record(true) != nullptr) continue;
  return !groups.damage();
}

void delete_from(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* handle, std::string_view first,
                 rocksdb::WriteBatch& batch) {
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(rocksdb::ReadOptions(), handle));
  for (it->Seek(to_slice(first)); it->Valid(); it->Next()) {
    // `meta` holds other keys behind the groups'.
    const bool in_meta = first.size() == GroupKey{}.size();
    if (in_meta && !parse_group_key(to_view(it->key()))) break;
    batch.Delete(handle, it->key());
  }
}

// Drops unsound groups from the end and every record past the last sound one.
Result<Watermark> cut_tail(const Store& store, Watermark head) {
  std::size_t cut = 0;
  while (head.position.value > 0 && !group_is_sound(store, head.position)) {
    if (++cut > cut_groups_max)
      return Error{Errc::corrupt, "no sound commit group among the last " + number(cut_groups_max)};
    DAYBOOK_TRY(const auto group, find_group(store, head.position));
    head = {};
    if (!group || group->first.value == 1) break;
    DAYBOOK_TRY(const auto before, find_group(store, {group->first.value - 1}));
    if (before) head = {before->last(), hash_of(*before)};
  }
  rocksdb::WriteBatch batch;
  const GroupKey group_from = group_key(head.position + 1);
  delete_from(*store.db, store.meta, {group_from.data(), group_from.size()}, batch);
  const PositionKey record_from = position_key(head.position + 1);
  for (const auto& topic : store.topics)
    delete_from(*store.db, topic.handle, {record_from.data(), record_from.size()}, batch);
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const auto status = store.db->Write(sync, &batch);
  if (!status.ok()) return Error{Errc::unavailable, "cannot cut the log: " + status.ToString()};
  log_warn("the log's torn end was cut off", {{"position", head.position.value}});
  return head;
}

// A removal mark never reaches past the log's end, unless groups were lost.
Result<void> settle_removal_marks(const Store& store, Position head, bool accept_loss) {
  rocksdb::WriteBatch batch;
  for (const auto& topic : store.topics) {
    auto read = read_removal_mark(store, topic);
    if (!read.ok()) return std::move(read).error();
    RemovalMark mark = *read;
    if (mark.looked_before <= head + 1) continue;
    if (!accept_loss)
      return Error{Errc::corrupt, "the log ends at position " + number(head.value) +
                                      " but retention has looked at topic '" + topic.name +
                                      "' up to position " + number(mark.looked_before.value - 1) +
                                      how_to_go_on};
    mark.looked_before = head + 1;
    mark.removed_before = std::min(mark.removed_before, mark.looked_before);
    put_removal_mark(batch, store, mark);
  }
  if (batch.Count() == 0) return {};
  rocksdb::WriteOptions sync;
  sync.sync = true;
  const auto status = store.db->Write(sync, &batch);
  if (!status.ok()) return Error{Errc::unavailable, "cannot write the log: " + status.ToString()};
  return {};
}

std::string lost_words(Position head, Position acknowledged) {
  return "the log ends at position " + number(head.value) + " but position " +
         number(acknowledged.value) +
         " was acknowledged: " + number(acknowledged.value - head.value) +
         " acknowledged events are gone" + how_to_go_on;
}

}  // namespace

Result<Watermark> last_group(const Store& store) {
  DAYBOOK_TRY(const auto group, find_group(store, Position::max()));
  if (!group) return Watermark{};
  return Watermark{group->last(), hash_of(*group)};
}

Result<void> check_against(const Store& store, const Watermark& mark, const Watermark& head) {
  if (mark.position.value == 0) return {};
  const auto changed = [&](const std::string& words) {
    return Error{Errc::corrupt, "acknowledged history was changed at position " +
                                    number(mark.position.value) + ": " + words};
  };
  GroupReader groups(store, mark.position, head.position);
  bool first = true;
  while (groups.next()) {
    if (first && groups.header().last() != mark.position)
      return changed("no commit group ends there");
    if (first && groups.hash() != mark.hash)
      return changed("the commit group there has another hash than when it was acknowledged");
    first = false;
  }
  if (groups.damage()) return to_error(*groups.damage());
  return {};
}

Result<Watermark> recover_tail(const Store& store, const std::optional<WatermarkSlot>& mark,
                               bool accept_loss) {
  DAYBOOK_TRY(Watermark head, last_group(store));
  const Position acknowledged = mark ? mark->mark.position : Position{};
  if (head.position < acknowledged && !accept_loss)
    return Error{Errc::corrupt, lost_words(head.position, acknowledged)};
  if (!mark && head.position.value > 0 && !accept_loss)
    return Error{Errc::corrupt,
                 "the log ends at position " + number(head.position.value) +
                     " but its file WATERMARK is missing or unreadable, so it cannot be "
                     "known whether acknowledged events are gone" +
                     how_to_go_on};
  if (const auto damage = tail_damage(store, head)) {
    if (!accept_loss) return Error{Errc::corrupt, to_error(*damage).message + how_to_go_on};
    DAYBOOK_TRY(head, cut_tail(store, head));
  }
  DAYBOOK_TRY_VOID(settle_removal_marks(store, head.position, accept_loss));
  if (mark && acknowledged <= head.position)
    DAYBOOK_TRY_VOID(check_against(store, mark->mark, head));
  if (head.position < acknowledged)
    log_warn("going on without acknowledged events, as --accept-loss says",
             {{"position", head.position.value},
              {"events_lost", acknowledged.value - head.position.value}});
  return head;
}

}  // namespace daybook::log
