// CSV as spreadsheets take it.
#include <daybook/csv.h>

#include <catch2/catch.hpp>

using daybook::csv::append_cell;
using daybook::csv::Table;

TEST_CASE("cells are quoted when they must be and can never be a formula") {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"Jörg, Ü.", "\"Jörg, Ü.\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"=1+1", "'=1+1"},
      {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
      {"+60123456789", "'+60123456789"},
      {"-5", "-5"},
      {"-5.25e-3", "-5.25e-3"},
      {"-", "'-"},
      {"-5+cmd", "'-5+cmd"},
      {"-5.", "'-5."},
      {"-1e", "'-1e"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"\r=1", "\"'\r=1\""},
      {"\n=1", "\"'\n=1\""},
      {" =1", " =1"},
      {"a=1", "a=1"},
  };
  for (const auto& [text, cell] : rows) {
    std::string out;
    append_cell(out, text);
    INFO(text);
    CHECK(out == cell);
  }
  std::string out;
  append_cell(out, std::string_view("a\0,=", 4));
  CHECK(out == "\"a\xEF\xBF\xBD,=\"");
}

TEST_CASE("a table has the fixed columns, the form's own, and the rest as one") {
  Table table({"id", "at"}, {"name", "id", "tags", "=x", "other"});
  std::string out;
  table.append_header(out);
  table.append_row(out, {"1", "noon"},
                   R"({"extra":{"a":[1,2]},"name":"Ann, B.","id":-7,"tags":["x","y"],"z":null})");
  table.append_row(out, {"2", "one"}, R"({"name":null,"=x":"=x","other":true})");
  table.append_row(out, {"3", "two"}, "not json");
  CHECK(out ==
        "id,at,name,body.id,tags,'=x,body.other,other\r\n"
        "1,noon,\"Ann, B.\",-7,\"[\"\"x\"\",\"\"y\"\"]\",,,"
        "\"{\"\"extra\"\":{\"\"a\"\":[1,2]},\"\"z\"\":null}\"\r\n"
        "2,one,,,,'=x,true,\r\n"
        "3,two,,,,,,not json\r\n");
}

TEST_CASE("a column whose name a fixed one has gets the prefix that was asked for") {
  std::string out;
  Table({"id"}, {"id", "x"}, "data.").append_header(out);
  CHECK(out == "id,data.id,x,other\r\n");
}
