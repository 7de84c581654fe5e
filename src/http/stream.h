// An answer that is made in parts (BodyStream), between its session and the worker. Held by both,
// so that either may end first.
//
// Threads: the session's; of `response` only `stream` is touched by the worker, while part_pending.
// Invariant: at most Limits::streams_max exist, or subscribers_max of those whose body may wait,
// and each has at most one part under way.
#pragma once

#include <daybook/http.h>

#include "http/shared.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace daybook::http {

class Stream {
 public:
  // Null: as many as may be are open.
  static std::shared_ptr<Stream> open(Shared& shared, std::uint64_t number, Response response) {
    const bool waits = response.stream->waits();
    const Limits& limits = shared.options.limits;
    std::atomic<std::size_t>& open = waits ? shared.subscribers : shared.streams;
    const std::size_t open_max = waits ? limits.subscribers_max : limits.streams_max;
    if (open.fetch_add(1, std::memory_order_relaxed) >= open_max) {
      open.fetch_sub(1, std::memory_order_relaxed);
      return nullptr;
    }
    return std::shared_ptr<Stream>(new Stream(open, number, std::move(response)));
  }
  ~Stream() { open_.fetch_sub(1, std::memory_order_relaxed); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  const std::uint64_t number;  // the request's
  Response response;           // its header, until that is sent; its stream
  bool begun = false;          // the header is sent
  bool chunked = false;        // with begun
  bool part_pending = false;   // on its way through the worker
  // The next part is asked for when the log is visible past it, or at the time (steady clock).
  struct Wait {
    Position after{};
    std::int64_t until_ms = 0;
  };
  std::optional<Wait> waiting;  // not with part_pending

 private:
  Stream(std::atomic<std::size_t>& open, std::uint64_t number_in, Response response_in)
      : number(number_in), response(std::move(response_in)), open_(open) {}
  std::atomic<std::size_t>& open_;  // how many of its kind are
};

}  // namespace daybook::http
