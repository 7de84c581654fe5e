// What a page of submissions costs, wherever it is, and what the index weighs.
//
//   daybook_forms_paging DIRECTORY [SUBMISSIONS] [FORMS]
//
// Writes the submissions into a log of their own (DIRECTORY must be new), brings the domain up from
// it, and reads pages through the domain's own routes. One form is rare: one submission in 50,000.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/random.h"
#include "domain/adapter.h"
#include "domains/forms/domain.h"
#include "log/event_log.h"

namespace daybook {
namespace {

constexpr std::uint64_t submissions_default = 5'000'000;
constexpr std::uint64_t forms_default = 300;
constexpr std::uint32_t group_events = 1000;
constexpr std::uint64_t rare_every = 50'000;
constexpr std::int64_t first_us = 1'700'000'000'000'000;
constexpr std::int64_t step_us = 6'000'000;  // five million are about a year
constexpr int rounds = 300;
constexpr std::string_view pages = "/forms/{name}/submissions";

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

int fail(const Error& error) {
  std::fprintf(stderr, "forms_paging: %s\n", error.message.c_str());
  return EXIT_FAILURE;
}

std::string form_name(std::uint64_t number) { return "form-" + std::to_string(number); }

class Writer {
 public:
  explicit Writer(log::EventLog& log) : log_(log) {}

  Result<void> add(const forms::Event& event) {
    builder_.Clear();
    forms::encode(event, builder_);
    log::FrameFields fields;
    fields.topic = forms::Domain::topic;
    fields.schema_version = forms::Domain::event_version;
    fields.server_time = event.at;
    for (auto& byte : fields.event_id.bytes) byte = static_cast<std::uint8_t>(rng_.next());
    frames_writer_.append(frames_, fields, {builder_.GetBufferPointer(), builder_.GetSize()});
    return ++count_ < group_events ? Result<void>{} : flush();
  }
  Result<void> flush() {
    if (count_ == 0) return {};
    const log::GroupPart part{forms::Domain::topic, count_, frames_};
    DAYBOOK_TRY(const auto committed, log_.append({&part, 1}));
    static_cast<void>(committed);
    frames_.clear();
    count_ = 0;
    return {};
  }

 private:
  log::EventLog& log_;
  log::FrameWriter frames_writer_;
  flatbuffers::FlatBufferBuilder builder_;
  std::string frames_;
  std::uint32_t count_ = 0;
  Rng rng_{1};
};

Result<void> write_log(log::EventLog& log, std::uint64_t submissions, std::uint64_t forms_count) {
  Writer writer(log);
  Rng rng(2);
  for (std::uint64_t i = 0; i < forms_count; ++i) {
    const std::string name = form_name(i);
    forms::Event event;
    event.kind = forms::Kind::form_defined;
    event.form = name;
    event.version = 1;
    event.at = {first_us};
    event.definition =
        R"({"schema":{"type":"object","properties":{"name":{"type":"string"},"email":{}}}})";
    DAYBOOK_TRY_VOID(writer.add(event));
  }
  for (std::uint64_t i = 1; i <= submissions; ++i) {
    const bool is_rare = i % rare_every == 0;
    const std::string name = form_name(is_rare ? 0 : 1 + rng.below(forms_count - 1));
    const std::string body = R"({"name":"Person )" + std::to_string(rng.next() % 100'000'000) +
                             R"(","email":"person.)" + std::to_string(i) +
                             R"(@example.org","gender":"F","mobile":"+60123456789","age":41})";
    forms::Event event;
    event.form = name;
    event.version = 1;
    event.at = {first_us + static_cast<std::int64_t>(i) * step_us};
    event.day = TimeZone::utc()->day_of(to_ms(event.at));
    event.body = body;
    DAYBOOK_TRY_VOID(writer.add(event));
  }
  return writer.flush();
}

struct Bench {
  DomainAdapter<forms::Domain> domain{forms::Policy{}};
  log::EventLog& log;

  [[nodiscard]] std::size_t route(std::string_view pattern) const {
    for (const ErasedRoute& route : domain.routes())
      if (route.pattern == pattern) return route.index;
    return 0;
  }
  Result<Response> scan(std::string_view pattern, std::string form,
                        std::vector<std::pair<std::string, std::string>> query) const {
    Request request;
    request.method = Method::get;
    request.params = {std::move(form)};
    request.query = std::move(query);
    return domain.handle_scan(route(pattern), request, log, log.head());
  }
};

using Query = std::vector<std::pair<std::string, std::string>>;

// Many pages of one kind; the middle and the worst hundredth, in microseconds.
int measure_pages(const Bench& bench, const char* what, const std::string& form,
                  const std::function<Query(Rng&)>& query) {
  Rng rng(3);
  std::vector<double> took_us;
  std::size_t bytes = 0;
  for (int i = 0; i < rounds; ++i) {
    const Query asked = query(rng);
    const auto start = Clock::now();
    const auto response = bench.scan(pages, form, asked);
    took_us.push_back(seconds_since(start) * 1e6);
    if (!response.ok()) return fail(response.error());
    bytes += response->body.size();
  }
  std::sort(took_us.begin(), took_us.end());
  std::printf("page    %-34s %8.0f us middle  %8.0f us p99  (%zu bytes)\n", what,
              took_us[rounds / 2], took_us[rounds * 99 / 100], bytes / rounds);
  return EXIT_SUCCESS;
}

