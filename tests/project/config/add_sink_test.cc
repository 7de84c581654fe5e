// docs/add-a-sink.md: a further sink takes one folder (tests/support/notebook_sink) and one line.
#include <catch2/catch.hpp>

#include "base/files.h"
#include "project/config/world.h"
#include "support/fake_sink_context.h"
#include "support/notebook_sink/notebook.h"

namespace daybook::project {
namespace {

SinkCatalog with_notebook() {
  SinkCatalog catalog = make_sink_catalog();
  catalog.add(notebook_sink::type());  // THE line
  return catalog;
}

std::vector<PublicEvent> events_of(std::initializer_list<const char*> keys) {
  std::vector<PublicEvent> events;
  for (const char* key : keys) {
    PublicEvent event;
    event.topic = "forms";
    event.type = "submitted";
    event.key = key;
    event.data = "{}";
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

TEST_CASE("a sink is known by its line: configured, checked, in the example, any number of times") {
  CHECK(World()
            .mistakes("[[projector]]\nname = \"a\"\ntopic = \"forms\"\nsink = \"notebook\"\n")
            .find("sink must be one of") == 0);  // without the line
  const World world(with_notebook());
  CHECK(world.mistakes("[[projector]]\nname = \"a\"\ntopic = \"forms\"\nsink = \"notebook\"\n") ==
        "file must be given (file FILE:1)");
  CHECK(world
            .mistakes("[[projector]]\nname = \"a\"\ntopic = \"forms\"\nsink = \"notebook\"\n"
                      "file = \"x\"\npne = \"-\"\n")
            .find("did you mean pen?") != std::string::npos);
  const auto specs = world.read(
      "[[projector]]\nname = \"a\"\ntopic = \"forms\"\nsink = \"notebook\"\nfile = \"x\"\n"
      "[[projector]]\nname = \"b\"\ntopic = \"hits\"\nsink = \"notebook\"\nfile = \"y\"\n");
  REQUIRE(specs.ok());
  REQUIRE(specs->size() == 2);
  CHECK(specs->front().batch_events_max == 100);
  CHECK(example_projectors(world.sinks).find("#pen = \"*\"\n") != std::string::npos);
}

TEST_CASE("it writes each event once, whatever of its file did not get into the checkpoint") {
  const World world(with_notebook());
  const std::string file = world.dir / "book";
  const std::string text =
      "[[projector]]\nname = \"a\"\ntopic = \"forms\"\nsink = \"notebook\"\nfile = \"" + file +
      "\"\npen = \"-\"\n";
  test::FakeSinkContext context;
  SinkProgress progress;
  SinkProgress saved;
  for (int run = 0; run < 3; ++run) {  // each a new process
    auto specs = world.read(text);
    REQUIRE(specs.ok());
    Sink& sink = *specs->front().sink_object;
    progress = saved;
    REQUIRE(sink.begin(progress, context).outcome == Delivery::Outcome::delivered);
    const auto first = events_of({"x", "y"});
    REQUIRE(sink.deliver(test::batch_of(first), progress, context).outcome ==
            Delivery::Outcome::delivered);
    if (run == 1) saved = progress;  // the first time it was killed before
  }
  CHECK(*read_file(file) ==
        "- forms submitted x\n- forms submitted y\n- forms submitted x\n- forms submitted y\n");
}

}  // namespace daybook::project
