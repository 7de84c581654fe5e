// A surge on the places of one station, with a kill -9 in its middle: ten people for each place,
// from 64 connections, with cancellations, holds and waiting lists. Nobody is booked twice into one
// place, and everyone who was told "booked" is booked.
//
// DAYBOOK_TEST_SURGE: how many people; 300000 on 30 dates of 1000 places is the real surge.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/random.h"
#include "support/http_client.h"
#include "support/seed.h"
#include "support/temp_dir.h"
#include "support/wait.h"
#include "system/json_doc.h"
#include "system/server.h"

namespace daybook::test {
namespace {

constexpr std::uint64_t people_default = 20'000;  // of 300,000: for a run of seconds, not minutes
constexpr std::size_t connections = 64;
constexpr std::size_t dates = 30;
constexpr std::size_t people_per_place = 10;
constexpr std::size_t problems_shown_max = 10;
constexpr Millis surge_deadline{600'000};

// Of 100 people: so many would queue, so many begin with a hold, and after so many a booking of the
// same connection is cancelled.
constexpr std::uint64_t queue_percent = 50;
constexpr std::uint64_t hold_percent = 5;
constexpr std::uint64_t cancel_percent = 10;

enum class Told : std::uint8_t { nothing, refused, held, booked, waiting, cancelled };

struct Person {
  std::string name, date, id;
  bool wants_to_queue = false;
  bool wants_to_hold = false;
  bool cancel_sent = false;
  Told told = Told::nothing;
};

std::string date_name(std::size_t n) {
  return n < 16 ? "202105" + std::to_string(16 + n)
                : "202106" + std::string(n < 25 ? "0" : "") + std::to_string(n - 15);
}

std::string booking_body(const Person& person, const std::string& more) {
  return R"({"mysejahteraId":")" + person.name +
         R"(","firstName":"Nur","lastName":"A","address":"1, Jalan Besar","location":"PWTC",)" +
         R"("phoneNumber":"+60 1","date":")" + person.date + "\"" + more + "}";
}

class Worker {
 public:
  Worker(std::size_t number, std::uint64_t seed) : number_(number), rng_(seed) {}

  void add_person(std::uint64_t people_number) {
    Person person;
    person.name = "p" + std::to_string(people_number);
    person.date = date_name(rng_.below(dates));
    person.wants_to_queue = rng_.below(100) < queue_percent;
    person.wants_to_hold = rng_.below(100) < hold_percent;
    people_.push_back(person);
  }
  // Until everybody has an answer, or the server is gone.
  void run(const std::string& url, std::atomic<std::size_t>& answers) {
    HttpClient client(url);
    while (next_ < people_.size() && problem.empty()) {
      if (!ask(client, people_[next_])) return;
      ++next_;
      answers.fetch_add(1, std::memory_order_relaxed);
      if (rng_.below(100) < cancel_percent && !cancel(client, rng_.below(next_))) return;
    }
  }
  // What the server says about everybody who has an id, against what they were told.
  void check(const std::string& url) {
    HttpClient client(url);
    booked = 0;
    waiting = 0;
    for (Person& person : people_) {
      if (person.id.empty()) continue;
      const auto response = client.get("/bookings/" + person.id);
      const std::string status = response ? JsonDoc(response->body).text("status") : "<no answer>";
      booked += status == "booked" ? 1u : 0u;
      waiting += status == "waiting" ? 1u : 0u;
      if (!fits(person, status)) fail(person, "is " + status);
    }
  }
  // Cancellations that got no answer, sent again.
  void settle(const std::string& url) {
    HttpClient client(url);
    for (std::size_t i = 0; i < people_.size(); ++i)
      if (people_[i].cancel_sent && people_[i].told != Told::cancelled) (void)cancel(client, i);
  }
  [[nodiscard]] std::size_t told(Told what) const {
    return static_cast<std::size_t>(std::count_if(
        people_.begin(), people_.end(), [what](const Person& p) { return p.told == what; }));
  }

  std::string problem;
  std::size_t booked = 0, waiting = 0;  // as of check()

