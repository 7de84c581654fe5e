// `daybook replay`: rebuilds every view from the log, in memory, and prints what comes out.
#include <daybook/json.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/log_tools.h"
#include "domains/catalog_entries.h"

namespace daybook::cli {
namespace {

constexpr std::uint64_t progress_every_events = 16384;

using Domains = std::vector<std::unique_ptr<AnyDomain>>;

struct Replayed {
  Position until{};
  std::uint64_t events = 0;
  std::uint64_t skipped = 0;  // of topics this program does not know
  double seconds = 0;
  [[nodiscard]] double rate() const {
    return seconds > 0 ? static_cast<double>(events) / seconds : 0;
  }
};

// The topic's id, nullopt for all; Errc::invalid names what there is.
Result<std::optional<TopicId>> topic_of(const Domains& domains, const std::string& wanted) {
  if (wanted.empty()) return std::optional<TopicId>{};
  std::string known;
  for (const auto& domain : domains) {
    if (domain->name() == wanted) return std::optional<TopicId>{domain->topic()};
    known += (known.empty() ? "" : ", ") + std::string(domain->name());
  }
  return Error{Errc::invalid, "there is no topic " + wanted + "; there is: " + known};
}

// Where the events of one topic go.
struct TopicReplay {
  AnyDomain* domain = nullptr;
  std::unique_ptr<AnyAudit> audit;  // null: not asked for, or the domain has none

  Result<void> take(const log::EventView& event) const {
    if (audit) DAYBOOK_TRY_VOID(audit->check(event));
    return domain->replay(event);
  }
};

std::vector<TopicReplay> by_topic_id(const Domains& domains, bool with_audits) {
  std::vector<TopicReplay> by_topic;
  for (const auto& domain : domains) {
    const std::size_t id = domain->topic().value;
    if (by_topic.size() <= id) by_topic.resize(id + 1);
    by_topic[id].domain = domain.get();
    if (with_audits) by_topic[id].audit = domain->make_audit();
  }
  return by_topic;
}

Result<Replayed> replay_all(log::EventLog& log, const log::ScanOptions& scan,
                            const Domains& domains, bool with_audits, std::FILE* err) {
  const std::vector<TopicReplay> by_topic = by_topic_id(domains, with_audits);
  Replayed replayed;
  replayed.until = std::min(scan.until, log.head());
  Progress progress(err, "replayed");
  Result<void> failed;
  const std::int64_t start_us = steady_us();
  DAYBOOK_TRY_VOID(log.scan(scan, [&](const log::EventView& event) {
    if (event.topic.value >= by_topic.size() || by_topic[event.topic.value].domain == nullptr) {
      ++replayed.skipped;
      return true;
    }
    auto result = by_topic[event.topic.value].take(event);
    if (!result) {
      failed = Error{result.error().code, "position " + std::to_string(event.position.value) +
                                              ": " + result.error().message};
      return false;
    }
    if (++replayed.events % progress_every_events == 0)
      progress.show(event.position.value, replayed.until.value);
    return true;
  }));
  if (!failed) return std::move(failed).error();
  replayed.seconds = static_cast<double>(steady_us() - start_us) / 1e6;
  return replayed;
}

void print_json(const Replayed& replayed, const Domains& domains, bool audited, std::FILE* out) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  json.member("until", replayed.until.value);
  json.member("events", replayed.events);
  json.member("skipped", replayed.skipped);
  json.key("seconds").real(replayed.seconds);
  json.key("eventsPerSecond").real(replayed.rate());
  if (audited) json.member("audited", true);
  json.key("domains").begin_object();
  for (const auto& domain : domains) {
    json.key(domain->name()).begin_object();
    json.key("totals").begin_object();
    for (const auto& [name, number] : domain->totals()) json.member(name, number);
    json.end_object();
    json.member("memoryBytes", std::uint64_t{domain->memory_bytes()});
    json.end_object();
  }
  json.end_object().end_object();
  std::fprintf(out, "%s\n", text.c_str());
}

void print_text(const Replayed& replayed, const Domains& domains, bool audited, std::FILE* out) {
  std::fprintf(out, "%s events up to position %s in %.3f s: %s events/s\n",
               grouped(replayed.events).c_str(), grouped(replayed.until.value).c_str(),
               replayed.seconds, grouped(static_cast<std::uint64_t>(replayed.rate())).c_str());
  if (replayed.skipped > 0)
    std::fprintf(out, "%s events of topics unknown to this program left out\n",
                 grouped(replayed.skipped).c_str());
  if (audited) std::fprintf(out, "every rule of every domain holds at every position\n");
  for (const auto& domain : domains) {
    std::fprintf(out, "%s, %s in memory\n", std::string(domain->name()).c_str(),
                 bytes_text(domain->memory_bytes()).c_str());
    for (const auto& [name, number] : domain->totals())
      std::fprintf(out, "  %-24s %s\n", name.c_str(), grouped(number).c_str());
  }
}

}  // namespace

int replay_log(const ReplayOptions& options, const Streams& streams) {
  const Catalog catalog = make_catalog();
  auto config = load_config(catalog, options.data);
  if (!config) return report(config.error(), streams.err);
  auto domains = catalog.make(*config);
  if (!domains) return report(domains.error(), streams.err);
  auto topic = topic_of(*domains, options.topic);
  if (!topic) return report(topic.error(), streams.err);
  auto opened = open_to_read(catalog, *config);
  if (!opened) return report(opened.error(), streams.err);
  if (opened->damage)
    std::fprintf(streams.err, "daybook: warning: %s\n", opened->damage->message.c_str());

  log::ScanOptions scan;
  scan.topic = *topic;
  if (options.until) scan.until = Position{*options.until};
  auto replayed = replay_all(*opened->log, scan, *domains, options.audit, streams.err);
  if (!replayed) return report(replayed.error(), streams.err);
  if (*topic)
    std::erase_if(*domains, [&](const auto& domain) { return domain->topic() != **topic; });
  if (options.json) {
    print_json(*replayed, *domains, options.audit, streams.out);
  } else {
    print_text(*replayed, *domains, options.audit, streams.out);
  }
  return exit_ok;
}

void add_replay(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* replay = app.add_subcommand(
      "replay", "Rebuilds all views from the log, in memory, and prints the rate and every total");
  add_data_options(*replay, options->data);
  replay->add_option("--until", options->until, "Stops after this position")
      ->type_name("POSITION")
      ->check(not_negative());
  replay->add_option("--topic", options->topic, "Only this topic")->type_name("TOPIC");
  replay->add_flag("--audit", options->audit,
                   "Also checks each domain's rules at every position (never overbooked, ...)");
  replay->add_flag("--json", options->json, "Prints one JSON object");
  replay->callback([options, &exit_code] { exit_code = replay_log(*options, Streams{}); });
}

}  // namespace daybook::cli
