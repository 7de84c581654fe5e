// Which event counts in which row, over batches, repetitions and events that do not parse.
#include "project/sinks/rollup/rollup.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>
#include <random>

#include "config/table.h"
#include "support/fake_sink_context.h"
#include "support/seed.h"

using daybook::Delivery;
using daybook::PublicEvent;
using daybook::Sink;
using daybook::SinkProgress;
using daybook::UnixUs;
using daybook::test::batch_of;
using daybook::test::FakeSinkContext;

namespace {

using Rows = std::map<std::string, std::string, std::less<>>;

daybook::Result<std::unique_ptr<Sink>> make(const std::string& topic) {
  const auto settings = daybook::config::TableSettings::read({}, {});
  return daybook::rollup_sink::type().make(*settings, {"p", topic, {}, "data"});
}

PublicEvent event(std::string topic, std::string type, std::string key, std::string data) {
  PublicEvent made;
  made.topic = std::move(topic);
  made.type = std::move(type);
  made.key = std::move(key);
  made.data = std::move(data);
  made.server_time = UnixUs{1'774'785'600'000'000};  // 2026-03-29T12:00:00Z
  return made;
}

PublicEvent report(std::string type, std::string school, const std::string& date, bool fever) {
  return event("attendance", std::move(type), std::move(school),
               R"({"schoolId":"x","userId":"u","timestamp":"2026-03-29T12:00:00.000Z","date":")" +
                   date + R"(","temperature":36.5,"fever":)" + (fever ? "true" : "false") +
                   R"(,"image":""})");
}

// All in one batch, saved.
Rows rows_of(const std::vector<PublicEvent>& events) {
  auto sink = make(events.front().topic);
  REQUIRE(sink.ok());
  FakeSinkContext context;
  SinkProgress progress;
  REQUIRE((*sink)->begin(progress, context).outcome == Delivery::Outcome::delivered);
  const auto told = (*sink)->deliver(batch_of(events), progress, context);
  INFO(told.reason);
  REQUIRE(told.outcome == Delivery::Outcome::delivered);
  context.save_rows();
  return context.rows;
}

}  // namespace

TEST_CASE("attendance is counted per school and school day") {
  CHECK(rows_of({report("checked_in", "a", "2026-03-29", false),
                 report("checked_in", "a", "2026-03-29", true),
                 report("checked_out", "a", "2026-03-29", true),
                 report("checked_in", "a", "2026-03-30", false),
                 report("checked_in", "b/2%", "2026-03-29", false),
                 event("attendance", "school_defined", "a", R"({"schoolId":"a","name":"A"})")}) ==
        Rows{{"attendance/a/2026-03-29", R"({"check_ins":2,"check_outs":1,"fevers":2})"},
             {"attendance/a/2026-03-30", R"({"check_ins":1,"check_outs":0,"fevers":0})"},
             {"attendance/b%2F2%25/2026-03-29", R"({"check_ins":1,"check_outs":0,"fevers":0})"}});
}

TEST_CASE("bookings are counted per station and booked date") {
  std::vector<PublicEvent> events{event("booking", "station_defined", "s", R"({"name":"s"})")};
  for (const char* type : {"booked", "held", "hold_booked", "queued", "cancelled", "promoted",
                           "hold_expired", "booked"})
    events.push_back(event("booking", type, "s", R"({"location":"s","date":"2026-05-16"})"));
  CHECK(rows_of(events) ==
        Rows{{"booking/s/2026-05-16", R"({"booked":2,"held":1,"hold_booked":1,"queued":1,)"
                                      R"("cancelled":1,"promoted":1,"hold_expired":1})"}});
}

TEST_CASE("forms are counted per form and hour of their coming") {
  auto later = event("forms", "submitted", "f", "{}");
  later.server_time.value += 3'600'000'000;
  CHECK(rows_of({event("forms", "submitted", "f", "{}"), event("forms", "spam", "f", "{}"),
                 event("forms", "flagged", "f", "{}"), event("forms", "form_defined", "f", "{}"),
                 later, event("forms", "submitted", "g", "{}")}) ==
        Rows{{"forms/f/2026-03-29T12", R"({"submitted":1,"spam":1,"flagged":1,"cleared":0})"},
             {"forms/f/2026-03-29T13", R"({"submitted":1,"spam":0,"flagged":0,"cleared":0})"},
             {"forms/g/2026-03-29T12", R"({"submitted":1,"spam":0,"flagged":0,"cleared":0})"}});
}

