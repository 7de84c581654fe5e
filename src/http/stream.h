// An answer that is made in parts (BodyStream), between its session and the worker. Held by both,
// so that either may end first.
//
// Threads: the session's; of `response` only `stream` is touched by the worker, while part_pending.
// Invariant: at most Limits::streams_max exist, and each has at most one part under way.
#pragma once

#include <daybook/http.h>

#include "http/shared.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace daybook::http {

class Stream {
 public:
  // Null: streams_max are open.
  static std::shared_ptr<Stream> open(Shared& shared, std::uint64_t number, Response response) {
    if (shared.streams.fetch_add(1, std::memory_order_relaxed) >=
        shared.options.limits.streams_max) {
      shared.streams.fetch_sub(1, std::memory_order_relaxed);
      return nullptr;
    }
    return std::shared_ptr<Stream>(new Stream(shared, number, std::move(response)));
  }
  ~Stream() { shared_.streams.fetch_sub(1, std::memory_order_relaxed); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  const std::uint64_t number;  // the request's
  Response response;           // its header, until that is sent; its stream
  bool begun = false;          // the header is sent
  bool chunked = false;        // with begun
  bool part_pending = false;   // on its way through the worker

 private:
  Stream(Shared& shared, std::uint64_t number_in, Response response_in)
      : number(number_in), response(std::move(response_in)), shared_(shared) {}
  Shared& shared_;
};

}  // namespace daybook::http
