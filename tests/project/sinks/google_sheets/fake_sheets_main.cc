// The fake Google as a program, for benchmarks and for trying a configuration by hand:
//
//   fake_sheets_server KEY_FILE [WRITES_PER_MINUTE]
//
// Writes a service account's key to KEY_FILE, prints "ready URL" and serves the spreadsheet
// "sheet-1" until its standard input ends.
#include "base/files.h"
#include "project/sinks/google_sheets/fake_sheets.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  using namespace daybook::test;
  if (argc < 2) {
    std::fprintf(stderr, "usage: fake_sheets_server KEY_FILE [WRITES_PER_MINUTE]\n");
    return 2;
  }
  const TestAccount account;
  FakeSheetsOptions options;
  if (argc > 2) options.writes_per_minute = std::strtoull(argv[2], nullptr, 10);
  FakeSheets sheets(account, options);
  if (!daybook::write_file_durable(argv[1], account.key_file(sheets.token_url()), 0600).ok())
    return 1;
  std::printf("ready %s\n", sheets.url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  const auto counts = sheets.counts();
  std::printf("writes %zu\n", counts.writes);
  return 0;
}
