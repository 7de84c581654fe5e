#include "domains/forms/export.h"

#include <daybook/csv.h>
#include <daybook/texts.h>

#include <limits>
#include <optional>

namespace daybook::forms {
namespace {

class ExportStream : public BodyStream {
 public:
  ExportStream(std::shared_ptr<ReadContext<Domain>> context, SubmissionQuery query)
      : context_(std::move(context)), reader_(std::move(query)) {}

  Result<bool> next(std::string& out) final {
    if (!has_begun_) append_head(out);
    has_begun_ = true;
    const std::size_t full = out.size() + body_part_bytes;
    DAYBOOK_TRY_VOID(
        reader_.read(*context_, std::numeric_limits<std::size_t>::max(), [&](const Row& row) {
          append_row(out, row);
          return out.size() < full;
        }));
    return !reader_.at_end();
  }

 protected:
  virtual void append_head(std::string&) {}
  virtual void append_row(std::string& out, const Row& row) = 0;
  [[nodiscard]] bool shows_spam() const { return reader_.query().spam != SpamFilter::hide; }

 private:
  std::shared_ptr<ReadContext<Domain>> context_;
  SubmissionReader reader_;
  bool has_begun_ = false;
};

class JsonLines final : public ExportStream {
 public:
  using ExportStream::ExportStream;

 private:
  void append_row(std::string& out, const Row& row) override {
    json::Writer line(out);
    line.begin_object().member("id", id_text(row.id)).member("at", time_text(row.at));
    line.member("version", std::uint64_t{row.version});
    if (row.spam != Spam::none) line.member("spam", spam_name(row.spam));
    if (row.is_flagged) line.member("flagged", true);
    line.key("body").raw(row.body).end_object();
    out.push_back('\n');
  }
};

class CsvLines final : public ExportStream {
 public:
  CsvLines(std::shared_ptr<ReadContext<Domain>> context, SubmissionQuery query,
           std::vector<std::string> columns)
      : ExportStream(std::move(context), std::move(query)), table_(fixed(), std::move(columns)) {}

 private:
  [[nodiscard]] std::vector<std::string> fixed() const {
    if (shows_spam()) return {"id", "at", "version", "spam"};
    return {"id", "at", "version"};
  }
  void append_head(std::string& out) override { table_.append_header(out); }
  void append_row(std::string& out, const Row& row) override {
    cells_ = {id_text(row.id), time_text(row.at), std::to_string(row.version)};
    if (shows_spam()) cells_.emplace_back(spam_name(row.spam));
    table_.append_row(out, cells_, row.body);
  }

  csv::Table table_;
  std::vector<std::string> cells_;
};

// nullopt: no such form.
std::optional<std::vector<std::string>> columns_of(ReadContext<Domain>& context,
                                                   std::string_view name) {
  std::optional<std::vector<std::string>> columns;
  context.with_view([&](const View& view) {
    if (const FormEntry* form = view.form(name)) columns = form->columns;
  });
  return columns;
}

// A form's name is safe in a header as it is.
Response attachment(const std::string& form, std::string_view extension,
                    std::string_view content_type) {
  Response response;
  response.content_type = std::string(content_type);
  response.headers.emplace_back(
      "Content-Disposition",
      "attachment; filename=\"" + form + "-submissions." + std::string(extension) + "\"");
  return response;
}

}  // namespace

Result<Response> export_csv(ReadContext<Domain>& context, const Request& request) {
  DAYBOOK_TRY(SubmissionQuery query, read_query(request));
  auto columns = columns_of(context, query.form);
  if (!columns) return Error{Errc::not_found, "form not found"};
  Response response = attachment(query.form, "csv", "text/csv; charset=utf-8");
  response.stream =
      std::make_shared<CsvLines>(context.keep(), std::move(query), std::move(*columns));
  return response;
}

Result<Response> export_jsonl(ReadContext<Domain>& context, const Request& request) {
  DAYBOOK_TRY(SubmissionQuery query, read_query(request));
  if (!columns_of(context, query.form)) return Error{Errc::not_found, "form not found"};
  Response response = attachment(query.form, "jsonl", "application/jsonl");
  response.stream = std::make_shared<JsonLines>(context.keep(), std::move(query));
  return response;
}

}  // namespace daybook::forms
