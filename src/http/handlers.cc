#include "http/handlers.h"

#include "base/digest.h"
#include "http/entity_tag.h"
#include "http/form_body.h"
#include "http/gunzip.h"
#include "http/live_route.h"
#include "http/media_type.h"
#include "http/socketio_route.h"
#include "http/system_routes.h"
#include "http/uploads_route.h"

namespace daybook::http {
namespace {

struct Call {
  IoThread& io;
  Session& session;
  std::uint64_t number;
  const Plan& plan;
  const Head& head;
  std::string_view body;

  void fail(const Error& error) const { session.answer_error(number, error); }
};

bool has_form(const Call& call) {
  return call.plan.route->bodies == Bodies::json_or_form &&
         form_type(call.head.field(Field::content_type)) != FormType::none;
}

Result<json::Value> parse_form(const Call& call) {
  std::string text;
  DAYBOOK_TRY_VOID(append_form_as_json(call.head.field(Field::content_type), call.body, text));
  const std::size_t size = text.size();
  text.append(json::Parser::padding_bytes, '\0');
  return call.io.json().parse(std::string_view(text).substr(0, size), true);
}

Result<json::Value> parse_body(const Call& call) {
  if (has_form(call)) return parse_form(call);
  if (call.body.empty()) {
    if (call.plan.route->method == Method::del) return json::Value{};
    return Error{Errc::malformed, "the body is empty"};
  }
  DAYBOOK_TRY(const json::Value value, call.io.json().parse(call.body, true));
  if (!value.is_object()) {
    return Error{
        Errc::invalid,
        "the body must be a JSON object",
        {{"", "type", "must be an object, not " + std::string(json::kind_name(value.kind()))}}};
  }
  return value;
}

// Fills the one item of a command's submission.
Result<void> make_item(const Call& call, Submission& submission) {
  const Route& route = *call.plan.route;
  DAYBOOK_TRY(const json::Value value, parse_body(call));
  DAYBOOK_TRY(const Request request, make_request(call.plan, call.head, call.body, call.io.wall()));
  SubmissionItem item;
  item.domain = route.domain;
  DAYBOOK_TRY(item.command,
              route.domain->parse_route(route.index, value, request, submission.arena));
  if (call.head.has(Field::idempotency_key)) {
    DAYBOOK_TRY(const std::string key,
                parse_idempotency_key(call.head.field(Field::idempotency_key)));
    item.idempotency_key = submission.arena.copy(key);
    const std::uint64_t seed =
        xxh64(call.plan.target.path, static_cast<std::uint64_t>(call.head.method));
    item.fingerprint = xxh128(call.body, seed);
  }
  item.trace_id = parse_traceparent(call.head.field(Field::traceparent));
  submission.items.push_back(std::move(item));
  return {};
}

void submit(const Call& call, Submission* submission) {
  submission->bytes =
      submission->arena.memory_bytes() + submission->items.size() * sizeof(SubmissionItem);
  submission->tag_a = call.session.tag();
  submission->tag_b = call.number;
  call.io.submit(submission);
}

void handle_command(const Call& call) {
  Submission* submission = call.io.take_submission();
  if (auto made = make_item(call, *submission); !made) {
    call.io.give_back(submission);
    return call.fail(made.error());
  }
  submit(call, submission);
}

Result<void> fill_events(const Call& call, Submission& submission, EventsJob& job) {
  if (call.head.has(Field::idempotency_key)) {
    return Error{Errc::malformed,
                 "POST /events takes an idempotencyKey per line, not a header",
                 {{"Idempotency-Key", "not_here", "give each line its own idempotencyKey"}}};
  }
  const Limits& limits = call.io.shared().options.limits;
  std::string inflated;
  std::string_view text = call.body;
  if (is_gzip(call.head.field(Field::content_encoding))) {
    auto plain = gunzip(call.body, limits.events_body_bytes_max);
    if (!plain) return std::move(plain).error();
    inflated = std::move(plain).value();
    const std::size_t size = inflated.size();
    inflated.append(json::Parser::padding_bytes, '\0');
    text = std::string_view(inflated).substr(0, size);
  }
  const Id128 trace_id = parse_traceparent(call.head.field(Field::traceparent));
  const EventsSender sender{trace_id, is_admin(call.io.shared(), call.head)};
  return parse_events(text, call.io.shared().deps.domains, call.io.json(), sender, submission, job);
}

void handle_events(const Call& call) {
  Submission* submission = call.io.take_submission();
  auto job = std::make_unique<EventsJob>();
  if (auto filled = fill_events(call, *submission, *job); !filled) {
    call.io.give_back(submission);
    return call.fail(filled.error());
  }
  call.session.slot(call.number)->events = std::move(job);
  call.session.mark_heavy(call.number);
  if (submission->items.empty()) {  // every line was bad: nothing for the sequencer
    call.session.complete(call.number, *submission);
    return call.io.give_back(submission);
  }
  submit(call, submission);
}

void handle_read(const Call& call) {
  const Route& route = *call.plan.route;
  auto request = make_request(call.plan, call.head, call.body, call.io.wall());
  if (!request) return call.fail(request.error());
  auto response = route.domain->handle_read(route.index, *request);
  if (!response) return call.fail(response.error());
  answer_not_modified(*response, call.head.field(Field::if_none_match));
  call.session.answer(call.number, std::move(*response));
}

// A request that owns its bytes, for the worker.
struct OwnedRequest {
  std::string path, content_type, origin, accept, last_event_id, bearer, body;
  std::string if_none_match;
  Request request;

