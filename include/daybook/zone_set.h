// ZoneSet: the time zones in use, each made once. Pointers stay valid as long as the set.
// Thread: the owner's.
#pragma once

#include <daybook/time_zone.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace daybook {

class ZoneSet {
 public:
  explicit ZoneSet(std::shared_ptr<const TimeZone> default_zone)
      : default_zone_(std::move(default_zone)) {}

  [[nodiscard]] const TimeZone& default_zone() const { return *default_zone_; }
  // Empty or unknown: the default zone.
  const TimeZone& get(std::string_view name) {
    if (name.empty()) return *default_zone_;
    const auto known = zones_.find(name);
    if (known != zones_.end()) return *known->second;
    auto made = TimeZone::make(name);
    if (!made.ok()) return *default_zone_;
    return *zones_.emplace(std::string(name), std::move(made).value()).first->second;
  }

 private:
  std::shared_ptr<const TimeZone> default_zone_;
  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace daybook
