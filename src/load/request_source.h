// Where a load's requests come from. The worker owns the buffers; a source only writes into them.
//
// Thread: one source per worker thread; sources of one load may share a counter among themselves.
// Invariant: writing a request does not allocate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace daybook::load {

class RequestSource {
 public:
  virtual ~RequestSource() = default;
  // Room that every request fits in.
  [[nodiscard]] virtual std::size_t request_bytes_max() const = 0;
  // Fills a slot of request_bytes_max() bytes with all that stays the same. Called once per slot.
  virtual void prepare(char* slot) = 0;
  // Makes the slot's next request and returns its length; 0 when there are no more. Only sources
  // whose requests are all request_bytes_max() long can be pipelined.
  virtual std::size_t next(char* slot, std::int64_t unix_ms) = 0;
};

// Called once per worker thread, before it starts.
using SourceFactory = std::function<std::unique_ptr<RequestSource>(unsigned thread)>;

}  // namespace daybook::load
