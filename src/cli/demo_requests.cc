#include "cli/demo_requests.h"

#include "base/clock.h"
#include "base/random.h"
#include "cli/demo_quiz.h"
#include "cli/shipped_forms.h"
#include "load/booking_load.h"

#include <daybook/check.h>
#include <daybook/json.h>

#include <array>

namespace daybook::cli {
namespace {

using Requests = std::vector<DemoRequest>;

void add_record(Requests& requests, std::string_view domain, std::string body) {
  requests.push_back({domain, {}, {}, std::move(body)});
}

void add_attendance(Requests& requests) {
  struct School {
    const char* id;
    const char* name;
    const char* zone;
  };
  constexpr School schools[] = {{"0", "Riverside Primary", "UTC"},
                                {"1", "Hilltop Secondary", "Asia/Ho_Chi_Minh"},
                                {"2", "St Anne's College", "Europe/Berlin"}};
  constexpr std::size_t pupils = 40;
  for (const School& school : schools) {
    std::string body;
    json::Writer(body)
        .begin_object()
        .member("name", school.name)
        .member("timeZone", school.zone)
        .end_object();
    requests.push_back({"attendance", "/schools/{id}", {school.id}, std::move(body)});
  }
  for (const School& school : schools) {
    for (std::size_t n = 0; n < pupils; ++n) {
      std::string body;
      json::Writer writer(body);
      writer.begin_object().member("type", "checkin").member("schoolId", school.id);
      writer.member("userId", "demo-" + std::string(school.id) + "-" + std::to_string(n));
      // One pupil in ten has a fever.
      writer.key("temperature").real(n % 10 == 0 ? 38.4 : 36.2 + 0.02 * static_cast<double>(n));
      writer.member("image", "").end_object();
      add_record(requests, "attendance", std::move(body));
    }
  }
}

void add_booking(Requests& requests) {
  struct Person {
    const char* id;
    const char* first;
    const char* last;
    const char* station;
    std::size_t date;
  };
  constexpr Person people[] = {
      {"demo-1", "Aisyah", "Rahman", "PWTC", 0}, {"demo-2", "Wei Ling", "Tan", "PWTC", 0},
      {"demo-3", "Arjun", "Nair", "PWTC", 1},    {"demo-4", "Nurul", "Hassan", "PWTC", 2},
      {"demo-5", "Jason", "Lim", "UM", 0},       {"demo-6", "Priya", "Menon", "UM", 3},
      {"demo-7", "Farid", "Osman", "IDCC", 0},   {"demo-8", "Mei", "Wong", "IDCC", 1}};
  const auto dates = load::booking_dates(load::reference_first_date, load::reference_dates);
  DAYBOOK_CHECK(dates.ok());
  for (const load::Station& station : load::reference_stations())
    requests.push_back({"booking",
                        "/stations/{name}",
                        {station.name},
                        load::station_definition(station, *dates).body});
  for (const Person& person : people) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("mysejahteraId", person.id);
    writer.member("firstName", person.first).member("lastName", person.last);
    writer.member("address", "12 Jalan Bukit").member("location", person.station);
    writer.member("phoneNumber", "0123456789").member("date", (*dates)[person.date]).end_object();
    add_record(requests, "booking", std::move(body));
  }
}

void add_forms(Requests& requests) {
  for (const ShippedForm& form : shipped_forms())
    requests.push_back(
        {"forms", "/forms/{name}", {std::string(form.name)}, std::string(form.definition)});
  struct Student {
    const char* name;
    const char* email;
    const char* gender;
    const char* tech;
  };
  constexpr Student students[] = {{"Ada Lovelace", "ada@example.com", "F", "Analytical Engine"},
                                  {"Alan Turing", "alan@example.com", "M", "Bombe"},
                                  {"Grace Hopper", "grace@example.com", "F", "COBOL"},
                                  {"Dennis Ritchie", "dennis@example.com", "M", "C"}};
  for (const Student& student : students) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("form", "student-data-form").key("body").begin_object();
    writer.member("name", student.name).member("email", student.email);
    writer.member("gender", student.gender).member("mobile", "9812345678").member("age", "21");
    writer.member("university", "Anna University").member("cgpa", "8.5");
    writer.member("tech", student.tech).end_object().end_object();
    add_record(requests, "forms", std::move(body));
  }
  for (const char* const item : {"tea", "coffee"}) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("form", "demo-form").key("body").begin_object();
    writer.member("item1", item).member("item2", "biscuit").end_object().end_object();
    add_record(requests, "forms", std::move(body));
  }
}

// The last six hours, more of them lately, so that each of the five windows shows another count.
void add_hits(Requests& requests, UnixUs now) {
  constexpr std::uint64_t hits = 400;
  constexpr std::uint64_t span_ms = 6 * 3'600'000;
  constexpr std::uint64_t visitors = 60;
  constexpr std::array<std::string_view, 4> ids{"1", "1", "2", "3"};
  const auto now_ms = static_cast<std::uint64_t>(to_ms(now).value);
  Rng random(1);
  for (std::uint64_t i = hits; i > 0; --i) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("id", ids[random.below(ids.size())]);
    writer.member("timestamp", now_ms - span_ms * i * i / (hits * hits));
    writer.member("visitor", "visitor-" + std::to_string(random.below(visitors))).end_object();
    add_record(requests, "hits", std::move(body));
  }
}

}  // namespace

std::vector<DemoRequest> demo_requests(UnixUs now) {
  Requests requests;
  add_attendance(requests);
  add_booking(requests);
  add_forms(requests);
  add_hits(requests, now);
  add_quizzes(requests);
  return requests;
}

}  // namespace daybook::cli
