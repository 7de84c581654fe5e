// State and view against a model, over random commands; to bytes and back.
#include "domains/projectors/world.h"

#include "support/seed.h"

#include <map>
#include <random>
#include <set>

namespace daybook::projectors {
namespace {

// What a projector's dead letters are, said in the plainest way.
struct Model {
  struct Letter {
    bool asked = false;
    std::uint32_t tries = 0;
  };
  std::map<std::uint64_t, Letter> open;
  std::set<std::uint64_t> closed;  // since the last reset
  std::uint64_t resets = 0;
};

class Walk {
 public:
  explicit Walk(std::uint64_t seed) : random_(seed) { world.add_sheet(); }

  void step() {
    world.now.value += 1'000'000;
    world.gap = pick(3);
    const std::uint64_t position = 1 + pick(30);
    const std::string at = R"(","projector":"sheet","position":")" + std::to_string(position);
    switch (pick(9)) {
      case 0:
      case 1:
        return make(position);
      case 2:
        return retry(R"({"type":"retry)" + at + "\"}", position);
      case 3:
        return retry(R"({"type":"edit)" + at + R"(","data":{"n":1}})", position);
      case 4:
        return close(R"({"type":"skip)" + at + R"(","reason":"r"})", position);
      case 5:
        return close(R"({"type":"letter_delivered)" + at + "\"}", position);
      case 6:
        return fail(R"({"type":"letter_failed)" + at + R"(","reason":"r","at":")" +
                        time_text(world.now) + "\"}",
                    position);
      case 7:
        if (pick(5) != 0) return;
        REQUIRE(world.line(R"({"type":"reset","projector":"sheet","to":"now"})") == "ok");
        ++model.resets;
        model.closed.clear();
        return;
      default:
        world.line(R"({"type":"retry","projector":"sheet","all":true})");
        for (auto& [p, letter] : model.open) letter.asked = true;
    }
  }

  void check() const {
    const Projector& sheet = world.sheet();
    REQUIRE(sheet.open() == model.open.size());
    REQUIRE(world.state.open_letters() == model.open.size());
    REQUIRE(sheet.reset_number == model.resets);
    std::size_t asked = 0;
    for (const auto& [position, letter] : model.open) {
      const Letter* shown = sheet.open_letter(Position{position});
      REQUIRE(shown != nullptr);
      REQUIRE(shown->asked == letter.asked);
      REQUIRE(shown->tries == letter.tries);
      REQUIRE(sheet.asked.contains(Position{position}) == letter.asked);
      asked += letter.asked ? 1 : 0;
    }
    REQUIRE(sheet.asked.size() == asked);
    REQUIRE(world.state.projector("sheet")->asked == asked);
    for (std::uint64_t p = 1; p <= 31; ++p)
      REQUIRE(sheet.was_dead(Position{p}) == (model.open.contains(p) || model.closed.contains(p)));
  }

  World world;
  Model model;

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  void make(std::uint64_t position) {
    const bool is_new = !model.open.contains(position) && !model.closed.contains(position);
    const std::string more =
        pick(2) == 0 ? "" : R"(,"next_try_at":")" + time_text({world.now.value + 5}) + "\"";
    REQUIRE(world.line(letter_line(position, "{}", {}, more)) == (is_new ? "ok" : "unchanged"));
    if (is_new) model.open[position] = {};
  }
  void retry(const std::string& line, std::uint64_t position) {
    const std::string outcome = world.line(line);
    const auto letter = model.open.find(position);
    REQUIRE((outcome == "ok" || outcome == "unchanged") == (letter != model.open.end()));
    if (letter != model.open.end()) letter->second.asked = true;
  }
  void close(const std::string& line, std::uint64_t position) {
    const bool was_open = model.open.erase(position) > 0;
    const std::string outcome = world.line(line);
    if (was_open) REQUIRE(outcome == "ok");
    if (was_open) model.closed.insert(position);
  }
  void fail(const std::string& line, std::uint64_t position) {
    const auto letter = model.open.find(position);
    const std::string outcome = world.line(line);
    if (letter == model.open.end()) return;
    REQUIRE(outcome == "ok");
    letter->second = {false, letter->second.tries + 1};
  }

  std::mt19937_64 random_;
};

