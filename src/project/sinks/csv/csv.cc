#include "project/sinks/csv/csv.h"

#include "project/sinks/csv/file_sink.h"

#include <array>

namespace daybook::csv_sink {
namespace {

constexpr std::size_t base_chars_max = 100;
constexpr std::size_t batch_events = 5000;
constexpr std::int64_t batch_ms = 1000;

constexpr SettingSpec path_row{"path",
                               SettingType::text,
                               "",
                               "",
                               0,
                               0,
                               "The folder of the files; it is made when it is missing."};
constexpr SettingSpec file_row{"file",
                               SettingType::text,
                               "",
                               "",
                               0,
                               0,
                               "What the files' names begin with; empty: the projector's name."};
constexpr SettingSpec columns_row{
    "columns",
    SettingType::text_list,
    "",
    "",
    0,
    0,
    "The only columns, in this order; empty: those of the definition, then all else in one."};
constexpr SettingSpec bom_row{
    "bom",
    SettingType::boolean,
    "false",
    "",
    0,
    0,
    "A byte order mark before the header, for spreadsheets that take UTF-8 for something else."};
constexpr SettingSpec rotate_row{"rotate",
                                 SettingType::text,
                                 "none",
                                 "",
                                 0,
                                 0,
                                 "When a new file begins: \"none\", \"day\" or \"size\"."};
constexpr SettingSpec rotate_bytes_row{"rotate_bytes_max",
                                       SettingType::integer,
                                       "104857600",
                                       "bytes",
                                       1024,
                                       1'099'511'627'776,
                                       "From how many bytes on, with rotate = \"size\"."};
constexpr SettingSpec zone_row{
    "time_zone", SettingType::text, "UTC", "", 0, 0, "Whose days they are, with rotate = \"day\"."};

constexpr std::array csv_rows{path_row,   file_row,         columns_row, bom_row,
                              rotate_row, rotate_bytes_row, zone_row};
constexpr std::array jsonl_rows{path_row, file_row, rotate_row, rotate_bytes_row, zone_row};

// A name that stays in its folder and is visible there.
bool is_base_name(std::string_view text) {
  return text.size() <= base_chars_max && !text.starts_with('.') &&
         text.find_first_of("/\\") == std::string_view::npos &&
         text.find_first_of("\t\r\n") == std::string_view::npos;
}

Result<Rotate> rotate_of(const std::string& text) {
  if (text == "none") return Rotate::none;
  if (text == "day") return Rotate::day;
  if (text == "size") return Rotate::size;
  return Error::field("rotate", "unknown", "must be \"none\", \"day\" or \"size\"");
}

Result<FileOptions> read_options(const Settings& settings, const SinkSource& source,
                                 std::string extension) {
  FileOptions options;
  options.extension = std::move(extension);
  options.folder = settings.text("path");
  if (options.folder.empty()) return Error::field("path", "missing", "must be given");
  while (options.folder.size() > 1 && options.folder.back() == '/') options.folder.pop_back();
  options.base = settings.text("file");
  if (options.base.empty()) options.base = source.projector;
  if (!is_base_name(options.base))
    return Error::field("file", "no_name",
                        "must be a name of at most 100 bytes without a path or a leading dot");
  DAYBOOK_TRY(options.rotate, rotate_of(settings.text("rotate")));
  options.rotate_bytes_max = static_cast<std::uint64_t>(settings.integer("rotate_bytes_max"));
  auto zone = TimeZone::make(settings.text("time_zone"));
  if (!zone) return Error::field("time_zone", "unknown", "must be a time zone of the system");
  options.zone = std::move(*zone);
  return options;
}

Result<std::unique_ptr<Sink>> make_csv(const Settings& settings, const SinkSource& source) {
  DAYBOOK_TRY(FileOptions options, read_options(settings, source, "csv"));
  const bool follows_one = source.filter.keys.size() == 1;
  auto rows = make_csv_rows(settings.text_list("columns"), follows_one, settings.boolean("bom"));
  return std::unique_ptr<Sink>(new FileSink(std::move(options), std::move(rows)));
}

Result<std::unique_ptr<Sink>> make_jsonl(const Settings& settings, const SinkSource& source) {
  DAYBOOK_TRY(FileOptions options, read_options(settings, source, "jsonl"));
  return std::unique_ptr<Sink>(new FileSink(std::move(options), make_json_rows()));
}

}  // namespace

SinkType csv_type() { return {"csv", csv_rows, batch_events, batch_ms, &make_csv}; }
SinkType jsonl_type() { return {"jsonl", jsonl_rows, batch_events, batch_ms, &make_jsonl}; }

}  // namespace daybook::csv_sink
