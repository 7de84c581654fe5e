// The subcommands of the one binary. Each add_* declares one on the app and, when it is the one
// chosen, leaves its exit code in `exit_code` (exit_codes.h).
#pragma once

namespace CLI {
class App;
}

namespace daybook::cli {

// What a run of the program may be given by tests; all null in the real binary.
struct Overrides {
  void* rocksdb_env = nullptr;  // a rocksdb::Env*
};

void add_serve(CLI::App& app, int& exit_code, const Overrides& overrides);
void add_log(CLI::App& app, int& exit_code);  // log stat|read|tail|verify
void add_replay(CLI::App& app, int& exit_code);
void add_key(CLI::App& app, int& exit_code);     // key rotate
void add_config(CLI::App& app, int& exit_code);  // config check|show|example
void add_seed(CLI::App& app, int& exit_code);    // seed attendance|booking|hits|forms
void add_bench(CLI::App& app, int& exit_code);   // bench attendance|booking|hits|forms|live

// The whole program.
int run(int argc, char** argv, const Overrides& overrides);

}  // namespace daybook::cli
