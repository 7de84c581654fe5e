// What the runtime sees: orders, which dead letters are due, which positions were dead.
#include "domains/projectors/world.h"

#include <daybook/fields.h>

namespace daybook::projectors {
namespace {

std::vector<std::uint64_t> due(const World& world, UnixUs now, std::size_t max = 100) {
  std::vector<std::uint64_t> positions;
  for (const Position position : world.sheet().due_letters(now, max))
    positions.push_back(position.value);
  return positions;
}

std::string next_try(std::string_view time) {
  return R"(,"next_try_at":")" + std::string(time) + "\"";
}

std::string of_letter(std::string_view type, std::uint64_t position, std::string_view more = {}) {
  return R"({"type":")" + std::string(type) + R"(","projector":"sheet","position":")" +
         std::to_string(position) + "\"" + std::string(more) + "}";
}

using Due = std::vector<std::uint64_t>;

TEST_CASE("a reset to now begins with the position after its own event") {
  World world;
  world.gap = 10;
  world.add_sheet();
  CHECK(world.sheet().reset_number == 0);
  const auto check = [&](const char* to, std::uint64_t number, std::uint64_t fixed_next) {
    REQUIRE(world.line(R"({"type":"reset","projector":"sheet","to":")" + std::string(to) + "\"}") ==
            "ok");
    CHECK(world.sheet().reset_number == number);
    CHECK(world.sheet().reset_next.value ==
          (fixed_next == 0 ? world.position.value + 1 : fixed_next));
  };
  check("now", 1, 0);
  check("beginning", 2, 1);
  check("17", 3, 17);
  check("now", 4, 0);
}

TEST_CASE("the reasons of a pause and of a disable stand until it is resumed") {
  World world;
  world.add_sheet();
  REQUIRE(world.line(R"({"type":"pause","projector":"sheet","reason":"moving"})") == "ok");
  REQUIRE(world.line(R"({"type":"disable","projector":"sheet","reason":"410"})") == "ok");
  CHECK(world.sheet().paused);
  CHECK(world.sheet().disabled);
  CHECK(world.sheet().pause_reason == "moving");
  CHECK(world.sheet().disable_reason == "410");
  REQUIRE(world.line(R"({"type":"resume","projector":"sheet"})") == "ok");
  CHECK_FALSE(world.sheet().paused);
  CHECK_FALSE(world.sheet().disabled);
  CHECK(world.sheet().pause_reason.empty());
  CHECK(world.sheet().disable_reason.empty());
}

TEST_CASE("a dead letter is due when its time has come or a person asks") {
  World world;
  world.add_sheet();
  const UnixUs eleven = at("2026-03-10T11:00:00Z");
  const UnixUs one = at("2026-03-10T13:00:00Z");
  const UnixUs two = at("2026-03-10T14:00:00Z");
  REQUIRE(world.line(letter_line(9, "{}", {}, next_try("2026-03-10T13:00:00Z"))) == "ok");
  REQUIRE(world.line(letter_line(7, "{}", {}, next_try("2026-03-10T14:00:00Z"))) == "ok");
  REQUIRE(world.line(letter_line(8)) == "ok");
  CHECK(due(world, eleven) == Due{});
  CHECK(due(world, one) == Due{9});
  CHECK(due(world, two) == Due{7, 9});
  REQUIRE(world.line(of_letter("retry", 8)) == "ok");
  CHECK(due(world, eleven) == Due{8});
  CHECK(due(world, two) == Due{7, 8, 9});
  CHECK(due(world, two, 2) == Due{8, 9});  // a person first, then the one that waits the longest
  REQUIRE(world.line(of_letter("letter_failed", 8,
                               R"(,"reason":"x","at":"2026-03-10T12:00:00Z")")) == "ok");
  CHECK(due(world, two) == Due{7, 9});
  REQUIRE(world.line(of_letter("letter_failed", 9,
                               R"(,"reason":"x","at":"2026-03-10T13:00:00Z")" +
                                   next_try("2026-03-10T15:00:00Z"))) == "ok");
  CHECK(due(world, two) == Due{7});
  CHECK(world.sheet().due.begin()->first == two);
  REQUIRE(world.line(of_letter("edit", 9, R"(,"data":{})")) == "ok");
  CHECK(due(world, eleven) == Due{9});
  REQUIRE(world.line(of_letter("skip", 7, R"(,"reason":"x")")) == "ok");
  REQUIRE(world.line(of_letter("letter_delivered", 9)) == "ok");
  CHECK(due(world, at("2027-01-01")) == Due{});
  REQUIRE(world.line(R"({"type":"retry","projector":"sheet","all":true})") == "ok");
  CHECK(due(world, eleven) == Due{8});
  CHECK(world.sheet().open() == 1);
}

