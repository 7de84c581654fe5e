// The one template that turns a Domain into an AnyDomain. Included where a domain is registered and
// in tests; nowhere else.
#pragma once

#include "base/mutex.h"
#include "domain/any_domain.h"
#include "domain/catalog.h"
#include "domain/live_adapter.h"
#include "log/event_log.h"

#include <daybook/check.h>

#include <atomic>
#include <utility>

namespace daybook {

template <Domain D>
class DomainAdapter final : public AnyDomain {
  using State = typename D::State;
  using View = typename D::View;
  using Event = typename D::Event;
  using Command = typename D::Command;

 public:
  explicit DomainAdapter(typename D::Policy policy)
      : policy_(std::move(policy)), state_(policy_), view_(policy_) {
    D::routes(typed_);
    for (std::size_t i = 0; i < typed_.commands.size(); ++i) {
      const auto& r = typed_.commands[i];
      routes_.push_back(
          {ErasedRoute::Kind::command, r.method, std::string(r.pattern), r.access, r.bodies, i});
    }
    for (std::size_t i = 0; i < typed_.reads.size(); ++i) {
      const auto& r = typed_.reads[i];
      routes_.push_back({ErasedRoute::Kind::read, Method::get, std::string(r.pattern), r.access,
                         Bodies::json, i});
    }
    for (std::size_t i = 0; i < typed_.scans.size(); ++i) {
      const auto& r = typed_.scans[i];
      routes_.push_back({ErasedRoute::Kind::scan, Method::get, std::string(r.pattern), r.access,
                         Bodies::json, i});
    }
    if constexpr (LiveDomain<D>) live_ = std::make_unique<LiveAdapter<D>>(view_mutex_, view_);
  }

  [[nodiscard]] std::string_view name() const override { return D::name; }
  [[nodiscard]] TopicId topic() const override { return D::topic; }
  [[nodiscard]] std::uint16_t event_version() const override { return D::event_version; }
  [[nodiscard]] const std::vector<ErasedRoute>& routes() const override { return routes_; }

  Result<ErasedCommand> parse(const json::Value& body, Arena& arena) const override {
    return erase(D::parse(body, arena), arena);
  }
  Result<ErasedCommand> parse_route(std::size_t index, const json::Value& body,
                                    const Request& request, Arena& arena) const override {
    return erase(typed_.commands[index].parse(body, request, arena), arena);
  }
  [[nodiscard]] bool needs_admin(const json::Value& line) const override {
    if constexpr (PrivilegedDomain<D>) return D::needs_admin(line);
    return false;
  }
  Result<Response> handle_read(std::size_t index, const Request& request) const override {
    LockGuard lock(view_mutex_);
    return typed_.reads[index].read(view_, request);
  }
  Result<Response> handle_scan(std::size_t index, const Request& request, log::EventLog& log,
                               Position visible) const override {
    Reader reader(*this, log, visible);
    return typed_.scans[index].scan(reader, request);
  }

  Result<std::uint32_t> decide_and_apply(ErasedCommand erased, const Context& context,
                                         const PayloadSink& sink, Answer& answer) override {
    const auto& command = *static_cast<const Command*>(erased);
    auto decision = D::decide(std::as_const(state_), policy_, command, context);
    if (!decision.ok()) return std::move(decision).error();
    if constexpr (UnchangedDomain<D>) {
      if (decision->empty()) {
        answer = D::unchanged(std::as_const(state_), command);
        return 0U;
      }
    }
    take(*decision, sink);
    answer = D::answer(command, std::span<const Event>(decision->data(), decision->size()));
    return static_cast<std::uint32_t>(decision->size());
  }

  [[nodiscard]] std::optional<UnixUs> next_due() const override {
    if constexpr (TimedDomain<D>) return D::next_due(state_, policy_);
    return std::nullopt;
  }
  std::uint32_t decide_due(const Context& context, const PayloadSink& sink) override {
    if constexpr (TimedDomain<D>) {
      Events<Event> events;
      {
        LockGuard lock(view_mutex_);
        events = D::due(std::as_const(state_), std::as_const(view_), policy_, context);
      }
      DAYBOOK_CHECK(events.size() <= due_events_max);
      take(events, sink);
      return static_cast<std::uint32_t>(events.size());
    }
    return 0;
  }

