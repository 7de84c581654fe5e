#include "http/events_route.h"

#include "base/digest.h"
#include "http/idempotency.h"
#include "http/problem.h"
#include "http/request_plan.h"
#include "log/event_log.h"

namespace daybook::http {
namespace {

AnyDomain* find_domain(std::span<AnyDomain* const> domains, std::string_view name) {
  for (AnyDomain* domain : domains)
    if (domain->name() == name) return domain;
  return nullptr;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

Result<SubmissionItem> parse_line(const json::Value& line, std::span<AnyDomain* const> domains,
                                  bool is_admin, Arena& arena) {
  if (!line.is_object())
    return Error{Errc::invalid, "the line must be an object", {{"", "type", "must be an object"}}};
  const auto topic = line.find("topic");
  if (!topic) return Error::field("topic", "missing", "is required");
  if (!topic->is_string()) return Error::field("topic", "type", "must be a string");
  SubmissionItem item;
  item.domain = find_domain(domains, topic->string());
  if (item.domain == nullptr)
    return Error::field("topic", "unknown", "is not a topic of this server");
  const auto data = line.find("data");
  if (!data) return Error::field("data", "missing", "is required");
  if (!data->is_object()) return Error::field("data", "type", "must be an object");
  if (!is_admin && item.domain->needs_admin(*data))
    return Error{Errc::unauthenticated, "this line needs Authorization: Bearer <admin key>"};
  auto command = item.domain->parse(*data, arena);
  if (!command) return std::move(command).error();
  item.command = *command;
  DAYBOOK_TRY(const bool has_key, read_idempotency_key(line, arena, item));
  if (has_key) item.fingerprint = xxh128(data->to_string(), xxh64(item.domain->name()));
  return item;
}

void note_error(EventsJob& job, std::uint32_t number, Error error) {
  if (job.field_errors + error.fields.size() > events_field_errors_max) error.fields = {};
  job.field_errors += error.fields.size();
  job.lines.push_back({number, static_cast<std::uint32_t>(job.errors.size()), true});
  job.errors.push_back(std::move(error));
}

void append_error_line(std::string& out, const Error& error) {
  out += std::to_string(status_of(error.code));
  append_error_members(out, error);
}

}  // namespace

Result<void> parse_events(std::string_view text, std::span<AnyDomain* const> domains,
                          json::Parser& parser, const EventsSender& sender, Submission& submission,
                          EventsJob& job) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    ++number;
    if (is_blank(line)) continue;
    if (job.lines.size() == events_lines_max)
      return Error{Errc::too_large, "more than " + std::to_string(events_lines_max) + " lines"};
    auto value = parser.parse(line, true);
    if (!value) {
      note_error(job, number, std::move(value).error());
      continue;
    }
    auto item = parse_line(*value, domains, sender.is_admin, submission.arena);
    if (!item) {
      note_error(job, number, std::move(item).error());
      continue;
    }
    item->trace_id = sender.trace_id;
    job.lines.push_back({number, static_cast<std::uint32_t>(submission.items.size()), false});
    submission.items.push_back(std::move(item).value());
  }
  if (job.lines.empty()) return Error{Errc::malformed, "the body has no line"};
  return {};
}

void render_events(const EventsJob& job, std::span<const SubmissionItem> items, std::string& out) {
  for (const EventsJob::Line& line : job.lines) {
    out += "{\"line\":";
    out += std::to_string(line.number);
    out += ",\"status\":";
    if (line.refused) {
      append_error_line(out, job.errors[line.at]);
    } else if (const Outcome& outcome = items[line.at].outcome; !outcome.accepted) {
      append_error_line(out, outcome.error);
    } else {
      out += std::to_string(outcome.answer.status);
      if (outcome.position.value != 0) {
        out += ",\"receipt\":\"";
        out += log::receipt_text(outcome.position, outcome.group_hash);
        out += '"';
        if (outcome.durability == Durability::interval) out += ",\"durability\":\"interval\"";
      }
      if (outcome.repeated) out += ",\"replayed\":true";
      if (!outcome.answer.body.empty()) {
        out += ",\"body\":";
        out += outcome.answer.body;
      }
    }
    out += "}\n";
  }
}

}  // namespace daybook::http