 private:
  static bool fits(const Person& person, const std::string& status) {
    if (person.told == Told::cancelled) return status == "cancelled";
    if (person.cancel_sent && status == "cancelled") return true;
    if (person.told == Told::booked) return status == "booked";
    if (person.told == Told::waiting) return status == "waiting" || status == "booked";
    return person.told == Told::held && (status == "held" || status == "booked");
  }
  void fail(const Person& person, const std::string& what) {
    constexpr std::array<const char*, 6> words{"nothing", "refused", "held",
                                               "booked",  "waiting", "cancelled"};
    if (problem.empty())
      problem = "connection " + std::to_string(number_) + ": " + person.name + ", told " +
                words[static_cast<std::size_t>(person.told)] + ", " + what;
  }
  // False when the connection is gone.
  bool ask(HttpClient& client, Person& person) {
    if (person.wants_to_hold && person.told == Told::nothing) {
      const auto response =
          post(client, "/stations/PWTC/holds",
               R"({"mysejahteraId":")" + person.name + R"(","date":")" + person.date + "\"}",
               "hold-" + person.name);
      if (!response) return false;
      if (response->status == 201) {
        person.told = Told::held;
        person.id = JsonDoc(response->body).text("id");
      }
    }
    std::string more = person.wants_to_queue ? R"(,"waitingList":true)" : "";
    if (person.told == Told::held) more = R"(,"hold":")" + person.id + "\"";
    const auto response =
        post(client, "/booking", booking_body(person, more), "book-" + person.name);
    if (!response) return false;
    take_answer(person, *response);
    return true;
  }
  // With a key, so that what was written but not answered before the crash is answered after it.
  static std::optional<HttpResponse> post(HttpClient& client, const std::string& path,
                                          const std::string& body, const std::string& key) {
    return client.call("POST", path, body,
                       {{"Content-Type", "application/json"}, {"Idempotency-Key", key}});
  }
  void take_answer(Person& person, const HttpResponse& response) {
    const JsonDoc body(response.body);
    if (response.status == 200 || response.status == 202) {
      person.told = response.status == 200 ? Told::booked : Told::waiting;
      person.id = body.text("id");
      return;
    }
    const std::string message = body.text("message");
    if (response.status == 409 && message == "Sorry, station is fully booked") {
      person.told = Told::refused;
      return;
    }
    fail(person, "got " + std::to_string(response.status) + " " + response.body);
  }
  bool cancel(HttpClient& client, std::size_t which) {
    Person& person = people_[which];
    if (person.id.empty() || person.told == Told::cancelled) return true;
    person.cancel_sent = true;
    const auto response = client.call("DELETE", "/bookings/" + person.id);
    if (!response) return false;
    if (response->status == 200)
      person.told = Told::cancelled;
    else
      fail(person, "cancelling got " + std::to_string(response->status) + " " + response->body);
    return true;
  }

  const std::size_t number_;
  Rng rng_;
  std::deque<Person> people_;
  std::size_t next_ = 0;
};

struct Surge {
  explicit Surge(std::uint64_t people_in) : people(people_in) {
    for (std::size_t i = 0; i < connections; ++i) workers.emplace_back(i, test_seed() + i);
    for (std::uint64_t i = 0; i < people; ++i) workers[i % connections].add_person(i);
  }
  std::vector<std::thread> start(const std::string& url) {
    std::vector<std::thread> threads;
    for (Worker& worker : workers)
      threads.emplace_back([this, &worker, url] { worker.run(url, answers); });
    return threads;
  }
  // All workers at once, to their end.
  template <class F>
  void each(F&& f) {
    std::vector<std::thread> threads;
    for (Worker& worker : workers) threads.emplace_back([&f, &worker] { f(worker); });
    for (auto& thread : threads) thread.join();
  }
  [[nodiscard]] std::vector<std::string> problems() const {
    std::vector<std::string> found;
    for (const Worker& worker : workers)
      if (!worker.problem.empty() && found.size() < problems_shown_max)
        found.push_back(worker.problem);
    return found;
  }
  [[nodiscard]] std::size_t told(Told what) const {
    std::size_t sum = 0;
    for (const Worker& worker : workers) sum += worker.told(what);
    return sum;
  }
  template <class Member>
  [[nodiscard]] std::size_t sum(Member member) const {
    std::size_t total = 0;
    for (const Worker& worker : workers) total += worker.*member;
    return total;
  }

  const std::uint64_t people;
  std::deque<Worker> workers;
  std::atomic<std::size_t> answers{0};
};

