// Brings a schedule's events to a sheet, by the rules of the runtime: retries, splits, dead
// letters, a checkpoint that changes as a whole. Killed at any instant and started again it goes on
// from its checkpoint file.
//
//   sheets_child SEED RUN DIRECTORY BASE_URL KEY_FILE
//
// Ends with 0 when every event is in the sheet; 3 when the sink wants a person.
#include <daybook/bytes.h>
#include <daybook/check.h>

#include "base/files.h"
#include "base/random.h"
#include "project/sinks/google_sheets/fixture.h"
#include "project/sinks/google_sheets/schedule.h"

#include <chrono>
#include <cstdio>
#include <set>
#include <utility>

namespace daybook::test {
namespace {

constexpr std::size_t batch_max = 12, letters_at_once = 3;

// Everything that is to change as a whole.
struct Durable {
  SinkProgress progress;
  std::set<std::uint64_t> dead, mended;  // open letters; those that are in the sheet

  void save(const std::string& path) const {
    ByteWriter out;
    out.u64(progress.position.value);
    out.bytes(progress.state);
    for (const auto* letters : {&dead, &mended}) {
      out.u64(letters->size());
      for (const auto letter : *letters) out.u64(letter);
    }
    const std::string beside = path + ".new";
    std::FILE* file = std::fopen(beside.c_str(), "wb");
    DAYBOOK_CHECK(file != nullptr);
    DAYBOOK_CHECK(std::fwrite(out.data().data(), 1, out.data().size(), file) == out.data().size());
    DAYBOOK_CHECK(std::fclose(file) == 0);
    DAYBOOK_CHECK(std::rename(beside.c_str(), path.c_str()) == 0);
  }
  void load(const std::string& path) {
    const auto bytes = read_file(path);
    if (!bytes.ok()) return;
    ByteReader in(*bytes);
    progress.position = {in.u64()};
    progress.state = std::string(in.bytes());
    for (auto* letters : {&dead, &mended})
      for (auto left = in.u64(); left > 0; --left) letters->insert(in.u64());
    DAYBOOK_CHECK(in.ok() && in.at_end());
  }
};

// Waiting is only counted: the quota of a real minute is not what is tried here.
class ChildContext : public FakeSinkContext {
 public:
  explicit ChildContext(const Schedule& schedule) : schedule_(schedule) {
    time.value = std::chrono::duration_cast<std::chrono::microseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  }
  bool wait(std::int64_t ms) override {
    steady += ms;
    return true;
  }
  std::optional<Columns> columns(const PublicEvent& event) override {
    return event.version < 2 ? schedule_.first : schedule_.second;
  }

 private:
  const Schedule& schedule_;
};

class Child {
 public:
  Child(const Schedule& schedule, std::uint64_t seed, std::string path, std::unique_ptr<Sink> sink)
      : schedule_(schedule),
        path_(std::move(path)),
        context_(schedule),
        sink_(std::move(sink)),
        rng_(seed) {
    durable_.load(path_);
  }

  // False: disabled.
  bool run() {
    for (;;) {
      SinkProgress progress = durable_.progress;
      const Delivery delivery = sink_->begin(progress, context_);
      if (delivery.outcome == Delivery::Outcome::unavailable) continue;
      if (delivery.outcome != Delivery::Outcome::delivered) return complain(delivery);
      durable_.progress = progress;
      durable_.save(path_);
      break;
    }
    while (!finished()) {
      const bool letters = !durable_.dead.empty() && (rng_.below(3) == 0 || next().empty());
      if (!(letters ? bring_letters() : bring_events())) return false;
    }
    return true;
  }

 private:
  static bool complain(const Delivery& delivery) {
    std::fprintf(stderr, "disabled: %s\n", delivery.reason.c_str());
    return false;
  }
  bool finished() const { return durable_.dead.empty() && next().empty(); }

