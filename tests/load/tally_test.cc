#include "load/tally.h"

#include "load/report.h"

#include <catch2/catch.hpp>

#include <string>

using namespace daybook::load;

TEST_CASE("the lines of an NDJSON answer are counted by their status") {
  std::string refused;
  const LineCounts counts = count_lines(
      "{\"line\":1,\"status\":200,\"receipt\":\"1-a\"}\n"
      "{\"line\":2,\"status\":409,\"title\":\"Conflict\"}\n"
      "{\"line\":3,\"status\":422,\"title\":\"x\"}\n"
      "\n"
      "{\"line\":5,\"status\":201}",
      refused);
  CHECK(counts.accepted == 2);
  CHECK(counts.conflicts == 1);
  CHECK(counts.refused == 1);
  CHECK(refused == "{\"line\":3,\"status\":422,\"title\":\"x\"}");
}

TEST_CASE("an answer line without a status counts as refused and only the first is kept") {
  std::string refused;
  const LineCounts counts = count_lines("hello\nworld\n", refused);
  CHECK(counts.refused == 2);
  CHECK(counts.all() == 2);
  CHECK(refused == "hello");
}

TEST_CASE("merging adds what the workers counted") {
  Tally a;
  Tally b;
  a.answers = 3;
  a.codes[200] = 3;
  a.last_answer_ns = 7;
  b.answers = 4;
  b.codes[200] = 1;
  b.codes[409] = 3;
  b.codes_total[409] = 8;
  b.last_answer_ns = 5;
  b.failure(Failure::closed) = 2;
  b.first_refusal = "no";
  b.lines.conflicts = 9;
  a.merge(b);
  CHECK(a.answers == 7);
  CHECK(a.codes[200] == 4);
  CHECK(a.codes[409] == 3);
  CHECK(a.codes_total[409] == 8);
  CHECK(a.failed() == 2);
  CHECK(a.last_answer_ns == 7);
  CHECK(a.first_refusal == "no");
  CHECK(a.lines.all() == 9);
}

TEST_CASE("durations and counts are written for people") {
  struct Row {
    std::uint64_t ns;
    const char* text;
  };
  for (const Row& row : {Row{1'500, "1.5 us"}, Row{20'000, "20 us"}, Row{870'400, "870 us"},
                         Row{1'240'000, "1.24 ms"}, Row{50'000'000, "50 ms"},
                         Row{2'100'000'000, "2.10 s"}, Row{60'000'000'000, "60 s"}})
    CHECK(duration_text(row.ns) == row.text);
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(1'234'567) == "1,234,567");
}
