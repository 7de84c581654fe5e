// Rows at computed places and their checkpoint in the tab's own metadata, in one request that is
// done wholly or not at all. So a request that comes again writes the same cells again, and after a
// lost answer the tab itself says how far it is.
//
// Invariant: a row's place depends on nothing but the checkpoint it was written after.
// Threads: a sink belongs to its projector's.
#pragma once

#include <daybook/sink.h>

#include "project/sinks/google_sheets/api.h"
#include "project/sinks/google_sheets/layout.h"
#include "project/sinks/google_sheets/tab_survey.h"

#include <map>
#include <optional>
#include <span>
#include <string>

namespace daybook::google_sheets_sink {

struct SheetsOptions {
  std::string projector, spreadsheet, title;
  LayoutOptions layout;
};

class SheetsSink final : public Sink {
 public:
  SheetsSink(SheetsOptions options, std::string base_url, std::int64_t writes_per_minute,
             outbound::HttpOptions http, outbound::ServiceAccount account);

  Delivery begin(SinkProgress& progress, SinkContext& context) override;
  Delivery deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                   SinkContext& context) override;
  Delivery reset(SinkProgress& progress, SinkContext& context) override;
  [[nodiscard]] std::string target() const override {
    return "sheet " + options_.title + " of " + options_.spreadsheet;
  }

 private:
  // What one request brings.
  struct Flush {
    Change change;
    std::size_t end = 0;   // the events before it are in the request, or in the tab already
    std::size_t rows = 0;  // new ones
    std::uint64_t columns = 0;
    std::optional<std::string> culprit;  // why the event at `end` cannot come
  };

  // A problem, or nothing: all is well.
  using Problem = std::optional<Delivery>;
  Problem look(Found& found, SinkContext& context);
  Problem make_mark(const Found& found, SinkContext& context);
  Problem check_empty(SinkContext& context);
  Problem survey(SinkContext& context);
  Problem refresh(bool& changed, SinkContext& context);
  Problem write(const Change& change, const Tab& then, SinkContext& context);
  Problem write_rows(const Flush& flush, SinkContext& context);
  Problem write_refused(const Reply& reply, SinkContext& context);
  void adopt(const Found& found);
  [[nodiscard]] Change next_change() const;
  Flush fill(std::span<const SinkEvent> events, std::size_t from, SinkContext& context);
  [[nodiscard]] bool is_there(const SinkEvent& event) const;
  void compare(SinkProgress& progress, bool cleared);
  [[nodiscard]] std::string state() const {
    return checkpoint_.state(options_.spreadsheet, options_.title);
  }

  const SheetsOptions options_;
  Api api_;
  Tab tab_;
  Checkpoint checkpoint_;
  Metadata metadata_;                             // as it stands in the tab
  std::map<std::uint64_t, std::int64_t> fences_;  // that stand in the tab: serial → id
  bool known_ = false;                            // tab_ and checkpoint_ have been read
  bool unsure_ = false;  // a request's answer was lost: the tab may be further
};

}  // namespace daybook::google_sheets_sink
