// The rows every [[projector]] table has, whatever its sink, and the example text of all sinks.
//
// Main thread.
#pragma once

#include <daybook/setting.h>
#include <daybook/sink.h>

#include "project/sink_catalog.h"

#include <array>
#include <string>
#include <vector>

namespace daybook::project {

// The common rows, then the sink's own. Owns the texts of the defaults that the sink gives.
class ProjectorRows {
 public:
  // nullptr: the sink is not known, so only the common rows.
  explicit ProjectorRows(const SinkType* type);
  ProjectorRows(const ProjectorRows&) = delete;
  ProjectorRows& operator=(const ProjectorRows&) = delete;

  [[nodiscard]] std::span<const SettingSpec> all() const { return rows_; }
  [[nodiscard]] std::span<const SettingSpec> common() const { return all().first(common_count_); }
  [[nodiscard]] std::span<const SettingSpec> options() const {
    return all().subspan(common_count_);
  }

 private:
  std::string batch_events_, batch_ms_;
  std::vector<SettingSpec> rows_;
  std::size_t common_count_ = 0;
};

// The end of config/daybook.toml: a [[projector]] table per sink, every row with its default, all
// of it commented out.
std::string example_projectors(const SinkCatalog& sinks);

}  // namespace daybook::project
