#include "project/sinks/google_sheets/fake_grid.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace daybook::test {
namespace {

std::optional<json::Value> at(const std::optional<json::Value>& object, std::string_view name) {
  return object && object->is_object() ? object->find(name) : std::nullopt;
}
std::string text_at(const std::optional<json::Value>& object, std::string_view name) {
  const auto value = at(object, name);
  return value && value->is_string() ? std::string(value->string()) : std::string();
}
std::optional<std::int64_t> number_at(const std::optional<json::Value>& object,
                                      std::string_view name) {
  const auto value = at(object, name);
  return value ? value->as_int64() : std::nullopt;
}
FakeRefusal invalid(std::string message) { return {400, "INVALID_ARGUMENT", std::move(message)}; }

// UTF-16 units.
std::size_t chars_of(std::string_view text) {
  std::size_t chars = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) chars += byte >= 0xF0 ? 2 : 1;
  }
  return chars;
}

void write_metadata(json::Writer& writer, const FakeMetadata& entry) {
  writer.begin_object().member("metadataId", entry.id).member("metadataKey", entry.key);
  writer.member("metadataValue", entry.value).member("visibility", "DOCUMENT").end_object();
}

// "A5" → row 5, column 1; "A" → column 1; "5" → row 5. 0: not given.
struct Corner {
  std::size_t row = 0, column = 0;
};
Corner corner_of(std::string_view text) {
  Corner corner;
  while (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    corner.column = corner.column * 26 + static_cast<std::size_t>(text[0] - 'A') + 1;
    text.remove_prefix(1);
  }
  std::from_chars(text.data(), text.data() + text.size(), corner.row);
  return corner;
}

}  // namespace

std::vector<Row> FakeTab::values() const {
  std::vector<Row> values;
  for (const auto& row : rows) {
    values.push_back(row ? *row : Row());
    while (!values.back().empty() && values.back().back().empty()) values.back().pop_back();
  }
  while (!values.empty() && values.back().empty()) values.pop_back();
  return values;
}

FakeTab& FakeGrid::add_tab(const std::string& title, std::int64_t sheet_id) {
  FakeTab tab;
  tab.title = title;
  tab.sheet_id = sheet_id;
  tabs.push_back(std::move(tab));
  return tabs.back();
}

FakeTab* FakeGrid::tab(std::string_view title) {
  const auto found = std::ranges::find(tabs, title, &FakeTab::title);
  return found == tabs.end() ? nullptr : &*found;
}
FakeTab* FakeGrid::by_id(std::int64_t sheet_id) {
  const auto found = std::ranges::find(tabs, sheet_id, &FakeTab::sheet_id);
  return found == tabs.end() ? nullptr : &*found;
}

std::size_t FakeGrid::cells() const {
  std::size_t cells = 0;
  for (const auto& tab : tabs) cells += tab.row_count * tab.column_count;
  return cells;
}

std::optional<FakeRefusal> FakeGrid::change(const json::Value& body, std::string& answer) {
  const auto requests = body.is_object() ? body.find("requests") : std::nullopt;
  if (!requests || !requests->is_array()) return invalid("Must specify at least one request.");
  const auto tabs_before = tabs;
  const auto metadata_before = metadata;
  Done refusal;
  std::size_t index = 0;
  json::Writer writer(answer);
  writer.begin_object().key("replies").begin_array();
  requests->each_element([&](const json::Value& request) {
    if (refusal) return;
    std::size_t kinds = 0;
    writer.begin_object();
    request.each_member([&](std::string_view name, const json::Value& inner) {
      ++kinds;
      if (!refusal) refusal = apply(name, inner, writer);
      if (refusal)
        refusal->message = "Invalid requests[" + std::to_string(index) + "]." + std::string(name) +
                           ": " + refusal->message;
    });
    writer.end_object();
    if (!refusal && kinds != 1) refusal = invalid("One kind of request each.");
    ++index;
  });
  writer.end_array().end_object();
  if (!refusal && cells() > rules_.cells_max)
    refusal = invalid(
        "This action would increase the number of cells in the workbook above the limit of "
        "10000000 cells.");
  if (refusal) {
    tabs = tabs_before;
    metadata = metadata_before;
    answer.clear();
  }
  return refusal;
}

