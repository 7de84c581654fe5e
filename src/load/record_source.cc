#include "load/record_source.h"

#include <daybook/check.h>

#include <algorithm>
#include <cstring>

namespace daybook::load {

std::string path_of(const RecordRequests& requests, std::string_view single) {
  if (!requests.path.empty()) return requests.path;
  return requests.batch != 0 ? "/events" : std::string(single);
}

std::string request_head(const std::string& method, const std::string& path,
                         const std::string& host, const std::string& content_type,
                         std::size_t body_bytes, const std::string& extra) {
  return method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: " + content_type +
         "\r\n" + extra + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

DrawnSource::DrawnSource(const RecordRequests& requests, std::unique_ptr<RecordText> text,
                         unsigned thread)
    : text_(std::move(text)),
      records_(std::max(requests.batch, 1u)),
      head_(request_head("POST", requests.path, requests.host,
                         requests.batch != 0 ? "application/x-ndjson" : "application/json",
                         text_->size() * records_)),
      // Two threads' sequences must not be the same one shifted: the seeds are mixed, not added.
      random_(Rng(requests.seed ^ (std::uint64_t{thread} << 32)).next()) {}

std::size_t DrawnSource::request_bytes_max() const {
  return head_.size() + text_->size() * records_;
}

void DrawnSource::prepare(char* slot) {
  std::memcpy(slot, head_.data(), head_.size());
  for (std::size_t i = 0; i < records_; ++i)
    text_->prepare(slot + head_.size() + i * text_->size());
}

std::size_t DrawnSource::next(char* slot, std::int64_t unix_ms) {
  char* at = slot + head_.size();
  for (std::size_t i = 0; i < records_; ++i, at += text_->size())
    text_->write(at, {number_++, unix_ms, random_});
  return request_bytes_max();
}

Rng random_of(std::uint64_t seed, std::uint64_t number) { return Rng(Rng(seed).next() ^ number); }

CountedSource::CountedSource(const RecordRequests& requests, std::unique_ptr<RecordText> text,
                             std::uint64_t count, SeedCursor& next_record)
    : requests_(requests), text_(std::move(text)), count_(count), next_record_(next_record) {
  DAYBOOK_CHECK(requests.batch > 0);
  head_ = head(requests.batch);
}

std::string CountedSource::head(std::size_t records) const {
  return request_head("POST", path_of(requests_, ""), requests_.host, "application/x-ndjson",
                      text_->size() * records);
}

std::size_t CountedSource::request_bytes_max() const {
  return head_.size() + text_->size() * requests_.batch;
}

void CountedSource::prepare(char* slot) {
  std::memcpy(slot, head_.data(), head_.size());
  for (std::size_t i = 0; i < requests_.batch; ++i)
    text_->prepare(slot + head_.size() + i * text_->size());
}

std::size_t CountedSource::next(char* slot, std::int64_t unix_ms) {
  const std::uint64_t first = next_record_.fetch_add(requests_.batch, std::memory_order_relaxed);
  if (first >= count_) return 0;
  const auto records =
      static_cast<std::size_t>(std::min<std::uint64_t>(requests_.batch, count_ - first));
  char* at = slot + head_.size();
  if (records != requests_.batch) {  // the last request: a shorter body, perhaps a shorter head
    const std::string last = head(records);
    std::memcpy(slot, last.data(), last.size());
    at = slot + last.size();
    for (std::size_t i = 0; i < records; ++i) text_->prepare(at + i * text_->size());
  }
  for (std::size_t i = 0; i < records; ++i, at += text_->size()) {
    Rng random = random_of(requests_.seed, first + i);
    text_->write(at, {first + i, unix_ms, random});
  }
  return static_cast<std::size_t>(at - slot);
}

}  // namespace daybook::load