TEST_CASE("a roll-up of hits stands for all of its day, seen before or not") {
  const auto hit = [](const std::string& id) {
    return event("hits", "hit", id, R"({"id":"x","timestamp":"2026-03-29T23:59:59.999Z"})");
  };
  CHECK(rows_of({hit("p"), hit("p"), hit("q"), event("hits", "day_closed", "", "{}"),
                 event("hits", "rolled_up", "",
                       R"({"date":"2026-03-29","ids":[{"id":"p","count":2,"visitors":1},)"
                       R"({"id":"unseen","count":7,"visitors":3}]})")}) ==
        Rows{{"hits/p/2026-03-29", R"({"hits":2,"visitors":1})"},
             {"hits/q/2026-03-29", R"({"hits":1,"visitors":0})"},
             {"hits/unseen/2026-03-29", R"({"hits":7,"visitors":3})"}});
}

TEST_CASE("batches of any size add up the same; one that was not saved leaves nothing") {
  std::mt19937_64 random(daybook::test::test_seed());
  std::vector<PublicEvent> events;
  for (int i = 0; i < 2000; ++i)
    events.push_back(report(random() % 2 == 0 ? "checked_in" : "checked_out",
                            "school" + std::to_string(random() % 9),
                            "2026-03-0" + std::to_string(1 + random() % 9), random() % 5 == 0));
  const Rows expected = rows_of(events);
  auto sink = make("attendance");
  REQUIRE(sink.ok());
  FakeSinkContext context;
  SinkProgress progress;
  for (std::size_t at = 0; at < events.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 100, events.size() - at);
    const auto batch = batch_of(std::span(events).subspan(at, count));
    REQUIRE((*sink)->deliver(batch, progress, context).outcome == Delivery::Outcome::delivered);
    if (random() % 3 == 0) {  // the write of rows and checkpoint failed: the same comes again
      context.forget_rows();
      continue;
    }
    context.save_rows();
    at += count;
  }
  CHECK(context.rows == expected);
}

TEST_CASE("an event that does not look like one of its topic is told; those before it count") {
  auto sink = make("attendance");
  REQUIRE(sink.ok());
  FakeSinkContext context;
  SinkProgress progress;
  for (const char* broken : {"{", "[]", "{}", R"({"date":7})", R"({"date":"soon"})"}) {
    INFO(broken);
    const std::vector<PublicEvent> events{report("checked_in", "a", "2026-03-29", false),
                                          event("attendance", "checked_in", "a", broken),
                                          report("checked_in", "a", "2026-03-29", false)};
    const auto told = (*sink)->deliver(batch_of(events), progress, context);
    CHECK(told.outcome == Delivery::Outcome::rejected);
    CHECK(told.culprit == std::optional<std::size_t>(1));
    CHECK(told.delivered == 1);
    CHECK(told.final);
    context.save_rows();
  }
  CHECK(context.rows ==
        Rows{{"attendance/a/2026-03-29", R"({"check_ins":5,"check_outs":0,"fevers":0})"}});
}

TEST_CASE("a row that is not its own stops it instead of counting from nothing") {
  auto sink = make("attendance");
  REQUIRE(sink.ok());
  FakeSinkContext context;
  context.rows["attendance/a/2026-03-29"] = "not json";
  SinkProgress progress;
  const std::vector<PublicEvent> events{report("checked_in", "a", "2026-03-29", false)};
  const auto told = (*sink)->deliver(batch_of(events), progress, context);
  CHECK(told.outcome == Delivery::Outcome::disabled);
  CHECK(told.reason.find("attendance/a/2026-03-29") != std::string::npos);
}

TEST_CASE("a topic without rows is refused with those that have some") {
  const auto sink = make("projectors");
  REQUIRE_FALSE(sink.ok());
  CHECK(sink.error().message ==
        "topic must be one that rollup has rows for: attendance, booking, forms, hits");
}

TEST_CASE("how many reports a second, one thread", "[.bench]") {
  std::vector<PublicEvent> events;
  for (int i = 0; i < 10'000; ++i)
    events.push_back(
        report("checked_in", "school" + std::to_string(i % 1000), "2026-03-29", false));
  auto sink = make("attendance");
  FakeSinkContext context;
  SinkProgress progress;
  const auto batch = batch_of(events);
  const auto begin = std::chrono::steady_clock::now();
  constexpr int rounds = 50;
  for (int i = 0; i < rounds; ++i) {
    REQUIRE((*sink)->deliver(batch, progress, context).outcome == Delivery::Outcome::delivered);
    context.save_rows();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << static_cast<int>(rounds * 10'000 / took.count()) << " events/s\n";
}
