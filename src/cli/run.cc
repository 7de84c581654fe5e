// The command line: declares every subcommand, runs the one chosen.
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "daybook_version.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <string>

namespace daybook::cli {

namespace {

// CLI11 itself would only say that some subcommand is required.
int refuse_unknown(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return exit_ok;
  std::string known;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == argv[1]) return exit_ok;
    known += (known.empty() ? "" : ", ") + command->get_name();
  }
  std::fprintf(stderr, "daybook: there is no command %s; there is: %s\n", argv[1], known.c_str());
  return exit_usage;
}

}  // namespace

int run(int argc, char** argv, const Overrides& overrides) {
  CLI::App app{"Daybook: one event log, every count a view of it.", "daybook"};
  app.set_version_flag("--version", "daybook " DAYBOOK_VERSION " (" DAYBOOK_COMMIT ")");
  app.require_subcommand(1);
  int exit_code = exit_ok;
  add_serve(app, exit_code, overrides);
  add_log(app, exit_code);
  add_replay(app, exit_code);
  add_key(app, exit_code);
  add_config(app, exit_code);
  add_seed(app, exit_code);
  add_bench(app, exit_code);
  if (const int refused = refuse_unknown(app, argc, argv); refused != exit_ok) return refused;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return exit_code;
}

}  // namespace daybook::cli
