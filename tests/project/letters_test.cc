// Dead letters that are tried again: by themselves, by a person, edited.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>

#include "world.h"

namespace daybook::project {
namespace {

using Positions = std::vector<std::uint64_t>;
constexpr std::int64_t hour_ms = 3'600'000;

void add(World& world, const std::string& data = "{}") { world.source.add("submitted", "a", data); }

// One dead letter at position 1, then events 2 and 3.
void make_letter(World& world, Target& target, ProjectorSpec spec) {
  target.judge(rejects_poison(true, false));
  add(world, poison);
  add(world);
  add(world);
  world.start(std::move(spec));
  world.run_for(2000);
  REQUIRE(world.control.open_letters("p") == std::set<std::uint64_t>{1});
  REQUIRE(target.positions() == Positions{2, 3});
  target.forget_calls();
}

}  // namespace

TEST_CASE(
    "a dead letter is tried again by itself, each time after dead_letter_retry_s, at most "
    "tries_max") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 3600;
  spec.dead_letter_tries_max = 3;
  make_letter(world, target, std::move(spec));
  world.run_for(10 * hour_ms);
  const auto calls = target.calls();
  REQUIRE(calls.size() == 3);
  for (const auto& call : calls) CHECK(call.retried);
  CHECK(calls[1].at_ms - calls[0].at_ms == Approx(hour_ms).margin(20));
  const auto letter = world.control.letter("p", {1});
  CHECK(letter->tries == 3);
  CHECK(letter->letter.attempts.size() == 6);  // named, alone, after 1 s, and these
  CHECK(!letter->letter.next_try_at.has_value());
  CHECK(letter->open);
}

TEST_CASE("a sink's own schedule says when its letters are tried again") {
  Target target;
  World world;
  world.plan = {{}, {60'000, 300'000}};
  auto spec = world.spec(target);
  make_letter(world, target, std::move(spec));
  world.run_for(hour_ms);
  const auto calls = target.calls();
  REQUIRE(calls.size() == 2);
  CHECK(calls[1].at_ms - calls[0].at_ms == Approx(300'000).margin(20));
}

TEST_CASE("what the table says of letters holds in place of the sink's own schedule") {
  Target target;
  World world;
  world.plan = {{}, {60'000, 300'000}};
  auto spec = world.spec(target);
  spec.own_retries = true;
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  world.run_for(hour_ms);
  CHECK(target.calls().empty());
}

TEST_CASE("with dead_letter_retry_s = 0 a letter waits for a person") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  world.run_for(10 * hour_ms);
  CHECK(target.calls().empty());
  SECTION("who asks for a retry, which fails") {
    world.control.retry("p", {1});
    world.run_for(hour_ms);
    CHECK(target.calls().size() == 1);
    CHECK(world.control.letter("p", {1})->tries == 1);
    CHECK(world.control.letter("p", {1})->open);
  }
  SECTION("who mends it: the new data is delivered, once, marked as retried") {
    world.control.edit("p", {1}, "\"mended\"");
    world.run_for(hour_ms);
    CHECK(target.positions() == Positions{2, 3, 1});
    CHECK(target.rows().back().retried);
    CHECK(target.rows().back().data == "\"mended\"");
    CHECK(world.control.letter("p", {1})->delivered);
    CHECK(world.control.open_letters("p").empty());
    CHECK(world.status().dead_letters == 0);
    CHECK(world.status().position == Position{3});
    world.stop();
    world.start(world.spec(target));
    world.run_for(1000);
    CHECK(target.rows().size() == 3);
  }
  SECTION("who skips it") {
    world.control.skip("p", {1});
    world.run_for(hour_ms);
    CHECK(target.calls().empty());
  }
}

TEST_CASE("a final rejection of a letter is its last try by itself") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 60;
  make_letter(world, target, std::move(spec));
  target.judge(rejects_poison(true, true));
  world.run_for(hour_ms);
  CHECK(target.calls().size() == 1);
}

