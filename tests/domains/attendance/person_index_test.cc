#include "domains/attendance/person_index.h"

#include "base/random.h"
#include "support/seed.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace daybook::attendance {
namespace {

std::string random_hex(Rng& rng, std::size_t digits) {
  std::string id(digits, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = rng.next();
    id[i] = "0123456789abcdef"[bits & 15];
    bits >>= 4;
  }
  return id;
}

// Hex ids mostly; also near misses of the packed form and texts of every length.
std::string odd_id(Rng& rng) {
  std::string id = random_hex(rng, 24);
  switch (rng.below(8)) {
    case 0:
      return id.substr(0, 1 + rng.below(23));
    case 1:
      return id + random_hex(rng, 1 + rng.below(30));
    case 2:
      id[rng.below(24)] = "ABCDEFgG/:`@ "[rng.below(13)];
      return id;
    case 3:
      return std::to_string(rng.below(500));
    case 4:
      return "\xC3\xBC" + id.substr(0, rng.below(10));
    default:
      return id.substr(0, 20) + "0000";
  }
}

TEST_CASE("the person index agrees with a plain hash map on any ids") {
  Rng rng(test::test_seed());
  PersonIndex index;
  std::unordered_map<std::string, std::uint32_t> model;
  std::unordered_set<std::uint32_t> numbers;
  for (int i = 0; i < 60'000; ++i) {
    const std::string id = odd_id(rng);
    const auto known = model.find(id);
    REQUIRE(index.find(id) == (known == model.end() ? PersonIndex::none : known->second));
    if (rng.below(3) == 0) continue;
    const std::uint32_t number = index.add(id);
    if (known == model.end()) {
      REQUIRE(numbers.insert(number).second);
      model.emplace(id, number);
    } else {
      REQUIRE(number == known->second);
    }
  }
  CHECK(index.size() == model.size());
  for (const auto& [id, number] : model) REQUIRE(index.find(id) == number);

  ByteWriter saved;
  index.save(saved);
  ByteReader in(saved.data());
  PersonIndex loaded;
  REQUIRE(loaded.load(in).ok());
  CHECK(in.at_end());
  for (const auto& [id, number] : model) REQUIRE(loaded.find(id) == number);
  ByteWriter again;
  loaded.save(again);
  CHECK(again.data() == saved.data());
}

TEST_CASE("an upper-case id is another person than its lower-case form") {
  PersonIndex index;
  const auto lower = index.add("5f0c1a2b3c4d5e6f70819203");
  const auto upper = index.add("5F0C1A2B3C4D5E6F70819203");
  CHECK(lower != upper);
  CHECK(index.find("5f0c1a2b3c4d5e6f70819203") == lower);
  CHECK(index.find("5F0C1A2B3C4D5E6F70819203") == upper);
}

TEST_CASE("numbers of hex ids are nearly dense") {
  Rng rng(test::test_seed());
  PersonIndex index;
  std::uint32_t highest = 0;
  for (int i = 0; i < 200'000; ++i) highest = std::max(highest, index.add(random_hex(rng, 24)));
  CHECK(highest < 400'000);
}

TEST_CASE("a damaged person index is refused") {
  Rng rng(test::test_seed());
  PersonIndex index;
  for (int i = 0; i < 100; ++i) index.add(odd_id(rng));
  ByteWriter saved;
  index.save(saved);
  for (std::size_t cut = 1; cut < saved.data().size(); cut += 97) {
    ByteReader in(std::string_view(saved.data()).substr(0, saved.data().size() - cut));
    PersonIndex loaded;
    CHECK_FALSE(loaded.load(in).ok());
  }
  std::string twice;  // the same id twice in its shard
  {
    PersonIndex one;
    one.add("5f0c1a2b3c4d5e6f70819203");
    ByteWriter out;
    one.save(out);
    twice = out.take();
  }
  const std::size_t at = twice.find(std::string_view("\x5f\x0c\x1a\x2b", 4));
  REQUIRE(at != std::string::npos);
  twice[at - 4] = 2;
  twice.insert(at, twice.substr(at, 12));
  ByteReader in(twice);
  PersonIndex loaded;
  CHECK_FALSE(loaded.load(in).ok());
}

// The worst bytes per person among all sizes from `from` to `people`.
double worst_bytes(std::uint64_t people, std::uint64_t from) {
  Rng rng(test::test_seed());
  PersonIndex index;
  double worst = 0;
  for (std::uint64_t i = 1; i <= people; ++i) {
    index.add(random_hex(rng, 24));
    if (i >= from && i % 64 == 0)
      worst = std::max(worst, static_cast<double>(index.memory_bytes()) / static_cast<double>(i));
  }
  return worst;
}

TEST_CASE("a person with a 24-hex id costs at most 23 bytes once people are many") {
  const double worst = worst_bytes(1'000'000, 400'000);
  INFO("worst bytes per person " << worst);
  CHECK(worst <= 23.0);
  CHECK(worst >= 12.0);
}

TEST_CASE("the person index of a small place stays small") {
  Rng rng(test::test_seed());
  PersonIndex index;
  for (int i = 0; i < 20'000; ++i) index.add(random_hex(rng, 24));
  CHECK(index.memory_bytes() <= 4'000'000);
}

TEST_CASE("where ids lie is each index's own, their numbers and snapshots are everybody's") {
  Rng rng(test::test_seed());
  CAPTURE(test::test_seed());
  std::vector<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back(odd_id(rng));
  PersonIndex one;
  PersonIndex other;
  for (const std::string& id : ids) REQUIRE(one.add(id) == other.add(id));
  ByteWriter saved_one;
  ByteWriter saved_other;
  one.save(saved_one);
  other.save(saved_other);
  CHECK(saved_one.data() == saved_other.data());
}

}  // namespace
}  // namespace daybook::attendance