  OwnedRequest(Request&& from, std::string_view if_none_match_in)
      : path(from.path),
        content_type(from.content_type),
        origin(from.origin),
        accept(from.accept),
        last_event_id(from.last_event_id),
        bearer(from.bearer),
        body(from.body),
        if_none_match(if_none_match_in),
        request(std::move(from)) {
    request.path = path;
    request.content_type = content_type;
    request.origin = origin;
    request.accept = accept;
    request.last_event_id = last_event_id;
    request.bearer = bearer;
    request.body = body;
  }
  OwnedRequest(const OwnedRequest&) = delete;
  OwnedRequest& operator=(const OwnedRequest&) = delete;
};

Result<Response> respond_on_worker(const Shared& shared, const Route& route,
                                   const OwnedRequest& owned) {
  const Dependencies& deps = shared.deps;
  if (route.kind == RouteKind::upload) {
    return upload_image(*deps.blobs, owned.content_type, owned.body,
                        shared.options.limits.upload_bytes_max);
  }
  if (route.kind == RouteKind::image) return get_image(*deps.blobs, owned.request.params[0]);
  // A read can take long and loses nothing; an upload is done.
  if (route.method == Method::get && shared.draining.load(std::memory_order_relaxed))
    return Error{Errc::unavailable, "the server is stopping"};
  auto response = route.kind == RouteKind::service
                      ? route.service->handle(owned.request)
                      : route.domain->handle_scan(route.index, owned.request, *deps.log,
                                                  deps.sequencer->visible());
  if (response) answer_not_modified(*response, owned.if_none_match);
  return response;
}

void handle_on_worker(const Call& call) {
  auto request = make_request(call.plan, call.head, call.body, call.io.wall());
  if (!request) return call.fail(request.error());
  auto owned = std::make_shared<const OwnedRequest>(std::move(request).value(),
                                                    call.head.field(Field::if_none_match));
  Shared& shared = call.io.shared();
  const Route& route = *call.plan.route;
  auto job = [owned, &shared, &route] { return respond_on_worker(shared, route, *owned); };
  call.session.mark_heavy(call.number);
  if (!call.io.run_on_worker(call.session.tag(), call.number, std::move(job)))
    call.fail(Error{Errc::busy, "too many uploads and scans are waiting; try again"});
}

}  // namespace

void handle_request(IoThread& io, Session& session, std::uint64_t number, const Plan& plan,
                    const Head& head, std::string_view body) {
  const Call call{io, session, number, plan, head, body};
  switch (plan.route->kind) {
    case RouteKind::command:
      return handle_command(call);
    case RouteKind::read:
      return handle_read(call);
    case RouteKind::scan:
    case RouteKind::service:
    case RouteKind::upload:
    case RouteKind::image:
      return handle_on_worker(call);
    case RouteKind::events:
      return handle_events(call);
    case RouteKind::live:
      return handle_live(io, session, number, plan, head);
    case RouteKind::socketio:
      return handle_socketio(io, session, number, plan, head, body);
    default:
      return session.answer(number,
                            system_response(io.shared(), plan.route->kind, plan.target.query));
  }
}

}  // namespace daybook::http
