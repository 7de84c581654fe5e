// What a batch keeps when the log cannot be read to its end, or ends its look early.
#include <catch2/catch.hpp>

#include "project/batch.h"

#include <optional>
#include <vector>

namespace daybook::project {
namespace {

// Events at the positions 1 to `last`, each of a byte.
class ShortSource final : public Source {
 public:
  Position last{10};
  std::optional<Position> broken_at;    // its record cannot be read
  std::uint64_t events_a_look = 1'000;  // then it ends the look

  [[nodiscard]] Position readable() const override { return last; }
  Result<Position> read(std::string_view, Position from, const EventFilter&,
                        const std::function<bool(PublicEvent& event)>& f) override {
    std::uint64_t looked = 0;
    for (Position at = from; at <= last; at = at + 1) {
      if (broken_at == at) return Error{Errc::corrupt, "a bad record"};
      PublicEvent event;
      event.position = at;
      event.data = "x";
      if (!f(event) || ++looked == events_a_look) return at;
    }
    return last;
  }
  [[nodiscard]] std::optional<Columns> columns(const PublicEvent&) override { return std::nullopt; }
  Result<Position> append(std::string_view, std::string_view, std::string_view) override {
    return Error{Errc::unavailable, "it takes nothing"};
  }
};

std::vector<std::uint64_t> positions(const Batch& batch) {
  std::vector<std::uint64_t> out;
  for (const PublicEvent& event : batch.events()) out.push_back(event.position.value);
  return out;
}

Batch make_batch(Source& source) {
  return Batch(source, "forms", {}, [](Position) { return true; });
}

using Positions = std::vector<std::uint64_t>;
constexpr BatchLimits roomy{100, 1'000};

}  // namespace

TEST_CASE("events before a record that cannot be read were taken again with every try") {
  ShortSource source;
  source.broken_at = Position{4};
  Batch batch = make_batch(source);
  for (int i = 0; i < 3; ++i) {
    CHECK(!batch.fill(roomy).ok());
    CHECK(positions(batch) == Positions{1, 2, 3});
    CHECK(batch.seen() == Position{3});
    CHECK(!batch.full());
  }
  source.broken_at.reset();
  CHECK(batch.fill(roomy).ok());
  CHECK(positions(batch) == Positions{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

TEST_CASE("a batch goes on where its source ended a look, and knows that it is behind") {
  ShortSource source;
  source.events_a_look = 4;
  Batch batch = make_batch(source);
  REQUIRE(batch.fill(roomy).ok());
  CHECK(batch.behind());
  REQUIRE(batch.fill(roomy).ok());
  CHECK(batch.behind());
  REQUIRE(batch.fill(roomy).ok());
  CHECK(!batch.behind());
  CHECK(positions(batch) == Positions{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(batch.seen() == Position{10});
}

TEST_CASE("an event that did not fit is the first of the next batch") {
  ShortSource source;
  Batch batch = make_batch(source);
  REQUIRE(batch.fill({100, 3}).ok());
  CHECK(positions(batch) == Positions{1, 2, 3});
  CHECK(batch.full());
  CHECK(!batch.behind());
  batch.seek(batch.seen());
  REQUIRE(batch.fill({2, 100}).ok());
  CHECK(positions(batch) == Positions{4, 5});
}

}  // namespace daybook::project
