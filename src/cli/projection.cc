#include "cli/projection.h"

#include "domain/adapter.h"
#include "domains/consumers/domain.h"
#include "project/feed.h"
#include "project/log_control.h"
#include "project/log_source.h"

#include <daybook/check.h>

#include <string>
#include <utility>

namespace daybook::cli {
namespace {

AnyDomain& domain_named(std::span<AnyDomain* const> domains, std::string_view name) {
  for (AnyDomain* domain : domains)
    if (domain->name() == name) return *domain;
  DAYBOOK_CHECK(false);  // the catalog has every domain of this program
  return *domains.front();
}

const DomainAdapter<consumers::Domain>& consumers_of(std::span<AnyDomain* const> domains) {
  return dynamic_cast<const DomainAdapter<consumers::Domain>&>(
      domain_named(domains, consumers::Domain::name));
}

std::optional<project::ConsumerDefinition> definition_of(const consumers::View& view,
                                                         std::string_view name) {
  const auto found = view.find(name);
  if (!found) return std::nullopt;
  return project::ConsumerDefinition{found->topic, found->filter, found->next};
}

}  // namespace

Result<std::unique_ptr<Projection>> Projection::open(const config::Config& config,
                                                     const Parts& parts,
                                                     std::vector<project::ProjectorSpec> specs) {
  std::unique_ptr<Projection> made(new Projection(parts));
  DAYBOOK_TRY(made->store_, state::Store::open(config.text("server.data")));
  made->source_ = project::make_log_source(*parts.log, *parts.sequencer, parts.domains);
  made->control_ = project::make_log_control(domain_named(parts.domains, "projectors"),
                                             *parts.sequencer, *parts.log);
  made->runtime_ = std::make_unique<project::Runtime>(std::move(specs), *made->source_,
                                                      *made->store_, *made->control_, made->clock_,
                                                      *parts.metrics, project::RuntimeOptions{});
  return made;
}

void Projection::start() { runtime_->start(); }

void Projection::stop() { runtime_->stop(); }

void Projection::close() { store_->close(); }

std::vector<ServiceRoute> Projection::routes() {
  project::FeedDependencies feed;
  feed.log = parts_.log;
  feed.sequencer = parts_.sequencer;
  feed.domains = parts_.domains;
  feed.consumer = [&consumers = consumers_of(parts_.domains)](std::string_view name) {
    return consumers.with_view(
        [&](const consumers::View& view) { return definition_of(view, name); });
  };
  std::vector<ServiceRoute> routes = runtime_->routes();
  for (ServiceRoute& route : project::feed_routes(feed)) routes.push_back(std::move(route));
  return routes;
}

RetentionLimit Projection::slowest_reader(const AnyDomain& topic) const {
  RetentionLimit limit;
  const auto consider = [&limit](Position next, std::string_view kind, const std::string& name) {
    if (next >= limit.before) return;
    limit.before = next;
    limit.holder = std::string(kind) + " " + name;
  };
  for (const project::ProjectorStatus& projector : runtime_->status())
    if (projector.topic == topic.name())
      consider(projector.needed_from, "projector", projector.name);
  const auto slowest = consumers_of(parts_.domains).with_view([&](const consumers::View& view) {
    return view.slowest(topic.name());
  });
  consider(slowest.next, "consumer", slowest.name);
  return limit;
}

}  // namespace daybook::cli
