#include "project/log_source.h"

#include "project/submitter.h"

#include <algorithm>
#include <vector>

namespace daybook::project {
namespace {

// One read. A filter that wants nothing of a hundred million events must not keep its projector
// from its orders, nor the server from stopping.
constexpr std::size_t read_events_max = 50'000;
constexpr std::size_t read_bytes_max = 16u << 20;  // of payloads

class LogSource final : public Source {
 public:
  LogSource(log::EventLog& log, Sequencer& sequencer, std::span<AnyDomain* const> domains)
      : log_(log),
        sequencer_(sequencer),
        submitter_(sequencer),
        domains_(domains.begin(), domains.end()) {}

  [[nodiscard]] Position readable() const override {
    return std::min(sequencer_.visible(), log_.synced());
  }

  Result<Position> read(std::string_view topic, Position from, const EventFilter& filter,
                        const std::function<bool(PublicEvent& event)>& f) override {
    DAYBOOK_TRY(const AnyDomain* domain, find(topic));
    const Position until = readable();
    if (from > until) return until;
    log::ScanOptions options;
    options.topic = domain->topic();
    options.from = from;
    options.until = until;
    Result<void> published;
    Position seen = until;
    PublicEvent event;
    std::size_t events = 0, bytes = 0;
    DAYBOOK_TRY_VOID(log_.scan(options, [&](const log::EventView& view) {
      auto wanted = domain->publish(view, filter, event);
      if (!wanted.ok()) {
        published = std::move(wanted).error();
        return false;
      }
      ++events;
      bytes += view.payload.size();
      const bool go_on = !*wanted || f(event);
      if (go_on && events < read_events_max && bytes < read_bytes_max) return true;
      seen = view.position;
      return false;
    }));
    if (!published.ok()) return std::move(published).error();
    return seen;
  }

  [[nodiscard]] std::optional<Columns> columns(const PublicEvent& event) override {
    const auto domain = find(event.topic);
    return domain.ok() ? (*domain)->columns(event.key) : std::nullopt;
  }

  Result<Position> append(std::string_view topic, std::string_view line,
                          std::string_view idempotency_key) override {
    DAYBOOK_TRY(AnyDomain * domain, find(topic));
    DAYBOOK_TRY(const Outcome outcome, submitter_.submit(*domain, line, idempotency_key));
    return outcome.position;
  }

 private:
  [[nodiscard]] Result<AnyDomain*> find(std::string_view topic) const {
    for (AnyDomain* domain : domains_)
      if (domain->name() == topic) return domain;
    return Error{Errc::not_found, "there is no topic " + std::string(topic)};
  }

  log::EventLog& log_;
  Sequencer& sequencer_;
  Submitter submitter_;
  const std::vector<AnyDomain*> domains_;
};

}  // namespace

std::unique_ptr<Source> make_log_source(log::EventLog& log, Sequencer& sequencer,
                                        std::span<AnyDomain* const> domains) {
  return std::make_unique<LogSource>(log, sequencer, domains);
}

}  // namespace daybook::project
