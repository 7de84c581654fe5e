// What a hit must look like and when it is refused.
#include "domains/hits/world.h"

#include <cstdlib>

namespace daybook::hits {
namespace {

constexpr std::int64_t day_ms = 86'400'000;

TEST_CASE("a body is judged field by field, with every broken rule listed") {
  const std::string long_id(256, 'x');
  // A body, and the fields that are wrong with it.
  const std::pair<std::string, std::string> rows[] = {
      {R"({"id":"a"})", ""},
      {R"({"id":")" + long_id + R"("})", ""},
      {R"({"id":"página/é ✓","visitor":"v","other":1})", ""},
      {R"({"id":"a","timestamp":")" + std::to_string(World().now.value) + R"("})", ""},
      {R"({"id":""})", "id "},
      {R"({})", "id "},
      {R"({"id":null})", "id "},
      {R"({"id":7})", "id "},
      {R"({"id":")" + long_id + R"(y"})", "id "},
      {R"({"id":"a\nb"})", "id "},
      {R"({"id":"a","timestamp":0})", "timestamp "},
      {R"({"id":"a","timestamp":-5})", "timestamp "},
      {R"({"id":"a","timestamp":1.5})", "timestamp "},
      {R"({"id":"a","timestamp":9999999999999})", "timestamp "},
      {R"({"id":"a","visitor":""})", "visitor "},
      {R"({"id":"","visitor":")" + long_id + R"(z","timestamp":0})", "id timestamp visitor "},
  };
  for (const auto& [body, expected] : rows) {
    INFO(body);
    json::Parser parser;
    Arena arena;
    const auto parsed = parser.parse(body, false);
    REQUIRE(parsed.ok());
    const auto command = Domain::parse(*parsed, arena);
    std::string fields;
    if (!command.ok()) {
      CHECK(command.error().code == Errc::invalid);
      for (const FieldError& field : command.error().fields) fields += field.field + " ";
    }
    CHECK(fields == expected);
    CHECK((World().send(body) == "ok") == expected.empty());
  }
}

TEST_CASE("a hit is answered with 204 and no body") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  CHECK(world.last_answer.status == 204);
  CHECK(world.last_answer.body.empty());
}

TEST_CASE("a hit's time may be a little ahead and some days late, and no more") {
  const std::pair<std::int64_t, std::string> rows[] = {
      {0, "ok"},
      {60'000, "ok"},
      {60'001, "timestamp: too_far_ahead"},
      {-3 * day_ms, "ok"},
      {-3 * day_ms - 1, "timestamp: too_old"},
  };
  for (const auto& [offset, expected] : rows) {
    World world;
    INFO(offset);
    CHECK(world.hit("a", world.now.value + offset) == expected);
  }
  Policy strict;
  strict.late_days_max = 0;
  strict.future_ms_max = 0;
  World world(strict);
  CHECK(world.hit("a", world.now.value) == "ok");
  CHECK(world.hit("a", world.now.value + 1) == "timestamp: too_far_ahead");
  CHECK(world.hit("a", world.now.value - 1) == "timestamp: too_old");
}

TEST_CASE("a hit without a time gets the server's, in whole milliseconds") {
  World world;
  REQUIRE(world.hit("a") == "ok");
  REQUIRE(world.last_events.size() == 1);
  CHECK(world.last_events[0].at == world.now);
}

TEST_CASE("new ids beyond hits.ids_max are refused, known ones are counted on") {
  Policy policy;
  policy.ids_max = 2;
  World world(policy);
  CHECK(world.hit("a") == "ok");
  CHECK(world.hit("b") == "ok");
  CHECK(world.hit("c") == "too many ids");
  CHECK(world.hit("a") == "ok");
  CHECK(world.hit("b") == "ok");
  CHECK(world.view->id_count() == 2);
  auto again = replayed(world, world.log);
  CHECK(again->hit("c") == "too many ids");
  CHECK(again->hit("b") == "ok");
}

TEST_CASE("the first visitor of a day draws the day's salt, and no visitor is stored") {
  World world;
  REQUIRE(world.hit("a", 0, "ada@example.org") == "ok");
  REQUIRE(world.last_events.size() == 2);
  CHECK(world.last_events[0].kind == Kind::salt_drawn);
  const Event first = world.last_events[1];
  CHECK(first.kind == Kind::hit);
  CHECK(first.visitor != 0);
  REQUIRE(world.hit("a", 0, "ada@example.org") == "ok");
  REQUIRE(world.last_events.size() == 1);
  CHECK(world.last_events[0].visitor == first.visitor);  // one person, one number a day
  REQUIRE(world.hit("b", 0, "ada@example.org") == "ok");
  CHECK(world.last_events[0].visitor != first.visitor);  // another id: not to be linked
  REQUIRE(world.hit("a", world.now.value - day_ms, "ada@example.org") == "ok");
  REQUIRE(world.last_events.size() == 2);  // another day: another salt
  CHECK(world.last_events[1].visitor != first.visitor);
  REQUIRE(world.hit("a") == "ok");
  CHECK(world.last_events[0].visitor == 0);
  for (const Stored& stored : world.log)
    CHECK(stored.bytes.find("ada@example.org") == std::string::npos);
  CHECK(world.saved().find("ada@example.org") == std::string::npos);
}

TEST_CASE("two days whose salts come from one secret have different salts") {
  World world;
  REQUIRE(world.hit("a", 0, "v") == "ok");
  const Id128 today = world.last_events[0].salt;
  world.secret -= 1;  // the same secret again
  REQUIRE(world.hit("a", world.now.value - day_ms, "v") == "ok");
  REQUIRE(world.last_events[0].kind == Kind::salt_drawn);
  CHECK(world.last_events[0].salt != today);
}

TEST_CASE("a salt survives a restart and is forgotten with its day") {
  World world;
  REQUIRE(world.hit("a", 0, "v") == "ok");
  const Day day = day_of(world.now);
  auto again = replayed(world, world.log);
  REQUIRE(again->state->salt_of(day) != nullptr);
  CHECK(*again->state->salt_of(day) == *world.state->salt_of(day));
  world.now.value += 6 * day_ms;
  world.run_due();
  CHECK(world.state->salt_of(day) == nullptr);
}

// The default of every row, but for one durability.
class Rows final : public Settings {
 public:
  explicit Rows(std::string durability) : durability_(std::move(durability)) {}
  [[nodiscard]] std::string text(std::string_view) const override { return durability_; }
  [[nodiscard]] std::int64_t integer(std::string_view key) const override {
    for (const SettingSpec& row : Domain::settings())
      if (row.key == key) return std::strtoll(std::string(row.fallback).c_str(), nullptr, 10);
    FAIL("no row " << key);
    return 0;
  }
  [[nodiscard]] double real(std::string_view) const override { return 0; }
  [[nodiscard]] bool boolean(std::string_view) const override { return false; }
  [[nodiscard]] std::vector<std::string> text_list(std::string_view) const override { return {}; }

 private:
  std::string durability_;
};

TEST_CASE("the durability is synced or interval, and the rows' defaults are the policy's") {
  const auto synced = Domain::policy(Rows("synced"));
  REQUIRE(synced.ok());
  CHECK(Domain::durability(*synced) == Durability::synced);
  const Policy defaults;
  CHECK(synced->late_days_max == defaults.late_days_max);
  CHECK(synced->future_ms_max == defaults.future_ms_max);
  CHECK(synced->hours_kept_days == defaults.hours_kept_days);
  CHECK(synced->raw_kept_days == defaults.raw_kept_days);
  CHECK(synced->ids_max == defaults.ids_max);
  const auto interval = Domain::policy(Rows("interval"));
  REQUIRE(interval.ok());
  CHECK(Domain::durability(*interval) == Durability::interval);
  CHECK_FALSE(Domain::policy(Rows("sometimes")).ok());
}

}  // namespace
}  // namespace daybook::hits