int measure_all_pages(const Bench& bench) {
  const std::uint64_t head = bench.log.head().value;
  const std::string form = form_name(7);
  const std::string rare = form_name(0);
  const auto after = [head](std::uint64_t part, const char* limit, const char* order) {
    return [=](Rng& rng) {
      const std::uint64_t at = std::max<std::uint64_t>(1, head * part / 100 + rng.below(head / 20));
      return Query{
          {"after", std::to_string(std::min(at, head))}, {"limit", limit}, {"order", order}};
    };
  };
  const auto by_time = [&](Rng& rng) {
    const auto step = static_cast<std::int64_t>(rng.below(head));
    return Query{{"from", std::to_string((first_us + step * step_us) / 1000)}};
  };
  const auto plain = [](const char* order) {
    return [order](Rng&) { return Query{{"order", order}}; };
  };
  const int failed =
      measure_pages(bench, "50, the first", form, plain("oldest")) |
      measure_pages(bench, "50, near the start", form, after(0, "50", "oldest")) |
      measure_pages(bench, "50, in the middle", form, after(47, "50", "oldest")) |
      measure_pages(bench, "50, near the end", form, after(94, "50", "oldest")) |
      measure_pages(bench, "50, newest first", form, plain("newest")) |
      measure_pages(bench, "50, newest first, in the middle", form, after(47, "50", "newest")) |
      measure_pages(bench, "50, from a time", form, by_time) |
      measure_pages(bench, "50 of the rare form", rare, plain("oldest")) |
      measure_pages(bench, "1000, in the middle", form, after(47, "1000", "oldest"));
  return failed;
}

int measure_export(const Bench& bench, std::string_view pattern) {
  const auto start = Clock::now();
  const auto response = bench.scan(pattern, form_name(7), {});
  if (!response.ok()) return fail(response.error());
  std::size_t bytes = 0;
  std::size_t rows = 0;
  for (bool more = true; more;) {
    std::string part;
    auto next = response->stream->next(part);
    if (!next.ok()) return fail(next.error());
    more = *next;
    bytes += part.size();
    rows += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
  }
  const double took = seconds_since(start);
  std::printf("export  %-34s %8.0f rows/s  (%zu rows, %.1f MB, %.2f s)\n",
              std::string(pattern.substr(pattern.rfind('.'))).c_str(),
              static_cast<double>(rows) / took, rows, static_cast<double>(bytes) / 1e6, took);
  return EXIT_SUCCESS;
}

int run(const std::string& data_dir, std::uint64_t submissions, std::uint64_t forms_count) {
  log::Options options;
  options.data_dir = data_dir;
  options.topics = {{forms::Domain::topic, "forms"}};
  auto opened = log::EventLog::open(options);
  if (!opened.ok()) return fail(opened.error());
  log::EventLog& log = **opened;
  auto start = Clock::now();
  if (const auto written = write_log(log, submissions, forms_count); !written.ok())
    return fail(written.error());
  std::printf("log     %llu submissions of %llu forms written in %.1f s\n",
              static_cast<unsigned long long>(submissions),
              static_cast<unsigned long long>(forms_count), seconds_since(start));

  Bench bench{.log = log};
  start = Clock::now();
  Result<void> replayed;
  const auto scanned = log.scan({}, [&](const log::EventView& event) {
    replayed = bench.domain.replay(event);
    return replayed.ok();
  });
  if (!scanned.ok()) return fail(scanned.error());
  if (!replayed.ok()) return fail(replayed.error());
  const std::size_t bytes = bench.domain.memory_bytes();
  std::printf("replay  %.1f s; state and view %.1f MB, %.2f bytes a submission\n",
              seconds_since(start), static_cast<double>(bytes) / 1e6,
              static_cast<double>(bytes) / static_cast<double>(submissions));
  return measure_all_pages(bench) | measure_export(bench, "/forms/{name}/submissions.csv") |
         measure_export(bench, "/forms/{name}/submissions.jsonl");
}

}  // namespace
}  // namespace daybook

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: daybook_forms_paging DIRECTORY [SUBMISSIONS] [FORMS]\n");
    return EXIT_FAILURE;
  }
  const std::uint64_t submissions =
      argc > 2 ? std::strtoull(argv[2], nullptr, 10) : daybook::submissions_default;
  const std::uint64_t forms =
      argc > 3 ? std::strtoull(argv[3], nullptr, 10) : daybook::forms_default;
  return daybook::run(argv[1], submissions, std::max<std::uint64_t>(forms, 8));
}
