#include "project/feed.h"

#include "project/consumer_reads.h"
#include "project/feed_body.h"
#include "project/feed_log.h"
#include "project/feed_query.h"

#include <memory>
#include <utility>

namespace daybook::project {
namespace {

// What all routes share; lives as long as the last of them.
struct Feeds {
  explicit Feeds(const FeedDependencies& dependencies)
      : log(*dependencies.log, *dependencies.sequencer, dependencies.domains),
        find_consumer(dependencies.consumer),
        keep_alive_ms(dependencies.keep_alive_ms) {}
  FeedLog log;
  ConsumerReads reads;
  const ConsumerBody::Find find_consumer;
  const std::int64_t keep_alive_ms;
};

// HEAD: what GET would say before its first event; it takes no lease and waits for nothing.
Response head_only(FeedFormat format) {
  Response response;
  response.headers.emplace_back("Cache-Control", "no-store");
  if (format == FeedFormat::ndjson) response.content_type = "application/x-ndjson";
  if (format == FeedFormat::sse) response.content_type = "text/event-stream";
  return response;
}

// GET /topics
Result<Response> list_topics(const Feeds& feeds) {
  Response response;
  response.headers.emplace_back("Cache-Control", "no-store");
  json::Writer out(response.body);
  out.begin_object().key("topics").begin_array();
  for (const AnyDomain* domain : feeds.log.domains()) {
    out.begin_object().member("topic", domain->name()).key("types").begin_array();
    for (const std::string_view type : domain->event_types()) out.string(type);
    out.end_array().end_object();
  }
  out.end_array().member("now", cursor_text(feeds.log.readable())).end_object();
  return response;
}

// GET /topics/{topic}/events
Result<Response> read_topic(Feeds& feeds, const Request& request) {
  const AnyDomain* topic = feeds.log.find(request.params.front());
  if (topic == nullptr) return unknown_topic("there is no such topic", feeds.log);
  DAYBOOK_TRY(FeedQuery query, parse_feed_query(request, *topic, feeds.log));
  if (request.method == Method::head) return head_only(query.format);
  if (query.format == FeedFormat::sse) {
    return EventsBody::respond(std::make_shared<EventsBody>(
        feeds.log, *topic, std::move(query.filter), query.after, feeds.keep_alive_ms));
  }
  const PageBody::Options options{query.format, query.limit, query.wait_ms};
  return PageBody::respond(
      std::make_shared<PageBody>(feeds.log, topic, std::move(query.filter), query.after, options));
}

// GET /consumers/{name}/events
Result<Response> read_consumer(Feeds& feeds, const Request& request) {
  const std::string& name = request.params.front();
  if (!feeds.find_consumer(name)) return Error{Errc::not_found, "consumer not found"};
  DAYBOOK_TRY(const ConsumerQuery query, parse_consumer_query(request));
  if (request.method == Method::head) return head_only(query.format);
  return PageBody::respond(
      std::make_shared<ConsumerBody>(feeds.log, feeds.reads, feeds.find_consumer, name, query));
}

}  // namespace

std::vector<ServiceRoute> feed_routes(const FeedDependencies& dependencies) {
  const auto feeds = std::make_shared<Feeds>(dependencies);
  std::vector<ServiceRoute> routes;
  routes.push_back({Method::get, "/topics", Access::admin,
                    [feeds](const Request&) { return list_topics(*feeds); }});
  routes.push_back({Method::get, "/topics/{topic}/events", Access::admin,
                    [feeds](const Request& request) { return read_topic(*feeds, request); }});
  if (dependencies.consumer) {
    routes.push_back({Method::get, "/consumers/{name}/events", Access::admin,
                      [feeds](const Request& request) { return read_consumer(*feeds, request); }});
  }
  return routes;
}

}  // namespace daybook::project
