// Pages of submissions as JSON (docs/domains/forms.md, Paging).
#include "domains/forms/submissions.h"

#include <daybook/texts.h>

#include <charconv>
#include <optional>

namespace daybook::forms {
namespace {

constexpr std::int64_t page_rows_default = 50;
constexpr std::int64_t page_rows_max = 1'000;
constexpr std::size_t page_bytes_max = 8u << 20;  // a page of large bodies ends earlier

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

class QueryFields {
 public:
  explicit QueryFields(const Request& request) : request_(request) {}

  void time(std::string_view name, UnixUs& to) {
    const auto text = request_.query_value(name);
    if (!text) return;
    if (const auto at = parse_time(*text))
      to = *at;
    else
      fail(name, "not_a_time", "must be RFC 3339, YYYY-MM-DD or epoch milliseconds");
  }
  template <class Number>
  void number(std::string_view name, Number min, Number max, Number& to) {
    const auto text = request_.query_value(name);
    if (!text) return;
    const auto number = parse_number<Number>(*text);
    if (number && *number >= min && *number <= max)
      to = *number;
    else
      fail(name, "out_of_range", "must be " + std::to_string(min) + " to " + std::to_string(max));
  }
  void fail(std::string_view name, std::string_view code, std::string rule) {
    errors_.push_back({std::string(name), std::string(code), std::move(rule)});
  }
  [[nodiscard]] std::optional<Error> error() const {
    if (errors_.empty()) return std::nullopt;
    return Error{Errc::invalid, errors_.front().field + " " + errors_.front().message, errors_};
  }
  [[nodiscard]] std::string_view text(std::string_view name) const {
    return request_.query_value(name).value_or(std::string_view{});
  }

 private:
  const Request& request_;
  std::vector<FieldError> errors_;
};

void write_row(json::Writer& out, const Row& row) {
  out.begin_object().member("id", id_text(row.id));
  out.member("position", std::to_string(row.position.value));
  out.member("at", time_text(row.at)).member("version", std::uint64_t{row.version});
  if (row.spam != Spam::none) out.member("spam", spam_name(row.spam));
  if (row.is_flagged) out.member("flagged", true);
  out.key("body").raw(row.body).end_object();
}

Result<void> need_form(ReadContext<Domain>& context, std::string_view name) {
  bool is_known = false;
  context.with_view([&](const View& view) { is_known = view.form(name) != nullptr; });
  if (!is_known) return Error{Errc::not_found, "form not found"};
  return {};
}

}  // namespace

Result<SubmissionQuery> read_query(const Request& request) {
  SubmissionQuery query;
  query.form = request.params.front();
  QueryFields fields(request);
  fields.time("from", query.from);
  fields.time("to", query.until);
  fields.number<std::uint32_t>("version", 1, std::numeric_limits<std::uint32_t>::max(),
                               query.version);
  fields.number<std::uint64_t>("after", 1, Position::max().value, query.after.value);
  const std::string_view spam = fields.text("spam");
  if (spam == "true")
    query.spam = SpamFilter::with;
  else if (spam == "only")
    query.spam = SpamFilter::only;
  else if (!spam.empty() && spam != "false")
    fields.fail("spam", "unknown_word", "must be true, only or false");
  const std::string_view flagged = fields.text("flagged");
  if (flagged == "true")
    query.flags = FlagFilter::only;
  else if (flagged == "false")
    query.flags = FlagFilter::without;
  else if (!flagged.empty())
    fields.fail("flagged", "unknown_word", "must be true or false");
  const std::string_view order = fields.text("order");
  query.newest_first = order == "newest";
  if (!order.empty() && order != "newest" && order != "oldest")
    fields.fail("order", "unknown_word", "must be oldest or newest");
  if (auto error = fields.error()) return std::move(*error);
  return query;
}

Result<Response> get_submissions(ReadContext<Domain>& context, const Request& request) {
  DAYBOOK_TRY(SubmissionQuery query, read_query(request));
  std::int64_t limit = page_rows_default;
  QueryFields fields(request);
  fields.number<std::int64_t>("limit", 1, page_rows_max, limit);
  if (auto error = fields.error()) return std::move(*error);
  DAYBOOK_TRY_VOID(need_form(context, query.form));

  std::string body;
  json::Writer out(body);
  out.begin_object().key("submissions").begin_array();
  const auto rows_max = static_cast<std::size_t>(limit);
  std::size_t rows = 0;
  Position last{};
  bool has_more = false;
  SubmissionReader reader(std::move(query));
  // One row more than wanted says whether there is a next page.
  DAYBOOK_TRY_VOID(reader.read(context, rows_max + 1, [&](const Row& row) {
    has_more = rows == rows_max || (rows > 0 && body.size() + row.body.size() > page_bytes_max);
    if (has_more) return false;
    write_row(out, row);
    last = row.position;
    ++rows;
    return true;
  }));
  out.end_array().key("next");
  if (has_more)
    out.string(std::to_string(last.value));
  else
    out.null();
  out.end_object();
  return Response::json(std::move(body));
}

// The id is a UUIDv7 of the time the submission was accepted at, so it says where to look.
Result<Response> get_submission(ReadContext<Domain>& context, const Request& request) {
  const auto id = parse_id(request.params[1]);
  if (!id) return Error{Errc::not_found, "submission not found"};
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id->bytes[i];
  SubmissionQuery query;
  query.form = request.params.front();
  query.spam = SpamFilter::with;
  query.from = {ms * 1000};
  query.until = {(ms + 1) * 1000};
  std::string body;
  SubmissionReader reader(std::move(query));
  DAYBOOK_TRY_VOID(
      reader.read(context, std::numeric_limits<std::size_t>::max(), [&](const Row& row) {
        if (row.id != *id) return true;
        json::Writer out(body);
        write_row(out, row);
        return false;
      }));
  if (body.empty()) return Error{Errc::not_found, "submission not found"};
  return Response::json(std::move(body));
}

}  // namespace daybook::forms
