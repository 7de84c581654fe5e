#include "system/load_model.h"

#include <array>
#include <ctime>

#include "system/json_doc.h"

namespace daybook::test {
namespace {

constexpr std::size_t operations_of_worker_max = 4000;
constexpr std::size_t batch_operations_max = 24;
constexpr std::uint64_t schools = 7;
constexpr std::int64_t day_ms = 86'400'000;

std::string json_of(const Operation& operation) {
  std::string text = R"({"type":")";
  text += operation.action == Action::check_in ? "checkin" : "checkout";
  text += R"(","userId":")" + operation.user + R"(","schoolId":")" + operation.school +
          R"(","timestamp":)" + std::to_string(operation.at_ms) +
          R"(,"temperature":36.5,"image":""})";
  return text;
}

std::string line_of(const Operation& operation) {
  std::string text = R"({"topic":"attendance","data":)" + json_of(operation);
  if (!operation.key.empty()) text += R"(,"idempotencyKey":")" + operation.key + "\"";
  return text + "}\n";
}

std::string request_of(const Operation& operation) {
  Headers headers;
  if (!operation.key.empty()) headers.emplace_back("Idempotency-Key", "\"" + operation.key + "\"");
  return json_request_bytes("POST", "/attendances", json_of(operation), headers);
}

std::string describe(const Operation& operation) {
  return std::string(operation.action == Action::check_in ? "check-in" : "check-out") + " of " +
         operation.user + (operation.as_line ? " by line" : "") +
         (operation.key.empty() ? "" : " with key " + operation.key);
}

std::vector<Answered> send_lines(HttpClient& client,
                                 const std::vector<const Operation*>& operations) {
  std::string body;
  for (const auto* operation : operations) body += line_of(*operation);
  const auto response =
      client.call("POST", "/events", body, {{"Content-Type", "application/x-ndjson"}});
  std::vector<Answered> answers;
  if (!response) return answers;
  for (const auto& line : lines_of(response->body)) {
    const JsonDoc json(line);
    const std::string receipt = json.text("receipt");
    answers.push_back({static_cast<int>(json.number("status")), receipt == "<none>" ? "" : receipt,
                       json.text("message")});
  }
  return answers;
}

std::vector<Answered> send_pipelined(HttpClient& client,
                                     const std::vector<const Operation*>& operations) {
  std::string bytes;
  for (const auto* operation : operations) bytes += request_of(*operation);
  std::vector<Answered> answers;
  if (!client.send(bytes)) return answers;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto response = client.receive();
    if (!response) break;
    std::string message;
    if (response->status != 200) message = JsonDoc(response->body).text("message");
    answers.push_back({response->status, response->header("daybook-receipt"), message});
  }
  return answers;
}

}  // namespace

std::vector<Answered> send_operations(HttpClient& client,
                                      const std::vector<const Operation*>& operations) {
  std::vector<Answered> answers;
  if (!client.connected() && !client.connect()) return answers;
  // Runs of the same form, each as one batch, so that the order holds.
  for (std::size_t from = 0; from < operations.size();) {
    std::size_t until = from;
    while (until < operations.size() && until - from < batch_operations_max &&
           operations[until]->as_line == operations[from]->as_line)
      ++until;
    const std::vector<const Operation*> batch(
        operations.begin() + static_cast<std::ptrdiff_t>(from),
        operations.begin() + static_cast<std::ptrdiff_t>(until));
    const auto got = batch[0]->as_line ? send_lines(client, batch) : send_pipelined(client, batch);
    answers.insert(answers.end(), got.begin(), got.end());
    if (got.size() != batch.size()) break;
    from = until;
  }
  return answers;
}

std::string wrong_repeat(const Operation& operation, const Answered& answer) {
  const std::string got =
      " got " + std::to_string(answer.status) + " " + answer.receipt + " " + answer.message;
  if (!operation.key.empty()) {
    if (answer.status == 200 && (operation.receipt.empty() || answer.receipt == operation.receipt))
      return {};
    return "repeated " + describe(operation) + got + ", not its first answer " + operation.receipt;
  }
  const std::string_view text =
      operation.action == Action::check_in ? "User already checked in" : "User already checked out";
  if (answer.status == 409 && answer.message == text) return {};
  return "repeated " + describe(operation) + got + ", not 409 " + std::string(text);
}

Load::Load(const std::string& url, std::uint64_t seed, const std::string& name,
           std::size_t connections) {
  Rng seeds(seed);
  for (std::size_t i = 0; i < connections; ++i) {
    workers_.push_back(Worker{
        name + "-w" + std::to_string(i), Rng(seeds.next()), HttpClient(url), {}, {}, {}, {}});
  }
  for (auto& worker : workers_) worker.thread = std::thread([this, &worker] { run(worker); });
}

Load::~Load() {
  stop();
  join();
}

void Load::stop() { stopping_.store(true); }

