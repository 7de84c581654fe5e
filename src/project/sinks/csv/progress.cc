#include "project/sinks/csv/progress.h"

#include <daybook/json.h>

namespace daybook::csv_sink {
namespace {

constexpr std::int64_t format = 1;

Error corrupt() { return Error{Errc::corrupt, "the checkpoint is not one of this sink"}; }

std::uint64_t number_of(const json::Value& object, std::string_view name) {
  const auto value = object.find(name);
  const auto number = value ? value->as_int64() : std::nullopt;
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

std::string text_of(const json::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is_string() ? std::string(value->string()) : std::string();
}

}  // namespace

std::string write_progress(const Progress& progress) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("format", format).member("place", progress.place);
  writer.member("sequence", progress.sequence);
  if (progress.is_open) {
    writer.member("length", progress.length);
    if (!progress.day.empty()) writer.member("day", progress.day);
    writer.key("columns").begin_array();
    for (const auto& column : progress.columns) writer.string(column);
    writer.end_array();
  }
  writer.end_object();
  return out;
}

Result<Progress> read_progress(std::string_view text) {
  json::Parser parser;
  const auto object = parser.parse(text, false);
  if (!object || !object->is_object()) return corrupt();
  if (number_of(*object, "format") != format) return corrupt();
  Progress progress;
  progress.place = text_of(*object, "place");
  progress.sequence = number_of(*object, "sequence");
  progress.is_open = object->find("length").has_value();
  progress.length = number_of(*object, "length");
  progress.day = text_of(*object, "day");
  if (const auto columns = object->find("columns"); columns && columns->is_array())
    columns->each_element([&](const json::Value& column) {
      if (column.is_string()) progress.columns.emplace_back(column.string());
    });
  return progress;
}

}  // namespace daybook::csv_sink
