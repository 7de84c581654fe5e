#include "world.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace daybook::project {

// Keeps the target as long as the state says, so that what came twice is once.
class TargetSink final : public Sink {
 public:
  TargetSink(Target& target, RetryPlan plan, Kill& kill)
      : target_(target), plan_(std::move(plan)), kill_(kill) {}

  Delivery begin(SinkProgress& progress, SinkContext& context) override {
    Target::Begin begin;
    {
      const std::lock_guard lock(target_.mutex_);
      ++target_.begins_;
      begin = target_.begin_;
    }
    if (begin) {
      Delivery delivery = begin(progress, context);
      if (delivery.outcome != Delivery::Outcome::delivered) return delivery;
    }
    const auto instant = kill_.next();
    if (instant.happens) cut(progress);
    return instant.heard ? Delivery::done() : Delivery::unavailable("killed");
  }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress& progress,
                   SinkContext& context) override {
    const auto judge = note(events, context.steady_ms());
    Delivery delivery = judge ? judge(events, context) : Delivery::done();
    const bool all = delivery.outcome == Delivery::Outcome::delivered;
    const std::size_t count = all ? events.size() : delivery.delivered;
    const auto instant = kill_.next();
    if (instant.happens) {
      cut(progress);
      const std::lock_guard lock(target_.mutex_);
      for (const SinkEvent& event : events.subspan(0, count))
        target_.rows_.push_back({event->position, event.retried, event->data});
      progress.state = std::to_string(target_.rows_.size());
    }
    return instant.heard ? delivery : Delivery::unavailable("killed");
  }

  Delivery reset(SinkProgress& progress, SinkContext& context) override {
    Target::Begin reset;
    {
      const std::lock_guard lock(target_.mutex_);
      reset = target_.reset_;
    }
    if (reset) return reset(progress, context);
    progress.state.clear();
    return Delivery::done();
  }

  [[nodiscard]] RetryPlan retry_plan() const override { return plan_; }

 private:
  Target::Judge note(std::span<const SinkEvent> events, std::int64_t at_ms) {
    const std::lock_guard lock(target_.mutex_);
    Target::Call call{at_ms, {}, events.front().retried};
    std::size_t bytes = 0;
    for (const SinkEvent& event : events) {
      call.positions.push_back(event->position.value);
      bytes += event->data.size();
    }
    target_.bytes_max_ = std::max(target_.bytes_max_, bytes);
    target_.calls_.push_back(std::move(call));
    return target_.judge_;
  }

  // To the length of the state.
  void cut(const SinkProgress& progress) {
    const std::lock_guard lock(target_.mutex_);
    const std::size_t rows = progress.state.empty() ? 0 : std::stoul(progress.state);
    if (rows < target_.rows_.size()) target_.rows_.resize(rows);
  }

  Target& target_;
  const RetryPlan plan_;
  Kill& kill_;
};

void Target::judge(Judge judge) {
  const std::lock_guard lock(mutex_);
  judge_ = std::move(judge);
}

void Target::on_begin(Begin begin) {
  const std::lock_guard lock(mutex_);
  begin_ = std::move(begin);
}

void Target::on_reset(Begin reset) {
  const std::lock_guard lock(mutex_);
  reset_ = std::move(reset);
}

std::vector<Target::Row> Target::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

std::vector<std::uint64_t> Target::positions() const {
  std::vector<std::uint64_t> out;
  for (const Row& row : rows()) out.push_back(row.position.value);
  return out;
}

std::vector<Target::Call> Target::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::size_t Target::begins() const {
  const std::lock_guard lock(mutex_);
  return begins_;
}

std::size_t Target::batch_bytes_seen_max() const {
  const std::lock_guard lock(mutex_);
  return bytes_max_;
}

void Target::forget_calls() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
}

World::World() {
  options.nice = 0;
  options.jitter_seed = 1;
  options.poll_ms = 10;
}

ProjectorSpec World::spec(Target& target, std::string name) {
  ProjectorSpec spec;
  spec.name = std::move(name);
  spec.topic = "forms";
  spec.sink = "target";
  spec.batch_events_max = 4;
  spec.batch_ms = 0;
  spec.retry_min_ms = 100;
  spec.retry_max_ms = 10'000;
  spec.sink_object = std::make_unique<TargetSink>(target, plan, kill);
  return spec;
}

void World::start(ProjectorSpec spec) {
  std::vector<ProjectorSpec> specs;
  specs.push_back(std::move(spec));
  start(std::move(specs));
}

void World::start(std::vector<ProjectorSpec> specs) {
  stop();
  metrics = std::make_unique<metrics::Registry>();
  clock.set_threads(specs.size());
  runtime = std::make_unique<Runtime>(std::move(specs), source, *use_store, control, clock,
                                      *metrics, options);
  runtime->start();
}

void World::run_for(std::int64_t ms) { REQUIRE(clock.run_for(ms)); }

ProjectorStatus World::status(const std::string& name) const {
  const auto status = runtime->status(name);
  REQUIRE(status.has_value());
  return *status;
}

std::vector<std::uint64_t> numbers(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t i = from; i <= to; ++i) out.push_back(i);
  return out;
}

Target::Judge rejects_poison(bool named, bool final) {
  return [named, final](std::span<const SinkEvent> events, SinkContext&) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i]->data != poison) continue;
      if (named) return Delivery::rejected("poison", i, final);
      return Delivery::rejected("poison", std::nullopt, final);
    }
    return Delivery::done();
  };
}

}  // namespace daybook::project
