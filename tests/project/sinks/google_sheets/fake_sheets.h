// A stand-in for Google: the token endpoint and the Sheets API over one spreadsheet, with quota and
// limits, and with the faults that a test asks for.
//
// What it takes for granted was read in Google's documents; nothing here was compared with the real
// service.
//
// Threads: the server's handler is called one at a time; the rest under its lock, by with().
#pragma once

#include "project/sinks/google_sheets/fake_grid.h"
#include "project/sinks/google_sheets/test_account.h"
#include "support/fake_http_server.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace daybook::test {

enum class SheetsFault : std::uint8_t {
  none,
  applied_cut,   // done, then the connection ends
  applied_half,  // done, and the answer breaks off
  applied_slow,  // done, and the answer comes after the client has given up
  applied_503,   // done, and answered as if not
  late,          // the connection ends, and it is done some requests later
  not_applied_cut,
  not_applied_503,
  rate_limited,  // 429 with Retry-After
  revoked,       // 401: the token is no longer good
};
constexpr std::size_t sheets_faults = 10;

struct FakeSheetsOptions {
  std::string spreadsheet = "sheet-1";
  FakeRules rules;
  std::int64_t token_s = 3600;
  std::size_t writes_per_minute = 0;     // quota; 0: none
  std::int64_t slow_ms = 1000;           // of applied_slow
  std::function<std::int64_t()> now_ms;  // the fake's clock; null: the system's
};

class FakeSheets {
 public:
  FakeSheets(const TestAccount& account, FakeSheetsOptions options);

  [[nodiscard]] std::string url() const { return server_.url(); }
  [[nodiscard]] std::string token_url() const { return server_.url() + "/token"; }
  [[nodiscard]] const std::string& spreadsheet() const { return options_.spreadsheet; }
  void stop() { server_.stop(); }

  // What befalls the next request to the Sheets API; `write`: it is a change.
  using Faults = std::function<SheetsFault(bool write)>;
  void set_faults(Faults faults);
  // Answers every request to the API with this instead; 0: no longer.
  void set_answer(int status, std::string body = {});
  void set_token_answer(int status, std::string body = {});

  // Calls f(FakeGrid&) between requests.
  template <class F>
  auto with(F&& f) {
    std::lock_guard lock(mutex_);
    return f(grid_);
  }
  // What the tab holds, header and all.
  [[nodiscard]] std::vector<Row> values(std::string_view title);

  struct Counts {
    std::size_t tokens = 0, bad_tokens = 0, reads = 0, writes = 0, refused = 0, over_quota = 0;
    std::size_t late_refused = 0;
    std::map<SheetsFault, std::size_t> faults;
    std::vector<std::string> complaints;  // of the token endpoint
    std::size_t write_bytes_max = 0;
  };
  [[nodiscard]] Counts counts();

 private:
  FakeAnswer handle(const FakeRequest& request);
  FakeAnswer give_token(const FakeRequest& request);
  FakeAnswer serve(const FakeRequest& request, bool write);
  FakeAnswer execute(const FakeRequest& request);
  void do_what_is_late();
  [[nodiscard]] bool token_is_good(const FakeRequest& request);
  [[nodiscard]] bool within_quota();
  [[nodiscard]] std::int64_t now_ms() const;

  const TestAccount& account_;
  const FakeSheetsOptions options_;
  std::mutex mutex_;
  // Under mutex_.
  FakeGrid grid_;
  Faults faults_;
  int forced_status_ = 0, forced_token_status_ = 0;
  std::string forced_body_, forced_token_body_;
  std::map<std::string, std::int64_t> tokens_;  // token → its end, ms
  std::deque<std::int64_t> writes_at_ms_;       // of the last minute
  struct Late {
    std::size_t requests = 0;  // to come first
    std::string body;
  };
  std::vector<Late> late_;
  Counts counts_;
  json::Parser parser_;
  FakeHttpServer server_;  // last: its threads use the rest
};

}  // namespace daybook::test
