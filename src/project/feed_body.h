// The bodies of answers to readers: pages (JSON, NDJSON) that end, and server-sent events that do
// not.
//
// Threads: next() on the worker; wait(), waits(), end_early() and late_headers() on the session's
// io thread between two parts (daybook/http.h).
#pragma once

#include <daybook/http.h>
#include <daybook/publish.h>

#include "project/feed_log.h"
#include "project/feed_query.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daybook::project {

// One event as everybody sees it: {"position","topic","type","key","version"?,"id","time","data"}.
void append_event(std::string& out, const PublicEvent& event);

// At most `limit` events, then where to go on. Nothing is sent before there is an event or an end,
// so that a page that fits one part is an ordinary answer.
class PageBody : public BodyStream {
 public:
  // An answer ends at its first pause after this long, with what it has and more: true, whatever is
  // still to be looked at.
  static constexpr std::int64_t answer_ms_max = 10'000;
  // NDJSON only: its cursor stands in the header, so such a page is collected before it is sent,
  // and ends when it is this long.
  static constexpr std::size_t ndjson_bytes_max = 1u << 20;

  struct Options {
    FeedFormat format = FeedFormat::json;  // not sse
    std::uint64_t limit = feed_limit_default;
    std::int64_t wait_ms = 0;
  };
  // `topic` may be null until enter() has set it.
  PageBody(FeedLog& log, const AnyDomain* topic, EventFilter filter, Position seen,
           const Options& options);

  // The answer: plain when its first part is all of it, else with `body` as its stream.
  static Result<Response> respond(const std::shared_ptr<PageBody>& body);

  Result<bool> next(std::string& out) override;
  [[nodiscard]] std::optional<Wait> wait() const override { return wait_; }
  [[nodiscard]] bool waits() const override { return options_.wait_ms > 0; }
  bool end_early(std::string& out) override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> late_headers() const override;

 protected:
  // Asked before each look. A number: somebody else reads; at most so many ms more.
  virtual Result<std::optional<std::int64_t>> enter() { return std::optional<std::int64_t>(); }
  virtual void looked() {}
  virtual void write_members(json::Writer&) const {}  // after next and more
  virtual void add_headers(std::vector<std::pair<std::string, std::string>>&) const {}

  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] bool held() const { return held_; }
  FeedLog& log_;
  const AnyDomain* topic_;
  EventFilter filter_;
  Position seen_{};   // every event up to it was looked at
  Position first_{};  // of the first event that was wanted

 private:
  Result<bool> make_part(std::string& out);
  bool add(std::string& out, const PublicEvent& event);  // false: the part or the page is full
  [[nodiscard]] bool is_full() const;
  void end(std::string& out);

  const Options options_;
  const std::int64_t wait_until_ms_, give_up_at_ms_;
  std::string collected_;      // the first part, when it was not all; NDJSON: what there is so far
  std::size_t part_from_ = 0;  // where in it the part begins
  std::optional<Wait> wait_;
  std::uint64_t events_ = 0;
  bool at_end_ = false;
  bool held_ = false;  // by another reader
  bool ended_ = false;
};

// Server-sent events, for as long as the client stays.
class EventsBody final : public BodyStream {
 public:
  static constexpr std::int64_t retry_ms = 2000;  // after which a browser comes again

  EventsBody(FeedLog& log, const AnyDomain& topic, EventFilter filter, Position seen,
             std::int64_t keep_alive_ms);
  static Response respond(std::shared_ptr<EventsBody> body);

  Result<bool> next(std::string& out) override;
  [[nodiscard]] std::optional<Wait> wait() const override { return wait_; }
  [[nodiscard]] bool waits() const override { return true; }
  bool end_early(std::string&) override { return true; }  // between two events it is whole

 private:
  FeedLog& log_;
  const AnyDomain& topic_;
  const EventFilter filter_;
  const std::int64_t keep_alive_ms_;
  Position seen_;
  bool opened_ = false;
  std::int64_t sent_at_ms_ = 0;
  std::optional<Wait> wait_;
};

}  // namespace daybook::project
