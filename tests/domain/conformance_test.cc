// What every catalogued domain has to hold to, run on each of them with its own sample commands
// (tests/domains/<name>/samples.ndjson; the guest book's beside its source).
// Adding a domain adds it here by itself; a domain without samples fails.
#include "base/files.h"
#include "config/config.h"
#include "domain/adapter.h"
#include "domains/catalog_entries.h"
#include "sequencer/log_seam.h"
#include "sequencer/sequencer.h"
#include "support/command_maker.h"
#include "support/guestbook/guestbook.h"
#include "support/temp_dir.h"
#include "support/waiting_port.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

namespace daybook {
namespace {

Catalog catalog_with_guestbook() {
  Catalog catalog = make_catalog();
  catalog.add<guestbook::Domain>();  // the one line a sixth domain takes
  return catalog;
}

std::vector<std::string> samples_of(std::string_view topic) {
  const std::string root = DAYBOOK_SOURCE_DIR;
  const std::string path = topic == "guestbook"
                               ? root + "/tests/support/guestbook/samples.ndjson"
                               : root + "/tests/domains/" + std::string(topic) + "/samples.ndjson";
  auto text = read_file(path);
  INFO("samples: " << path);
  REQUIRE(text.ok());
  std::vector<std::string> lines;
  std::istringstream in(*text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  REQUIRE(lines.size() >= 4);
  return lines;
}

config::Config default_config(const Catalog& catalog) {
  const auto rows = catalog.settings();
  auto config =
      config::Config::load(rows, {.file = {}, .flags = {}, .environment = [](const std::string&) {
                                    return std::optional<std::string>{};
                                  }});
  REQUIRE(config.ok());
  return *std::move(config);
}

// The sample time of the first use; samples carry times near it.
constexpr UnixUs sample_now{1'800'000'000'000'000};

struct Run {
  explicit Run(const std::string& dir) : catalog(catalog_with_guestbook()) {
    auto made = catalog.make(default_config(catalog));
    REQUIRE(made.ok());
    domains = *std::move(made);
    for (auto& d : domains) raw.push_back(d.get());
    log::Options options;
    options.data_dir = dir;
    options.topics = catalog.topics();
    auto opened = log::EventLog::open(options);
    REQUIRE(opened.ok());
    log = *std::move(opened);
    SequencerSeam seam = make_log_seam(*log);
    seam.now = [] { return sample_now; };
    sequencer = std::make_unique<Sequencer>(raw, SequencerLimits{}, std::move(seam), log->head());
    const auto replayed = log->scan({}, [&](const log::EventView& event) {
      REQUIRE(domain(event.topic).replay(event).ok());
      if (!event.idempotency_key.empty())
        sequencer->remember(event.idempotency_key, event.position);
      return true;
    });
    REQUIRE(replayed.ok());
    sequencer->start();
  }
  AnyDomain& domain(TopicId topic) {
    for (auto* d : raw)
      if (d->topic() == topic) return *d;
    FAIL("no domain of topic " << topic.value);
    return *raw.front();
  }
  Outcome submit(AnyDomain& to, std::string_view data, std::string_view key) {
    Submission& s = submissions.emplace_back();
    s.port = &port;
    const auto parsed = maker.add(s, to, data, key);
    Outcome refused;
    if (!parsed.ok()) {
      refused.error = parsed.error();
      return refused;
    }
    REQUIRE(sequencer->push(&s) == nullptr);
    REQUIRE(port.wait_for(++submitted));
    return s.items[0].outcome;
  }
  static std::pair<std::string, std::string> saved(const AnyDomain& d) {
    ByteWriter state;
    ByteWriter view;
    d.save_state(state);
    d.save_view(view);
    return {state.take(), view.take()};
  }

  Catalog catalog;
  std::vector<std::unique_ptr<AnyDomain>> domains;
  std::vector<AnyDomain*> raw;
  test::WaitingPort port;
  test::CommandMaker maker;
  std::deque<Submission> submissions;
  std::size_t submitted = 0;
  std::unique_ptr<log::EventLog> log;
  std::unique_ptr<Sequencer> sequencer;
};

std::string key_of(const AnyDomain& domain, std::size_t i) {
  return std::string(domain.name()) + "-" + std::to_string(i);
}

// Submits every domain's samples; the outcomes by domain and line.
std::vector<std::vector<Outcome>> submit_all(Run& run) {
  std::vector<std::vector<Outcome>> outcomes;
  for (auto& domain : run.domains) {
    outcomes.emplace_back();
    const auto lines = samples_of(domain->name());
    for (std::size_t i = 0; i < lines.size(); ++i)
      outcomes.back().push_back(run.submit(*domain, lines[i], key_of(*domain, i)));
    INFO("domain " << domain->name() << ": samples must hold accepted and refused commands");
    const auto accepted = std::count_if(outcomes.back().begin(), outcomes.back().end(),
                                        [](const Outcome& o) { return o.accepted; });
    REQUIRE(accepted > 0);
    REQUIRE(static_cast<std::size_t>(accepted) < lines.size());
  }
  return outcomes;
}

TEST_CASE("replay of the log gives every domain the same state, view and totals as the live run") {
  const test::TempDir dir;
  std::vector<std::pair<std::string, std::string>> live;
  std::vector<std::vector<std::pair<std::string, std::uint64_t>>> totals;
  {
    Run run(dir.path());
    submit_all(run);
    for (auto& d : run.domains) {
      live.push_back(Run::saved(*d));
      totals.push_back(d->totals());
    }
  }
  Run again(dir.path());
  for (std::size_t i = 0; i < again.domains.size(); ++i) {
    INFO("domain " << again.domains[i]->name());
    CHECK(Run::saved(*again.domains[i]) == live[i]);
    CHECK(again.domains[i]->totals() == totals[i]);
  }
}

TEST_CASE("a snapshot of every domain loads into the same content and the same decisions") {
  const test::TempDir dir_a;
  const test::TempDir dir_b;
  Run run(dir_a.path());
  const auto outcomes = submit_all(run);
  Run fresh(dir_b.path());
  for (std::size_t i = 0; i < run.domains.size(); ++i) {
    const auto [state, view] = Run::saved(*run.domains[i]);
    ByteReader state_in(state);
    ByteReader view_in(view);
    INFO("domain " << run.domains[i]->name());
    REQUIRE(fresh.domains[i]->load_state(state_in).ok());
    REQUIRE(fresh.domains[i]->load_view(view_in).ok());
    CHECK(state_in.at_end());
    CHECK(view_in.at_end());
    CHECK(Run::saved(*fresh.domains[i]) == std::pair(state, view));
    const auto lines = samples_of(run.domains[i]->name());
    for (const auto& line : lines) {
      const Outcome here = run.submit(*run.domains[i], line, {});
      const Outcome there = fresh.submit(*fresh.domains[i], line, {});
      INFO(line);
      CHECK(here.accepted == there.accepted);
      CHECK(here.events == there.events);
      CHECK(here.error.message == there.error.message);
    }
  }
}

TEST_CASE("a snapshot cut short is refused, never half loaded into service") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  for (auto& d : run.domains) {
    const auto [state, view] = Run::saved(*d);
    for (const auto* bytes : {&state, &view}) {
      for (std::size_t cut = 1; cut <= std::min<std::size_t>(bytes->size(), 40); ++cut) {
        const test::TempDir other;
        Run fresh(other.path());
        ByteReader in(std::string_view(*bytes).substr(0, bytes->size() - cut));
        AnyDomain& target = fresh.domain(d->topic());
        const auto loaded = bytes == &state ? target.load_state(in) : target.load_view(in);
        INFO("domain " << d->name() << " cut by " << cut);
        REQUIRE_FALSE(loaded.ok());
        cut += 12;
      }
    }
  }
}

TEST_CASE("an event of a version that no build wrote is refused by every domain") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  const auto scanned = run.log->scan({}, [&](const log::EventView& event) {
    for (const auto version : {0, run.domain(event.topic).event_version() + 1}) {
      log::EventView changed = event;
      changed.schema_version = static_cast<std::uint16_t>(version);
      const auto replayed = run.domain(event.topic).replay(changed);
      INFO("domain " << run.domain(event.topic).name() << " version " << version);
      CHECK_FALSE(replayed.ok());
      if (!replayed.ok()) CHECK(replayed.error().code == Errc::corrupt);
    }
    return true;
  });
  REQUIRE(scanned.ok());
}

TEST_CASE("a repeated command id gets the first answer of every domain and writes nothing") {
  const test::TempDir dir;
  Run run(dir.path());
  const auto outcomes = submit_all(run);
  const Position head = run.log->head();
  for (std::size_t d = 0; d < run.domains.size(); ++d) {
    const auto lines = samples_of(run.domains[d]->name());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Outcome& first = outcomes[d][i];
      if (!first.accepted || first.events == 0) continue;
      const Outcome again = run.submit(*run.domains[d], lines[i], key_of(*run.domains[d], i));
      INFO("domain " << run.domains[d]->name() << ": " << lines[i]);
      CHECK(again.repeated);
      CHECK(again.position == first.position);
      CHECK(again.answer.body == first.answer.body);
      CHECK(again.answer.status == first.answer.status);
    }
  }
  CHECK(run.log->head() == head);
}

// Every event of the log as it leaves, of the wanted ones.
std::vector<PublicEvent> publish_all(Run& run, const EventFilter& filter = {}) {
  std::vector<PublicEvent> published;
  PublicEvent out;  // used again, as a projector does
  const auto scanned = run.log->scan({}, [&](const log::EventView& event) {
    const auto wanted = run.domain(event.topic).publish(event, filter, out);
    REQUIRE(wanted.ok());
    if (*wanted) published.push_back(out);
    return true;
  });
  REQUIRE(scanned.ok());
  return published;
}

std::vector<std::string> texts_of(const std::vector<PublicEvent>& events) {
  std::vector<std::string> texts;
  for (const PublicEvent& event : events)
    texts.push_back(std::to_string(event.position.value) + " " + event.topic + " " + event.type +
                    " " + event.key + " " + std::to_string(event.version) + " " + event.data + " " +
                    event.row);
  return texts;
}

TEST_CASE("what leaves of an event is of a known type, and its data and row are JSON objects") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  json::Parser parser;
  std::map<std::string, std::size_t> by_topic;
  for (const PublicEvent& event : publish_all(run)) {
    INFO(event.topic << " " << event.type << ": " << event.data);
    const auto domain = std::find_if(run.raw.begin(), run.raw.end(),
                                     [&](AnyDomain* d) { return d->name() == event.topic; });
    REQUIRE(domain != run.raw.end());
    const auto types = (*domain)->event_types();
    CHECK(std::count(types.begin(), types.end(), event.type) == 1);
    for (const std::string_view text : {std::string_view(event.data), event.row_json()}) {
      const auto value = parser.parse(text, false);
      REQUIRE(value.ok());
      CHECK(value->is_object());
    }
    ++by_topic[event.topic];
  }
  for (const auto& d : run.domains) {
    INFO("domain " << d->name() << ": samples must hold an event that leaves");
    CHECK(by_topic[std::string(d->name())] > 0);
  }
}

