// The command lines of `daybook log stat|read|tail|verify`.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/log_tools.h"

namespace daybook::cli {
namespace {

void add_stat(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<LogStatOptions>();
  CLI::App* app =
      parent.add_subcommand("stat", "Shows how far the log goes and what it takes on disk");
  add_data_options(*app, options->data);
  app->add_flag("--json", options->json, "Prints one JSON object");
  app->callback([options, &exit_code] { exit_code = log_stat(*options, Streams{}); });
}

void add_read(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<LogReadOptions>();
  CLI::App* app = parent.add_subcommand("read", "Prints the events of the log, one a line");
  add_data_options(*app, options->data);
  app->add_option("--topic", options->topic, "Only this topic")->type_name("TOPIC");
  app->add_option("--from", options->from, "The first position")
      ->type_name("POSITION")
      ->check(not_negative())
      ->capture_default_str();
  app->add_option("--until", options->until, "The last position")
      ->type_name("POSITION")
      ->check(not_negative());
  app->add_option("--limit", options->limit, "At most so many events")
      ->type_name("EVENTS")
      ->check(not_negative());
  app->add_flag("--json", options->json, "Prints one JSON object a line (NDJSON)");
  app->add_flag("--payload", options->payload, "Prints the event's own bytes too, in hexadecimal");
  app->callback([options, &exit_code] { exit_code = log_read(*options, Streams{}); });
}

void add_tail(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<LogTailOptions>();
  CLI::App* app =
      parent.add_subcommand("tail", "Prints the last events and, with --follow, what comes after");
  add_data_options(*app, options->data);
  app->add_option("--topic", options->topic, "Only this topic")->type_name("TOPIC");
  app->add_option("--from", options->from, "Starts at this position instead")
      ->type_name("POSITION")
      ->check(not_negative());
  app->add_option("-n,--events", options->events, "How many of the last events")
      ->type_name("EVENTS")
      ->check(not_negative())
      ->capture_default_str();
  app->add_flag("-f,--follow", options->follow,
                "Goes on with what a running server commits, until interrupted");
  app->add_flag("--json", options->json, "Prints one JSON object a line (NDJSON)");
  app->add_flag("--payload", options->payload, "Prints the event's own bytes too, in hexadecimal");
  app->callback([options, &exit_code] { exit_code = log_tail(*options, Streams{}); });
}

void add_verify(CLI::App& parent, int& exit_code) {
  auto options = std::make_shared<LogVerifyOptions>();
  CLI::App* app = parent.add_subcommand("verify", "Proves the log's chain, or one receipt");
  add_data_options(*app, options->data);
  app->add_option("--receipt", options->receipt,
                  "Only says whether this receipt's event is in the log")
      ->type_name("RECEIPT")
      ->check([](const std::string& text) {
        return text.empty() ? std::string("a receipt is POSITION-HASH, as Daybook-Receipt gave it")
                            : std::string();
      });
  app->add_flag("--json", options->json, "Prints one JSON object");
  app->callback([options, &exit_code] { exit_code = log_verify(*options, Streams{}); });
}

}  // namespace

void add_log(CLI::App& app, int& exit_code) {
  CLI::App* log =
      app.add_subcommand("log", "Looks into the event log, of a stopped or a running server");
  log->require_subcommand(1);
  add_stat(*log, exit_code);
  add_read(*log, exit_code);
  add_tail(*log, exit_code);
  add_verify(*log, exit_code);
}

}  // namespace daybook::cli