FakeGrid::Done FakeGrid::apply(std::string_view name, const json::Value& request,
                               json::Writer& reply) {
  if (name == "addSheet") return add_sheet(request, reply);
  if (name == "addProtectedRange") return protect(request);
  if (name == "updateSheetProperties") return update_properties(request);
  if (name == "updateCells") return update_cells(request);
  if (name == "createDeveloperMetadata") return create_metadata(request, reply);
  if (name == "deleteDeveloperMetadata") return delete_metadata(request);
  if (name == "updateDeveloperMetadata") return update_metadata(request, reply);
  return invalid("Cannot find field.");
}

FakeGrid::Done FakeGrid::add_sheet(const json::Value& request, json::Writer& reply) {
  const auto properties = at(request, "properties");
  const auto title = text_at(properties, "title");
  const auto id = number_at(properties, "sheetId");
  if (!id || *id < 0) return invalid("sheetId must be given here and not negative.");
  if (tab(title) != nullptr)
    return invalid("A sheet with the name \"" + title + "\" already exists.");
  if (by_id(*id) != nullptr) return invalid("A sheet with this id already exists.");
  FakeTab& made = add_tab(title, *id);
  const auto grid = at(properties, "gridProperties");
  made.row_count = static_cast<std::size_t>(number_at(grid, "rowCount").value_or(1000));
  made.column_count = static_cast<std::size_t>(number_at(grid, "columnCount").value_or(26));
  reply.key("addSheet").begin_object().key("properties").begin_object();
  reply.member("sheetId", *id).member("title", title).end_object().end_object();
  return {};
}

FakeGrid::Done FakeGrid::protect(const json::Value& request) {
  FakeTab* tab =
      by_id(number_at(at(at(request, "protectedRange"), "range"), "sheetId").value_or(-1));
  if (tab == nullptr) return invalid("No grid with this id.");
  tab->is_protected = true;
  return {};
}

FakeGrid::Done FakeGrid::update_properties(const json::Value& request) {
  if (text_at(request, "fields") != "gridProperties.rowCount,gridProperties.columnCount")
    return invalid("The fake knows only the grid's size.");
  const auto properties = at(request, "properties");
  FakeTab* tab = by_id(number_at(properties, "sheetId").value_or(-1));
  if (tab == nullptr) return invalid("No grid with this id.");
  const auto grid = at(properties, "gridProperties");
  const auto rows = number_at(grid, "rowCount"), columns = number_at(grid, "columnCount");
  if (!rows || !columns || *rows < 1 || *columns < 1) return invalid("A grid has cells.");
  tab->row_count = static_cast<std::size_t>(*rows);
  tab->column_count = static_cast<std::size_t>(*columns);
  // A smaller grid loses what was outside.
  if (tab->rows.size() > tab->row_count) tab->rows.resize(tab->row_count);
  return {};
}

FakeGrid::Done FakeGrid::clear_range(const json::Value& range) {
  FakeTab* tab = by_id(number_at(range, "sheetId").value_or(-1));
  if (tab == nullptr) return invalid("No grid with this id.");
  const auto first = static_cast<std::size_t>(number_at(range, "startRowIndex").value_or(0));
  for (std::size_t i = first; i < tab->rows.size(); ++i) tab->rows[i] = nullptr;
  return {};
}

FakeGrid::Done FakeGrid::update_cells(const json::Value& request) {
  if (text_at(request, "fields") != "userEnteredValue")
    return invalid("At least one field must be listed in 'fields'.");
  if (const auto range = at(request, "range")) return clear_range(*range);
  const auto start = at(request, "start");
  FakeTab* tab = by_id(number_at(start, "sheetId").value_or(-1));
  if (tab == nullptr) return invalid("No grid with this id.");
  const auto rows = at(request, "rows");
  auto row = static_cast<std::size_t>(number_at(start, "rowIndex").value_or(0));
  const auto column = static_cast<std::size_t>(number_at(start, "columnIndex").value_or(0));
  Done refusal;
  if (rows && rows->is_array())
    rows->each_element([&](const json::Value& data) {
      const auto values = at(data, "values");
      if (!refusal && values) refusal = write_row(*tab, row, column, *values);
      ++row;
    });
  return refusal;
}