  Result<Answer> answer_again(
      ErasedCommand erased,
      std::span<const std::pair<std::uint16_t, std::string>> stored) const override {
    Events<Event> events;
    for (const auto& [version, payload] : stored) {
      DAYBOOK_TRY(Event event, D::decode(version, bytes_of(payload)));
      events.push_back(event);
    }
    return D::answer(*static_cast<const Command*>(erased),
                     std::span<const Event>(events.data(), events.size()));
  }

  void project_pending(Position first, UnixUs server_time, std::span<const Id128> ids) override {
    DAYBOOK_CHECK(ids.size() == pending_.size());
    {
      LockGuard lock(view_mutex_);
      for (std::size_t i = 0; i < pending_.size(); ++i)
        D::project(view_, pending_[i], EventMeta{first + i, server_time, ids[i]});
    }
    pending_.clear();
    refresh_memory(server_time);
  }

  Result<void> replay(const log::EventView& view) override {
    DAYBOOK_TRY(Event event, D::decode(view.schema_version, view.payload));
    D::apply(state_, event);
    {
      LockGuard lock(view_mutex_);
      D::project(view_, event, EventMeta{view.position, view.server_time, view.event_id});
    }
    refresh_memory(view.server_time);
    return {};
  }

  [[nodiscard]] Durability durability() const override {
    if constexpr (DurabilityDomain<D>) return D::durability(policy_);
    return Durability::synced;
  }
  [[nodiscard]] Position removable_before(UnixUs now) const override {
    if constexpr (RetainedDomain<D>) {
      LockGuard lock(view_mutex_);
      return D::removable_before(view_, policy_, now);
    }
    return {};
  }
  [[nodiscard]] Result<bool> removable(const log::EventView& view) const override {
    if constexpr (RetainedDomain<D>) {
      DAYBOOK_TRY(Event event, D::decode(view.schema_version, view.payload));
      return D::removable(event);
    }
    return false;
  }
  [[nodiscard]] std::span<const std::string_view> event_types() const override {
    return D::event_types();
  }
  Result<bool> publish(const log::EventView& view, const EventFilter& filter,
                       PublicEvent& out) const override {
    DAYBOOK_TRY(const Event event, D::decode(view.schema_version, view.payload));
    const std::optional<Outline> outline = D::outline(event);
    if (!outline || !filter.wants(outline->type, outline->key)) return false;
    out.position = view.position;
    out.topic = D::name;
    out.type = outline->type;
    out.key = outline->key;
    out.version = outline->version;
    out.event_id = view.event_id;
    out.server_time = view.server_time;
    out.row = outline->row;
    out.data.clear();
    json::Writer writer(out.data);
    D::render(event, EventMeta{view.position, view.server_time, view.event_id}, writer);
    return true;
  }
  [[nodiscard]] std::optional<Columns> columns(std::string_view key) const override {
    if constexpr (ColumnsDomain<D>) {
      LockGuard lock(view_mutex_);
      return D::columns(view_, key);
    }
    return std::nullopt;
  }
  // For the part of the program that works with this one domain (src/project).
  template <class F>
  auto with_view(F&& f) const {
    LockGuard lock(view_mutex_);
    return f(static_cast<const View&>(view_));
  }
  [[nodiscard]] AnyLive* live() override { return live_.get(); }
  [[nodiscard]] std::unique_ptr<AnyAudit> make_audit() const override {
    if constexpr (AuditedDomain<D>) return std::make_unique<Audit>();
    return nullptr;
  }

