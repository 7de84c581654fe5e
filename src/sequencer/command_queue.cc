#include "sequencer/command_queue.h"

#include <chrono>

namespace daybook {

Submission* CommandQueue::push(Submission* first) {
  bool wake = false;
  Submission* rest = first;
  {
    LockGuard lock(mutex_);
    std::size_t commands = commands_.load(std::memory_order_relaxed);
    while (rest != nullptr && !closed_) {
      const bool fits =
          commands + rest->items.size() <= commands_max_ && bytes_ + rest->bytes <= bytes_max_;
      if (!fits && head_ != nullptr) break;
      Submission* next = rest->next;
      rest->next = nullptr;
      (head_ == nullptr ? head_ : tail_->next) = rest;
      tail_ = rest;
      commands += rest->items.size();
      bytes_ += rest->bytes;
      rest = next;
    }
    commands_.store(commands, std::memory_order_relaxed);
    wake = waiting_ && head_ != nullptr;
    if (wake) waiting_ = false;
  }
  if (wake) not_empty_.notify_one();
  return rest;
}

CommandQueue::Taken CommandQueue::take(std::size_t commands_max, std::size_t bytes_max,
                                       std::int64_t wait_us) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(wait_us);
  LockGuard lock(mutex_);
  while (head_ == nullptr && !closed_) {
    waiting_ = true;
    if (wait_us == wait_forever) {
      not_empty_.wait(mutex_);
    } else if (not_empty_.wait_until(mutex_, until) == std::cv_status::timeout) {
      break;
    }
  }
  waiting_ = false;
  if (head_ == nullptr) return {nullptr, closed_};
  Submission* const first = head_;
  Submission* last = first;
  std::size_t commands = first->items.size();
  std::size_t bytes = first->bytes;
  while (last->next != nullptr && commands + last->next->items.size() <= commands_max &&
         bytes + last->next->bytes <= bytes_max) {
    last = last->next;
    commands += last->items.size();
    bytes += last->bytes;
  }
  head_ = last->next;
  if (head_ == nullptr) tail_ = nullptr;
  last->next = nullptr;
  bytes_ -= bytes;
  commands_.store(commands_.load(std::memory_order_relaxed) - commands, std::memory_order_relaxed);
  return {first, false};
}

void CommandQueue::close() {
  {
    LockGuard lock(mutex_);
    closed_ = true;
  }
  not_empty_.notify_all();
}

}  // namespace daybook
