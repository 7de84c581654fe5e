#include "project/consumer_reads.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/random.h"

#include <algorithm>
#include <array>

namespace daybook::project {
namespace {

bool same(const ConsumerDefinition& a, const ConsumerDefinition& b) {
  return a.next == b.next && a.topic == b.topic && a.filter.types == b.filter.types &&
         a.filter.keys == b.filter.keys;
}

std::string new_lease() {
  std::array<std::uint8_t, 8> bytes{};
  system_random(bytes);
  return to_hex(bytes);
}

std::int64_t now_ms() { return steady_us() / 1000; }

}  // namespace

// --- ConsumerReads

std::optional<std::int64_t> ConsumerReads::held_ms(std::string_view name,
                                                   const ConsumerDefinition& definition,
                                                   std::string_view lease, std::int64_t now_ms) {
  const auto at = entries_.find(name);
  if (at == entries_.end()) return std::nullopt;
  Entry& entry = at->second;
  if (now_ms >= entry.ends_ms || definition.next > entry.until) entry.lease.clear();
  if (entry.lease.empty() || entry.lease == lease) return std::nullopt;
  return entry.ends_ms - now_ms;
}

void ConsumerReads::hold(std::string_view name, std::string_view lease, Position until,
                         std::int64_t ends_ms) {
  Entry& of = entry(name);
  of.lease = lease;
  of.until = until;
  of.ends_ms = ends_ms;
}

void ConsumerReads::skip(std::string_view name, const ConsumerDefinition& definition,
                         Position seen) {
  Entry& of = entry(name);
  of.skipped_by = definition;
  of.skipped_to = seen;
}

Position ConsumerReads::seen(std::string_view name, const ConsumerDefinition& definition) const {
  const Position acknowledged{std::max<std::uint64_t>(definition.next.value, 1) - 1};
  const auto at = entries_.find(name);
  if (at == entries_.end() || !same(at->second.skipped_by, definition)) return acknowledged;
  return std::max(acknowledged, at->second.skipped_to);
}

void ConsumerReads::forget(std::string_view name) {
  if (const auto at = entries_.find(name); at != entries_.end()) entries_.erase(at);
}

ConsumerReads::Entry& ConsumerReads::entry(std::string_view name) {
  if (const auto at = entries_.find(name); at != entries_.end()) return at->second;
  if (entries_.size() >= entries_max) {
    const std::int64_t now = now_ms();
    std::erase_if(entries_, [&](const auto& each) {
      return each.second.lease.empty() || now >= each.second.ends_ms;
    });
  }
  return entries_[std::string(name)];
}

// --- ConsumerBody

ConsumerBody::ConsumerBody(FeedLog& log, ConsumerReads& reads, Find find, std::string name,
                           const ConsumerQuery& query)
    : PageBody(log, nullptr, {}, {}, {query.format, query.limit, query.wait_ms}),
      reads_(reads),
      find_(std::move(find)),
      name_(std::move(name)),
      lease_ms_(query.lease_ms),
      lease_(query.lease) {}

Result<std::optional<std::int64_t>> ConsumerBody::enter() {
  if (events() > 0) return std::optional<std::int64_t>();  // under way, with its lease
  auto definition = find_(name_);
  if (!definition) {
    reads_.forget(name_);
    return Error{Errc::not_found, "consumer not found"};
  }
  definition_ = *std::move(definition);
  // Else it would wait without a word for a position that may never come, and miss all before it.
  if (definition_.next.value > log_.head().value + 1)
    return Error{Errc::conflict,
                 "the consumer's next position is past the end of the log: what was acknowledged "
                 "is of another log, or of one that lost its end; \"back\": true goes back"};
  topic_ = log_.find(definition_.topic);
  if (topic_ == nullptr) return unknown_topic("the consumer reads a topic that is not there", log_);
  DAYBOOK_TRY_VOID(check_types(definition_.filter.types, *topic_));
  filter_ = definition_.filter;
  seen_ = reads_.seen(name_, definition_);
  return reads_.held_ms(name_, definition_, lease_, now_ms());
}

void ConsumerBody::looked() {
  if (events() == 0) return reads_.skip(name_, definition_, seen_);
  reads_.skip(name_, definition_, Position{first_.value - 1});
  if (lease_.empty()) lease_ = new_lease();
  reads_.hold(name_, lease_, seen_, now_ms() + lease_ms_);
}

void ConsumerBody::write_members(json::Writer& writer) const {
  writer.member("waiting", held());
  if (events() == 0) return;
  writer.member("lease", lease_).member("lease_s", lease_ms_ / 1000);
}

void ConsumerBody::add_headers(std::vector<std::pair<std::string, std::string>>& lines) const {
  if (events() > 0) lines.emplace_back("Daybook-Lease", lease_);
  if (held()) lines.emplace_back("Daybook-Waiting", "true");
}

}  // namespace daybook::project
