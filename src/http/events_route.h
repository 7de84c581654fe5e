// POST /events: NDJSON of mixed events. Each line is a command of its own; a bad line hurts no
// other.
//
// Threads: http-k.
#pragma once

#include <daybook/json.h>
#include <daybook/result.h>

#include "sequencer/submission.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::http {

constexpr std::size_t events_lines_max = 100'000;  // of one body, blank lines not counted
// Broken rules listed for one body, so that a small hostile one has no huge answer; lines behind
// them have their message only.
constexpr std::size_t events_field_errors_max = 100'000;

// Which line became which item, kept until the outcomes are here.
struct EventsJob {
  struct Line {
    std::uint32_t number = 0;  // from 1, blank lines counted
    std::uint32_t at = 0;      // into the submission's items, or into errors
    bool refused = false;
  };
  std::vector<Line> lines;
  std::vector<Error> errors;
  std::size_t field_errors = 0;  // in `errors`
};

// What the request's header says of all lines.
struct EventsSender {
  Id128 trace_id{};
  bool is_admin = false;
};

// Fills the submission's items (in the order of the body) and the job. `text` must have
// json::Parser::padding_bytes readable bytes behind it. Errc::too_large: too many lines;
// Errc::malformed: no line at all. A command that needs the admin is a bad line from others.
Result<void> parse_events(std::string_view text, std::span<AnyDomain* const> domains,
                          json::Parser& parser, const EventsSender& sender, Submission& submission,
                          EventsJob& job);

// Appends one answer line per input line. `items`: with their outcomes.
void render_events(const EventsJob& job, std::span<const SubmissionItem> items, std::string& out);

}  // namespace daybook::http
