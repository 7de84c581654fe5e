// A sequencer's seam without a disk: positions are handed out, frames kept or dropped, time stands
// still unless moved. For tests of the sequencer and the HTTP front.
#pragma once

#include "base/digest.h"
#include "sequencer/sequencer.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace daybook::test {

class MemoryLog {
 public:
  struct Group {
    Position first;
    std::vector<std::pair<TopicId, std::uint32_t>> parts;
    std::string frames;
    Durability durability = Durability::synced;
  };

  SequencerSeam seam() {
    SequencerSeam seam;
    seam.now = [this] { return UnixUs{now_us.load()}; };
    seam.append = [this](std::span<const log::GroupPart> parts, Durability durability) {
      return append(parts, durability);
    };
    seam.sync = [this]() -> Result<void> {
      syncs.fetch_add(1);
      return {};
    };
    seam.recall = [](Position, std::string_view) {
      return Result<SequencerSeam::Recalled>(SequencerSeam::Recalled{});
    };
    seam.publish = [this](Position visible) { published.store(visible.value); };
    seam.id_seed = 1;
    return seam;
  }

  std::atomic<std::int64_t> now_us{1'700'000'000'000'000};
  std::atomic<std::uint64_t> published{0};
  std::atomic<std::uint64_t> syncs{0};
  std::function<void()> before_append;       // on the sequencer thread; set before start
  std::atomic<std::int64_t> fail_after{-1};  // appends that still succeed; -1: all

  std::vector<Group> groups() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return groups_;
  }

 private:
  Result<log::Committed> append(std::span<const log::GroupPart> parts, Durability durability) {
    if (before_append) before_append();
    if (fail_after.load() == 0) return Error{Errc::unavailable, "append failed (injected)"};
    if (fail_after.load() > 0) fail_after.fetch_sub(1);
    const std::lock_guard<std::mutex> lock(mutex_);
    Group group;
    group.first = Position{head_ + 1};
    group.durability = durability;
    log::Committed committed;
    committed.first = group.first;
    for (const auto& part : parts) {
      committed.count += part.count;
      group.parts.emplace_back(part.topic, part.count);
      group.frames.append(part.frames);
    }
    head_ += committed.count;
    committed.hash = sha256(group.frames);
    groups_.push_back(std::move(group));
    return committed;
  }

  std::mutex mutex_;
  std::uint64_t head_ = 0;
  std::vector<Group> groups_;
};

}  // namespace daybook::test
