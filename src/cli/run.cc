// The command line: declares every subcommand, runs the one chosen.
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "daybook_version.h"

#include <CLI/CLI.hpp>

namespace daybook::cli {

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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }
  return exit_code;
}

}  // namespace daybook::cli
