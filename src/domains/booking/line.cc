#include "domains/booking/line.h"

#include <utility>

namespace daybook::booking {
namespace {

std::size_t lowbit(std::size_t i) { return i & (~i + 1); }

}  // namespace

std::uint32_t Line::append(std::uint32_t booking) {
  members_.push_back(booking);
  const std::size_t i = members_.size();  // 1-based in the tree
  std::uint32_t count = 1;
  for (std::size_t j = i - 1; j > i - lowbit(i); j -= lowbit(j)) count += tree_[j - 1];
  tree_.push_back(count);
  ++live_;
  return static_cast<std::uint32_t>(i - 1);
}

void Line::remove(std::uint32_t ticket) {
  members_[ticket] = none;
  for (std::size_t i = std::size_t{ticket} + 1; i <= tree_.size(); i += lowbit(i)) --tree_[i - 1];
  --live_;
  while (head_ < members_.size() && members_[head_] == none) ++head_;
  if (live_ > 0) return;
  members_.clear();
  tree_.clear();
  head_ = 0;
}

std::uint32_t Line::position(std::uint32_t ticket) const {
  std::uint32_t count = 0;
  for (std::size_t i = std::size_t{ticket} + 1; i > 0; i -= lowbit(i)) count += tree_[i - 1];
  return count;
}

std::uint32_t Line::from(std::uint32_t ticket) const {
  while (ticket < members_.size() && members_[ticket] == none) ++ticket;
  return ticket < members_.size() ? ticket : none;
}

void Line::close_gaps() {
  const std::vector<std::uint32_t> old = std::exchange(members_, {});
  tree_.clear();
  head_ = 0;
  live_ = 0;
  for (const std::uint32_t booking : old)
    if (booking != none) append(booking);
}

}  // namespace daybook::booking
