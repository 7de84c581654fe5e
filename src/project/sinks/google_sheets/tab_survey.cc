#include "project/sinks/google_sheets/tab_survey.h"

#include <daybook/json.h>

#include <algorithm>
#include <cstdlib>

namespace daybook::google_sheets_sink {
namespace {

constexpr std::string_view key_prefix = "daybook.";

std::optional<json::Value> member(const std::optional<json::Value>& object, std::string_view name) {
  return object && object->is_object() ? object->find(name) : std::nullopt;
}
std::string text(const std::optional<json::Value>& object, std::string_view name) {
  const auto value = member(object, name);
  return value && value->is_string() ? std::string(value->string()) : std::string();
}
std::int64_t number(const std::optional<json::Value>& object, std::string_view name) {
  const auto value = member(object, name);
  return value ? value->as_int64().value_or(0) : 0;
}
template <class F>
void each(const std::optional<json::Value>& array, F&& f) {
  if (array && array->is_array()) array->each_element(f);
}

Error unreadable() {
  return {Errc::malformed, "the answer is not one of the Google Sheets API; is base_url right?"};
}

void read_metadata(const json::Value& sheet, std::string_view projector, Found& found) {
  const auto mine = mark_key(projector);
  const auto mine_columns = columns_key(projector);
  each(sheet.find("developerMetadata"), [&](const json::Value& entry) {
    const auto key = text(entry, "metadataKey");
    if (key == mine) {
      found.metadata.mark = text(entry, "metadataValue");
      found.metadata.mark_id = number(entry, "metadataId");
    } else if (key == mine_columns) {
      found.metadata.columns = text(entry, "metadataValue");
      found.metadata.columns_id = number(entry, "metadataId");
    } else if (key == fence_key) {
      const auto serial = std::strtoull(text(entry, "metadataValue").c_str(), nullptr, 10);
      found.fences[serial] = number(entry, "metadataId");
    } else if (key.starts_with(key_prefix)) {
      const auto name = std::string_view(key).substr(key_prefix.size());
      found.other_projector = std::string(name.substr(0, name.find('.')));
    }
  });
}

}  // namespace

Result<Found> read_look(std::string_view answer, std::string_view title,
                        std::string_view projector) {
  json::Parser parser;
  const auto parsed = parser.parse(answer, false);
  if (!parsed.ok() || !parsed->is_object()) return unreadable();
  const auto sheets = parsed->find("sheets");
  if (!sheets || !sheets->is_array()) return unreadable();
  Found found;
  sheets->each_element([&](const json::Value& sheet) {
    const auto properties = member(sheet, "properties");
    const auto grid = member(properties, "gridProperties");
    Tab tab;
    tab.sheet_id = number(properties, "sheetId");
    tab.rows = static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(grid, "rowCount")));
    tab.columns =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(grid, "columnCount")));
    if (text(properties, "title") != title) {
      found.other_cells += tab.rows * tab.columns;
      return;
    }
    found.tab = tab;
    read_metadata(sheet, projector, found);
  });
  if (found.tab) found.tab->other_cells = found.other_cells;
  const Metadata& metadata = found.metadata;
  if (metadata.mark.empty() || metadata.columns.empty()) return found;
  DAYBOOK_TRY(found.mark, Checkpoint::from_values(metadata.mark, metadata.columns));
  return found;
}

Result<std::vector<std::uint64_t>> read_heights(std::string_view answer) {
  json::Parser parser;
  const auto parsed = parser.parse(answer, false);
  if (!parsed.ok() || !parsed->is_object()) return unreadable();
  const auto ranges = parsed->find("valueRanges");
  if (!ranges || !ranges->is_array()) return unreadable();
  std::vector<std::uint64_t> heights;
  ranges->each_element([&](const json::Value& range) {
    std::uint64_t row = 0, height = 0;
    each(member(range, "values"), [&](const json::Value& cells) {
      ++row;
      each(cells, [&](const json::Value& cell) {
        if (!cell.is_string() || !cell.string().empty()) height = row;
      });
    });
    heights.push_back(height);
  });
  return heights;
}

bool says_metadata_changed(std::string_view answer) {
  json::Parser parser;
  const auto parsed = parser.parse(answer, false);
  if (!parsed.ok() || !parsed->is_object()) return false;
  bool first = true, changed = false;
  // The mark's update is the first of a change.
  each(parsed->find("replies"), [&](const json::Value& reply) {
    if (!first) return;
    first = false;
    each(member(member(reply, "updateDeveloperMetadata"), "developerMetadata"),
         [&](const json::Value&) { changed = true; });
  });
  return changed;
}

}  // namespace daybook::google_sheets_sink
