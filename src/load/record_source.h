// Requests made of records: one as a JSON body, or a batch as NDJSON lines.
//
// Thread: one per worker; CountedSources of one run share a cursor, so that each record is sent
// once.
// Invariant: all requests are of one length, but for the last of a CountedSource.
#pragma once

#include "load/record_text.h"
#include "load/request_source.h"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::load {

struct RecordRequests {
  std::string host;         // the Host header
  std::string path;         // empty: the domain's own, or /events with a batch
  std::uint32_t batch = 0;  // records a request, as lines; 0: one, as JSON
  std::uint64_t seed = 0;   // of the records' values
};

// The path they go to; `single`: the domain's own for one record.
std::string path_of(const RecordRequests& requests, std::string_view single);

// "POST path HTTP/1.1" with Host, Content-Type and the length of a body to follow.
// `extra`: more header lines, each with its CRLF.
std::string request_head(const std::string& method, const std::string& path,
                         const std::string& host, const std::string& content_type,
                         std::size_t body_bytes, const std::string& extra = "");

// Without an end. Each thread draws its records from a sequence of its own.
class DrawnSource final : public RequestSource {
 public:
  // `requests.path` must be set.
  DrawnSource(const RecordRequests& requests, std::unique_ptr<RecordText> text, unsigned thread);
  [[nodiscard]] std::size_t request_bytes_max() const override;
  void prepare(char* slot) override;
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  std::unique_ptr<RecordText> text_;
  std::size_t records_;  // a request
  std::string head_;
  Rng random_;
  std::uint64_t number_ = 0;
};

using SeedCursor = std::atomic<std::uint64_t>;

// The values that record `number` is made from: the same for the same seed.
Rng random_of(std::uint64_t seed, std::uint64_t number);

// Records 0 to count - 1, each made from its number, in batches to POST /events.
class CountedSource final : public RequestSource {
 public:
  // REQUIRES: requests.batch > 0
  CountedSource(const RecordRequests& requests, std::unique_ptr<RecordText> text,
                std::uint64_t count, SeedCursor& next_record);
  [[nodiscard]] std::size_t request_bytes_max() const override;
  void prepare(char* slot) override;
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  [[nodiscard]] std::string head(std::size_t records) const;
  RecordRequests requests_;
  std::unique_ptr<RecordText> text_;
  std::uint64_t count_;
  SeedCursor& next_record_;
  std::string head_;
};

}  // namespace daybook::load
