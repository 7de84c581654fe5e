#include "project/runtime.h"

#include <daybook/check.h>

#include <utility>

#include "base/random.h"
#include "project/projector.h"
#include "project/routes.h"

namespace daybook::project {

struct Runtime::Impl {
  explicit Impl(state::Store& store_in) : store(store_in) {}
  state::Store& store;
  std::vector<std::unique_ptr<Projector>> projectors;
};

Runtime::Runtime(std::vector<ProjectorSpec> specs, Source& source, state::Store& store,
                 Control& control, Clock& clock, metrics::Registry& metrics,
                 const RuntimeOptions& options)
    : impl_(std::make_unique<Impl>(store)) {
  DAYBOOK_CHECK(specs.size() <= projectors_max);
  Rng seeds(options.jitter_seed != 0 ? options.jitter_seed : system_random_u64());
  const Projector::Parts parts{source, store, control, clock, metrics, options};
  for (ProjectorSpec& spec : specs) {
    const std::size_t number = impl_->projectors.size();
    impl_->projectors.push_back(
        std::make_unique<Projector>(std::move(spec), number, parts, seeds.next()));
  }
}

Runtime::~Runtime() { stop(); }

void Runtime::start() {
  for (const auto& projector : impl_->projectors) projector->start();
}

// All are asked before the first is waited for: it takes as long as the slowest sink, not the sum.
void Runtime::stop() {
  for (const auto& projector : impl_->projectors) projector->stop();
  for (const auto& projector : impl_->projectors) projector->join();
}

std::vector<ProjectorStatus> Runtime::status() const {
  std::vector<ProjectorStatus> all;
  for (const auto& projector : impl_->projectors) all.push_back(projector->status());
  return all;
}

std::optional<ProjectorStatus> Runtime::status(std::string_view name) const {
  for (const auto& projector : impl_->projectors)
    if (projector->name() == name) return projector->status();
  return std::nullopt;
}

Runtime::Slowest Runtime::slowest() const {
  Slowest slowest;
  for (const auto& projector : impl_->projectors) {
    const Position needed = projector->needed_from();
    if (needed >= slowest.next) continue;
    slowest = {needed, projector->name()};
  }
  return slowest;
}

std::vector<ServiceRoute> Runtime::routes() { return projector_routes(*this, impl_->store); }

}  // namespace daybook::project
