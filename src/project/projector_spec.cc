#include "project/projector_spec.h"

#include "config/problems.h"
#include "config/value.h"
#include "project/projector_rows.h"

#include <algorithm>
#include <map>

namespace daybook::project {
namespace {

using config::Problems;
using config::RawTable;
using config::TableSettings;

// "file config.toml:14" of the key, or of the table when it does not give it.
std::string place_of(const RawTable& table, std::string_view key) {
  const auto* given = table.find(key);
  return "file " + table.file + ":" + std::to_string(given == nullptr ? table.line : given->line);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_chars_max && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string joined(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

std::string no_such(std::string_view given, std::span<const std::string_view> known) {
  return "must be one of " + joined(known) + ", is \"" + std::string(given) + "\"" +
         config::suggestion(given, known);
}

// The error's lines, each with the place of the option it is about.
void add_sink_error(const RawTable& table, const Error& error, Problems& problems) {
  const std::string field = error.fields.empty() ? "" : error.fields.front().field;
  const std::string place =
      place_of(table, error.fields.size() == 1 ? std::string_view(field) : "sink");
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    problems.add(field, "sink", std::string(rest.substr(0, end)) + " (" + place + ")");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

class Reader {
 public:
  Reader(const config::Config& config, const SinkCatalog& sinks,
         std::span<AnyDomain* const> domains)
      : data_dir_(config.text("server.data")), sinks_(sinks), domains_(domains) {
    for (const auto& type : sinks.types()) sink_names_.push_back(type.name);
    for (const auto* domain : domains) topic_names_.push_back(domain->name());
  }

  // Adds the table's projector to `specs`, or what is wrong with it to `problems`.
  void read(const RawTable& table, std::vector<ProjectorSpec>& specs, Problems& problems) {
    const std::string sink_name = table.text("sink");
    const SinkType* type = sinks_.find(sink_name);
    const ProjectorRows rows(type);
    // Options of an unknown sink are no mistakes of their own.
    const auto settings =
        TableSettings::read(type == nullptr ? only_rows(table, rows.common()) : table, rows.all());
    Problems own;
    if (!settings) own.add_all(settings.error());
    check_name(table, own);
    const AnyDomain* domain = check_topic(table, own);
    check_filter(table, domain, own);
    check_start(table, own);
    ProjectorSpec spec;
    if (settings) {
      check_retries(*settings, table, own);
      spec = make_spec(*settings);
    }
    if (type == nullptr)
      check_sink(table, sink_name, own);
    else
      spec.sink_object = make_sink(*type, table, rows, domain, own);
    if (spec.sink_object != nullptr) check_target(table, spec.sink_object->target(), own);
    if (own.empty())
      specs.push_back(std::move(spec));
    else
      problems.add_all(std::move(own).take());
  }

 private:
  static RawTable only_rows(RawTable table, std::span<const SettingSpec> rows) {
    std::erase_if(table.values, [&](const config::FileValue& value) {
      return std::ranges::find(rows, value.key, &SettingSpec::key) == rows.end();
    });
    return table;
  }

  // Null when its options cannot be read (told already) or it has something against them. `domain`:
  // null when there is no such topic; then what the sink says of it is beside the point.
  [[nodiscard]] std::unique_ptr<Sink> make_sink(const SinkType& type, const RawTable& table,
                                                const ProjectorRows& rows, const AnyDomain* domain,
                                                Problems& problems) const {
    const auto options = TableSettings::read(only_rows(table, rows.options()), rows.options());
    if (!options) return nullptr;
    auto sink =
        type.make(*options, {table.text("name"), table.text("topic"), filter_of(table), data_dir_});
    if (sink) return std::move(*sink);
    const auto& fields = sink.error().fields;
    const bool is_topic = !fields.empty() && fields.front().field == "topic";
    if (domain != nullptr || !is_topic) add_sink_error(table, sink.error(), problems);
    return nullptr;
  }

  static EventFilter filter_of(const RawTable& table) {
    return {config::split_list(table.text("types")), config::split_list(table.text("keys"))};
  }

  void check_name(const RawTable& table, Problems& problems) {
    const std::string name = table.text("name");
    if (!is_name(name)) {
      problems.wrong_value("name",
                           "must be given: 1 to " + std::to_string(name_chars_max) +
                               " of A-Z a-z 0-9 _ -" +
                               (name.empty() ? "" : ", is \"" + name + "\""),
                           place_of(table, "name"));
      return;
    }
    const auto [first, is_new] = places_.try_emplace(name, place_of(table, "name"));
    if (!is_new)
      problems.wrong_value("name", "\"" + name + "\" is taken by the projector of " + first->second,
                           place_of(table, "name"));
  }

  // Two writers of one file or one sheet would undo each other's rows.
  void check_target(const RawTable& table, const std::string& target, Problems& problems) {
    if (target.empty()) return;
    const auto [first, is_new] = targets_.try_emplace(target, place_of(table, "name"));
    if (!is_new)
      problems.wrong_value(
          "sink", "writes to " + target + ", as the projector of " + first->second + " does",
          place_of(table, "sink"));
  }

  const AnyDomain* check_topic(const RawTable& table, Problems& problems) const {
    const std::string topic = table.text("topic");
    const auto domain = std::ranges::find(domains_, topic, &AnyDomain::name);
    if (domain != domains_.end()) return *domain;
    problems.wrong_value("topic",
                         topic.empty() ? "must be given: one of " + joined(topic_names_)
                                       : no_such(topic, topic_names_),
                         place_of(table, "topic"));
    return nullptr;
  }

  void check_sink(const RawTable& table, const std::string& name, Problems& problems) const {
    problems.wrong_value(
        "sink",
        name.empty() ? "must be given: one of " + joined(sink_names_) : no_such(name, sink_names_),
        place_of(table, "sink"));
  }

  // As written, so that other mistakes of the table do not hide these.
  static void check_filter(const RawTable& table, const AnyDomain* domain, Problems& problems) {
    const auto* types = table.find("types");
    if (domain == nullptr || types == nullptr || !types->usable ||
        types->type != SettingType::text_list)
      return;
    const auto known = domain->event_types();
    for (const std::string& type : config::split_list(types->text))
      if (std::ranges::find(known, type) == known.end())
        problems.wrong_value("types", no_such(type, known), place_of(table, "types"));
  }

  static void check_start(const RawTable& table, Problems& problems) {
    constexpr std::string_view starts[] = {"beginning", "now"};
    const auto* start = table.find("start");
    if (start == nullptr || start->type != SettingType::text || start->text.empty()) return;
    if (std::ranges::find(starts, start->text) == std::end(starts))
      problems.wrong_value("start",
                           "must be one of " + joined(starts) + ", is \"" + start->text + "\"",
                           place_of(table, "start"));
  }

  static void check_retries(const TableSettings& settings, const RawTable& table,
                            Problems& problems) {
    const auto least = settings.integer("retry_min_ms");
    const auto most = settings.integer("retry_max_ms");
    if (most >= least) return;
    problems.wrong_value("retry_max_ms",
                         "must not be less than retry_min_ms, " + std::to_string(least) + ", is " +
                             std::to_string(most),
                         place_of(table, "retry_max_ms"));
  }

  static ProjectorSpec make_spec(const TableSettings& settings) {
    ProjectorSpec spec;
    spec.name = settings.text("name");
    spec.topic = settings.text("topic");
    spec.filter = {settings.text_list("types"), settings.text_list("keys")};
    spec.sink = settings.text("sink");
    spec.start_now = settings.text("start") == "now";
    spec.batch_events_max = static_cast<std::size_t>(settings.integer("batch_events_max"));
    spec.batch_bytes_max = static_cast<std::size_t>(settings.integer("batch_bytes_max"));
    spec.batch_ms = settings.integer("batch_ms");
    spec.retry_min_ms = settings.integer("retry_min_ms");
    spec.retry_max_ms = settings.integer("retry_max_ms");
    spec.own_retries =
        settings.given("dead_letter_retry_s") || settings.given("dead_letter_tries_max");
    spec.dead_letter_retry_s = settings.integer("dead_letter_retry_s");
    spec.dead_letter_tries_max =
        static_cast<std::uint32_t>(settings.integer("dead_letter_tries_max"));
    spec.dead_letters_max = static_cast<std::size_t>(settings.integer("dead_letters_max"));
    return spec;
  }

  std::string data_dir_;
  const SinkCatalog& sinks_;
  std::span<AnyDomain* const> domains_;
  std::vector<std::string_view> sink_names_, topic_names_;
  std::map<std::string, std::string, std::less<>> places_;   // of names
  std::map<std::string, std::string, std::less<>> targets_;  // the places of their names
};

}  // namespace

Result<std::vector<ProjectorSpec>> read_projectors(const config::Config& config,
                                                   const SinkCatalog& sinks,
                                                   std::span<AnyDomain* const> domains) {
  const auto tables = config.tables("projector");
  std::vector<ProjectorSpec> specs;
  Problems problems;
  if (tables.size() > projectors_max)
    problems.add("projector", "too_many",
                 "more than " + std::to_string(projectors_max) + " [[projector]] tables, " +
                     std::to_string(tables.size()) + " (file " + tables[projectors_max].place() +
                     ")");
  Reader reader(config, sinks, domains);
  for (const auto& table : tables) reader.read(table, specs, problems);
  if (!problems.empty()) return std::move(problems).take();
  return specs;
}

}  // namespace daybook::project
