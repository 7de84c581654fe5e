// How fast the log appends (fsynced) and scans.
//
//   daybook_log_bench DIRECTORY [EVENTS] [PAYLOAD_BYTES]
//
// For groups of 1,000, 64 and 1: appends, then scans what is there. DIRECTORY must be new or empty.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/random.h"
#include "log/event_log.h"

namespace daybook {
namespace {

constexpr std::uint64_t events_default = 2'000'000;
constexpr std::uint64_t payload_bytes_default = 100;  // about 200 bytes as a frame
constexpr TopicId bench_topic{1};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto to_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime);
}

std::string make_frames(std::uint32_t count, std::size_t payload_bytes, Rng& rng) {
  log::FrameWriter writer;
  std::string frames;
  std::vector<std::uint8_t> payload(payload_bytes);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (auto& byte : payload) byte = static_cast<std::uint8_t>("0123456789abcdef"[rng.below(16)]);
    log::FrameFields fields;
    fields.topic = bench_topic;
    fields.schema_version = 1;
    for (auto& byte : fields.event_id.bytes) byte = static_cast<std::uint8_t>(rng.next());
    fields.server_time = {1'700'000'000'000'000 + i};
    writer.append(frames, fields, payload);
  }
  return frames;
}

int fail(const Error& error) {
  std::fprintf(stderr, "log_bench: %s\n", error.message.c_str());
  return EXIT_FAILURE;
}

int measure_append(log::EventLog& log, std::uint32_t group, std::uint64_t events,
                   std::size_t payload_bytes) {
  Rng rng(group);
  std::vector<std::string> frames;  // different groups, so that compression is not flattered
  for (int i = 0; i < 16; ++i) frames.push_back(make_frames(group, payload_bytes, rng));
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  const std::uint64_t groups = std::max<std::uint64_t>(events / group, 1);
  std::int64_t write_us = 0;
  for (std::uint64_t i = 0; i < groups; ++i) {
    const log::GroupPart part{bench_topic, group, frames[i % frames.size()]};
    const auto committed = log.append({&part, 1});
    if (!committed.ok()) return fail(committed.error());
    write_us += committed->write_us;
  }
  const double wall = seconds_since(start);
  const auto count = static_cast<double>(groups * group);
  std::printf(
      "append  group %5u  frame %4zu B  %10.0f events/s  %7.1f us/group, of it %6.2f us not in "
      "RocksDB  cpu %6.2f us/group\n",
      group, frames[0].size() / group, count / wall, wall * 1e6 / static_cast<double>(groups),
      (wall * 1e6 - static_cast<double>(write_us)) / static_cast<double>(groups),
      (cpu_seconds() - cpu) * 1e6 / static_cast<double>(groups));
  return EXIT_SUCCESS;
}

int measure_scan(log::EventLog& log, const char* name, const log::ScanOptions& options) {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto scanned = log.scan(options, [&](const log::EventView& event) {
    ++events;
    bytes += event.payload.size();
    return true;
  });
  if (!scanned.ok()) return fail(scanned.error());
  std::printf("scan    %-12s %10.0f events/s  (%llu events, %llu MB of payload)\n", name,
              static_cast<double>(events) / seconds_since(start),
              static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(bytes >> 20));
  return EXIT_SUCCESS;
}

int measure_scans(log::EventLog& log, Position from) {
  log::ScanOptions options;
  options.from = from;
  if (measure_scan(log, "merged", options) != EXIT_SUCCESS) return EXIT_FAILURE;
  options.topic = bench_topic;
  if (measure_scan(log, "one topic", options) != EXIT_SUCCESS) return EXIT_FAILURE;
  options.topic.reset();
  options.verify_hashes = true;
  return measure_scan(log, "with hashes", options);
}

int run(const std::string& data_dir, std::uint64_t events, std::size_t payload_bytes) {
  log::Options options;
  options.data_dir = data_dir;
  options.topics = {{bench_topic, "bench"}, {{2}, "other"}, {{3}, "third"}};
  for (const auto& [group, total] : {std::pair<std::uint32_t, std::uint64_t>{1000, events},
                                     {64, events / 4},
                                     {1, events / 200}}) {
    auto opened = log::EventLog::open(options);
    if (!opened.ok()) return fail(opened.error());
    log::EventLog& log = **opened;
    const Position from = log.head() + 1;
    if (measure_append(log, group, total, payload_bytes) != EXIT_SUCCESS) return EXIT_FAILURE;
    if (measure_scans(log, from) != EXIT_SUCCESS) return EXIT_FAILURE;
    log.close();
    const auto start = std::chrono::steady_clock::now();
    opened = log::EventLog::open(options);
    if (!opened.ok()) return fail(opened.error());
    std::printf("open    %.3f s after a clean close; then from tables:\n", seconds_since(start));
    if (measure_scans(**opened, from) != EXIT_SUCCESS) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace daybook

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: daybook_log_bench DIRECTORY [EVENTS] [PAYLOAD_BYTES]\n");
    return EXIT_FAILURE;
  }
  const std::uint64_t events =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : daybook::events_default;
  const std::uint64_t payload =
      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : daybook::payload_bytes_default;
  return daybook::run(argv[1], events, payload);
}