TEST_CASE("a filter lets through exactly what has its types and keys") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  const auto all = publish_all(run);
  REQUIRE_FALSE(all.empty());
  for (const PublicEvent& sample : all) {
    for (const EventFilter& filter :
         {EventFilter{{sample.type}, {}}, EventFilter{{}, {sample.key}},
          EventFilter{{sample.type, "another"}, {"another", sample.key}}}) {
      std::vector<PublicEvent> expected;
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected),
                   [&](const PublicEvent& e) { return filter.wants(e.type, e.key); });
      INFO(sample.topic << " " << sample.type << " " << sample.key);
      CHECK(texts_of(publish_all(run, filter)) == texts_of(expected));
    }
  }
  CHECK(publish_all(run, {{"another"}, {}}).empty());
  CHECK(publish_all(run, {{}, {"another"}}).empty());
}

TEST_CASE("what leaves of an event is the same bytes after a replay") {
  const test::TempDir dir;
  std::vector<std::string> live;
  {
    Run run(dir.path());
    submit_all(run);
    live = texts_of(publish_all(run));
  }
  Run again(dir.path());
  CHECK(texts_of(publish_all(again)) == live);
}

TEST_CASE("a row has the columns of its version, where a domain knows columns") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  std::size_t known = 0;
  for (const auto& d : run.domains) {
    CHECK_FALSE(d->columns("no such entity").has_value());
    for (const PublicEvent& event : publish_all(run)) {
      if (event.topic != d->name()) continue;
      const auto columns = d->columns(event.key);
      if (!columns) continue;
      INFO(event.topic << " " << event.type << " " << event.key);
      CHECK(columns->version >= event.version);
      CHECK(std::set<std::string>(columns->names.begin(), columns->names.end()).size() ==
            columns->names.size());
      ++known;
    }
  }
  CHECK(known > 0);  // forms
}

TEST_CASE("bytes that are no event are refused by every domain's decode, not crashed on") {
  const test::TempDir dir;
  Run run(dir.path());
  submit_all(run);
  std::vector<std::pair<log::EventView, std::string>> stored;
  REQUIRE(run.log
              ->scan({},
                     [&](const log::EventView& event) {
                       stored.emplace_back(event,
                                           std::string(event.payload.begin(), event.payload.end()));
                       return true;
                     })
              .ok());
  for (auto& [event, payload] : stored) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{3}, payload.size() / 2}) {
      log::EventView cut = event;
      cut.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), size};
      INFO("domain " << run.domain(event.topic).name() << " bytes " << size);
      CHECK_FALSE(run.domain(event.topic).replay(cut).ok());
    }
  }
}

}  // namespace
}  // namespace daybook
