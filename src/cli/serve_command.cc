// `daybook serve`: opens the engine, prints where it listens, waits for a signal, drains.
#include "base/logging.h"
#include "cli/commands.h"
#include "cli/demo.h"
#include "cli/engine.h"
#include "cli/exit_codes.h"
#include "cli/front_settings.h"
#include "config/flags.h"
#include "daybook_version.h"
#include "domains/catalog_entries.h"

#include <CLI/CLI.hpp>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>

namespace daybook::cli {
namespace {

struct ServeOptions {
  std::string config_file;
  std::map<std::string, std::string> flags;
  std::vector<SettingSpec> table;
  bool demo = false;
  bool accept_loss = false;
};

int exit_code_of(const Error& error) {
  if (error.code == Errc::corrupt) return exit_data_refused;
  if (error.code == Errc::invalid) return exit_usage;
  return exit_failed;
}

int refuse(const Error& error) {
  flush_logs();
  std::fprintf(stderr, "daybook: %s\n", error.message.c_str());
  return exit_code_of(error);
}

// SIGTERM and SIGINT are waited for by the main thread; no other thread sees them.
sigset_t block_stop_signals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return stop;
}

// At once: a start that fails further on must not keep the key to itself.
void print_fresh_key(const Engine& engine) {
  if (engine.fresh_admin_key().empty()) return;
  std::printf("admin key: %s\n  (shown this once; `daybook key rotate` makes another)\n",
              engine.fresh_admin_key().c_str());
  std::fflush(stdout);
}

bool is_loopback(std::string_view url) {
  return url.starts_with("http://127.") || url.starts_with("http://[::1]");
}

void print_start(const Engine& engine, bool demo, bool open_routes) {
  const auto urls = engine.urls();
  std::printf("daybook %s\n", DAYBOOK_VERSION);
  for (const std::string& url : urls) {
    std::printf("listening on %s\n", url.c_str());
    if (is_loopback(url)) continue;
    std::printf(open_routes ? "  (anyone who reaches it may write: server.open_routes is on)\n"
                            : "  (not loopback: every route needs the admin key there; "
                              "--server-open-routes opens the open ones)\n");
  }
  if (!urls.empty()) {
    const std::string& url = urls.front();
    if (demo) {
      std::printf("schools:  %s/schools\n", url.c_str());
      std::printf("stations: %s/stations/PWTC\n", url.c_str());
      std::printf("hits:     %s/analytics/1\n", url.c_str());
      std::printf("forms:    %s/forms\n", url.c_str());
      std::printf("quizzes:  %s/api/v1/quizzes\n", url.c_str());
    }
    std::printf("metrics:  %s/metrics\n", url.c_str());
    std::printf(
        "try: curl -i %s/attendances -H 'Content-Type: application/json' -d "
        "'{\"type\":\"checkin\",\"userId\":\"ada\",\"schoolId\":\"0\",\"temperature\":36.5}'\n",
        url.c_str());
  }
  std::printf("ready\n");
  std::fflush(stdout);
}

int serve(const ServeOptions& options, const Overrides& overrides) {
  const sigset_t stop_signals = block_stop_signals();
  auto config = config::load_for_command(options.table, options.config_file, options.flags);
  if (!config.ok()) return refuse(config.error());
  const std::string format = config->text("logging.format");
  init_logging(config->text("logging.level"), format == "json"   ? LogFormat::json
                                              : format == "text" ? LogFormat::text
                                                                 : LogFormat::automatic);
  // Before anything is made: a data directory with its admin key, shown once, is no place for a
  // typo.
  if (const auto wrong = check_front(*config); !wrong.empty()) return refuse(wrong.front());
  std::atomic<bool> log_failed{false};
  Engine::Options engine_options;
  engine_options.accept_loss = options.accept_loss;
  engine_options.rocksdb_env = overrides.rocksdb_env;
  engine_options.on_log_failure = [&log_failed] {
    log_failed.store(true);
    kill(getpid(), SIGTERM);
  };
  auto engine = Engine::open(*config, make_catalog(), engine_options);
  if (!engine.ok()) return refuse(engine.error());
  print_fresh_key(**engine);
  if (options.demo) {
    const auto loaded = load_demo(**engine);
    if (!loaded.ok()) return refuse(loaded.error());
    if (*loaded > 0) log_info("loaded the demo", {{"events", *loaded}});
  }
  if (const auto served = (*engine)->serve(); !served.ok()) {
    (*engine)->drain();
    return refuse(served.error());
  }
  print_start(**engine, options.demo, config->boolean("server.open_routes"));

  int signal_number = 0;
  sigwait(&stop_signals, &signal_number);
  log_info("stopping", {{"signal", signal_number == SIGINT ? "SIGINT" : "SIGTERM"}});
  (*engine)->drain();
  const Position head = (*engine)->sequencer().visible();
  engine->reset();
  log_info("stopped", {{"position", head.value}});
  flush_logs();
  return log_failed.load() ? exit_log_failed : exit_ok;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code, const Overrides& overrides) {
  auto* command = app.add_subcommand("serve", "Serve HTTP from a data directory.");
  auto options = std::make_shared<ServeOptions>();
  options->table = config::with_kernel_settings(make_catalog().settings());
  command->add_option("--config", options->config_file, "TOML file (environment: DAYBOOK_CONFIG)");
  command->add_flag("--demo", options->demo, "Fill an empty log with something to look at");
  command->add_flag("--accept-loss", options->accept_loss,
                    "Start although acknowledged events at the log's end are gone");
  config::add_flags(*command, options->table, options->flags);
  command->callback([options, &exit_code, overrides] { exit_code = serve(*options, overrides); });
}

}  // namespace daybook::cli
