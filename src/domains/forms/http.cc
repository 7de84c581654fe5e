// The routes, and what is answered from the view. Shapes of the answers: docs/domains/forms.md.
#include "domains/forms/domain.h"
#include "domains/forms/export.h"
#include "domains/forms/submissions.h"

#include <daybook/texts.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace daybook::forms {
namespace {

constexpr std::int64_t forms_listed_default = 100;
constexpr std::int64_t forms_listed_max = 1'000;
constexpr std::ptrdiff_t counts_max = 10'000;  // rows of one answer
constexpr std::int64_t hour_us = 3'600'000'000;
constexpr std::int64_t day_us = 24 * hour_us;

void write_numbers(json::Writer& out, const FormEntry& form) {
  out.member("version", std::uint64_t{form.versions.size()});
  out.member("closed", form.is_closed());
  out.member("submissions", form.real.size());  // open to all: how many are spam is not
  out.key("lastAt");
  if (form.real.size() == 0)
    out.null();
  else
    out.string(time_text(form.last_at));
}

// GET /forms?limit&after
Result<Response> get_forms(const View& view, const Request& request) {
  std::int64_t limit = forms_listed_default;
  if (const auto text = request.query_value("limit")) {
    const char* end = text->data() + text->size();
    const auto [at, error] = std::from_chars(text->data(), end, limit);
    if (error != std::errc{} || at != end || limit < 1 || limit > forms_listed_max)
      return Error::field("limit", "out_of_range",
                          "must be 1 to " + std::to_string(forms_listed_max));
  }
  std::string body;
  json::Writer out(body);
  out.begin_array();
  auto form = view.forms().upper_bound(request.query_value("after").value_or(std::string_view{}));
  for (; form != view.forms().end() && limit > 0; ++form, --limit) {
    out.begin_object().member("name", form->first).member("title", form->second.title());
    write_numbers(out, form->second);
    out.end_object();
  }
  out.end_array();
  return Response::json(std::move(body));
}

// GET /forms/{name}
Result<Response> get_form(const View& view, const Request& request) {
  const FormEntry* form = view.form(request.params.front());
  if (form == nullptr) return Error{Errc::not_found, "form not found"};
  std::string body;
  json::Writer out(body);
  out.begin_object().member("name", request.params.front()).member("title", form->title());
  write_numbers(out, *form);
  out.member("definedAt", time_text(form->versions.back().at)).key("schema");
  if (form->definition == nullptr)
    out.null();
  else
    out.raw(form->definition->schema_json());
  out.end_object();
  return Response::json(std::move(body));
}

// GET /forms/{name}/definition: as it was put.
Result<Response> get_definition(const View& view, const Request& request) {
  const FormEntry* form = view.form(request.params.front());
  if (form == nullptr) return Error{Errc::not_found, "form not found"};
  return Response::json(form->definition_json);
}

// GET /forms/{name}/moderation: numbers that are not for all, so that nobody can try words out.
Result<Response> get_moderation(const View& view, const Request& request) {
  const FormEntry* form = view.form(request.params.front());
  if (form == nullptr) return Error{Errc::not_found, "form not found"};
  std::string body;
  json::Writer out(body);
  out.begin_object().member("name", request.params.front());
  out.member("submissions", form->real.size()).member("spam", form->spam.size());
  out.member("flagged", std::uint64_t{form->flagged.size()}).end_object();
  return Response::json(std::move(body));
}

// An instant of the query as a bucket's number; absent: `fallback`.
Result<std::int64_t> read_edge(const Request& request, std::string_view name, std::int64_t unit_us,
                               std::int64_t fallback) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  const auto at = parse_time(*text);
  if (!at)
    return Error::field(name, "not_a_time", "must be RFC 3339, YYYY-MM-DD or epoch milliseconds");
  return at->value / unit_us;
}

