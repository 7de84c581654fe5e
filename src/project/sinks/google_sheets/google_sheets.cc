#include "project/sinks/google_sheets/google_sheets.h"

#include "project/sinks/google_sheets/sheets_sink.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace daybook::google_sheets_sink {
namespace {

constexpr char scope[] = "https://www.googleapis.com/auth/spreadsheets";
constexpr std::size_t title_chars_max = 100;  // Google's limit
constexpr std::size_t id_chars_max = 128;
constexpr std::size_t answer_bytes_max = 8u << 20;  // metadata of a spreadsheet with many tabs

constexpr std::array<SettingSpec, 10> rows{{
    {"spreadsheet_id", SettingType::text, "", "", 0, 0,
     "The spreadsheet: the part of its address between /d/ and /edit."},
    {"sheet", SettingType::text, "", "", 0, 0,
     "The tab's title; made when there is none. It must be empty, and is Daybook's alone."},
    {"key_file", SettingType::text, "", "", 0, 0,
     "The service account's key, the JSON file from Google's console."},
    {"columns", SettingType::text_list, "", "", 0, 0,
     "Members of an event's row that get a column; empty: those of the form's definition, or of "
     "the first row."},
    {"writes_per_minute", SettingType::integer, "60", "requests", 1, 6000,
     "Writes a minute at most; Google allows a service account 60."},
    {"timeout_ms", SettingType::integer, "60000", "ms", 100, 180'000,
     "How long one request may take."},
    {"base_url", SettingType::text, "https://sheets.googleapis.com", "", 0, 0,
     "Where the Sheets API is."},
    {"token_url", SettingType::text, "", "", 0, 0,
     "Where access tokens come from; empty: as the key file says."},
    {"ca_file", SettingType::text, "", "", 0, 0,
     "Certificates to trust instead of the system's, PEM."},
    {"allow_private", SettingType::boolean, "false", "", 0, 0,
     "Whether base_url and token_url may be at a private address; for tests."},
}};

Error wrong(std::string_view option, std::string_view rule) {
  return Error::field(option, "invalid", rule);
}

bool is_url(std::string_view text) {
  return (text.starts_with("https://") && text.size() > 8) ||
         (text.starts_with("http://") && text.size() > 7);
}

std::optional<Error> check(const Settings& options) {
  const auto id = options.text("spreadsheet_id");
  const bool plain = std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (id.empty() || !plain || id.size() > id_chars_max)
    return wrong("spreadsheet_id",
                 "must be the part of the spreadsheet's address between /d/ and /edit");
  const auto title = options.text("sheet");
  const bool no_controls =
      std::ranges::all_of(title, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (title.empty() || title.size() > title_chars_max || !no_controls)
    return wrong("sheet", "must be a tab's title of 1 to 100 characters");
  if (options.text("key_file").empty())
    return wrong("key_file", "must name the service account's key file");
  if (!is_url(options.text("base_url")) || options.text("base_url").ends_with('/'))
    return wrong("base_url", "must be a URL without a slash at its end");
  if (const auto token = options.text("token_url"); !token.empty() && !is_url(token))
    return wrong("token_url", "must be a URL");
  std::set<std::string> names;
  for (const auto& name : options.text_list("columns"))
    if (name.empty() || !names.insert(name).second)
      return wrong("columns", "must be names that are not empty, each once");
  return std::nullopt;
}

Result<std::unique_ptr<Sink>> make(const Settings& options, const SinkSource& source) {
  if (auto error = check(options)) return *error;
  auto account =
      outbound::ServiceAccount::read(options.text("key_file"), scope, options.text("token_url"));
  if (!account.ok()) return wrong("key_file", account.error().message);
  outbound::HttpOptions http;
  http.timeout_ms = options.integer("timeout_ms");
  http.connect_timeout_ms = std::min(http.connect_timeout_ms, http.timeout_ms);
  http.allow_private = options.boolean("allow_private");
  http.ca_file = options.text("ca_file");
  http.answer_bytes_max = answer_bytes_max;
  SheetsOptions sheet;
  sheet.projector = source.projector;
  sheet.spreadsheet = options.text("spreadsheet_id");
  sheet.title = options.text("sheet");
  sheet.layout.with_type = source.filter.types.size() != 1;
  sheet.layout.with_key = source.filter.keys.size() != 1;
  sheet.layout.columns = options.text_list("columns");
  return std::unique_ptr<Sink>(std::make_unique<SheetsSink>(
      std::move(sheet), options.text("base_url"), options.integer("writes_per_minute"),
      std::move(http), *std::move(account)));
}

}  // namespace

SinkType type() { return {"google_sheets", rows, 500, 2000, make}; }

}  // namespace daybook::google_sheets_sink
