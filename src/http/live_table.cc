#include "http/live_table.h"

namespace daybook::http {

Result<LiveTable> LiveTable::make(std::span<AnyDomain* const> domains) {
  LiveTable table;
  for (AnyDomain* domain : domains) {
    AnyLive* live = domain->live();
    if (live == nullptr) continue;
    for (const ErasedMessage& message : live->messages()) {
      const auto [at, fresh] =
          table.entries_.try_emplace(message.name, LiveEntry{domain, live, message});
      if (!fresh)
        return Error{Errc::invalid, "two live messages are named " + message.name + ": of " +
                                        std::string(at->second.domain->name()) + " and of " +
                                        std::string(domain->name())};
    }
  }
  return table;
}

const LiveEntry* LiveTable::find(std::string_view name) const {
  const auto at = entries_.find(name);
  return at == entries_.end() ? nullptr : &at->second;
}

}  // namespace daybook::http