TEST_CASE(
    "a target that is away is no try of the letter, and the letter does not hold the stream up") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  target.judge([](std::span<const SinkEvent> events, SinkContext&) {
    return events.front().retried ? Delivery::unavailable("timeout") : Delivery::done();
  });
  world.control.retry("p", {1});
  for (int i = 0; i < 60; ++i) {
    add(world);
    world.run_for(1000);
    REQUIRE(target.rows().size() == static_cast<std::size_t>(2 + i + 1));
  }
  CHECK(world.control.letter("p", {1})->tries == 0);
  std::size_t tries = 0;
  for (const auto& call : target.calls()) tries += call.retried ? 1u : 0u;
  CHECK(tries > 3);
  CHECK(tries < 40);
  target.judge(nullptr);
  world.run_for(11'000);
  CHECK(target.rows().back().position == Position{1});
}

TEST_CASE("many letters at once do not starve the stream") {
  Target target;
  World world;
  target.judge(rejects_poison(true, true));
  for (int i = 0; i < 100; ++i) add(world, poison);
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  world.start(std::move(spec));
  world.run_for(1000);
  REQUIRE(world.control.open_letters("p").size() == 100);
  target.judge(nullptr);
  world.control.pause("p");
  world.run_for(1000);
  for (std::uint64_t i = 1; i <= 100; ++i) world.control.retry("p", {i});
  for (int i = 0; i < 20; ++i) add(world);  // five batches
  world.control.resume("p");
  world.run_for(10'000);
  const auto rows = target.rows();
  REQUIRE(rows.size() == 120);
  // Between two batches are ten letters at most.
  std::size_t letters = 0;
  for (std::size_t i = 0; i < rows.size() && rows[i].position != Position{120}; ++i) {
    letters = rows[i].retried ? letters + 1 : 0;
    CHECK(letters <= 10);
  }
  CHECK(world.control.open_letters("p").empty());
}

TEST_CASE("a letter that disables its sink stops the projector") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  target.judge([](std::span<const SinkEvent>, SinkContext&) { return Delivery::disabled("410"); });
  world.control.retry("p", {1});
  world.run_for(1000);
  CHECK(world.status().state == ProjectorState::disabled);
  CHECK(world.control.letter("p", {1})->tries == 0);
}

TEST_CASE("a delivered letter the log could not be told of is told later and not delivered again") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  target.judge(nullptr);
  world.control.retry("p", {1});
  world.control.refuse(Error{Errc::unavailable, "no"});
  world.run_for(30'000);
  CHECK(target.positions() == Positions{2, 3, 1});
  CHECK(world.control.letter("p", {1})->open);
  SECTION("in the same run") {}
  SECTION("in the next run") {
    world.stop();
    world.control.refuse(std::nullopt);
    world.start(world.spec(target));
  }
  world.control.refuse(std::nullopt);
  world.run_for(11'000);
  CHECK(!world.control.letter("p", {1})->open);
  CHECK(target.positions() == Positions{2, 3, 1});
}

TEST_CASE("an event that is an open dead letter is not read again after a reset") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  target.judge(nullptr);
  world.control.reset("p", {1});
  world.run_for(1000);
  CHECK(target.positions() == Positions{2, 3});
  CHECK(target.calls().size() == 1);
  world.control.retry("p", {1});
  world.run_for(1000);
  CHECK(target.positions() == Positions{2, 3, 1});
}

TEST_CASE("a delivered dead letter is read again after a reset, and can be one again") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  world.control.edit("p", {1}, "\"mended\"");
  world.run_for(1000);
  REQUIRE(target.positions() == Positions{2, 3, 1});
  world.control.reset("p", {1});
  world.run_for(3000);
  CHECK(world.control.open_letters("p") == std::set<std::uint64_t>{1});
  CHECK(target.positions() == Positions{2, 3});
}

TEST_CASE(
    "a reset between a letter's delivery and the word of it into the log doubles nothing behind "
    "it") {
  Target target;
  World world;
  auto spec = world.spec(target);
  spec.dead_letter_retry_s = 0;
  make_letter(world, target, std::move(spec));
  target.on_reset([](SinkProgress&, SinkContext&) { return Delivery::done(); });
  target.judge(nullptr);
  world.control.retry("p", {1});
  world.control.refuse(Error{Errc::unavailable, "no"});
  world.run_for(1000);
  world.control.reset("p", {3});
  world.run_for(1000);
  world.control.refuse(std::nullopt);
  world.run_for(11'000);
  CHECK(target.positions() == Positions{2, 3, 1, 3});
  CHECK(world.control.open_letters("p").empty());
}

}  // namespace daybook::project