  std::vector<const PlannedEvent*> next() const {
    std::vector<const PlannedEvent*> found;
    for (const auto& planned : schedule_.events) {
      const auto position = planned.event.position;
      if (position > durable_.progress.position && !durable_.dead.contains(position.value) &&
          !durable_.mended.contains(position.value))
        found.push_back(&planned);
    }
    return found;
  }

  bool bring_letters() {
    std::vector<SinkEvent> batch;
    for (const auto& planned : schedule_.events)
      if (durable_.dead.contains(planned.event.position.value) && batch.size() < letters_at_once)
        batch.push_back({&planned.mended, true});
    SinkProgress progress = durable_.progress;
    const Delivery delivery = sink_->deliver(batch, progress, context_);
    if (delivery.outcome == Delivery::Outcome::disabled) return complain(delivery);
    DAYBOOK_CHECK(delivery.outcome != Delivery::Outcome::rejected);
    const std::size_t safe =
        delivery.outcome == Delivery::Outcome::delivered ? batch.size() : delivery.delivered;
    for (std::size_t i = 0; i < safe; ++i) {
      durable_.dead.erase(batch[i]->position.value);
      durable_.mended.insert(batch[i]->position.value);
    }
    durable_.progress.state = progress.state;
    durable_.save(path_);
    return true;
  }

  bool bring_events() {
    const auto waiting = next();
    const std::size_t wanted = std::min(limit_, 1 + rng_.below(batch_max));
    std::vector<SinkEvent> batch;
    for (const auto* planned : waiting)
      if (batch.size() < wanted) batch.push_back({&planned->event, false});
    SinkProgress progress = durable_.progress;
    const Delivery delivery = sink_->deliver(batch, progress, context_);
    if (delivery.outcome == Delivery::Outcome::disabled) return complain(delivery);
    const bool done = delivery.outcome == Delivery::Outcome::delivered;
    const std::size_t safe = done ? batch.size() : delivery.delivered;
    if (safe > 0) durable_.progress.position = batch[safe - 1]->position;
    durable_.progress.state = progress.state;
    if (done) limit_ = batch_max;
    if (delivery.outcome == Delivery::Outcome::rejected) {
      auto culprit = delivery.culprit;
      if (!culprit && batch.size() == safe + 1) culprit = safe;
      // Not known which: fewer the next time.
      limit_ = culprit ? batch_max : std::max<std::size_t>(1, (batch.size() - safe) / 2);
      if (culprit == safe) {
        durable_.dead.insert(batch[safe]->position.value);
        durable_.progress.position = batch[safe]->position;
      }
    }
    durable_.save(path_);
    return true;
  }

  const Schedule& schedule_;
  const std::string path_;
  ChildContext context_;
  std::unique_ptr<Sink> sink_;
  Rng rng_;
  Durable durable_;
  std::size_t limit_ = batch_max;  // of events in a batch, while one is split
};

}  // namespace

int run_child(char** arguments) {
  const std::uint64_t seed = std::strtoull(arguments[1], nullptr, 10);
  const std::uint64_t run = std::strtoull(arguments[2], nullptr, 10);
  const Schedule schedule = make_schedule(seed);
  const SinkType type = google_sheets_sink::type();
  const TableOptions options(type.options, {{"spreadsheet_id", "sheet-1"},
                                            {"sheet", "Answers"},
                                            {"key_file", arguments[5]},
                                            {"base_url", arguments[4]},
                                            {"allow_private", "true"},
                                            {"timeout_ms", "100"}});
  auto sink = type.make(options, {"student", "forms", {{"submitted"}, {"student"}}, "."});
  if (!sink.ok()) {
    std::fprintf(stderr, "%s\n", sink.error().message.c_str());
    return 2;
  }
  Child child(schedule, seed * 1000 + run, std::string(arguments[3]) + "/checkpoint",
              *std::move(sink));
  return child.run() ? 0 : 3;
}

}  // namespace daybook::test

int main(int count, char** arguments) {
  return count == 6 ? daybook::test::run_child(arguments) : 2;
}