// GET /forms/{name}/counts?step=hour|day&from&to
Result<Response> get_counts(const View& view, const Request& request) {
  const FormEntry* form = view.form(request.params.front());
  if (form == nullptr) return Error{Errc::not_found, "form not found"};
  const std::string_view step = request.query_value("step").value_or("hour");
  if (step != "hour" && step != "day")
    return Error::field("step", "unknown_word", "must be hour or day");
  const bool by_hour = step == "hour";
  const std::int64_t unit_us = by_hour ? hour_us : day_us;
  DAYBOOK_TRY(const std::int64_t from,
              read_edge(request, "from", unit_us, std::numeric_limits<std::int32_t>::min()));
  DAYBOOK_TRY(const std::int64_t to,
              read_edge(request, "to", unit_us, std::numeric_limits<std::int32_t>::max()));

  const std::vector<Bucket>& buckets = by_hour ? form->hours : form->days;
  const auto is_before = [](const Bucket& bucket, std::int64_t at) { return bucket.at < at; };
  auto first = std::lower_bound(buckets.begin(), buckets.end(), from, is_before);
  const auto last = std::max(first, std::lower_bound(first, buckets.end(), to, is_before));
  first += std::max<std::ptrdiff_t>(0, (last - first) - counts_max);  // the newest
  std::string body;
  json::Writer out(body);
  out.begin_array();
  for (; first != last; ++first) {
    out.begin_object();
    if (by_hour)
      out.member("at", time_text({first->at * hour_us}));
    else
      out.member("at", to_string(Day{first->at}));
    out.member("count", std::uint64_t{first->count}).end_object();
  }
  out.end_array();
  return Response::json(std::move(body));
}

Answer definition_answer(std::string_view name, std::uint32_t version, int status) {
  Answer answer;
  answer.status = status;
  json::Writer out(answer.body);
  out.begin_object().member("name", name).member("version", std::uint64_t{version}).end_object();
  return answer;
}

Answer verdict_answer(const Event& event) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("form", event.form).member("submission", id_text(event.submission));
  out.member("flagged", event.kind == Kind::flagged).end_object();
  return answer;
}

}  // namespace

// A spam submission is answered as any other: it learns nothing from it.
Answer Domain::answer(const Command& command, std::span<const Event> events) {
  const Event& event = events.front();
  if (event.kind == Kind::form_defined)
    return definition_answer(event.form, event.version, event.version == 1 ? 201 : 200);
  if (is_verdict(event.kind)) return verdict_answer(event);
  Answer answer;
  if (!command.redirect.empty()) {
    answer.status = 303;
    answer.location = std::string(command.redirect);
    return answer;
  }
  json::Writer out(answer.body);
  out.begin_object().key("success").raw(event.body).end_object();
  return answer;
}

// Only a definition that is in order already makes no event.
Answer Domain::unchanged(const State& state, const Command& command) {
  const Form* form = state.form(command.form);
  return definition_answer(command.form, form == nullptr ? 0 : form->version, 200);
}

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  return {{"forms", view.forms().size()},
          {"submissions", view.submissions()},
          {"spam", view.spam()},
          {"flagged", view.flagged()}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::put, "/forms/{name}", Access::admin, &parse_definition);
  routes.command(Method::post, "/forms/{name}", Access::open, &parse_submission,
                 Bodies::json_or_form);
  // The reference's own paths: a form's name is its path, with or without the last slash.
  for (const std::string_view path :
       {"/student-data-form/", "/student-data-form", "/demo-form/", "/demo-form"})
    routes.command(Method::post, path, Access::open, &parse_submission, Bodies::json_or_form);
  routes.read("/forms", Access::open, &get_forms);
  routes.read("/forms/{name}", Access::open, &get_form);
  routes.read("/forms/{name}/definition", Access::admin, &get_definition);
  routes.read("/forms/{name}/moderation", Access::admin, &get_moderation);
  routes.read("/forms/{name}/counts", Access::open, &get_counts);
  routes.scan("/forms/{name}/submissions", Access::admin, &get_submissions);
  routes.scan("/forms/{name}/submissions.csv", Access::admin, &export_csv);
  routes.scan("/forms/{name}/submissions.jsonl", Access::admin, &export_jsonl);
  routes.scan("/forms/{name}/submissions/{id}", Access::admin, &get_submission);
}

}  // namespace daybook::forms
