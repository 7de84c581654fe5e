// A google_sheets sink over the fake Google, and events for it.
//
// Threads: one.
#pragma once

#include <daybook/sink.h>

#include "project/sinks/google_sheets/fake_sheets.h"
#include "project/sinks/google_sheets/google_sheets.h"
#include "support/fake_sink_context.h"
#include "support/temp_dir.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::test {

// The one account of the test program: making a key takes a moment.
const TestAccount& test_account();

// Options as a table gives them: defaults of the rows, and what is set.
class TableOptions final : public Settings {
 public:
  TableOptions(std::span<const SettingSpec> rows, std::map<std::string, std::string> given);
  std::string text(std::string_view key) const override;
  std::int64_t integer(std::string_view key) const override;
  double real(std::string_view key) const override;
  bool boolean(std::string_view key) const override;
  std::vector<std::string> text_list(std::string_view key) const override;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

PublicEvent make_event(std::uint64_t position, std::string row, std::string key = "student");

struct SheetsFixture {
  explicit SheetsFixture(FakeSheetsOptions options = {});

  // A new sink, as after a restart. Fails the test when its options are refused.
  void restart();
  // The sink's begin. Fails the test with the sink's words when it is not done.
  void begin();
  Delivery deliver(const std::vector<PublicEvent>& events);
  Delivery retry(const PublicEvent& letter);
  [[nodiscard]] std::vector<Row> values() { return fake.values("Answers"); }

  TempDir dir;
  FakeSheets fake;
  std::map<std::string, std::string> given;  // options
  SinkSource source;
  FakeSinkContext context;
  std::unique_ptr<Sink> sink;
  SinkProgress progress;
};

}  // namespace daybook::test
