#include "project/sinks/google_sheets/fixture.h"

#include <daybook/check.h>

#include "base/files.h"

#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <utility>

namespace daybook::test {

const TestAccount& test_account() {
  static const TestAccount account;
  return account;
}

TableOptions::TableOptions(std::span<const SettingSpec> rows,
                           std::map<std::string, std::string> given) {
  for (const auto& row : rows) values_[std::string(row.key)] = std::string(row.fallback);
  for (auto& [key, value] : given) {
    DAYBOOK_CHECK(values_.contains(key));
    values_[key] = std::move(value);
  }
}
std::string TableOptions::text(std::string_view key) const { return values_.find(key)->second; }
std::int64_t TableOptions::integer(std::string_view key) const { return std::stoll(text(key)); }
double TableOptions::real(std::string_view key) const { return std::stod(text(key)); }
bool TableOptions::boolean(std::string_view key) const { return text(key) == "true"; }
std::vector<std::string> TableOptions::text_list(std::string_view key) const {
  std::vector<std::string> items;
  std::string rest = text(key);
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    items.push_back(rest.substr(0, comma));
    rest.erase(0, comma + 1);
  }
  return items;
}

PublicEvent make_event(std::uint64_t position, std::string row, std::string key) {
  PublicEvent event;
  event.position = {position};
  event.topic = "forms";
  event.type = "submitted";
  event.key = std::move(key);
  event.event_id.bytes[15] = static_cast<std::uint8_t>(position);
  event.event_id.bytes[14] = static_cast<std::uint8_t>(position >> 8);
  event.server_time = {1'774'785'600'000'000 + static_cast<std::int64_t>(position) * 1000};
  event.data = "{\"form\":\"student\"}";
  event.row = std::move(row);
  return event;
}

SheetsFixture::SheetsFixture(FakeSheetsOptions options) : fake(test_account(), std::move(options)) {
  const auto key_file = dir / "key.json";
  DAYBOOK_CHECK(write_file_durable(key_file, test_account().key_file(fake.token_url()), 0600).ok());
  given = {{"spreadsheet_id", fake.spreadsheet()},
           {"sheet", "Answers"},
           {"key_file", key_file},
           {"base_url", fake.url()},
           {"allow_private", "true"},
           {"timeout_ms", "2000"}};
  source = {"student-sheet", "forms", {{"submitted"}, {"student"}}, dir.path()};
  context.name = source.projector;
  // The fake's clock is the system's unless the test says otherwise.
  context.time = {static_cast<std::int64_t>(::time(nullptr)) * 1'000'000};
  restart();
}

void SheetsFixture::restart() {
  const SinkType type = google_sheets_sink::type();
  auto made = type.make(TableOptions(type.options, given), source);
  if (!made.ok()) throw std::runtime_error(made.error().message);
  sink = *std::move(made);
}

void SheetsFixture::begin() {
  const Delivery delivery = sink->begin(progress, context);
  if (delivery.outcome != Delivery::Outcome::delivered) throw std::runtime_error(delivery.reason);
}

// As the runtime does: the state stays only when the sink says how far it came.
Delivery SheetsFixture::deliver(const std::vector<PublicEvent>& events) {
  const auto batch = batch_of(events);
  Delivery delivery = sink->deliver(batch, progress, context);
  const std::size_t safe =
      delivery.outcome == Delivery::Outcome::delivered ? events.size() : delivery.delivered;
  if (safe > 0) progress.position = events[safe - 1].position;
  return delivery;
}

Delivery SheetsFixture::retry(const PublicEvent& letter) {
  const std::vector<SinkEvent> batch{{&letter, true}};
  return sink->deliver(batch, progress, context);
}

}  // namespace daybook::test
