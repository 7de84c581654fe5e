#include "project/projector_rows.h"

#include <daybook/check.h>

#include "config/config.h"
#include "project/projector_spec.h"

#include <algorithm>

namespace daybook::project {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

}  // namespace

ProjectorRows::ProjectorRows(const SinkType* type) {
  using enum SettingType;
  const ProjectorSpec fallback;
  batch_events_ = std::to_string(type == nullptr ? fallback.batch_events_max : type->batch_events);
  batch_ms_ = std::to_string(type == nullptr ? fallback.batch_ms : type->batch_ms);
  rows_ = {
      {"name", text, "", "", 0, 0,
       "What the projector is called: 1 to 64 of A-Z a-z 0-9 _ -; its checkpoint goes by it."},
      {"topic", text, "", "", 0, 0, "The topic whose events it brings: attendance, forms, ..."},
      {"types", text_list, "", "", 0, 0, "Only events of these types; empty: all."},
      {"keys", text_list, "", "", 0, 0,
       "Only events of these entities (forms, schools, ids, stations); empty: all."},
      {"sink", text, "", "", 0, 0, "The kind of target."},
      {"start", text, "beginning", "", 0, 0,
       "Where a new projector begins: \"beginning\" of the log, or \"now\"."},
      {"batch_events_max", integer, batch_events_, "events", 1, 100'000,
       "The most events brought at once."},
      {"batch_bytes_max", integer, "1048576", "bytes", 1024, 67'108'864,
       "The most bytes brought at once; one larger event goes alone."},
      {"batch_ms", integer, batch_ms_, "ms", 0, 3'600'000,
       "How long the first event of a batch waits for others."},
      {"retry_min_ms", integer, "1000", "ms", 10, day_ms,
       "The first wait when the target is unavailable; it doubles with every try."},
      {"retry_max_ms", integer, "300000", "ms", 10, day_ms, "The longest wait between two tries."},
      {"dead_letter_retry_s", integer, "3600", "s", 0, 2'592'000,
       "How often a dead letter is tried again by itself; 0: only when a person asks."},
      {"dead_letter_tries_max", integer, "3", "tries", 0, 1000,
       "How many times a dead letter is tried again by itself."},
      {"dead_letters_max", integer, "100000", "events", 1, 10'000'000,
       "Open dead letters from which on the projector stops and waits for a person."},
  };
  common_count_ = rows_.size();
  if (type == nullptr) return;
  for (const SettingSpec& option : type->options) {
    DAYBOOK_CHECK(option.key.find('.') == std::string_view::npos);
    rows_.push_back(option);
  }
}

std::string example_projectors(const SinkCatalog& sinks) {
  if (sinks.types().empty()) return "";
  std::string out =
      "\n# A projector brings the events of one topic to one sink, from its own checkpoint. Any\n"
      "# number of these tables; one per kind of sink stands here, with every default. Take the\n"
      "# \"#\" directly before a name or a bracket away to use it. docs/projectors.md has the "
      "rest.\n";
  bool is_first = true;
  for (const SinkType& type : sinks.types()) {
    const ProjectorRows rows(&type);
    std::vector<SettingSpec> shown(rows.common().begin(), rows.common().end());
    const auto put = [&](std::string_view key, std::string_view value) {
      const auto row = std::ranges::find(shown, key, &SettingSpec::key);
      DAYBOOK_CHECK(row != shown.end());
      row->fallback = value;
    };
    put("name", type.name);
    put("topic", "forms");
    put("sink", type.name);
    if (!is_first)  // the common keys are explained once
      std::erase_if(shown, [](const SettingSpec& row) {
        return row.key != "name" && row.key != "topic" && row.key != "sink" &&
               row.key != "batch_events_max" && row.key != "batch_ms";
      });
    is_first = false;
    out +=
        "\n#[[projector]]\n" + config::example_rows(shown) + config::example_rows(rows.options());
  }
  return out;
}

}  // namespace daybook::project
