// The table of ids, and the forms of their content.
#include "domains/hits/content.h"
#include "domains/hits/hash_shards.h"
#include "domains/hits/world.h"

#include "base/random.h"
#include "support/seed.h"

#include <algorithm>
#include <map>
#include <set>

namespace daybook::hits {
namespace {

struct Slot {
  std::uint32_t bits = 0;
  std::uint32_t number = 0;
};

TEST_CASE("every slot is found again, and lies in its part and no other") {
  Rng rng(test::test_seed());
  HashShards<Slot> table;
  std::vector<std::uint64_t> hashes;
  for (std::uint32_t i = 0; i < 60'000; ++i) {
    std::uint64_t hash = rng.next();
    if (i % 3 == 0) hash = (hash & 0xFFFF'FFFF) | (rng.below(40) << 56) | 0xFF'FFFF'0000'0000;
    hashes.push_back(hash);
    table.add(hash).number = i;
  }
  for (std::uint32_t i = 0; i < hashes.size(); ++i) {
    const auto* slot = table.find(hashes[i], [&](const Slot& s) { return s.number == i; });
    REQUIRE(slot != nullptr);
  }
  CHECK(table.find(hashes[0], [](const Slot&) { return false; }) == nullptr);
  CHECK(table.size() == hashes.size());

  std::vector<std::uint32_t> borders{0, 1, 15, 16, 17, 4095, 65'520, 65'535, parts};
  for (int i = 0; i < 50; ++i) borders.push_back(static_cast<std::uint32_t>(rng.below(parts)));
  std::sort(borders.begin(), borders.end());
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i + 1 < borders.size(); ++i)
    table.each_of_parts(borders[i], borders[i + 1], [&](const Slot& slot, std::uint32_t) {
      const std::uint32_t part = part_of(hashes[slot.number]);
      REQUIRE(part >= borders[i]);
      REQUIRE(part < borders[i + 1]);
      REQUIRE(seen.insert(slot.number).second);
    });
  CHECK(seen.size() == hashes.size());
}

Content random_content(Rng& rng, std::uint32_t now_s) {
  Content content;
  for (std::uint64_t i = rng.below(60); i > 0; --i)
    add_count(content.hits, now_s - static_cast<std::uint32_t>(rng.below(4 * day_s)),
              static_cast<std::uint32_t>(1 + rng.below(300)));
  for (std::int32_t back = 40; back > 4; --back) {
    if (rng.below(3) != 0) continue;
    Entry entry;
    entry.visitors = static_cast<std::uint32_t>(rng.below(1000));
    for (std::uint64_t i = 1 + rng.below(5); i > 0; --i)
      entry.hours[rng.below(day_hours)] = static_cast<std::uint32_t>(1 + rng.below(1000));
    content.roll_up(day_of_second(now_s) - back, entry);
  }
  content.days.insert(content.days.begin(), {Day{700}, 1, 1 + rng.below(1ull << 40)});
  for (std::int32_t i = 0; i < 3; ++i)
    for (std::uint64_t v = rng.below(5) == 0 ? 2000 : rng.below(4); v > 0; --v)
      open_sketch(content.sketches, Day{20'100 - i}).add(rng.next());
  return content;
}

TEST_CASE("packed content unpacks to the same, and damaged bytes are refused") {
  Rng rng(test::test_seed());
  for (int i = 0; i < 300; ++i) {
    const Content content = random_content(rng, 1'773'144'000);
    std::string packed;
    pack(content, packed);
    Content back;
    REQUIRE(unpack(packed, back));
    std::string again;
    pack(back, again);
    REQUIRE(again == packed);
    CHECK(back.hits == content.hits);
    CHECK(back.hours == content.hours);
    CHECK(back.days.size() == content.days.size());
    CHECK(back.days.back().count == content.days.back().count);
    CHECK(back.days.front().day == Day{700});
    if (packed.size() > 1) CHECK_FALSE(unpack(packed.substr(0, packed.size() - 1), back));
    CHECK_FALSE(unpack(packed + "x", back));
    std::string changed = packed;
    changed[rng.below(changed.size())] ^= static_cast<char>(1 + rng.below(255));
    if (unpack(changed, back)) {  // another content, but a sound one
      for (std::size_t h = 1; h < back.hits.size(); ++h)
        CHECK(back.hits[h - 1].at < back.hits[h].at);
    }
  }
}

TEST_CASE("a busy id holds and shows what the plain form does") {
  Rng rng(test::test_seed());
  for (int i = 0; i < 60; ++i) {
    std::uint32_t now_s = 1'773'144'000 + static_cast<std::uint32_t>(rng.below(day_s));
    Content plain = random_content(rng, now_s);
    plain.coarsen(now_s, 31);
    Busy busy(plain, now_s);
    for (int hit = 0; hit < 6000; ++hit) {
      if (rng.below(4) == 0) now_s += static_cast<std::uint32_t>(rng.below(40));
      std::uint32_t second = now_s;
      if (rng.below(4) == 0) second -= static_cast<std::uint32_t>(rng.below(3 * day_s));
      if (rng.below(4) == 0) second += static_cast<std::uint32_t>(rng.below(60));
      const std::uint64_t visitor = rng.below(2) == 0 ? 0 : rng.next();
      busy.add(second, visitor, now_s);
      add_count(plain.hits, second, 1);
      if (visitor != 0) open_sketch(plain.sketches, day_of_second(second)).add(visitor);
    }
    plain.coarsen(now_s, 31);
    Content collected;
    busy.collect(now_s, 31, collected);
    std::string a;
    std::string b;
    pack(plain, a);
    pack(collected, b);
    REQUIRE(a == b);
    for (const std::uint32_t window : windows)
      CHECK(busy.count_window(now_s, window) == count_window(plain, now_s, window));
    Entry x;
    Entry y;
    const Day day = day_of_second(now_s) - 1;
    CHECK(busy.day(day, x) == plain.day(day, y));
    CHECK(x.hours == y.hours);
    CHECK(x.visitors == y.visitors);
    CHECK(busy.memory_bytes() <= 64u << 10);
  }
}

TEST_CASE("ids that grow and shrink again and again do not use up memory") {
  World world;
  std::size_t after_first = 0;
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 20'000; ++i)
      REQUIRE(world.hit("id" + std::to_string(i % 500), world.now.value - 1000 * (i / 500)) ==
              "ok");
    world.now.value += 6 * std::int64_t{day_s} * 1000;
    world.run_due();
    if (round == 0) after_first = world.view->memory_bytes();
  }
  CHECK(world.view->memory_bytes() <= after_first + (512u << 10));
}

TEST_CASE("a damaged snapshot is refused") {
  World world;
  for (int i = 0; i < 500; ++i)
    REQUIRE(world.hit("id" + std::to_string(i % 9), 0, "v" + std::to_string(i)) == "ok");
  const std::string view = world.saved();
  const std::string state = world.saved_state();
  for (std::size_t cut = 1; cut < 300; cut += 7) {
    World fresh;
    ByteReader in(std::string_view(view).substr(0, view.size() - cut));
    CHECK_FALSE(Domain::load(*fresh.view, in).ok());
    ByteReader state_in(
        std::string_view(state).substr(0, state.size() - std::min(cut, state.size())));
    CHECK_FALSE(Domain::load(*fresh.state, state_in).ok());
  }
  World fresh;
  ByteReader in(state);
  REQUIRE(Domain::load(*fresh.state, in).ok());
  CHECK(fresh.saved_state() == state);
  CHECK(fresh.state->ids().size() == 9);
}

}  // namespace
}  // namespace daybook::hits
