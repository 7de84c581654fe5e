// View: what readers see - the counts of every id, and how far the raw hits are rolled up.
// Thread: guarded by the adapter's mutex; project() by the sequencer, everything const by readers.
//
// An id is one record: its length, its bytes, and its Content packed into at most body_bytes_max
// bytes, or the number of its Busy once it does not fit. A roll-up turns a Busy back when it does.
// The records of a shard lie one behind the other in pages; one that outgrows its place moves to
// the end, and the shard is copied into fresh pages, in the order of the hashes, when an eighth of
// it is left behind. About 45 bytes for an id hit once; at most 64 KiB for a Busy.
#pragma once

#include "domains/hits/busy.h"
#include "domains/hits/content.h"
#include "domains/hits/hash_shards.h"
#include "domains/hits/pages.h"
#include "domains/hits/policy.h"

#include <daybook/bytes.h>
#include <daybook/domain.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::hits {

// One id as it is kept. Ends with the next project().
struct Known {
  std::string_view id;
  const Busy* busy = nullptr;  // null: the body
  std::string_view body;       // packed Content, and what is left of its place
};
// `scratch` saves making lists anew for each id.
std::uint64_t count_window(const Known& known, std::uint32_t now_s, std::uint32_t length,
                           Content& scratch);
bool day_of(const Known& known, Day day, Entry& entry, Content& scratch);

// Where the raw hits of closed days end in the log: those before `position` are of days up to
// last_day.
struct Mark {
  Position position{};
  Day last_day{};
  std::int64_t rolled_up_us = 0;  // when last_day was; 0: not yet
};

struct TopRow {
  std::string id;
  std::uint64_t count = 0;
};

class View {
 public:
  explicit View(const Policy& policy) : hours_kept_days_(policy.hours_kept_days) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, const EventMeta& meta);

  // False: not seen yet; known.id is then empty.
  bool find(std::string_view id, Known& known) const;
  // False: not seen yet; the content is then empty.
  bool content(std::string_view id, Content& out) const;
  // The second a reader at `now` counts up to: a clock that stepped back a little stands still.
  [[nodiscard]] std::uint32_t now_for(UnixUs now) const;
  // Calls f(Known) for every id of the parts [from, until).
  template <class F>
  void each_of_parts(std::uint32_t from, std::uint32_t until, F&& f) const {
    index_.each_of_parts(from, until,
                         [&](const Slot& slot, std::uint32_t shard) { f(read(slot, shard)); });
  }

  [[nodiscard]] std::uint64_t id_count() const { return index_.size(); }
  [[nodiscard]] std::uint64_t hit_count() const { return hits_; }
  [[nodiscard]] std::uint64_t rolled_up_days() const { return rolled_up_days_; }
  [[nodiscard]] std::size_t busy_count() const { return busy_.size() - free_busy_.size(); }
  [[nodiscard]] const std::vector<Mark>& marks() const { return marks_; }
  [[nodiscard]] std::int32_t hours_kept_days() const { return hours_kept_days_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  // The last answer of GET /analytics/top for windows[window], for the readers that come right
  // after. No part of the content, hence const.
  [[nodiscard]] const std::vector<TopRow>* recent_top(std::size_t window, UnixUs now) const;
  void keep_top(std::size_t window, UnixUs now, std::vector<TopRow> rows) const;

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  struct Slot {
    std::uint32_t bits = 0;
    std::uint32_t record = 0;  // in its shard's block
  };
  struct Top {
    UnixUs made{};
    std::vector<TopRow> rows;
  };

  static Known read_at(const char* record, const std::vector<std::unique_ptr<Busy>>& busy);
  [[nodiscard]] Known read(const Slot& slot, std::uint32_t shard) const {
    return read_at(blocks_[shard].at(slot.record), busy_);
  }
  Slot* find_slot(std::string_view id, std::uint64_t hash);
  void collect(const Known& known, Content& out) const;
  void add_hit(const Event& event);
  void roll_up(const Event& event, UnixUs at);
  void close_day(const EventMeta& meta);
  // Keeps the content as the id's: in place of what the slot has, or, nullptr, in a new one.
  void store(Slot* slot, std::string_view id, std::uint64_t hash, const Content& content);
  void repack(std::uint32_t shard);
  std::uint32_t append(std::uint32_t shard, std::string_view id, bool is_busy);
  std::uint32_t add_busy(const Content& content);
  void drop_busy(std::uint32_t number);

  std::int32_t hours_kept_days_;
  std::uint32_t now_s_ = 0;  // of the last event, by the server's clock
  Day newest_day_{};         // of a hit or a roll-up
  std::uint64_t hits_ = 0;
  std::uint64_t rolled_up_days_ = 0;
  std::vector<Mark> marks_;  // ascending, the last marks_max
  HashShards<Slot> index_;
  std::vector<Block> blocks_{HashShards<Slot>::shards};
  Pages pages_;
  std::vector<std::unique_ptr<Busy>> busy_;
  std::vector<std::uint32_t> free_busy_;
  std::size_t busy_bytes_ = 0;
  Content content_;   // scratch of project
  std::string body_;  // the same
  mutable std::array<Top, windows.size()> tops_;
};

// Raw hits before this position are rolled up and old enough to go (hits.raw_kept_days).
Position removable_before(const View& view, const Policy& policy, UnixUs now);

}  // namespace daybook::hits
