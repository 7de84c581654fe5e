// [[projector]] tables as a file holds them, read against the program's own domains and sinks.
//
// Thread: one.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "config/flags.h"
#include "domains/catalog_entries.h"
#include "project/projector_rows.h"
#include "project/projector_spec.h"
#include "support/temp_dir.h"

namespace daybook::project {

// All sinks this program has come from its own list; tests add to it.
struct World {
  explicit World(SinkCatalog catalog = make_sink_catalog()) : sinks(std::move(catalog)) {
    table = config::with_kernel_settings(domains_catalog.settings());
    auto made = domains_catalog.make(*load_text(""));
    REQUIRE(made.ok());
    domains = std::move(*made);
    for (const auto& domain : domains) pointers.push_back(domain.get());
  }

  Result<config::Config> load_file(const std::string& file) const {
    config::Sources sources;
    sources.file = file;
    sources.environment = [](const std::string&) { return std::nullopt; };
    return config::Config::load(table, sources);
  }
  Result<config::Config> load_text(const std::string& text) const {
    std::ofstream(path, std::ios::binary) << text;
    return load_file(path);
  }
  Result<std::vector<ProjectorSpec>> read(const std::string& text) const {
    const auto config = load_text(text);
    if (!config) return config.error();
    return read_projectors(*config, sinks, pointers);
  }
  // What is wrong, with "FILE" for the file's path.
  std::string mistakes(const std::string& text) const {
    const auto specs = read(text);
    if (specs) return "none";
    CHECK(specs.error().code == Errc::invalid);
    std::string message = specs.error().message;
    for (auto at = message.find(path); at != std::string::npos; at = message.find(path))
      message.replace(at, path.size(), "FILE");
    return message;
  }

  test::TempDir dir;
  const std::string path = dir / "daybook.toml";
  SinkCatalog sinks;
  Catalog domains_catalog = make_catalog();
  std::vector<SettingSpec> table;
  std::vector<std::unique_ptr<AnyDomain>> domains;
  std::vector<AnyDomain*> pointers;
};

}  // namespace daybook::project
