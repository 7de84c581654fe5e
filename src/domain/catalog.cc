#include "domain/catalog.h"

namespace daybook {

std::vector<SettingSpec> Catalog::settings() const {
  std::vector<SettingSpec> rows;
  for (const Entry& entry : entries_)
    rows.insert(rows.end(), entry.settings.begin(), entry.settings.end());
  return rows;
}

std::vector<log::Topic> Catalog::topics() const {
  std::vector<log::Topic> topics;
  for (const Entry& entry : entries_) topics.push_back({entry.topic, entry.name});
  return topics;
}

Result<std::vector<std::unique_ptr<AnyDomain>>> Catalog::make(const Settings& settings) const {
  std::vector<std::unique_ptr<AnyDomain>> domains;
  for (const Entry& entry : entries_) {
    for (const auto& other : domains) {
      if (other->topic() == entry.topic || other->name() == entry.name)
        return Error{Errc::invalid, "two domains are called " + entry.name + " or share topic id " +
                                        std::to_string(entry.topic.value)};
    }
    DAYBOOK_TRY(auto domain, entry.make(settings));
    domains.push_back(std::move(domain));
  }
  return domains;
}

std::vector<Error> Catalog::check(const Settings& settings) const {
  std::vector<Error> wrong;
  for (const Entry& entry : entries_)
    if (auto made = entry.make(settings); !made) wrong.push_back(std::move(made).error());
  return wrong;
}

}  // namespace daybook
