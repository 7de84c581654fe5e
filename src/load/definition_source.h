// What must be there before the events: schools, stations and forms, one PUT each with the admin
// key.
//
// Thread: one per worker; those of one run share the cursor, so that each definition is sent once.
#pragma once

#include "load/record_source.h"
#include "load/request_source.h"

#include <cstdint>
#include <functional>
#include <string>

namespace daybook::load {

struct Definition {
  std::string path;
  std::string body;  // JSON
};

struct Definitions {
  std::string host;
  std::string admin_key;
  std::uint64_t count = 0;
  std::function<Definition(std::uint64_t number)> make;  // from 0
};

// May allocate, against the rule for sources: a few thousand short texts once a run.
class DefinitionSource final : public RequestSource {
 public:
  // O(count): looks at each for its length.
  DefinitionSource(const Definitions& definitions, SeedCursor& next);
  [[nodiscard]] std::size_t request_bytes_max() const override { return bytes_max_; }
  void prepare(char*) override {}
  std::size_t next(char* slot, std::int64_t unix_ms) override;

 private:
  [[nodiscard]] std::string request(std::uint64_t number) const;
  const Definitions& definitions_;
  SeedCursor& next_;
  std::size_t bytes_max_ = 0;
};

}  // namespace daybook::load
