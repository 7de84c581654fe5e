#include "live/outbox.h"

#include <daybook/check.h>

#include <algorithm>

namespace daybook::live {

bool Outbox::push(std::string_view bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max - std::min(own_bytes_, bytes_max)) return false;
  if (bytes.empty()) return true;
  own_bytes_ += bytes.size();
  if (!entries_.empty()) {
    Entry& last = entries_.back();
    if (last.message == nullptr && last.own.size() + bytes.size() <= piece_bytes_max) {
      last.own.append(bytes);
      return true;
    }
  }
  entries_.push_back({std::string(bytes), nullptr, 0});
  return true;
}

void Outbox::offer(const MessagePtr& message, std::size_t format) {
  if (message->bytes(format).empty()) return;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (entry.message == nullptr || entry.format != format ||
        entry.message->topic() != message->topic())
      continue;
    if (message->revision() <= entry.message->revision()) return;
    const bool begun = i == 0 && front_sent_ != 0;
    if (begun) continue;
    entry.message = message;
    return;
  }
  entries_.push_back({{}, message, format});
}

std::string_view Outbox::unsent(std::size_t i) const {
  return entries_[i].bytes().substr(i == 0 ? front_sent_ : 0);
}

std::size_t Outbox::unsent_bytes() const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) bytes += unsent(i).size();
  return bytes;
}

std::string_view Outbox::front() const { return entries_.empty() ? std::string_view() : unsent(0); }

std::size_t Outbox::fronts(std::span<std::string_view> pieces) const {
  const std::size_t count = std::min(pieces.size(), entries_.size());
  for (std::size_t i = 0; i < count; ++i) pieces[i] = unsent(i);
  return count;
}

void Outbox::sent(std::size_t bytes) {
  std::size_t done = 0;  // entries
  while (bytes > 0) {
    DAYBOOK_CHECK(done < entries_.size());
    const Entry& entry = entries_[done];
    const std::size_t some = std::min(bytes, entry.bytes().size() - front_sent_);
    bytes -= some;
    front_sent_ += some;
    if (entry.message == nullptr) own_bytes_ -= some;
    if (front_sent_ < entry.bytes().size()) break;
    front_sent_ = 0;
    ++done;
  }
  if (done == entries_.size())
    clear();
  else
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(done));
}

void Outbox::clear() {
  std::vector<Entry>().swap(entries_);
  front_sent_ = 0;
  own_bytes_ = 0;
}

std::size_t Outbox::memory_bytes() const {
  std::size_t bytes = entries_.capacity() * sizeof(Entry);
  for (const Entry& entry : entries_) bytes += entry.own.capacity();
  return entries_.empty() ? 0 : bytes;
}

}  // namespace daybook::live