void define_station(Server& server, std::uint64_t places_per_date) {
  std::string body = R"({"dates":[)";
  for (std::size_t n = 0; n < dates; ++n)
    body += std::string(n == 0 ? "" : ",") + R"({"date":")" + date_name(n) + R"(","capacity":)" +
            std::to_string(places_per_date) + "}";
  HttpClient client(server.url());
  const auto response = client.call("PUT", "/stations/PWTC", body + "]}",
                                    {{"Content-Type", "application/json"}, server.authorization()});
  REQUIRE(response.has_value());
  INFO(response->body);
  REQUIRE(response->status == 201);
}

// The log's own story: the rules at every position, and the same totals as were served.
void check_log(const std::string& data_dir, std::size_t booked, std::size_t waiting) {
  const Finished verified = run_tool({"log", "verify", "--json"}, data_dir);
  INFO(verified.out << verified.err);
  CHECK(verified.exit.code == 0);
  const Finished replayed = run_tool({"replay", "--audit", "--json"}, data_dir);
  INFO(replayed.out << replayed.err);
  REQUIRE(replayed.exit.code == 0);
  const JsonDoc json(replayed.out);
  const auto domains = json.root().find("domains");
  REQUIRE(domains.has_value());
  const auto domain = domains->find("booking");
  REQUIRE(domain.has_value());
  const auto totals = domain->find("totals");
  REQUIRE(totals.has_value());
  CHECK(number_of(*totals, "booked") == static_cast<std::int64_t>(booked));
  CHECK(number_of(*totals, "waiting") == static_cast<std::int64_t>(waiting));
}

void surge_with_a_kill(const std::string& program) {
  const std::uint64_t people = env_number("DAYBOOK_TEST_SURGE", people_default);
  const std::uint64_t places = people / people_per_place / dates;
  CAPTURE(test_seed());
  const TempDir dir;
  ServerOptions options{dir / "data"};
  options.program = program;
  Surge surge(people);
  auto server = Server::start(options);
  define_station(*server, places);
  const auto begin = std::chrono::steady_clock::now();
  auto threads = surge.start(server->url());
  const bool half_way =
      wait_until([&] { return surge.answers.load() >= people / 2; }, surge_deadline);
  server->process().kill_hard();
  for (auto& thread : threads) thread.join();
  REQUIRE(half_way);
  REQUIRE(surge.problems() == std::vector<std::string>{});
  const std::size_t before = surge.answers.load();
  REQUIRE(before < people);  // it did come in the middle

  server = Server::start(options);
  surge.each([&](Worker& worker) { worker.check(server->url()); });
  REQUIRE(surge.problems() == std::vector<std::string>{});
  surge.each([&](Worker& worker) { worker.run(server->url(), surge.answers); });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  surge.each([&](Worker& worker) { worker.settle(server->url()); });
  surge.each([&](Worker& worker) { worker.check(server->url()); });
  REQUIRE(surge.problems() == std::vector<std::string>{});
  CHECK(surge.answers.load() == people);

  const std::size_t booked = surge.sum(&Worker::booked);
  const std::size_t waiting = surge.sum(&Worker::waiting);
  CHECK(booked == places * dates);  // people still wait for every date, so no place is empty
  CHECK(waiting > 0);
  CHECK(surge.told(Told::refused) > 0);
  CHECK(surge.told(Told::cancelled) > 0);
  server->stop();
  check_log(options.data_dir, booked, waiting);
  std::fprintf(
      stderr,
      "surge: %llu people (DAYBOOK_TEST_SURGE sets how many; 300000 is the real surge, the "
      "default takes seconds) in %.1f s with one crash; %zu answers before it; %zu booked, "
      "%zu waiting, %zu refused, %zu cancelled\n",
      static_cast<unsigned long long>(people), took.count(), before, booked, waiting,
      surge.told(Told::refused), surge.told(Told::cancelled));
}

TEST_CASE("a surge with a kill -9 in its middle: no place twice, everyone told booked is booked") {
  surge_with_a_kill(daybook_program());
}

TEST_CASE("a surge killed with all unsynced bytes lost: everyone told booked is booked") {
  surge_with_a_kill(unsynced_program());
}

}  // namespace
}  // namespace daybook::test
