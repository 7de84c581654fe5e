// How many events a second one projector's thread brings to files; hidden: run with "[.bench]".
#include <chrono>
#include <iostream>

#include "project/sinks/csv/harness.h"

namespace daybook::csv_sink {
namespace {

void measure(const char* what, bool json, std::size_t batch_size) {
  Harness h;
  h.json = json;
  h.open();
  std::vector<PublicEvent> events;
  for (std::uint64_t i = 0; i < batch_size; ++i) {
    auto event = event_at(i, R"({"schoolId":"school-)" + std::to_string(i % 100) +
                                 R"(","userId":"507f1f77bcf86cd799439011",)"
                                 R"("timestamp":"2026-03-29T12:00:00.000Z","date":"2026-03-29",)"
                                 R"("temperature":36.5,"fever":false,"image":""})");
    event.topic = "attendance";
    events.push_back(std::move(event));
  }
  constexpr std::size_t total = 500'000;
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t done = 0; done < total; done += batch_size)
    REQUIRE(h.deliver(events).outcome == Delivery::Outcome::delivered);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << what << ", batches of " << batch_size << ": "
            << static_cast<int>(static_cast<double>(total) / took.count()) << " events/s\n";
}

}  // namespace

TEST_CASE("events a second to files, each batch synced", "[.bench]") {
  for (const std::size_t batch : {100U, 1000U, 5000U}) {
    measure("csv", false, batch);
    measure("jsonl", true, batch);
  }
}

}  // namespace daybook::csv_sink