FakeGrid::Done FakeGrid::write_row(FakeTab& tab, std::size_t row, std::size_t column,
                                   const json::Value& cells) {
  if (row >= tab.row_count)
    return invalid("Attempting to write row: " + std::to_string(row) +
                   ", beyond the last requested row of: " + std::to_string(tab.row_count - 1));
  if (tab.rows.size() <= row) tab.rows.resize(row + 1);
  Row written = tab.rows[row] ? *tab.rows[row] : Row();
  Done refusal;
  cells.each_element([&](const json::Value& cell) {
    if (refusal) return;
    if (column >= tab.column_count) {
      refusal =
          invalid("Attempting to write column: " + std::to_string(column) +
                  ", beyond the last requested column of: " + std::to_string(tab.column_count - 1));
      return;
    }
    if (written.size() <= column) written.resize(column + 1);
    const auto value = at(cell, "userEnteredValue");
    const auto text = at(value, "stringValue");
    written[column] = text && text->is_string() ? std::string(text->string()) : std::string();
    if (value && !text) refusal = invalid("The fake takes strings only.");
    if (chars_of(written[column]) > rules_.cell_chars_max)
      refusal = invalid(
          "Your input contains more than the maximum of 50000 characters in a "
          "single cell.");
    if (!rules_.poison.empty() && written[column].find(rules_.poison) != std::string::npos)
      refusal = invalid("Invalid value at 'cell', \"" + written[column] + "\"");
    ++column;
  });
  tab.rows[row] = std::make_shared<const Row>(std::move(written));
  return refusal;
}

FakeGrid::Done FakeGrid::create_metadata(const json::Value& request, json::Writer& reply) {
  const auto given = at(request, "developerMetadata");
  FakeMetadata entry;
  entry.key = text_at(given, "metadataKey");
  entry.value = text_at(given, "metadataValue");
  entry.sheet_id = number_at(at(given, "location"), "sheetId").value_or(-1);
  entry.id =
      number_at(given, "metadataId").value_or(static_cast<std::int64_t>(metadata.size()) + 1);
  if (entry.key.empty() || text_at(given, "visibility").empty())
    return invalid("A key and a visibility must be specified.");
  if (by_id(entry.sheet_id) == nullptr) return invalid("No grid with this id.");
  if (entry.id <= 0 || entry.id > 0x7FFF'FFFF) return invalid("metadataId must be positive.");
  if (std::ranges::find(metadata, entry.id, &FakeMetadata::id) != metadata.end())
    return invalid("Developer metadata with this id already exists.");
  metadata.push_back(entry);
  reply.key("createDeveloperMetadata").begin_object().key("developerMetadata");
  write_metadata(reply, entry);
  reply.end_object();
  return {};
}

FakeGrid::Done FakeGrid::delete_metadata(const json::Value& request) {
  const auto id = number_at(at(at(request, "dataFilter"), "developerMetadataLookup"), "metadataId");
  if (!id) return invalid("The fake deletes by metadataId.");
  const auto found = std::ranges::find(metadata, *id, &FakeMetadata::id);
  if (found != metadata.end())
    metadata.erase(found);
  else if (rules_.filters_must_match)
    return invalid("No developer metadata matches the filter.");
  return {};
}

std::vector<std::size_t> FakeGrid::matches(const json::Value& filters) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < metadata.size(); ++i) {
    bool any = false;
    filters.each_element([&](const json::Value& filter) {
      const auto lookup = at(filter, "developerMetadataLookup");
      if (!lookup) return;
      const auto id = number_at(lookup, "metadataId");
      const auto key = at(lookup, "metadataKey"), value = at(lookup, "metadataValue");
      any = any || ((!id || *id == metadata[i].id) && (!key || key->string() == metadata[i].key) &&
                    (!value || value->string() == metadata[i].value));
    });
    if (any) found.push_back(i);
  }
  return found;
}

