#include "load/tally.h"

#include <algorithm>
#include <numeric>

namespace daybook::load {

std::string_view failure_name(Failure failure) {
  switch (failure) {
    case Failure::connect:
      return "connect";
    case Failure::reset:
      return "reset";
    case Failure::closed:
      return "closed";
    case Failure::malformed:
      return "malformed";
    case Failure::unanswered:
      return "unanswered";
  }
  return "";
}

LineCounts& LineCounts::operator+=(const LineCounts& other) {
  accepted += other.accepted;
  conflicts += other.conflicts;
  refused += other.refused;
  return *this;
}

LineCounts count_lines(std::string_view body, std::string& first_refused) {
  constexpr std::string_view member = "\"status\":";
  LineCounts counts;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
    if (line.empty()) continue;
    const std::size_t at = line.find(member);
    const std::string_view status =
        at == std::string_view::npos ? std::string_view{} : line.substr(at + member.size(), 3);
    if (status.size() == 3 && status[0] == '2') {
      ++counts.accepted;
    } else if (status == "409") {
      ++counts.conflicts;
    } else {
      ++counts.refused;
      if (first_refused.empty()) first_refused = line.substr(0, refusal_bytes_max);
    }
  }
  return counts;
}

std::uint64_t Tally::failed() const {
  return std::accumulate(failures.begin(), failures.end(), std::uint64_t{0});
}

void Tally::merge(const Tally& other) {
  latency.merge(other.latency);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] += other.codes[i];
  for (std::size_t i = 0; i < codes.size(); ++i) codes_total[i] += other.codes_total[i];
  for (std::size_t i = 0; i < failures.size(); ++i) failures[i] += other.failures[i];
  answers += other.answers;
  lines += other.lines;
  answers_total += other.answers_total;
  accepted_total += other.accepted_total;
  lines_total += other.lines_total;
  reconnects += other.reconnects;
  unsent += other.unsent;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  last_answer_ns = std::max(last_answer_ns, other.last_answer_ns);
  if (first_refusal.empty()) first_refusal = other.first_refusal;
}

}  // namespace daybook::load
