// daybook config check|show|example: what the settings are, where each came from, what is wrong.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/front_settings.h"
#include "config/config.h"
#include "config/flags.h"
#include "domains/catalog_entries.h"
#include "http/server.h"
#include "project/projector_rows.h"
#include "project/projector_spec.h"

namespace daybook::cli {
namespace {

struct ConfigOptions {
  std::vector<SettingSpec> table;
  std::string file;
  std::map<std::string, std::string> flags;
  bool origin = false;
};

void print(std::string_view text, std::FILE* to) { std::fwrite(text.data(), 1, text.size(), to); }

int refuse(const Error& error) {
  print(error.message + "\n", stderr);
  return exit_usage;
}

// Also what the settings table cannot tell: what is no address, no time zone, or does not go
// together.
int check(const ConfigOptions& options) {
  const auto config = config::load_for_command(options.table, options.file, options.flags);
  if (!config) return refuse(config.error());
  const Catalog catalog = make_catalog();
  std::vector<Error> wrong = catalog.check(*config);
  if (const auto domains = catalog.make(*config); domains.ok()) {
    std::vector<AnyDomain*> pointers;
    for (const auto& domain : *domains) pointers.push_back(domain.get());
    const auto sinks = project::make_sink_catalog();
    if (auto projectors = project::read_projectors(*config, sinks, pointers); !projectors)
      wrong.push_back(std::move(projectors).error());
    if (auto path = http::check_socketio_path(pointers, config->text("socketio.path")); !path)
      wrong.push_back(std::move(path).error());
  }
  for (Error& error : check_front(*config)) wrong.push_back(std::move(error));
  for (const Error& error : wrong) print(error.message + "\n", stderr);
  if (!wrong.empty()) return exit_usage;
  print("OK\n", stdout);
  return exit_ok;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.append(width > out.size() ? width - out.size() : 0, ' ');
  return out;
}

int show(const ConfigOptions& options) {
  const auto config = config::load_for_command(options.table, options.file, options.flags);
  if (!config) return refuse(config.error());
  const auto rows = config->show();
  const auto value_of = [](const config::Config::Shown& row) {
    std::string text = row.value.empty() ? "(none)" : row.value;
    if (!row.spec.unit.empty()) text += " " + std::string(row.spec.unit);
    return text;
  };
  std::size_t key_width = 0, value_width = 0;
  for (const auto& row : rows) {
    key_width = std::max(key_width, row.spec.key.size());
    value_width = std::max(value_width, value_of(row).size());
  }
  std::string out;
  for (const auto& row : rows) {
    out += padded(row.spec.key, key_width) + "  ";
    out += options.origin ? padded(value_of(row), value_width) + "  " + row.origin : value_of(row);
    out += '\n';
  }
  print(out, stdout);
  return exit_ok;
}

}  // namespace

void add_config(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("config", "Look at the settings");
  group->require_subcommand(1);
  const auto options = std::make_shared<ConfigOptions>();
  options->table = config::with_kernel_settings(make_catalog().settings());

  auto* check_app = group->add_subcommand(
      "check", "Say OK, or every mistake in the config file, the environment and the flags");
  auto* show_app = group->add_subcommand("show", "Print every setting as serve would see it");
  show_app->add_flag("--origin", options->origin, "Print where each value came from");
  for (auto* sub : {check_app, show_app}) {
    sub->add_option("--config", options->file, "The TOML file (else DAYBOOK_CONFIG)")
        ->type_name("FILE");
    config::add_flags(*sub, options->table, options->flags);
  }
  check_app->callback([options, &exit_code] { exit_code = check(*options); });
  show_app->callback([options, &exit_code] { exit_code = show(*options); });
  group->add_subcommand("example", "Print a config file with every setting and its default")
      ->callback([options, &exit_code] {
        print(config::example_toml(options->table) +
                  project::example_projectors(project::make_sink_catalog()),
              stdout);
        exit_code = exit_ok;
      });
}

}  // namespace daybook::cli
