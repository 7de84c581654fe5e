// What every `daybook seed` command shares: where it goes, the admin key, the two parts of a run -
// definitions, then events - and their progress.
//
// Thread: main.
#pragma once

#include "load/definition_source.h"
#include "load/request_source.h"
#include "load/runner.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace daybook::cli {

struct SeedOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string key;  // or DAYBOOK_ADMIN_KEY; empty: none
  std::uint32_t batch = 1000;
  std::uint64_t seed = 1;
};

// `records`: "check-ins".
void add_seed_options(CLI::App& command, SeedOptions& options, const std::string& records);
void add_key_option(CLI::App& command, SeedOptions& options, const std::string& what_for);

int seed_usage_error(const std::string& message);  // prints it; the exit code

// Checked and resolved: the plan of both parts, and the key, which may be empty.
struct SeedPlace {
  load::LoadPlan plan;
  std::string admin_key;
};
// nullopt: refused in words.
std::optional<SeedPlace> seed_place(const SeedOptions& options);

struct SeedDefinitions {
  std::string what;  // "schools"
  std::uint64_t count = 0;
  std::function<load::Definition(std::uint64_t)> make;
  std::string without_key;  // said when there is no admin key: what happens then
};
// The exit code.
int seed_definitions(const SeedPlace& place, const SeedDefinitions& definitions);

struct SeedRecords {
  std::string what;      // "check-ins"
  std::string conflict;  // "already checked in"
  std::uint64_t count = 0;
  std::function<std::unique_ptr<load::RequestSource>(load::SeedCursor&)> source;
};
// The exit code.
int seed_records(const SeedPlace& place, const SeedRecords& records);

}  // namespace daybook::cli
