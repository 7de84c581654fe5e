#include <daybook/json.h>

#include <algorithm>
#include <ctime>

#include "base/hex.h"
#include "cli/event_lines.h"
#include "cli/exit_codes.h"
#include "cli/log_tools.h"

namespace daybook::cli {
namespace {

constexpr int receipt_looks_max = 20;
constexpr long receipt_look_interval_ns = 100'000'000;

// What became of one receipt.
struct ReceiptFinding {
  bool found = false;
  std::string words;
  std::string event_id;
  std::string time;
};

// Beside a running server only what is below the durable watermark is shown, and that trails a
// little: a receipt given just now is waited for.
Result<void> wait_until_readable(log::EventLog& log, Position position) {
  DAYBOOK_TRY(const log::Stat stat, log.stat());
  if (!stat.server_running) return {};
  for (int look = 0; look < receipt_looks_max && log.head() < position; ++look) {
    const std::timespec pause{0, receipt_look_interval_ns};
    ::nanosleep(&pause, nullptr);
    DAYBOOK_TRY_VOID(log.refresh());
  }
  return {};
}

// Errors: only damage; that the event is not there is a finding.
Result<ReceiptFinding> look_up(log::EventLog& log, const log::Receipt& receipt) {
  DAYBOOK_TRY_VOID(wait_until_readable(log, receipt.position));
  ReceiptFinding finding;
  auto group = log.group_of(receipt.position);
  if (!group && group.error().code == Errc::not_found) {
    finding.words = "no event at position " + std::to_string(receipt.position.value) +
                    "; the log can be read up to " + std::to_string(log.head().value);
    return finding;
  }
  if (!group) return std::move(group).error();
  const std::string hash = hash_text(group->hash);
  if (!hash.starts_with(receipt.hash_prefix)) {
    finding.words = "position " + std::to_string(receipt.position.value) +
                    " is in this log with another hash (" +
                    hash.substr(0, receipt.hash_prefix.size()) + "): the receipt is of another log";
    return finding;
  }
  // The group's header names its records by hash; this proves the record is that one.
  log::ScanOptions scan;
  scan.from = receipt.position;
  scan.until = receipt.position;
  scan.verify_hashes = true;
  DAYBOOK_TRY_VOID(log.scan(scan, [&](const log::EventView& event) {
    finding.found = event.position == receipt.position;
    finding.event_id = uuid_text(event.event_id);
    finding.time = time_text(event.server_time);
    return true;
  }));
  if (finding.found) {
    finding.words = "in the log: event " + finding.event_id + " of " + finding.time;
    return finding;
  }
  DAYBOOK_TRY(const log::Stat stat, log.stat());
  const bool removed = std::ranges::any_of(stat.topics, [&](const log::Stat::PerTopic& topic) {
    return receipt.position < topic.removed_before;
  });
  finding.words = removed ? "the group is in the log; its event was removed by retention"
                          : "the group is in the log, its event is not";
  return finding;
}

int verify_receipt(log::EventLog& log, const LogVerifyOptions& options, const Streams& streams) {
  auto receipt = log::parse_receipt(options.receipt);
  if (!receipt) return report(receipt.error(), streams.err);
  auto finding = look_up(log, *receipt);
  if (!finding) return report(finding.error(), streams.err);
  if (options.json) {
    std::string text;
    json::Writer json(text);
    json.begin_object().member("receipt", options.receipt).member("found", finding->found);
    if (finding->found) json.member("eventId", finding->event_id).member("time", finding->time);
    json.member("detail", finding->words).end_object();
    std::fprintf(streams.out, "%s\n", text.c_str());
  } else {
    std::fprintf(streams.out, "%s: %s\n", options.receipt.c_str(), finding->words.c_str());
  }
  return finding->found ? exit_ok : exit_failed;
}

void print_report_json(const log::VerifyReport& found, const std::optional<std::string>& problem,
                       std::FILE* out) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  json.member("sound", !problem.has_value());
  json.member("head", found.head.value);
  json.member("headHash", hash_text(found.head_hash));
  json.member("watermark", found.watermark.value);
  json.member("events", found.events);
  json.member("groups", found.groups);
  json.member("records", found.records);
  json.member("bytes", found.bytes);
  json.member("removedEvents", found.removed.events);
  json.member("removedRecords", found.removed.records);
  json.member("removedBytes", found.removed.bytes);
  if (problem) {
    json.member("problem", *problem);
    json.member("problemAt", found.problem_at.value);
  }
  json.end_object();
  std::fprintf(out, "%s\n", text.c_str());
}

std::string removed_text(const log::Removed& removed) {
  if (removed.records == 0) return {};
  return "; " + grouped(removed.events) + " events in " + grouped(removed.records) +
         " records removed by retention (" + bytes_text(removed.bytes) + ")";
}

int verify_chain(OpenedLog& opened, const LogVerifyOptions& options, const Streams& streams) {
  log::EventLog& log = *opened.log;
  Result<log::VerifyReport> found = Error{};
  {
    Progress progress(streams.err, "verified");
    const std::uint64_t head = log.head().value;
    found = log.verify([&](Position at) { progress.show(at.value, head); });
  }
  if (!found) return report(found.error(), streams.err);
  std::optional<std::string> problem = found->problem;
  if (!problem && opened.damage) problem = opened.damage->message;
  if (options.json) {
    print_report_json(*found, problem, streams.out);
  } else if (problem) {
    std::fprintf(streams.out, "damaged: %s\n", problem->c_str());
  } else {
    std::fprintf(
        streams.out,
        "sound: %s events in %s groups and %s records, %s%s; head %s, hash %s; watermark %s\n",
        grouped(found->events).c_str(), grouped(found->groups).c_str(),
        grouped(found->records).c_str(), bytes_text(found->bytes).c_str(),
        removed_text(found->removed).c_str(), grouped(found->head.value).c_str(),
        hash_text(found->head_hash).c_str(), grouped(found->watermark.value).c_str());
  }
  return problem ? exit_data_refused : exit_ok;
}

}  // namespace

int log_verify(const LogVerifyOptions& options, const Streams& streams) {
  int exit_code = exit_ok;
  auto opened = open_or_report(options.data, streams, exit_code);
  if (!opened) return exit_code;
  if (!options.receipt.empty()) return verify_receipt(*opened->log, options, streams);
  return verify_chain(*opened, options, streams);
}

}  // namespace daybook::cli
