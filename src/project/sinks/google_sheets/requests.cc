#include "project/sinks/google_sheets/requests.h"

#include <daybook/json.h>

#include "base/digest.h"

#include <algorithm>

namespace daybook::google_sheets_sink {
namespace {

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

// 'Bob''s tab'
std::string quoted_title(std::string_view title) {
  std::string out = "'";
  for (const char c : title) {
    if (c == '\'') out.push_back('\'');
    out.push_back(c);
  }
  return out + "'";
}

void update_cells(json::Writer& writer, const Tab& tab, std::uint64_t row, std::string_view rows) {
  writer.begin_object().key("updateCells").begin_object().key("start").begin_object();
  writer.member("sheetId", tab.sheet_id).member("rowIndex", row);
  writer.member("columnIndex", std::int64_t{0}).end_object();
  writer.key("rows").raw("[" + std::string(rows) + "]").member("fields", "userEnteredValue");
  writer.end_object().end_object();
}

// `before`: only when its value is still this.
void update_metadata(json::Writer& writer, std::int64_t id, std::string_view before,
                     std::string_view value) {
  writer.begin_object().key("updateDeveloperMetadata").begin_object();
  writer.key("dataFilters").begin_array().begin_object();
  writer.key("developerMetadataLookup").begin_object().member("metadataId", id);
  writer.member("metadataValue", before);
  writer.end_object().end_object().end_array();
  writer.key("developerMetadata").begin_object().member("metadataValue", value).end_object();
  writer.member("fields", "metadataValue").end_object().end_object();
}

void create_metadata(json::Writer& writer, std::int64_t id, std::string_view key,
                     std::string_view value, std::int64_t sheet_id) {
  writer.begin_object().key("createDeveloperMetadata").begin_object();
  writer.key("developerMetadata").begin_object();
  writer.member("metadataId", id);
  writer.member("metadataKey", key).member("metadataValue", value);
  writer.member("visibility", "DOCUMENT");
  writer.key("location").begin_object().member("sheetId", sheet_id).end_object();
  writer.end_object().end_object().end_object();
}

void delete_metadata(json::Writer& writer, std::int64_t id) {
  writer.begin_object().key("deleteDeveloperMetadata").begin_object();
  writer.key("dataFilter").begin_object().key("developerMetadataLookup").begin_object();
  writer.member("metadataId", id).end_object().end_object().end_object().end_object();
}

void update_grid(json::Writer& writer, const Tab& tab) {
  writer.begin_object().key("updateSheetProperties").begin_object();
  writer.key("properties").begin_object().member("sheetId", tab.sheet_id);
  writer.key("gridProperties").begin_object();
  writer.member("rowCount", tab.rows).member("columnCount", tab.columns);
  writer.end_object().end_object();
  writer.member("fields", "gridProperties.rowCount,gridProperties.columnCount");
  writer.end_object().end_object();
}

}  // namespace

Tab grown(const Tab& tab, std::uint64_t rows, std::uint64_t columns) {
  Tab then = tab;
  then.columns = std::max(tab.columns, columns);
  if (rows <= tab.rows) return then;
  then.rows = (rows + grid_step_rows - 1) / grid_step_rows * grid_step_rows;
  // The last rows before the limit are given one by one.
  const std::uint64_t room = cells_max - std::min(cells_max, tab.other_cells);
  then.rows = std::max(rows, std::min(then.rows, room / std::max<std::uint64_t>(1, then.columns)));
  return then;
}

void append_row(std::string& rows, const std::vector<std::string>& cells) {
  rows += rows.empty() ? "{\"values\":[" : ",{\"values\":[";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) rows.push_back(',');
    if (cells[i].empty()) {
      rows += "{}";
      continue;
    }
    rows += "{\"userEnteredValue\":{\"stringValue\":";
    json::append_string(rows, cells[i]);
    rows += "}}";
  }
  rows += "]}";
}

std::string change_body(const Change& change, const Tab& now, const Tab& then) {
  std::string out;
  out.reserve(change.rows.size() + change.header.size() + 1024);
  json::Writer writer(out);
  writer.begin_object().key("requests").begin_array();
  const Metadata& before = change.before;
  update_metadata(writer, before.mark_id, before.mark, change.to.mark());
  if (const auto columns = change.to.columns_value(); columns != before.columns)
    update_metadata(writer, before.columns_id, before.columns, columns);
  const std::uint64_t serial = change.to.serial;
  create_metadata(writer, fence_id(serial, now.sheet_id), fence_key, std::to_string(serial),
                  now.sheet_id);
  for (const std::int64_t id : change.old_fences) delete_metadata(writer, id);
  if (then.rows != now.rows || then.columns != now.columns) update_grid(writer, then);
  if (change.clear) {
    writer.begin_object().key("updateCells").begin_object();
    writer.key("range").begin_object().member("sheetId", now.sheet_id).end_object();
    writer.member("fields", "userEnteredValue").end_object().end_object();
  }
  if (!change.header.empty()) update_cells(writer, now, 0, change.header);
  if (!change.rows.empty()) update_cells(writer, now, change.first_row, change.rows);
  writer.end_array().end_object();
  return out;
}

std::string create_body(std::string_view projector, std::string_view title, const Tab& tab,
                        bool make_tab) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("requests").begin_array();
  if (make_tab) {
    writer.begin_object().key("addSheet").begin_object().key("properties").begin_object();
    writer.member("sheetId", tab.sheet_id).member("title", title);
    writer.key("gridProperties").begin_object();
    writer.member("rowCount", tab.rows).member("columnCount", tab.columns);
    writer.member("frozenRowCount", std::int64_t{1});
    writer.end_object().end_object().end_object().end_object();
    // People are warned before they change what Daybook counts on.
    writer.begin_object().key("addProtectedRange").begin_object().key("protectedRange");
    writer.begin_object().key("range").begin_object().member("sheetId", tab.sheet_id).end_object();
    writer.member("description", "Rows are written by Daybook; work in another tab");
    writer.member("warningOnly", true).end_object().end_object().end_object();
  }
  const Checkpoint none;
  const auto create = [&](const std::string& key, const std::string& value) {
    create_metadata(writer, metadata_id(key, tab.sheet_id), key, value, tab.sheet_id);
  };
  create(mark_key(projector), none.mark());
  create(columns_key(projector), none.columns_value());
  writer.end_array().end_object();
  return out;
}

std::int64_t new_sheet_id(std::string_view projector, std::string_view title) {
  return static_cast<std::int64_t>(xxh64(title, xxh64(projector)) % 0x7FFF'FFFEu) + 1;
}

std::string change_path(std::string_view spreadsheet) {
  return "/v4/spreadsheets/" + std::string(spreadsheet) + ":batchUpdate";
}

std::string look_path(std::string_view spreadsheet) {
  return "/v4/spreadsheets/" + std::string(spreadsheet) +
         "?fields=sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),"
         "developerMetadata(metadataId,metadataKey,metadataValue))";
}

std::string values_path(std::string_view spreadsheet, std::string_view title,
                        const std::vector<std::string>& ranges) {
  std::string path = "/v4/spreadsheets/" + std::string(spreadsheet) + "/values:batchGet?";
  for (const auto& range : ranges)
    path += "ranges=" + percent_encoded(quoted_title(title) + "!" + range) + "&";
  return path + "fields=valueRanges(values)";
}

}  // namespace daybook::google_sheets_sink
