#include "domains/forms/state.h"

namespace daybook::forms {
namespace {
// A tree node with its key; what Form owns is counted apart.
constexpr std::size_t form_bytes = sizeof(std::string) + sizeof(Form) + 48;

std::size_t bytes_of(const Form& form) {
  return form.definition_json.capacity() +
         (form.definition == nullptr ? 0 : form.definition->memory_bytes());
}
}  // namespace

const Form* State::form(std::string_view name) const {
  const auto at = forms_.find(name);
  return at == forms_.end() ? nullptr : &at->second;
}

void State::define(std::string_view name, std::uint32_t version, std::string_view definition_json) {
  const auto [at, is_new] = forms_.try_emplace(std::string(name));
  Form& form = at->second;
  if (is_new)
    bytes_ += form_bytes + name.size();
  else
    bytes_ -= bytes_of(form);
  form.version = version;
  form.definition_json = std::string(definition_json);
  form.definition.reset();
  form.zone = TimeZone::utc();
  if (auto compiled = Definition::compile(definition_json); compiled.ok()) {
    form.definition = std::move(compiled).value();
    if (auto zone = TimeZone::make(form.definition->options().time_zone); zone.ok())
      form.zone = std::move(zone).value();
  }
  bytes_ += bytes_of(form);
}

void State::note_submission(std::string_view name, UnixUs at, bool is_spam) {
  const auto found = forms_.find(name);
  if (found == forms_.end() || found->second.definition == nullptr) return;
  Form& form = found->second;
  const Options& options = form.definition->options();
  (is_spam ? form.spam_rate : form.real_rate)
      .take({options.rate_per_minute, options.rate_burst}, at);
}

}  // namespace daybook::forms