  void save_state(ByteWriter& out) const override { D::save(std::as_const(state_), out); }
  Result<void> load_state(ByteReader& in) override { return D::load(state_, in); }
  void save_view(ByteWriter& out) const override {
    LockGuard lock(view_mutex_);
    D::save(std::as_const(view_), out);
  }
  Result<void> load_view(ByteReader& in) override {
    LockGuard lock(view_mutex_);
    return D::load(view_, in);
  }
  [[nodiscard]] std::size_t memory_bytes() const override {
    LockGuard lock(view_mutex_);
    return state_bytes_.load(std::memory_order_relaxed) + D::memory_bytes(std::as_const(view_));
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> totals() const override {
    LockGuard lock(view_mutex_);
    return D::totals(view_);
  }

 private:
  class Reader final : public ReadContext<D> {
   public:
    Reader(const DomainAdapter& owner, log::EventLog& log, Position visible)
        : owner_(owner), log_(log), visible_(visible) {}
    [[nodiscard]] Position visible() const override { return visible_; }
    [[nodiscard]] std::shared_ptr<ReadContext<D>> keep() const override {
      return std::make_shared<Reader>(*this);
    }
    void with_view(const std::function<void(const View&)>& f) override {
      LockGuard lock(owner_.view_mutex_);
      f(owner_.view_);
    }
    Result<void> scan(Position from, Position until,
                      const std::function<bool(const Event&, const EventMeta&)>& f) override {
      log::ScanOptions options;
      options.topic = D::topic;
      options.from = from;
      options.until = std::min(until, visible_);
      Result<void> decoded;
      DAYBOOK_TRY_VOID(log_.scan(options, [&](const log::EventView& view) {
        auto event = D::decode(view.schema_version, view.payload);
        if (!event.ok()) {
          decoded = std::move(event).error();
          return false;
        }
        return f(*event, EventMeta{view.position, view.server_time, view.event_id});
      }));
      return decoded;
    }

   private:
    const DomainAdapter& owner_;
    log::EventLog& log_;
    Position visible_;
  };

  // Only for an AuditedDomain.
  class Audit final : public AnyAudit {
   public:
    Result<void> check(const log::EventView& view) override {
      DAYBOOK_TRY(Event event, D::decode(view.schema_version, view.payload));
      if constexpr (AuditedDomain<D>)
        return audit_.check(event, EventMeta{view.position, view.server_time, view.event_id});
      return {};
    }

   private:
    struct None {};
    template <class X>
    struct Rules {
      using type = None;
    };
    template <AuditedDomain X>
    struct Rules<X> {
      using type = typename X::Audit;
    };
    typename Rules<D>::type audit_;
  };

  // Applies, encodes and keeps what was decided.
  void take(const Events<Event>& events, const PayloadSink& sink) {
    for (const Event& event : events) {
      D::apply(state_, event);
      builder_.Clear();
      D::encode(event, builder_);
      sink({builder_.GetBufferPointer(), builder_.GetSize()});
      pending_.push_back(event);
    }
  }
  static std::span<const std::uint8_t> bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  static Result<ErasedCommand> erase(Result<Command> command, Arena& arena) {
    if (!command.ok()) return std::move(command).error();
    return static_cast<ErasedCommand>(arena.make<Command>(*std::move(command)));
  }
  // Walking a large state costs; once a second of log time is enough for a gauge.
  void refresh_memory(UnixUs now) {
    constexpr std::int64_t interval_us = 1'000'000;
    if (now.value - memory_read_at_.value < interval_us) return;
    memory_read_at_ = now;
    state_bytes_.store(D::memory_bytes(std::as_const(state_)), std::memory_order_relaxed);
  }

  const typename D::Policy policy_;
  Routes<D> typed_;
  std::vector<ErasedRoute> routes_;
  // Sequencer thread only.
  State state_;
  std::vector<Event> pending_;  // decided, not yet projected; strings live in the commands' arenas
  flatbuffers::FlatBufferBuilder builder_{1024};
  UnixUs memory_read_at_{};
  // Any thread.
  std::atomic<std::size_t> state_bytes_{0};
  mutable Mutex view_mutex_;
  View view_ GUARDED_BY(view_mutex_);
  std::unique_ptr<AnyLive> live_;  // null: not a LiveDomain
};

template <Domain D>
std::unique_ptr<AnyDomain> make_any_domain(typename D::Policy policy) {
  return std::make_unique<DomainAdapter<D>>(std::move(policy));
}

template <Domain D>
Catalog& Catalog::add() {
  entries_.push_back({std::string(D::name), D::topic, D::settings(),
                      [](const Settings& settings) -> Result<std::unique_ptr<AnyDomain>> {
                        DAYBOOK_TRY(typename D::Policy policy, D::policy(settings));
                        return make_any_domain<D>(std::move(policy));
                      }});
  return *this;
}

}  // namespace daybook
