// The catalog: which domains this program has. Built from one visible list
// (domains/catalog_entries.cc); no static self-registration.
#pragma once

#include "domain/any_domain.h"
#include "log/event_log.h"

#include <daybook/domain.h>

#include <functional>
#include <memory>
#include <vector>

namespace daybook {

template <Domain D>
std::unique_ptr<AnyDomain> make_any_domain(typename D::Policy policy);  // adapter.h

class Catalog {
 public:
  template <Domain D>
  Catalog& add();  // adapter.h

  // Every domain's settings rows, in the order added.
  [[nodiscard]] std::vector<SettingSpec> settings() const;
  [[nodiscard]] std::vector<log::Topic> topics() const;
  // Fresh domains (empty state and view) under these settings. Errc::invalid: a policy refused a
  // value, or two domains share a topic id or a name.
  [[nodiscard]] Result<std::vector<std::unique_ptr<AnyDomain>>> make(
      const Settings& settings) const;
  // What every domain has to say against these settings; empty: nothing.
  [[nodiscard]] std::vector<Error> check(const Settings& settings) const;

 private:
  struct Entry {
    std::string name;
    TopicId topic;
    std::span<const SettingSpec> settings;
    std::function<Result<std::unique_ptr<AnyDomain>>(const Settings&)> make;
  };
  std::vector<Entry> entries_;
};

}  // namespace daybook
