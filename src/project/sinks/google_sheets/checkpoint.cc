#include "project/sinks/google_sheets/checkpoint.h"

#include <daybook/json.h>

#include "base/digest.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace daybook::google_sheets_sink {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::uint64_t fence_ids = 4096;  // more than there are fences at a time

std::optional<Position> position_of(const json::Value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto text = value.string();
  Position position;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), position.value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return position;
}

std::optional<std::uint64_t> count_of(const json::Value& object, std::string_view name) {
  const auto member = object.find(name);
  const auto number = member ? member->as_int64() : std::nullopt;
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

Error damaged() {
  return {Errc::corrupt, "the checkpoint is not one that this version of Daybook wrote"};
}

void write_mark(json::Writer& writer, const Checkpoint& checkpoint) {
  writer.begin_object()
      .member("v", format_version)
      .member("serial", checkpoint.serial)
      .member("rows", checkpoint.rows)
      .member("position", std::to_string(checkpoint.position.value))
      .key("letters")
      .begin_array();
  for (const Position letter : checkpoint.letters) writer.string(std::to_string(letter.value));
  writer.end_array().end_object();
}

void write_columns(json::Writer& writer, const Checkpoint& checkpoint) {
  writer.begin_array();
  for (const auto& column : checkpoint.columns) writer.string(column);
  writer.end_array();
}

bool read_mark(const json::Value& mark, Checkpoint& out) {
  if (!mark.is_object() || count_of(mark, "v") != format_version) return false;
  const auto serial = count_of(mark, "serial");
  const auto rows = count_of(mark, "rows");
  const auto position = mark.find("position");
  const auto letters = mark.find("letters");
  if (!serial || !rows || !position || !letters || !letters->is_array()) return false;
  out.serial = *serial;
  out.rows = *rows;
  const auto at = position_of(*position);
  bool good = at.has_value();
  out.position = at.value_or(Position{});
  letters->each_element([&](const json::Value& letter) {
    const auto one = position_of(letter);
    good = good && one.has_value();
    out.letters.push_back(one.value_or(Position{}));
  });
  return good && out.letters.size() <= letters_max;
}

bool read_columns(const json::Value& columns, Checkpoint& out) {
  if (!columns.is_array()) return false;
  bool good = true;
  columns.each_element([&](const json::Value& column) {
    good = good && column.is_string() && !column.string().empty();
    if (good) out.columns.emplace_back(column.string());
  });
  return good;
}

}  // namespace

std::string Checkpoint::mark() const {
  std::string out;
  json::Writer writer(out);
  write_mark(writer, *this);
  return out;
}

std::string Checkpoint::columns_value() const {
  std::string out;
  json::Writer writer(out);
  write_columns(writer, *this);
  return out;
}

Result<Checkpoint> Checkpoint::from_values(std::string_view mark, std::string_view columns) {
  json::Parser parser;
  Checkpoint checkpoint;
  const auto marked = parser.parse(mark, false);
  if (!marked.ok() || !read_mark(*marked, checkpoint)) return damaged();
  const auto named = parser.parse(columns, false);
  if (!named.ok() || !read_columns(*named, checkpoint)) return damaged();
  return checkpoint;
}

std::string Checkpoint::state(std::string_view spreadsheet, std::string_view tab) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("spreadsheet", spreadsheet).member("tab", tab).key("mark");
  write_mark(writer, *this);
  writer.key("columns");
  write_columns(writer, *this);
  writer.end_object();
  return out;
}

bool Checkpoint::has_letter(Position letter) const {
  return std::ranges::find(letters, letter) != letters.end();
}

void Checkpoint::add_letter(Position letter) {
  if (letters.size() >= letters_max) letters.erase(letters.begin());
  letters.push_back(letter);
}

Result<SavedState> read_state(std::string_view state) {
  json::Parser parser;
  const auto parsed = parser.parse(state, false);
  if (!parsed.ok() || !parsed->is_object()) return damaged();
  const auto spreadsheet = parsed->find("spreadsheet");
  const auto tab = parsed->find("tab");
  const auto mark = parsed->find("mark");
  const auto columns = parsed->find("columns");
  SavedState saved;
  if (!spreadsheet || !spreadsheet->is_string() || !tab || !tab->is_string() || !mark || !columns ||
      !read_mark(*mark, saved.checkpoint) || !read_columns(*columns, saved.checkpoint))
    return damaged();
  saved.spreadsheet = spreadsheet->string();
  saved.tab = tab->string();
  return saved;
}

std::string mark_key(std::string_view projector) { return "daybook." + std::string(projector); }
std::string columns_key(std::string_view projector) { return mark_key(projector) + ".columns"; }

std::int64_t metadata_id(std::string_view key, std::int64_t sheet_id) {
  const auto hash = xxh64(key, static_cast<std::uint64_t>(sheet_id));
  return static_cast<std::int64_t>(hash % 0x7FFF'FFFEu) + 1;
}

std::int64_t fence_id(std::uint64_t serial, std::int64_t sheet_id) {
  const auto block = xxh64(fence_key, static_cast<std::uint64_t>(sheet_id)) % 0x7FFFEu;
  return static_cast<std::int64_t>(block * fence_ids + serial % fence_ids) + 1;
}

}  // namespace daybook::google_sheets_sink
