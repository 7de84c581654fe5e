// View: what readers see - each form's definition, its counts per hour and day, and where in the
// log its submissions are. Their bodies stay in the log. Thread: guarded by the adapter's mutex;
// project() by the sequencer, everything const by readers.
#pragma once

#include "domains/forms/definition.h"
#include "domains/forms/events.h"
#include "domains/forms/policy.h"
#include "domains/forms/position_index.h"

#include <daybook/bytes.h>

#include <boost/container/flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::forms {

// Of earlier versions beside the present one's; what only older ones had stands with the rest.
constexpr std::size_t former_columns_max = 1024;

// How many real submissions fell into one hour (number since 1970, UTC) or one local day.
struct Bucket {
  std::int32_t at = 0;
  std::uint32_t count = 0;
  friend bool operator==(const Bucket&, const Bucket&) = default;
};

struct Version {
  Position position{};  // of its form_defined; its submissions come after it
  UnixUs at{};
};

struct FormEntry {
  std::string definition_json;
  std::shared_ptr<const Definition> definition;  // nullptr: it compiles no longer
  std::vector<Version> versions;                 // [0] is version 1; never empty once added
  // For exports: the present version's columns, then former ones, the latest first.
  std::vector<std::string> columns;
  std::vector<Bucket> hours;  // ascending
  std::vector<Bucket> days;   // ascending
  PositionIndex real;
  PositionIndex spam;
  // Those of `real` whose last verdict is `flagged`, ascending: 8 bytes each.
  boost::container::flat_set<Position> flagged;
  UnixUs last_at{};  // of the newest real submission

  [[nodiscard]] std::string_view title() const {
    return definition == nullptr ? std::string_view{} : definition->options().title;
  }
  [[nodiscard]] bool is_closed() const {
    return definition == nullptr || definition->options().closed;
  }
  [[nodiscard]] std::size_t memory_bytes() const;
};

class View {
 public:
  using Forms = std::map<std::string, FormEntry, std::less<>>;

  explicit View(const Policy&) {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void project(const Event& event, Position position) noexcept;

  [[nodiscard]] const FormEntry* form(std::string_view name) const;  // nullptr: not defined
  [[nodiscard]] const Forms& forms() const { return forms_; }        // by name
  [[nodiscard]] std::uint64_t submissions() const { return submissions_; }
  [[nodiscard]] std::uint64_t spam() const { return spam_; }
  [[nodiscard]] std::uint64_t flagged() const { return flagged_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  void define(FormEntry& form, const Event& event, Position position);
  void compile(FormEntry& form, std::string_view definition_json);
  void submit(FormEntry& form, const Event& event, Position position);
  void judge(FormEntry& form, const Event& event);

  Forms forms_;
  std::uint64_t submissions_ = 0;
  std::uint64_t spam_ = 0;
  std::uint64_t flagged_ = 0;
};

}  // namespace daybook::forms
