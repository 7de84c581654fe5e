#include "project/sinks/csv/rows.h"

#include <daybook/csv.h>
#include <daybook/json.h>
#include <daybook/texts.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace daybook::csv_sink {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// What every event has besides its row.
constexpr std::array<std::string_view, 6> own_columns{"position", "id",  "time",
                                                      "type",     "key", "version"};

void take_own_cells(const PublicEvent& event, std::vector<std::string>& cells) {
  cells = {std::to_string(event.position.value),
           id_text(event.event_id),
           time_text(event.server_time),
           event.type,
           event.key,
           std::to_string(event.version)};
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The columns as the entity defines them, or the first row has them.
class DefinedColumns final : public Rows {
 public:
  DefinedColumns(bool follows_one, bool bom) : follows_one_(follows_one), bom_(bom) {}

  std::vector<std::string> header_for(const PublicEvent& event, bool has_file,
                                      const std::vector<std::string>& present,
                                      SinkContext& context) override {
    const auto& columns = columns_of(event, context);
    if (!columns) return has_file ? present : members_of(event);
    if (!has_file && (follows_one_ || present.empty())) return cut(columns->names);
    if (follows_one_) return cut(columns->names);
    std::vector<std::string> header = present;
    for (const auto& name : columns->names)
      if (header.size() < columns_max && !has(header, name)) header.push_back(name);
    return header;
  }

  void use_header(const std::vector<std::string>& columns) override {
    table_.emplace(std::vector<std::string>(own_columns.begin(), own_columns.end()), columns,
                   "data.");
  }
  void append_head(std::string& out) override {
    if (bom_) out.append(byte_order_mark);
    table_->append_header(out);
  }
  void append_row(std::string& out, const PublicEvent& event) override {
    take_own_cells(event, cells_);
    table_->append_row(out, cells_, event.row_json());
  }

 private:
  static std::vector<std::string> cut(std::vector<std::string> names) {
    if (names.size() > columns_max) names.resize(columns_max);
    return names;
  }

  std::vector<std::string> members_of(const PublicEvent& event) {
    std::vector<std::string> names;
    const auto row = parser_.parse(event.row_json(), false);
    if (row.ok() && row->is_object())
      row->each_member(
          [&](std::string_view name, const json::Value&) { names.emplace_back(name); });
    return cut(std::move(names));
  }

  // Asked again when an event was made under a definition that is not known yet.
  const std::optional<Columns>& columns_of(const PublicEvent& event, SinkContext& context) {
    if (columns_.size() > entities_kept_max) columns_.clear();
    auto at = columns_.find(event.key);
    const bool is_known =
        at != columns_.end() && (at->second ? at->second->version : 0) >= event.version;
    if (!is_known) at = columns_.insert_or_assign(event.key, context.columns(event)).first;
    return at->second;
  }

  const bool follows_one_, bom_;
  std::map<std::string, std::optional<Columns>, std::less<>> columns_;  // by entity
  std::optional<csv::Table> table_;
  std::vector<std::string> cells_;
  json::Parser parser_;
};

// The columns a person chose; all else is left out.
class ChosenColumns final : public Rows {
 public:
  ChosenColumns(std::vector<std::string> chosen, bool bom)
      : chosen_(std::move(chosen)), bom_(bom) {}

  std::vector<std::string> header_for(const PublicEvent&, bool, const std::vector<std::string>&,
                                      SinkContext&) override {
    return chosen_;
  }
  void use_header(const std::vector<std::string>&) override {}

  void append_head(std::string& out) override {
    if (bom_) out.append(byte_order_mark);
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (i > 0) out.push_back(',');
      csv::append_cell(out, chosen_[i]);
    }
    out.append("\r\n");
  }

  void append_row(std::string& out, const PublicEvent& event) override {
    take_own_cells(event, cells_);
    const auto row = parser_.parse(event.row_json(), false);
    const bool is_object = row.ok() && row->is_object();
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (i > 0) out.push_back(',');
      const auto own = std::ranges::find(own_columns, chosen_[i]);
      if (own != own_columns.end()) {
        csv::append_cell(out, cells_[static_cast<std::size_t>(own - own_columns.begin())]);
      } else if (is_object) {
        if (const auto value = row->find(chosen_[i])) csv::append_value(out, *value);
      }
    }
    out.append("\r\n");
  }

 private:
  const std::vector<std::string> chosen_;
  const bool bom_;
  std::vector<std::string> cells_;
  json::Parser parser_;
};

// The lines that GET /topics/{topic}/events gives.
class JsonRows final : public Rows {
 public:
  std::vector<std::string> header_for(const PublicEvent&, bool, const std::vector<std::string>&,
                                      SinkContext&) override {
    return {};
  }
  void use_header(const std::vector<std::string>&) override {}
  void append_head(std::string&) override {}

  void append_row(std::string& out, const PublicEvent& event) override {
    json::Writer line(out);
    line.begin_object().member("position", std::to_string(event.position.value));
    line.member("topic", event.topic).member("type", event.type).member("key", event.key);
    if (event.version > 0) line.member("version", std::uint64_t{event.version});
    line.member("id", id_text(event.event_id)).member("time", time_text(event.server_time));
    line.key("data");
    if (event.data.find_first_of("\r\n") == std::string::npos) {
      line.raw(event.data);
    } else {  // blanks between its members: a line is a line
      const auto data = parser_.parse(event.data, false);
      data.ok() ? line.raw(data->to_string()) : line.null();
    }
    line.end_object();
    out.push_back('\n');
  }

 private:
  json::Parser parser_;
};

}  // namespace

std::unique_ptr<Rows> make_csv_rows(std::vector<std::string> chosen, bool follows_one, bool bom) {
  if (!chosen.empty()) return std::make_unique<ChosenColumns>(std::move(chosen), bom);
  return std::make_unique<DefinedColumns>(follows_one, bom);
}

std::unique_ptr<Rows> make_json_rows() { return std::make_unique<JsonRows>(); }

}  // namespace daybook::csv_sink
