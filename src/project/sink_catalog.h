// The sinks this program has. Built from one visible list (sinks/sink_entries.cc).
#pragma once

#include <daybook/sink.h>

#include <span>
#include <string_view>
#include <vector>

namespace daybook::project {

class SinkCatalog {
 public:
  SinkCatalog& add(const SinkType& type) {
    types_.push_back(type);
    return *this;
  }
  [[nodiscard]] const SinkType* find(std::string_view name) const {
    for (const SinkType& type : types_)
      if (type.name == name) return &type;
    return nullptr;
  }
  [[nodiscard]] std::span<const SinkType> types() const { return types_; }

 private:
  std::vector<SinkType> types_;
};

// THE place where a sink is added (sinks/sink_entries.cc).
SinkCatalog make_sink_catalog();

}  // namespace daybook::project
