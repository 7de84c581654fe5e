// A random schedule: the events of a form whose definition changes on the way, some of which no
// cell or no server takes until a person has mended them. The same in the child that delivers them
// and in the test that looks what has become of them.
//
// Threads: any; pure.
#pragma once

#include <daybook/publish.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace daybook::test {

struct PlannedEvent {
  PublicEvent event;
  PublicEvent mended;  // as a person would; the same when nothing is wrong with it
  bool wrong = false;
  std::map<std::string, std::string> members;  // of the mended row: name → cell
};

struct Schedule {
  std::vector<PlannedEvent> events;  // positions rise, with gaps
  Columns first, second;             // of the form's two definitions
};

// What the fake server is told to refuse.
constexpr char poison[] = "<refused>";

Schedule make_schedule(std::uint64_t seed);

}  // namespace daybook::test
