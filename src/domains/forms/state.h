// State: what decide needs to know - each form's present definition and its rate. Nothing is kept
// per submission.
// Thread: the sequencer's. decide only reads it, apply alone changes it; replay of the same events
// gives the same state.
#pragma once

#include "domains/forms/definition.h"
#include "domains/forms/events.h"
#include "domains/forms/policy.h"
#include "domains/forms/rate_bucket.h"

#include <daybook/bytes.h>
#include <daybook/time_zone.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace daybook::forms {

struct Form {
  std::uint32_t version = 0;
  std::string definition_json;
  // nullptr: it compiles no longer (a later build has become stricter); the form is closed until
  // it is defined again.
  std::shared_ptr<const Definition> definition;
  std::shared_ptr<const TimeZone> zone = TimeZone::utc();  // never null
  RateBucket real_rate;
  RateBucket spam_rate;  // its own, so that spam cannot use up the people's
};

class State {
 public:
  explicit State(const Policy&) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] const Form* form(std::string_view name) const;  // nullptr: not defined
  [[nodiscard]] std::size_t form_count() const { return forms_.size(); }

  void define(std::string_view name, std::uint32_t version, std::string_view definition_json);
  // Counts one submission against the form's rate.
  void note_submission(std::string_view name, UnixUs at, bool is_spam);

  [[nodiscard]] std::size_t memory_bytes() const { return bytes_ + sizeof(State); }
  void save(ByteWriter& out) const;
  Result<void> load(ByteReader& in);  // REQUIRES: empty

 private:
  std::map<std::string, Form, std::less<>> forms_;  // by name
  std::size_t bytes_ = 0;                           // kept up to date: asked for all the time
};

}  // namespace daybook::forms
