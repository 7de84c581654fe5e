// What the counts of hits weigh: many ids hit once, and one id with all the traffic.
//
//   daybook_hits_memory [IDS] [HOT_HITS] [VISITORS]
//
// Loads State and View directly, by events, without a log. Cold: IDS ids of 20 to 24 characters,
// one hit each, then the same once more with a visitor in each hit. Hot: one id with HOT_HITS hits
// over 3 and over 31 days, by one of VISITORS visitors each, its days rolled up as they fall due.
// Bytes by memory_bytes() and by the resident set.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include "base/random.h"
#include "domains/hits/domain.h"

namespace daybook::hits {
namespace {

constexpr std::uint64_t ids_default = 10'000'000;
constexpr std::uint64_t hot_hits_default = 20'000'000;
constexpr std::uint64_t visitors_default = 1'000'000;
constexpr std::int64_t start_us = 1'773'100'800'000'000;  // 2026-03-10
constexpr std::int64_t day_us = day_s * second_us;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::uint64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// 20 to 24 characters, different for each number.
std::string id_of(std::uint64_t number) {
  Rng rng(number);
  std::string id = "/p/";
  for (std::uint64_t mixed = rng.next(), i = 0; i < 16; ++i, mixed >>= 4)
    id += "0123456789abcdef"[mixed & 15];
  id.append(1 + number % 5, static_cast<char>('a' + number % 26));
  return id;
}

struct World {
  Policy policy;
  State state{policy};
  View view{policy};
  std::uint64_t position = 0;
  std::uint64_t longest_us = 0;  // of one due

  void take(const Event& event, UnixUs now) {
    Domain::apply(state, event);
    Domain::project(view, event, EventMeta{Position{++position}, now, {}});
  }
  void run_due(UnixUs now) {
    for (auto due = Domain::next_due(state, policy); due && *due <= now;
         due = Domain::next_due(state, policy)) {
      Arena arena;
      Context context;
      context.now = now;
      context.arena = &arena;
      const auto start = std::chrono::steady_clock::now();
      const auto events = Domain::due(state, view, policy, context);
      for (const Event& event : events) take(event, now);
      longest_us =
          std::max(longest_us, static_cast<std::uint64_t>(seconds_since(start) * 1'000'000));
    }
  }
  void hit(std::string_view id, UnixUs at, std::uint64_t visitor) {
    Event event;
    event.id = id;
    event.at = to_ms(at);
    event.visitor = visitor;
    take(event, at);
  }
};

void print_cold(const char* what, const World& world, std::uint64_t ids, std::uint64_t resident) {
  const double n = static_cast<double>(ids);
  std::printf("%-34s view %5.1f  state %4.1f  resident %5.1f bytes an id\n", what,
              static_cast<double>(Domain::memory_bytes(world.view)) / n,
              static_cast<double>(Domain::memory_bytes(world.state)) / n,
              static_cast<double>(resident) / n);
}

void measure_cold(std::uint64_t ids, bool with_visitor) {
  const std::uint64_t before = resident_bytes();
  World world;
  Rng rng(1);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < ids; ++i) {
    const std::int64_t at = start_us + static_cast<std::int64_t>(i * (day_us / 2) / ids);
    world.hit(id_of(i), UnixUs{at}, with_visitor ? rng.next() | 1 : 0);
  }
  const double loaded = seconds_since(start);
  print_cold(with_visitor ? "cold, one hit with a visitor" : "cold, one hit", world, ids,
             resident_bytes() - before);
  std::printf("  loaded %.2f million hits/s, each a new id\n",
              static_cast<double>(ids) / loaded / 1e6);
  const auto roll = std::chrono::steady_clock::now();
  world.run_due(UnixUs{start_us + 6 * day_us});
  std::printf("  rolled up in %.1f s, at most %.1f ms at a time\n", seconds_since(roll),
              static_cast<double>(world.longest_us) / 1000);
  print_cold("cold, its day rolled up", world, ids, resident_bytes() - before);
  const auto again = std::chrono::steady_clock::now();
  const std::uint64_t hits = ids / 5;
  for (std::uint64_t i = 0; i < hits; ++i)
    world.hit(id_of(rng.below(ids)), UnixUs{start_us + 6 * day_us}, 0);
  std::printf("  %.2f million hits/s on random ids of these\n",
              static_cast<double>(hits) / seconds_since(again) / 1e6);
  print_cold("and one in five hit again", world, ids, resident_bytes() - before);
}

void measure_hot(std::uint64_t hits, std::uint64_t visitors, std::uint64_t days) {
  World world;
  world.hit("/a/page/nobody/wants", UnixUs{start_us}, 0);  // brings the first pages
  const std::size_t before = Domain::memory_bytes(world.view);
  Rng rng(2);
  std::size_t most = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < hits; ++i) {
    const UnixUs now{start_us +
                     static_cast<std::int64_t>(static_cast<double>(i) / static_cast<double>(hits) *
                                               static_cast<double>(days) * day_us)};
    if (i % 4096 == 0) world.run_due(now);
    // One in ten is late, up to three days.
    const std::int64_t late = rng.below(10) == 0 ? static_cast<std::int64_t>(rng.below(3)) : 0;
    Event event;
    event.id = "/the/page/all/want";
    event.at = to_ms(UnixUs{now.value - late * day_us});
    event.visitor = (rng.below(visitors) + 1) * 0x9E37'79B9'7F4A'7C15;
    world.take(event, now);
    if (i % 4096 == 0) most = std::max(most, Domain::memory_bytes(world.view) - before);
  }
  std::printf("hot, %2llu days: at most %.1f KiB; %.2f million hits/s\n",
              static_cast<unsigned long long>(days), static_cast<double>(most) / 1024,
              static_cast<double>(hits) / seconds_since(start) / 1e6);
}

// In a process of its own, so that one measure's memory is not the next one's.
void apart(const std::function<void()>& measure) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    measure();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

}  // namespace
}  // namespace daybook::hits

int main(int count, char** arguments) {
  const auto number = [&](int i, std::uint64_t fallback) {
    return count > i ? std::strtoull(arguments[i], nullptr, 10) : fallback;
  };
  using namespace daybook::hits;
  const std::uint64_t ids = number(1, ids_default);
  const std::uint64_t hot_hits = number(2, hot_hits_default);
  const std::uint64_t visitors = number(3, visitors_default);
  if (ids == 0 || hot_hits == 0 || visitors == 0) {
    std::fprintf(stderr, "usage: %s [IDS] [HOT_HITS] [VISITORS], none of them 0\n", arguments[0]);
    return 2;
  }
  apart([&] { measure_cold(ids, false); });
  apart([&] { measure_cold(ids, true); });
  apart([&] { measure_hot(hot_hits, visitors, 3); });
  apart([&] { measure_hot(hot_hits, visitors, 31); });
  return 0;
}
