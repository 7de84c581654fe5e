#include "load/seed_source.h"

#include "base/random.h"

#include <algorithm>
#include <cstring>

namespace daybook::load {
namespace {

std::string events_head(const SeedLoad& load, std::size_t body_bytes) {
  return request_head("POST", "/events", load.host, "application/x-ndjson", body_bytes);
}

}  // namespace

Checkin seeded_checkin(const SeedLoad& load, std::uint32_t school, std::uint32_t user) {
  Rng random(Rng(load.seed).next() ^ (std::uint64_t{school} << 32) ^ user);
  Checkin checkin;
  checkin.unix_ms = load.unix_ms;
  checkin.id_high = random.next();
  const std::uint64_t more = random.next();
  checkin.id_low = static_cast<std::uint32_t>(more);
  checkin.celsius = 34 + static_cast<std::uint32_t>((more >> 32) % 8);
  checkin.school = school;
  return checkin;
}

SchoolSource::SchoolSource(const SeedLoad& load, SeedCursor& next_school)
    : load_(load), next_school_(next_school), bytes_max_(request(load.schools).size()) {}

std::string SchoolSource::request(std::uint32_t school) const {
  const std::string id = std::to_string(school);
  const std::string body = R"({"name":"School )" + id + R"("})";
  const std::string key = "Authorization: Bearer " + load_.admin_key + "\r\n";
  return request_head("PUT", "/schools/" + id, load_.host, "application/json", body.size(), key) +
         body;
}

void SchoolSource::prepare(char*) {}

// A thousand short strings once a run: this one may allocate.
std::size_t SchoolSource::next(char* slot, std::int64_t) {
  const std::uint64_t school = next_school_.fetch_add(1, std::memory_order_relaxed);
  if (school >= load_.schools) return 0;
  const std::string text = request(static_cast<std::uint32_t>(school));
  std::memcpy(slot, text.data(), text.size());
  return text.size();
}

SeedSource::SeedSource(const SeedLoad& load, SeedCursor& next_person)
    : load_(load),
      next_person_(next_person),
      text_(load.schools, true),
      head_(events_head(load, text_.size() * load.batch)) {}

std::size_t SeedSource::request_bytes_max() const {
  return head_.size() + text_.size() * load_.batch;
}

void SeedSource::prepare(char* slot) {
  std::memcpy(slot, head_.data(), head_.size());
  for (std::uint32_t i = 0; i < load_.batch; ++i)
    text_.prepare(slot + head_.size() + i * text_.size());
}

std::size_t SeedSource::next(char* slot, std::int64_t) {
  const std::uint64_t people = std::uint64_t{load_.schools} * load_.users;
  const std::uint64_t first = next_person_.fetch_add(load_.batch, std::memory_order_relaxed);
  if (first >= people) return 0;
  const auto lines = static_cast<std::size_t>(std::min<std::uint64_t>(load_.batch, people - first));
  char* at = slot + head_.size();
  if (lines != load_.batch) {  // the last request: a shorter body, perhaps a shorter head
    const std::string head = events_head(load_, text_.size() * lines);
    std::memcpy(slot, head.data(), head.size());
    at = slot + head.size();
    for (std::size_t i = 0; i < lines; ++i) text_.prepare(at + i * text_.size());
  }
  for (std::size_t i = 0; i < lines; ++i, at += text_.size()) {
    const std::uint64_t person = first + i;
    text_.patch(at, seeded_checkin(load_, static_cast<std::uint32_t>(person / load_.users),
                                   static_cast<std::uint32_t>(person % load_.users)));
  }
  return static_cast<std::size_t>(at - slot);
}

}  // namespace daybook::load
