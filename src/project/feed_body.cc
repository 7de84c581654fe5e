#include "project/feed_body.h"

#include "base/clock.h"

#include <daybook/texts.h>

#include <algorithm>

namespace daybook::project {
namespace {

std::int64_t now_ms() { return steady_us() / 1000; }

// What is new every moment is nobody's to keep; and no proxy is to hold events back.
void set_stream_headers(Response& response) {
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
}

}  // namespace

void append_event(std::string& out, const PublicEvent& event) {
  json::Writer writer(out);
  writer.begin_object().member("position", cursor_text(event.position));
  writer.member("topic", event.topic).member("type", event.type).member("key", event.key);
  if (event.version != 0) writer.member("version", std::uint64_t{event.version});
  writer.member("id", id_text(event.event_id)).member("time", time_text(event.server_time));
  writer.key("data").raw(event.data).end_object();
}

// --- pages

PageBody::PageBody(FeedLog& log, const AnyDomain* topic, EventFilter filter, Position seen,
                   const Options& options)
    : log_(log),
      topic_(topic),
      filter_(std::move(filter)),
      seen_(seen),
      options_(options),
      wait_until_ms_(now_ms() + options.wait_ms),
      give_up_at_ms_(std::max(wait_until_ms_, now_ms() + answer_ms_max)) {}

Result<Response> PageBody::respond(const std::shared_ptr<PageBody>& body) {
  Response response;
  if (body->options_.format == FeedFormat::ndjson) response.content_type = "application/x-ndjson";
  set_stream_headers(response);
  std::string first;
  DAYBOOK_TRY(const bool more, body->next(first));
  if (more) {
    if (!first.empty()) body->collected_ = std::move(first);
    response.stream = body;
    return response;
  }
  response.body = std::move(first);
  for (auto& line : body->late_headers()) response.headers.push_back(std::move(line));
  return response;
}

Result<bool> PageBody::next(std::string& out) {
  if (options_.format == FeedFormat::ndjson) {
    DAYBOOK_TRY(const bool more, make_part(collected_));
    if (!more) out += std::exchange(collected_, {});
    return more;
  }
  if (collected_.empty()) return make_part(out);
  out += std::exchange(collected_, {});
  return true;
}

Result<bool> PageBody::make_part(std::string& out) {
  wait_.reset();
  part_from_ = out.size();
  DAYBOOK_TRY(const std::optional<std::int64_t> held_ms, enter());
  held_ = held_ms.has_value();
  const std::int64_t now = now_ms();
  if (held_) {
    if (now < wait_until_ms_) {
      wait_ = Wait{log_.readable(), std::min(*held_ms, wait_until_ms_ - now)};
      return true;
    }
    end(out);
    return false;
  }
  DAYBOOK_TRY(const FeedLog::Look look,
              log_.look(*topic_, seen_ + 1, filter_,
                        [&](const PublicEvent& event) { return add(out, event); }));
  seen_ = look.seen;
  at_end_ = look.at_end;
  looked();
  const bool all = at_end_ && (events_ > 0 || now >= wait_until_ms_);
  if (all || is_full() || now >= give_up_at_ms_) {
    end(out);
    return false;
  }
  if (at_end_) wait_ = Wait{seen_, wait_until_ms_ - now};
  return true;
}

bool PageBody::add(std::string& out, const PublicEvent& event) {
  if (options_.format == FeedFormat::json) out += events_ == 0 ? "{\"events\":[" : ",";
  if (events_ == 0) first_ = event.position;
  append_event(out, event);
  if (options_.format == FeedFormat::ndjson) out += '\n';
  ++events_;
  return !is_full() && out.size() - part_from_ < body_part_bytes;
}

bool PageBody::is_full() const {
  return events_ == options_.limit || collected_.size() >= ndjson_bytes_max;
}

void PageBody::end(std::string& out) {
  ended_ = true;
  if (options_.format == FeedFormat::ndjson) return;
  if (events_ == 0) out += "{\"events\":[";
  out += "],";
  std::string members;
  json::Writer writer(members);
  writer.begin_object().member("next", cursor_text(seen_)).member("more", !at_end_ && !held_);
  write_members(writer);
  writer.end_object();
  out.append(members, 1);  // the object is open already
}

bool PageBody::end_early(std::string& out) {
  out += std::exchange(collected_, {});
  end(out);
  return true;
}

std::vector<std::pair<std::string, std::string>> PageBody::late_headers() const {
  std::vector<std::pair<std::string, std::string>> lines;
  if (ended_) {
    lines.emplace_back("Daybook-Next", cursor_text(seen_));
    lines.emplace_back("Daybook-More", !at_end_ && !held_ ? "true" : "false");
  }
  add_headers(lines);
  return lines;
}

// --- server-sent events

EventsBody::EventsBody(FeedLog& log, const AnyDomain& topic, EventFilter filter, Position seen,
                       std::int64_t keep_alive_ms)
    : log_(log),
      topic_(topic),
      filter_(std::move(filter)),
      keep_alive_ms_(keep_alive_ms),
      seen_(seen) {}

Response EventsBody::respond(std::shared_ptr<EventsBody> body) {
  Response response;
  response.content_type = "text/event-stream";
  set_stream_headers(response);
  response.stream = std::move(body);
  return response;
}

Result<bool> EventsBody::next(std::string& out) {
  wait_.reset();
  const std::int64_t now = now_ms();
  if (!opened_) {
    opened_ = true;
    sent_at_ms_ = now;
    out += "retry: " + std::to_string(retry_ms) + "\n: events of ";
    out += topic_.name();
    out += "\nid: " + cursor_text(seen_) + "\n\n";
    return true;
  }
  DAYBOOK_TRY(const FeedLog::Look look,
              log_.look(topic_, seen_ + 1, filter_, [&](const PublicEvent& event) {
                out += "id: " + cursor_text(event.position) + "\nevent: " + event.type + "\ndata: ";
                append_event(out, event);
                out += "\n\n";
                return out.size() < body_part_bytes;
              }));
  seen_ = look.seen;
  // The id moves over what was not wanted, so that who comes again need not look at it again.
  if (out.empty() && now - sent_at_ms_ >= keep_alive_ms_)
    out += ": still here\nid: " + cursor_text(seen_) + "\n\n";
  if (!out.empty()) sent_at_ms_ = now;
  if (out.empty() && look.at_end) wait_ = Wait{seen_, sent_at_ms_ + keep_alive_ms_ - now};
  return true;
}

}  // namespace daybook::project
