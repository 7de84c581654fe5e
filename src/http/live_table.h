// Every live message of every domain, by name. Made once at start-up, then only read.
//
// Threads: any.
#pragma once

#include <daybook/result.h>

#include "domain/any_domain.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace daybook::http {

struct LiveEntry {
  AnyDomain* domain = nullptr;  // not owned
  AnyLive* live = nullptr;
  ErasedMessage message;
};

class LiveTable {
 public:
  // Errc::invalid: two messages have one name.
  static Result<LiveTable> make(std::span<AnyDomain* const> domains);
  // Null: no such message.
  [[nodiscard]] const LiveEntry* find(std::string_view name) const;

 private:
  std::map<std::string, LiveEntry, std::less<>> entries_;
};

}  // namespace daybook::http
