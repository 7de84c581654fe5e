// daybook key rotate: a new admin key in place of the old one, also beside a running server.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "auth/admin_key.h"
#include "cli/admin_data.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "domains/catalog_entries.h"

namespace daybook::cli {
namespace {

// The key alone on stdout, for a script; the words on stderr, for a person.
int rotate(const DataOptions& options, const Streams& streams) {
  const auto config = load_config(make_catalog(), options);
  if (!config) {
    std::fprintf(streams.err, "%s\n", config.error().message.c_str());
    return exit_usage;
  }
  const auto key = auth::AdminKey::rotate(config->text("server.data"));
  if (!key) {
    std::fprintf(streams.err, "%s\n", key.error().message.c_str());
    return exit_failed;
  }
  std::fprintf(streams.out, "%s\n", key->c_str());
  std::fprintf(streams.err,
               "This is the new admin key; it is shown only now. The old one stops working within "
               "a second.\n");
  return exit_ok;
}

}  // namespace

void add_key(CLI::App& app, int& exit_code) {
  auto* group = app.add_subcommand("key", "The admin key");
  group->require_subcommand(1);
  const auto options = std::make_shared<DataOptions>();
  auto* sub = group->add_subcommand("rotate", "Replace the admin key and print the new one once");
  add_data_options(*sub, *options);
  sub->callback([options, &exit_code] { exit_code = rotate(*options, Streams{}); });
}

}  // namespace daybook::cli
