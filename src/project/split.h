// How a batch with poison in it is taken apart: which part of it goes to the sink next. Parts come
// in the order of the batch, so the order of events is kept whatever is split.
//
// Threads: one. Invariant: parts are never empty, and their ends grow from the top of the stack
// down.
#pragma once

#include <daybook/check.h>

#include <cstddef>
#include <vector>

namespace daybook::project {

class Split {
 public:
  struct Part {
    std::size_t from = 0;
    std::size_t to = 0;  // past the last
    [[nodiscard]] std::size_t size() const { return to - from; }
  };

  explicit Split(std::size_t events) : events_(events) {
    if (events > 0) ends_.push_back(events);
  }
  [[nodiscard]] bool done() const { return from_ == events_; }
  // REQUIRES: !done()
  [[nodiscard]] Part part() const {
    DAYBOOK_CHECK(!ends_.empty());
    return {from_, ends_.back()};
  }
  // The first `count` of the part are settled: delivered, or one dead letter.
  void settled(std::size_t count) {
    from_ += count;
    while (!ends_.empty() && ends_.back() <= from_) ends_.pop_back();
    DAYBOOK_CHECK(from_ <= events_);
  }
  // REQUIRES: part().size() > 1
  void halve() {
    DAYBOOK_CHECK(part().size() > 1);
    ends_.push_back(from_ + part().size() / 2);
  }
  // Makes the event at `index` a part of its own. REQUIRES: it is in part().
  void isolate(std::size_t index) {
    DAYBOOK_CHECK(index >= from_ && index < part().to);
    if (index + 1 < part().to) ends_.push_back(index + 1);
    if (index > from_) ends_.push_back(index);
  }

 private:
  const std::size_t events_;
  std::size_t from_ = 0;
  std::vector<std::size_t> ends_;  // at most log2(events) halves and two of an isolated one
};

}  // namespace daybook::project