TEST_CASE("random commands leave what a plain model says, live, replayed and out of a snapshot") {
  const std::uint64_t seed = test::test_seed();
  INFO("seed " << seed);
  Walk walk(seed);
  for (int i = 0; i < 3000; ++i) {
    walk.step();
    if (i % 10 == 0) walk.check();
  }
  walk.check();
  World& world = walk.world;
  World again;
  for (const Logged& logged : world.log) {
    flatbuffers::FlatBufferBuilder builder;
    Domain::encode(logged.event, builder);
    const auto event =
        Domain::decode(event_version, {builder.GetBufferPointer(), builder.GetSize()});
    REQUIRE(event.ok());
    Domain::apply(again.state, *event);
    Domain::project(again.view, *event, logged.meta);
  }
  CHECK(saved(again.state) == saved(world.state));
  CHECK(saved(again.view) == saved(world.view));
  CHECK(Domain::totals(again.view) == Domain::totals(world.view));
  CHECK(Domain::memory_bytes(again.view) == Domain::memory_bytes(world.view));
  // What the view has seen already changes nothing.
  for (const Logged& logged : world.log) Domain::project(again.view, logged.event, logged.meta);
  CHECK(saved(again.view) == saved(world.view));

  World loaded;
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  ByteReader state_in(state);
  ByteReader view_in(view);
  REQUIRE(Domain::load(loaded.state, state_in).ok());
  REQUIRE(Domain::load(loaded.view, view_in).ok());
  CHECK(state_in.at_end());
  CHECK(view_in.at_end());
  CHECK(saved(loaded.state) == state);
  CHECK(saved(loaded.view) == view);
  CHECK(loaded.sheet().asked == world.sheet().asked);
  CHECK(loaded.sheet().due == world.sheet().due);
  CHECK(loaded.sheet().closed_by == world.sheet().closed_by);
  CHECK(loaded.state.open_letters() == world.state.open_letters());
  CHECK(loaded.state.projector("sheet")->asked == world.state.projector("sheet")->asked);
}

TEST_CASE("a snapshot cut or changed is refused or loaded, never read out of bounds") {
  Walk walk(7);
  for (int i = 0; i < 300; ++i) walk.step();
  const std::string state = saved(walk.world.state);
  const std::string view = saved(walk.world.view);
  for (std::size_t size = 0; size < state.size(); ++size) {
    State other(walk.world.policy);
    ByteReader in(std::string_view(state).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t size = 0; size < view.size(); size += 7) {
    View other(walk.world.policy);
    ByteReader in(std::string_view(view).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t i = 0; i < view.size(); i += 3) {
    std::string changed = view;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    View other(walk.world.policy);
    ByteReader in(changed);
    if (Domain::load(other, in).ok()) CHECK(other.projectors().size() <= 1);
  }
}

TEST_CASE("memory is counted and grows with what is kept, and goes when letters are closed") {
  World world;
  world.add_sheet();
  const std::size_t state = Domain::memory_bytes(world.state);
  const std::size_t view = Domain::memory_bytes(world.view);
  for (std::uint64_t i = 1; i <= 2000; ++i) REQUIRE(world.line(letter_line(i)) == "ok");
  const std::size_t full = Domain::memory_bytes(world.view);
  CHECK(Domain::memory_bytes(world.state) > state + 2000 * 32);
  CHECK(full > view + 2000 * 100);
  for (std::uint64_t i = 1; i <= 2000; ++i)
    REQUIRE(world.line(R"({"type":"letter_delivered","projector":"sheet","position":")" +
                       std::to_string(i) + "\"}") == "ok");
  CHECK(Domain::memory_bytes(world.view) < view + (full - view) * 7 / 10);
  CHECK(Domain::memory_bytes(world.state) < state + 2000 * 32);
}

}  // namespace
}  // namespace daybook::projectors
