#include "project/sinks/google_sheets/api.h"
#include "project/sinks/google_sheets/checkpoint.h"
#include "project/sinks/google_sheets/fixture.h"
#include "project/sinks/google_sheets/layout.h"
#include "project/sinks/google_sheets/requests.h"
#include "project/sinks/google_sheets/tab_survey.h"

#include <catch2/catch.hpp>

namespace daybook::google_sheets_sink {
namespace {

using test::make_event;
using Names = std::vector<std::string>;

std::vector<std::string> cells(Layout& layout, const PublicEvent& event,
                               const std::optional<Columns>& defined = {}) {
  auto cells = layout.cells(event, defined);
  if (!cells.ok()) FAIL(cells.error().message);
  return *std::move(cells);
}

TEST_CASE("the columns of a sheet are Daybook's own, then those of the form's definition") {
  Layout layout({}, {});
  const Columns defined{1, {"name", "age"}};
  const auto row = cells(layout, make_event(7, R"({"age":38,"name":"Ann"})"), defined);
  CHECK(layout.titles() == Names{"position", "id", "time", "name", "age"});
  CHECK(row == Names{"7", "00000000-0000-0000-0000-000000000007", "2026-03-29T12:00:00.007Z", "Ann",
                     "38"});
}

TEST_CASE("without a definition the members of the first row are the columns") {
  Layout layout({}, {});
  CHECK(cells(layout, make_event(1, R"({"a":1,"b":true})")).size() == 5);
  const auto second = cells(layout, make_event(2, R"({"b":false,"c":{"d":[1,2]},"e":"x"})"));
  CHECK(layout.titles() == Names{"position", "id", "time", "a", "b", "other"});
  CHECK(second[3].empty());
  CHECK(second[4] == "false");
  CHECK(second[5] == R"({"c":{"d":[1,2]},"e":"x"})");
}

TEST_CASE("columns of a later definition are added at the right and old ones stay") {
  Layout layout({}, {});
  const Columns first{1, {"name", "age"}}, second{2, {"age", "class"}};
  cells(layout, make_event(1, R"({"name":"Ann","age":1,"stray":2})"), first);
  const auto row = cells(layout, make_event(2, R"({"age":3,"class":"4b"})"), second);
  CHECK(layout.titles() == Names{"position", "id", "time", "name", "age", "other", "class"});
  CHECK(row[3].empty());
  CHECK(row[4] == "3");
  CHECK(row[6] == "4b");
}

TEST_CASE("type and key have columns when the projector takes several") {
  Layout layout({true, true, {}}, {});
  const auto row = cells(layout, make_event(1, R"({"a":1})", "teacher"));
  CHECK(layout.titles() == Names{"position", "id", "time", "type", "key", "a"});
  CHECK(row[3] == "submitted");
  CHECK(row[4] == "teacher");
}

TEST_CASE("configured columns are the only ones, whatever the definition says") {
  Layout layout({false, false, {"age"}}, {});
  const Columns defined{1, {"name", "age"}};
  const auto row = cells(layout, make_event(1, R"({"name":"Ann","age":5})"), defined);
  CHECK(layout.titles() == Names{"position", "id", "time", "age", "other"});
  CHECK(row[4] == R"({"name":"Ann"})");
}

TEST_CASE("a field that is called like one of Daybook's own columns keeps apart from it") {
  Layout layout({}, {});
  const auto row = cells(layout, make_event(9, R"({"time":"noon","other":"o","id":1})"));
  CHECK(layout.titles() == Names{"position", "id", "time", "time", "other", "id"});
  CHECK(row[0] == "9");
  CHECK(row[3] == "noon");
  CHECK(row[4] == "o");
}

TEST_CASE("a layout read back from the tab gives every member its old column") {
  Layout first({}, {});
  cells(first, make_event(1, R"({"a":1,"b":2})"));
  cells(first, make_event(2, R"({"c":2})"));
  Layout again({}, first.columns());
  CHECK(again.columns() == first.columns());
  const auto row = cells(again, make_event(3, R"({"b":"x","z":0})"));
  CHECK(row[4] == "x");
  CHECK(row[5] == R"({"z":0})");
}

TEST_CASE("a cell holds 50,000 characters and not one more") {
  Layout layout({}, {});
  CHECK(layout.cells(make_event(1, "{\"a\":\"" + std::string(50'000, 'x') + "\"}"), {}).ok());
  const auto refused =
      layout.cells(make_event(2, "{\"b\":\"" + std::string(50'001, 'x') + "\"}"), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "\"b\" has 50001 characters; a cell takes 50000");
  CHECK(layout.titles().back() == "a");  // nothing was learnt from it
  // Characters outside the basic plane count twice, as where the limit is set.
  std::string smiles;
  for (int i = 0; i < 25'001; ++i) smiles += "\xF0\x9F\x98\x80";
  CHECK_FALSE(layout.cells(make_event(3, "{\"a\":\"" + smiles + "\"}"), {}).ok());
}

TEST_CASE("the stray members of a row fit into one cell or the row is refused") {
  Layout layout({false, false, {"a"}}, {});
  std::string row = "{\"a\":1";
  for (int i = 0; i < 10; ++i)
    row += ",\"m" + std::to_string(i) + "\":\"" + std::string(6000, 'x') + "\"";
  const auto refused = layout.cells(make_event(1, row + "}"), {});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.starts_with("\"other\" has 60"));
}

TEST_CASE("members beyond the limit of columns go to the column of the others") {
  Layout layout({}, {});
  std::string row = "{";
  for (int i = 0; i < 1020; ++i) row += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  const auto all = cells(layout, make_event(1, row + "}"));
  CHECK(layout.columns().size() == columns_max + 1);
  CHECK(layout.titles().back() == "other");
  CHECK(all.back().find("\"1019\":1") != std::string::npos);
}

TEST_CASE("a checkpoint reads back from the tab's metadata and from the state store") {
  Checkpoint checkpoint;
  checkpoint.serial = 12;
  checkpoint.rows = 340;
  checkpoint.position = {18'446'744'073'709'551'614u};
  checkpoint.letters = {{12}, {700}};
  checkpoint.columns = {".position", ":na\"me", ":\xC3\xA4"};
  CHECK(
      checkpoint.mark() ==
      R"({"v":1,"serial":12,"rows":340,"position":"18446744073709551614","letters":["12","700"]})");
  const auto read = Checkpoint::from_values(checkpoint.mark(), checkpoint.columns_value());
  REQUIRE(read.ok());
  CHECK(*read == checkpoint);
  const auto saved = read_state(checkpoint.state("id", "Tab"));
  REQUIRE(saved.ok());
  CHECK(saved->checkpoint == checkpoint);
  CHECK(saved->spreadsheet == "id");
  CHECK(saved->tab == "Tab");
}

TEST_CASE("a checkpoint that another version wrote is not guessed at") {
  const char* marks[] = {"",
                         "{}",
                         "[]",
                         R"({"v":2,"serial":1,"rows":1,"position":"1","letters":[]})",
                         R"({"v":1,"serial":-1,"rows":1,"position":"1","letters":[]})",
                         R"({"v":1,"serial":1,"rows":1,"position":"1x","letters":[]})",
                         R"({"v":1,"serial":1,"rows":1,"position":"1","letters":[5]})"};
  for (const char* mark : marks) {
    INFO(mark);
    CHECK_FALSE(Checkpoint::from_values(mark, "[]").ok());
  }
  CHECK_FALSE(Checkpoint::from_values(Checkpoint{}.mark(), "{}").ok());
  CHECK_FALSE(read_state("").ok());
}

TEST_CASE("only the last retried letters are remembered") {
  Checkpoint checkpoint;
  for (std::uint64_t i = 1; i <= letters_max + 1; ++i) checkpoint.add_letter({i});
  CHECK(checkpoint.letters.size() == letters_max);
  CHECK_FALSE(checkpoint.has_letter({1}));
  CHECK(checkpoint.has_letter({letters_max + 1}));
  // Metadata of a tab is 30,000 characters at Google.
  for (auto& letter : checkpoint.letters) letter.value = 1'000'000'000;
  CHECK(checkpoint.mark().size() + columns_bytes_max + fences_max * (fence_key.size() + 10) <
        30'000);
}

TEST_CASE("the grid grows by steps and never shrinks") {
  const Tab tab{1, 1000, 26, 0};
  CHECK(grown(tab, 10, 5).rows == 1000);
  CHECK(grown(tab, 10, 5).columns == 26);
  CHECK(grown(tab, 1001, 30).rows == 2000);
  CHECK(grown(tab, 1001, 30).columns == 30);
  // Towards the limit of 10 million cells the step gets smaller.
  const Tab large{1, 99'000, 100, 90'000};
  CHECK(grown(large, 99'050, 100).rows == 99'100);
  CHECK(cells_of(grown(large, 99'100, 100)) == cells_max);
  CHECK(cells_of(grown(large, 99'101, 100)) > cells_max);
}

TEST_CASE("a change is one batchUpdate of metadata, grid, header and rows") {
  Change change;
  change.before = {5, 6, "old", "[]"};
  change.to.serial = 2;
  change.old_fences = {99};
  change.to.rows = 1;
  change.to.position = {7};
  change.to.columns = {".position", ":a"};
  append_row(change.header, {"position", "a"});
  append_row(change.rows, {"7", "=1+1", ""});
  const Tab now{3, 1000, 8, 0}, then{3, 2000, 8, 0};
  const std::string wanted =
      R"({"requests":[{"updateDeveloperMetadata":{"dataFilters":[{"developerMetadataLookup":)"
      R"({"metadataId":5,"metadataValue":"old"}}],"developerMetadata":{"metadataValue":)"
      R"("{\"v\":1,\"serial\":2,\"rows\":1,\"position\":\"7\",\"letters\":[]}"},)"
      R"("fields":"metadataValue"}},)"
      R"({"updateDeveloperMetadata":{"dataFilters":[{"developerMetadataLookup":{"metadataId":6,)"
      R"("metadataValue":"[]"}}],"developerMetadata":{"metadataValue":"[\".position\",\":a\"]"},)"
      R"("fields":"metadataValue"}},{"createDeveloperMetadata":{"developerMetadata":)"
      R"({"metadataId":)" +
      std::to_string(fence_id(2, 3)) +
      R"(,"metadataKey":"daybook-fence","metadataValue":"2","visibility":"DOCUMENT",)"
      R"("location":{"sheetId":3}}}},{"deleteDeveloperMetadata":{"dataFilter":)"
      R"({"developerMetadataLookup":{"metadataId":99}}}},)"
      R"({"updateSheetProperties":{"properties":{"sheetId":3,)"
      R"("gridProperties":{"rowCount":2000,"columnCount":8}},"fields":"gridProperties.rowCount,)"
      R"(gridProperties.columnCount"}},{"updateCells":{"start":{"sheetId":3,"rowIndex":0,)"
      R"("columnIndex":0},"rows":[{"values":[{"userEnteredValue":{"stringValue":"position"}},)"
      R"({"userEnteredValue":{"stringValue":"a"}}]}],"fields":"userEnteredValue"}},)"
      R"({"updateCells":{"start":{"sheetId":3,"rowIndex":1,"columnIndex":0},"rows":[{"values":[)"
      R"({"userEnteredValue":{"stringValue":"7"}},{"userEnteredValue":{"stringValue":"=1+1"}},)"
      R"({}]}],"fields":"userEnteredValue"}}]})";
  CHECK(change_body(change, now, then) == wanted);
}

TEST_CASE("a tab's title is quoted in a range") {
  CHECK(values_path("id", "Bob's", {"A1:A1"}) ==
        "/v4/spreadsheets/id/values:batchGet?ranges=%27Bob%27%27s%27%21A1%3AA1&"
        "fields=valueRanges(values)");
}

TEST_CASE("of Google's words only those that cannot quote a cell are told") {
  CHECK(safe_words("Invalid value at 'x' (type), \"Ann\"") == "Invalid value at 'x' ");
  CHECK(safe_words("Invalid requests[1].updateCells: Ann") == "Invalid requests[1].updateCells");
}

TEST_CASE("an answer that is not the Sheets API's is said to be none") {
  for (const char* answer : {"", "<html>", "[]", "{}", R"({"sheets":3})"}) {
    INFO(answer);
    CHECK_FALSE(read_look(answer, "T", "p").ok());
    CHECK_FALSE(read_heights(answer).ok());
    CHECK_FALSE(says_metadata_changed(answer));
  }
  CHECK_FALSE(says_metadata_changed(R"({"replies":[{"updateDeveloperMetadata":{}}]})"));
  CHECK(says_metadata_changed(
      R"({"replies":[{"updateDeveloperMetadata":{"developerMetadata":[{}]}}]})"));
}

}  // namespace
}  // namespace daybook::google_sheets_sink