void Load::join() {
  for (auto& worker : workers_) {
    if (!worker.thread.joinable()) continue;
    worker.thread.join();
    operations_.insert(operations_.end(), worker.operations.begin(), worker.operations.end());
    wrong_.insert(wrong_.end(), worker.wrong.begin(), worker.wrong.end());
  }
}

void Load::run(Worker& worker) {
  while (!stopping_.load() && worker.operations.size() < operations_of_worker_max &&
         worker.wrong.empty())
    if (!step(worker)) return;
}

Operation Load::next_operation(Worker& worker, bool as_line) {
  Operation operation;
  operation.as_line = as_line;
  if (!worker.present.empty() && worker.rng.below(5) < 2) {
    const std::size_t pick = worker.rng.below(worker.present.size());
    const Operation& arrival = worker.operations[worker.present[pick]];
    operation.action = Action::check_out;
    operation.user = arrival.user;
    operation.school = arrival.school;
    operation.at_ms = arrival.at_ms + 1000;
    worker.present[pick] = worker.present.back();
    worker.present.pop_back();
  } else {
    operation.user = worker.name + "-" + std::to_string(worker.operations.size());
    operation.school = "school-" + std::to_string(worker.rng.below(schools));
    operation.at_ms = load_noon_ms() + static_cast<std::int64_t>(worker.rng.below(60'000));
  }
  if (worker.rng.below(3) == 0)
    operation.key = "key-" + worker.name + "-" + std::to_string(worker.operations.size());
  return operation;
}

// One batch: sent, answered, judged. False when the connection is gone.
bool Load::step(Worker& worker) {
  const std::uint64_t form = worker.rng.below(3);  // alone, pipelined, NDJSON
  const std::size_t count = form == 0 ? 1 : 1 + worker.rng.below(batch_operations_max);
  const std::size_t first = worker.operations.size();
  for (std::size_t i = 0; i < count; ++i) {
    worker.operations.push_back(next_operation(worker, form == 2));
    // From here on its check-out may follow, in the same batch too: order is kept.
    if (worker.operations.back().action == Action::check_in)
      worker.present.push_back(worker.operations.size() - 1);
  }
  std::vector<const Operation*> batch;
  for (std::size_t i = first; i < worker.operations.size(); ++i)
    batch.push_back(&worker.operations[i]);
  const auto answers = send_operations(worker.client, batch);
  answers_.fetch_add(answers.size(), std::memory_order_relaxed);
  for (std::size_t i = 0; i < answers.size() && i < count; ++i) {
    Operation& operation = worker.operations[first + i];
    if (answers[i].status == 200 && !answers[i].receipt.empty()) {
      operation.answered = true;
      operation.receipt = answers[i].receipt;
    } else if (answers[i].status != 503) {  // 503: a draining server takes no more
      worker.wrong.push_back(describe(operation) + " got " + std::to_string(answers[i].status) +
                             " " + answers[i].receipt + " " + answers[i].message);
    }
  }
  if (answers.size() != count) return false;
  if (worker.rng.below(8) != 0) return true;

  const Operation& repeated = worker.operations[first + worker.rng.below(count)];
  if (!repeated.answered) return true;
  const auto again = send_operations(worker.client, {&repeated});
  if (again.size() != 1) return false;
  const std::string wrong = again[0].status == 503 ? "" : wrong_repeat(repeated, again[0]);
  if (!wrong.empty()) worker.wrong.push_back(wrong);
  return true;
}

std::ostream& operator<<(std::ostream& out, const Totals& totals) {
  return out << totals.check_ins << " in, " << totals.check_outs << " out";
}

TotalsBySchool totals_of(const std::deque<Operation>& operations, bool answered_only) {
  TotalsBySchool totals;
  for (const auto& operation : operations) {
    if (answered_only && !operation.answered) continue;
    Totals& school = totals[operation.school];
    ++(operation.action == Action::check_in ? school.check_ins : school.check_outs);
  }
  return totals;
}

TotalsBySchool served_totals(HttpClient& client, const TotalsBySchool& schools_wanted) {
  TotalsBySchool totals;
  for (const auto& [school, ignored] : schools_wanted) {
    const auto response =
        client.get("/schools/" + school + "?from=" + load_day() + "&to=" + load_day());
    if (!response || response->status != 200) continue;
    const JsonDoc json(response->body);
    for (const auto& report : json.elements("reports")) {
      totals[school].check_ins += static_cast<std::uint64_t>(number_of(report, "totalCheckIns"));
      totals[school].check_outs += static_cast<std::uint64_t>(number_of(report, "totalCheckOuts"));
    }
  }
  return totals;
}

std::int64_t load_noon_ms() {
  // Read once: a test that runs over midnight stays on its day.
  static const std::int64_t noon =
      (static_cast<std::int64_t>(std::time(nullptr)) * 1000 / day_ms - 1) * day_ms + day_ms / 2;
  return noon;
}

std::string load_day() {
  const std::time_t seconds = static_cast<std::time_t>(load_noon_ms() / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts);
  return text.data();
}

}  // namespace daybook::test
