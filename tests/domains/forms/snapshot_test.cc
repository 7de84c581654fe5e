// State and view to bytes and back: the same content, the same decisions, damage refused.
#include "domains/forms/world.h"

namespace daybook::forms {
namespace {

void fill(World& world) {
  REQUIRE(world.define(
              "f", simple_definition(R"("honeypot":"h","rate_per_minute":60,"rate_burst":500)")) ==
          "ok");
  REQUIRE(world.define("g", simple_definition(R"("time_zone":"Asia/Kolkata")")) == "ok");
  for (int i = 0; i < 400; ++i) {
    world.now.value += 250'000'000;
    const std::string trap = i % 7 == 0 ? R"(,"h":"x")" : "";
    REQUIRE(world.post(i % 3 == 0 ? "g" : "f", R"({"name":"Ann")" + trap + "}") == "ok");
  }
  REQUIRE(world.define("g", simple_definition(R"("closed":true)")) == "ok");
  for (const std::uint64_t position : {300U, 40U, 12U, 40U}) {
    const Logged& logged = world.log[position - 1];
    REQUIRE(world.line(verdict_line(position == 12U ? "clear" : "flag", logged)) == "ok");
  }
}

template <class T>
std::string saved(const T& from) {
  ByteWriter out;
  Domain::save(from, out);
  return out.take();
}

TEST_CASE("a snapshot holds all: loaded, it saves the same bytes and decides the same") {
  World world;
  fill(world);
  World again;
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  ByteReader state_in(state);
  ByteReader view_in(view);
  REQUIRE(Domain::load(again.state, state_in).ok());
  REQUIRE(Domain::load(again.view, view_in).ok());
  CHECK(state_in.at_end());
  CHECK(view_in.at_end());
  CHECK(saved(again.state) == state);
  CHECK(saved(again.view) == view);
  CHECK(Domain::totals(again.view) == Domain::totals(world.view));
  again.now = world.now;
  again.position = world.position;
  for (World* w : {&world, &again}) {
    CHECK(w->post("g", R"({"name":"Ann"})") == "the form is closed");
    CHECK(w->post("f", R"({"name":"Ann"})") == "ok");
    CHECK(w->define("f", simple_definition()) == "ok");
    CHECK(w->last_answer.body == R"({"name":"f","version":2})");
  }
  CHECK(saved(again.state) == saved(world.state));
  CHECK(saved(again.view) == saved(world.view));
  CHECK(read(again, "/forms", get()) == read(world, "/forms", get()));
}

TEST_CASE("a view saved before there were flags is read too") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  std::string view = saved(world.view);
  view[0] = 1;                   // the version
  view.resize(view.size() - 8);  // how many flags: none
  View old(world.policy);
  ByteReader in(view);
  REQUIRE(Domain::load(old, in).ok());
  CHECK(in.at_end());
  CHECK(saved(old) == saved(world.view));
}

TEST_CASE("a flag on what is no submission is a damaged snapshot") {
  World world;
  REQUIRE(world.define("f", simple_definition()) == "ok");
  REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  REQUIRE(world.line(verdict_line("flag", world.log.back())) == "ok");
  std::string view = saved(world.view);
  view[view.size() - 8] = 3;  // the flagged position, 2
  View other(world.policy);
  ByteReader in(view);
  CHECK_FALSE(Domain::load(other, in).ok());
}

TEST_CASE("replaying the log gives the live run's state and view") {
  World world;
  fill(world);
  World again;
  for (const Logged& logged : world.log) {
    Domain::apply(again.state, logged.event);
    Domain::project(again.view, logged.event, logged.meta);
  }
  CHECK(saved(again.state) == saved(world.state));
  CHECK(saved(again.view) == saved(world.view));
  // What the view has seen already changes nothing.
  for (const Logged& logged : world.log) Domain::project(again.view, logged.event, logged.meta);
  CHECK(saved(again.view) == saved(world.view));
}

TEST_CASE("a snapshot cut or changed is refused or loaded, never read out of bounds") {
  World world;
  fill(world);
  const std::string state = saved(world.state);
  const std::string view = saved(world.view);
  for (std::size_t size = 0; size < state.size(); size += 3) {
    State other(world.policy);
    ByteReader in(std::string_view(state).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t size = 0; size < view.size(); size += 11) {
    View other(world.policy);
    ByteReader in(std::string_view(view).substr(0, size));
    CHECK_FALSE(Domain::load(other, in).ok());
  }
  for (std::size_t i = 0; i < view.size(); i += 5) {
    std::string changed = view;
    changed[i] = static_cast<char>(changed[i] ^ 0xFF);
    View other(world.policy);
    ByteReader in(changed);
    if (Domain::load(other, in).ok()) CHECK(other.submissions() < 1'000'000);
  }
}

TEST_CASE("memory is counted and grows with what is kept") {
  World world;
  const std::size_t state = Domain::memory_bytes(world.state);
  const std::size_t view = Domain::memory_bytes(world.view);
  fill(world);
  CHECK(Domain::memory_bytes(world.state) > state + 500);
  CHECK(Domain::memory_bytes(world.view) > view + 1500);
  const std::size_t before = Domain::memory_bytes(world.state);
  for (int i = 0; i < 300; ++i) {
    world.now.value += 1'000'000;
    REQUIRE(world.post("f", R"({"name":"Ann"})") == "ok");
  }
  CHECK(Domain::memory_bytes(world.state) == before);  // nothing per submission
}

}  // namespace
}  // namespace daybook::forms
