#include "sequencer/command_queue.h"

#include <catch2/catch.hpp>

#include <thread>

namespace daybook {
namespace {

TEST_CASE("one submission larger than every limit still fits into an empty queue, and only there") {
  CommandQueue queue(1, 10);
  Submission large;
  large.items.resize(5);
  large.bytes = 100;
  Submission small;
  small.items.resize(1);
  REQUIRE(queue.push(&large) == nullptr);
  CHECK(queue.push(&small) == &small);
  CHECK(queue.take(1, 1).first == &large);
  CHECK(queue.push(&small) == nullptr);
  CHECK(queue.commands() == 1);
}

TEST_CASE("take stops at the group's limits and leaves the rest in order") {
  CommandQueue queue(100, 1000);
  Submission s[4];
  for (auto& one : s) {
    one.items.resize(2);
    one.bytes = 10;
    REQUIRE(queue.push(&one) == nullptr);
  }
  Submission* first = queue.take(5, 1000).first;
  CHECK(first == &s[0]);
  CHECK(first->next == &s[1]);
  CHECK(first->next->next == nullptr);
  Submission* second = queue.take(100, 15).first;
  CHECK(second == &s[2]);
  CHECK(second->next == nullptr);
  CHECK(queue.take(100, 1000).first == &s[3]);
  CHECK(queue.commands() == 0);
}

TEST_CASE("a closed queue gives out what it holds, then null, and takes nothing") {
  CommandQueue queue(100, 1000);
  Submission in;
  in.items.resize(1);
  Submission late;
  late.items.resize(1);
  REQUIRE(queue.push(&in) == nullptr);
  queue.close();
  CHECK(queue.push(&late) == &late);
  CHECK(queue.take(10, 10).first == &in);
  CHECK(queue.take(10, 10).first == nullptr);
}

TEST_CASE("close wakes a waiting consumer") {
  CommandQueue queue(100, 1000);
  Submission* got = reinterpret_cast<Submission*>(1);
  std::thread consumer([&] { got = queue.take(1, 1).first; });
  queue.close();
  consumer.join();
  CHECK(got == nullptr);
}

}  // namespace
}  // namespace daybook