FakeGrid::Done FakeGrid::update_metadata(const json::Value& request, json::Writer& reply) {
  const auto filters = at(request, "dataFilters");
  const auto value = at(at(request, "developerMetadata"), "metadataValue");
  if (!filters || !filters->is_array() || text_at(request, "fields") != "metadataValue" || !value)
    return invalid("Filters, fields and a value must be specified.");
  const auto found = matches(*filters);
  if (found.empty() && rules_.filters_must_match)
    return invalid("No developer metadata matches the filters.");
  reply.key("updateDeveloperMetadata").begin_object();
  if (!found.empty()) {
    reply.key("developerMetadata").begin_array();
    for (const auto i : found) {
      metadata[i].value = value->string();
      write_metadata(reply, metadata[i]);
    }
    reply.end_array();
  }
  reply.end_object();
  return {};
}

std::string FakeGrid::search(const json::Value& body) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  const auto filters = at(body, "dataFilters");
  if (filters && filters->is_array()) {
    writer.key("matchedDeveloperMetadata").begin_array();
    for (const auto i : matches(*filters)) {
      writer.begin_object().key("developerMetadata");
      write_metadata(writer, metadata[i]);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return out;
}

std::optional<FakeRefusal> FakeGrid::append(std::string_view title, const json::Value& body) {
  FakeTab* found = tab(title);
  if (found == nullptr) return invalid("Unable to parse range.");
  found->rows.resize(found->values().size());
  const auto rows = at(body, "values");
  if (rows && rows->is_array())
    rows->each_element([&](const json::Value& cells) {
      Row row;
      cells.each_element([&](const json::Value& cell) { row.emplace_back(cell.string()); });
      found->rows.push_back(std::make_shared<const Row>(std::move(row)));
    });
  found->row_count = std::max(found->row_count, found->rows.size());
  return {};
}

std::string FakeGrid::look() const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("sheets").begin_array();
  for (const auto& tab : tabs) {
    writer.begin_object().key("properties").begin_object();
    writer.member("sheetId", tab.sheet_id).member("title", tab.title);
    writer.key("gridProperties").begin_object();
    writer.member("rowCount", std::uint64_t{tab.row_count});
    writer.member("columnCount", std::uint64_t{tab.column_count}).end_object().end_object();
    writer.key("developerMetadata").begin_array();
    for (const auto& entry : metadata)
      if (entry.sheet_id == tab.sheet_id) write_metadata(writer, entry);
    writer.end_array().end_object();
  }
  writer.end_array().end_object();
  return out;
}

std::optional<FakeRefusal> FakeGrid::values(const std::vector<std::string>& ranges,
                                            std::string& answer) const {
  json::Writer writer(answer);
  writer.begin_object().key("valueRanges").begin_array();
  for (const auto& range : ranges) {
    const auto mark = range.rfind("'!");
    const auto colon = range.rfind(':');
    if (mark == std::string::npos || colon == std::string::npos || range[0] != '\'')
      return invalid("Unable to parse range: " + range);
    std::string title = range.substr(1, mark - 1);
    for (std::size_t i = 0; (i = title.find("''", i)) != std::string::npos; ++i) title.erase(i, 1);
    const auto found = std::ranges::find(tabs, title, &FakeTab::title);
    if (found == tabs.end()) return invalid("Unable to parse range: " + range);
    const auto from = corner_of(std::string_view(range).substr(mark + 2, colon - mark - 2));
    const auto to = corner_of(std::string_view(range).substr(colon + 1));
    if (from.row > found->row_count || from.column > found->column_count)
      return invalid("Range (" + range + ") exceeds grid limits.");
    const auto rows = found->values();
    const auto last = std::min(rows.size(), to.row == 0 ? rows.size() : to.row);
    std::vector<Row> wanted;
    for (std::size_t i = std::max<std::size_t>(1, from.row); i <= last; ++i) {
      Row row;
      for (std::size_t c = std::max<std::size_t>(1, from.column); c <= rows[i - 1].size(); ++c)
        if (to.column == 0 || c <= to.column) row.push_back(rows[i - 1][c - 1]);
      while (!row.empty() && row.back().empty()) row.pop_back();
      wanted.push_back(std::move(row));
    }
    while (!wanted.empty() && wanted.back().empty()) wanted.pop_back();
    writer.begin_object();
    if (!wanted.empty()) {
      writer.key("values").begin_array();
      for (const auto& row : wanted) {
        writer.begin_array();
        for (const auto& cell : row) writer.string(cell);
        writer.end_array();
      }
      writer.end_array();
    }
    writer.end_object();
  }
  writer.end_array().end_object();
  return {};
}

}  // namespace daybook::test