TEST_CASE("attempts count all, tries those out of the dead letters") {
  World world;
  world.add_sheet();
  REQUIRE(world.line(letter_line(7, "{}", {},
                                 R"(,"attempts":[{"at":"2026-03-10T11:00:00Z","reason":"a"},)"
                                 R"({"at":"2026-03-10T11:00:01Z","reason":"b"}])")) == "ok");
  CHECK(world.sheet().letters.at(Position{7}).attempts == 2);
  CHECK(world.sheet().letters.at(Position{7}).tries == 0);
  REQUIRE(world.line(of_letter("letter_failed", 7,
                               R"(,"reason":"c","at":"2026-03-10T12:00:00Z")")) == "ok");
  CHECK(world.sheet().letters.at(Position{7}).attempts == 3);
  CHECK(world.sheet().letters.at(Position{7}).tries == 1);
  CHECK(world.sheet().letters.at(Position{7}).reason == "c");
}

TEST_CASE("a position is dead from its dead letter until a reset forgets the closed ones") {
  World world;
  world.add_sheet();
  for (const std::uint64_t position : std::vector<std::uint64_t>{7, 8, 9})
    REQUIRE(world.line(letter_line(position)) == "ok");
  REQUIRE(world.line(of_letter("skip", 7, R"(,"reason":"x")")) == "ok");
  REQUIRE(world.line(of_letter("letter_delivered", 8)) == "ok");
  const auto dead = [&](std::uint64_t position) {
    return world.sheet().was_dead(Position{position});
  };
  CHECK((dead(7) && dead(8) && dead(9)));
  CHECK_FALSE(dead(6));
  REQUIRE(world.line(R"({"type":"reset","projector":"sheet","to":"beginning"})") == "ok");
  CHECK_FALSE((dead(7) || dead(8)));
  CHECK(dead(9));  // it waits as a dead letter, and is not read again beside that
  REQUIRE(world.line(letter_line(7)) == "ok");
  CHECK(dead(7));
  CHECK(world.sheet().open() == 2);
}

TEST_CASE("closed dead letters are listed up to a limit, the last closed ones") {
  World world;
  world.add_sheet();
  const std::uint64_t letters = dead_letters_closed_max + 50;
  for (std::uint64_t i = 1; i <= letters; ++i) {
    REQUIRE(world.line(letter_line(i)) == "ok");
  }
  for (std::uint64_t i = letters; i >= 1; --i)  // the newest closed first
    REQUIRE(world.line(of_letter("letter_delivered", i)) == "ok");
  CHECK(world.sheet().open() == 0);
  CHECK(world.sheet().letters.size() == dead_letters_closed_max);
  CHECK(world.sheet().letters.contains(Position{1}));
  CHECK_FALSE(world.sheet().letters.contains(Position{letters}));
  CHECK(world.sheet().was_dead(Position{letters}));
  CHECK(world.view.delivered() == letters);
}

TEST_CASE("positions of closed dead letters are kept up to a limit, the highest") {
  PositionSet set;
  for (std::uint64_t i = 1; i <= closed_positions_max + 10; ++i) set.insert(Position{i});
  CHECK(set.size() == closed_positions_max);
  CHECK_FALSE(set.contains(Position{10}));
  CHECK(set.contains(Position{11}));
  set.insert(Position{5});
  CHECK_FALSE(set.contains(Position{5}));
  set.erase(Position{11});
  set.insert(Position{12});
  CHECK(set.size() == closed_positions_max - 1);
}

TEST_CASE("a long reason is cut in memory at a whole character") {
  World world;
  world.add_sheet();
  std::string reason;
  for (int i = 0; i < 150; ++i) reason += "ü";
  REQUIRE(world.line(letter_line(7)) == "ok");
  REQUIRE(world.line(of_letter("skip", 7, R"(,"reason":"x)" + reason + "\"")) == "ok");
  const std::string& kept = world.sheet().letters.at(Position{7}).reason;
  CHECK(kept.size() == reason_kept_bytes_max - 1);
  CHECK(json::is_valid_utf8(kept));
}

TEST_CASE("the version grows with every event") {
  World world;
  CHECK(world.view.version() == 0);
  world.add_sheet();
  const std::uint64_t first = world.view.version();
  CHECK(first > 0);
  REQUIRE(world.line(letter_line(7)) == "ok");
  CHECK(world.view.version() > first);
  const std::uint64_t second = world.view.version();
  REQUIRE(world.line(letter_line(7)) == "unchanged");
  CHECK(world.view.version() == second);
}

}  // namespace
}  // namespace daybook::projectors
