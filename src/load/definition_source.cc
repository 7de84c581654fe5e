#include "load/definition_source.h"

#include <algorithm>
#include <cstring>

namespace daybook::load {

DefinitionSource::DefinitionSource(const Definitions& definitions, SeedCursor& next)
    : definitions_(definitions), next_(next) {
  for (std::uint64_t i = 0; i < definitions.count; ++i)
    bytes_max_ = std::max(bytes_max_, request(i).size());
}

std::string DefinitionSource::request(std::uint64_t number) const {
  const Definition definition = definitions_.make(number);
  return request_head("PUT", definition.path, definitions_.host, "application/json",
                      definition.body.size(),
                      "Authorization: Bearer " + definitions_.admin_key + "\r\n") +
         definition.body;
}

std::size_t DefinitionSource::next(char* slot, std::int64_t) {
  const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  if (number >= definitions_.count) return 0;
  const std::string text = request(number);
  std::memcpy(slot, text.data(), text.size());
  return text.size();
}

}  // namespace daybook::load
