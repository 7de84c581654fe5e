// What every `daybook bench` command shares: its options, the run, the report.
//
// Thread: main.
#pragma once

#include "load/record_source.h"
#include "load/request_source.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace daybook::cli {

struct BenchOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string path;
  std::string duration;
  std::string warmup;
  unsigned connections = 100;
  unsigned threads = 1;
  unsigned pipeline = 1;
  std::uint32_t batch = 0;
  std::uint64_t requests = 0;
  std::optional<std::uint64_t> seed;
  double rate = 0;
  bool json = false;
};

// What one domain's load is, when it is known where it goes.
struct BenchWork {
  std::string path;
  load::SourceFactory sources;
};

// `single_path`: where a request of one record goes. `records`: "check-ins".
void add_bench_options(CLI::App& command, BenchOptions& options, const std::string& single_path,
                       const std::string& records);

// Runs the load and prints its report. The exit code.
int run_bench(const BenchOptions& options,
              const std::function<BenchWork(const load::RecordRequests&)>& work_for);

}  // namespace daybook::cli
