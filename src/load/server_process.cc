#include "load/server_process.h"

#include "base/files.h"

#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

namespace daybook::load {
namespace {

constexpr int user_ticks_field = 14;  // of /proc/PID/stat, from 1; system ticks are the next
constexpr int resident_pages_field = 24;

// Field `number` of a stat line, whose second is a name in parentheses that may have blanks.
std::uint64_t stat_field(std::string_view line, int number) {
  std::string_view rest = line.substr(line.rfind(')') + 2);  // from field 3
  for (int field = 3; field < number; ++field) rest.remove_prefix(rest.find(' ') + 1);
  std::uint64_t value = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

}  // namespace

Result<ProcessUsage> process_usage(int pid) {
  const Result<std::string> line = read_file("/proc/" + std::to_string(pid) + "/stat");
  if (!line.ok()) return Error{Errc::not_found, "no process " + std::to_string(pid)};
  ProcessUsage usage;
  const auto ticks = stat_field(*line, user_ticks_field) + stat_field(*line, user_ticks_field + 1);
  usage.cpu_seconds = static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  usage.resident_bytes =
      stat_field(*line, resident_pages_field) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return usage;
}

}  // namespace daybook::load
