#include "domains/forms/view.h"

#include <algorithm>
#include <set>

namespace daybook::forms {
namespace {

constexpr std::int64_t hour_us = 3'600'000'000;
// A tree node with its key; what FormEntry owns is counted apart.
constexpr std::size_t form_bytes = sizeof(std::string) + sizeof(FormEntry) + 48;

std::int32_t hour_of(UnixUs at) {
  const std::int64_t hour = at.value / hour_us;
  return static_cast<std::int32_t>(at.value % hour_us < 0 ? hour - 1 : hour);
}

// Time goes forward but for a clock that is set back, so it is nearly always the last one.
void count_into(std::vector<Bucket>& buckets, std::int32_t at) {
  if (!buckets.empty() && buckets.back().at == at) {
    ++buckets.back().count;
    return;
  }
  const auto place =
      std::lower_bound(buckets.begin(), buckets.end(), at,
                       [](const Bucket& bucket, std::int32_t t) { return bucket.at < t; });
  if (place != buckets.end() && place->at == at)
    ++place->count;
  else
    buckets.insert(place, Bucket{at, 1});
}

}  // namespace

std::size_t FormEntry::memory_bytes() const {
  std::size_t bytes = definition_json.capacity() + versions.capacity() * sizeof(Version) +
                      (hours.capacity() + days.capacity()) * sizeof(Bucket) + real.memory_bytes() +
                      spam.memory_bytes() - 2 * sizeof(PositionIndex) +
                      flagged.capacity() * sizeof(Position);
  for (const std::string& column : columns) bytes += sizeof(std::string) + column.capacity();
  if (definition != nullptr) bytes += definition->memory_bytes();
  return bytes;
}

void View::compile(FormEntry& form, std::string_view definition_json) {
  form.definition_json = std::string(definition_json);
  form.definition.reset();
  if (auto compiled = Definition::compile(definition_json); compiled.ok())
    form.definition = std::move(compiled).value();
}

void View::define(FormEntry& form, const Event& event, Position position) {
  if (!form.versions.empty() && position <= form.versions.back().position) return;
  compile(form, event.definition);
  form.versions.push_back({position, event.at});
  if (form.definition == nullptr) return;
  std::vector<std::string> columns = form.definition->columns();
  const std::set<std::string_view> present(form.definition->columns().begin(),
                                           form.definition->columns().end());
  const std::size_t columns_max = columns.size() + former_columns_max;
  for (std::string& column : form.columns)
    if (columns.size() < columns_max && !present.contains(column))
      columns.push_back(std::move(column));
  form.columns = std::move(columns);
}

void View::submit(FormEntry& form, const Event& event, Position position) {
  const bool is_spam = event.spam != Spam::none;
  if (!(is_spam ? form.spam : form.real).add(position, event.at)) return;
  if (is_spam) {
    ++spam_;
    return;
  }
  count_into(form.hours, hour_of(event.at));
  count_into(form.days, event.day.value);
  form.last_at = event.at;
  ++submissions_;
}

// The last verdict counts. One on spam, which is kept apart already, or on what is no submission of
// the form changes nothing.
void View::judge(FormEntry& form, const Event& event) {
  if (event.kind == Kind::cleared) {
    flagged_ -= form.flagged.erase(event.position);
  } else if (form.real.contains(event.position)) {
    flagged_ += form.flagged.insert(event.position).second ? 1U : 0U;
  }
}

void View::project(const Event& event, Position position) noexcept {
  auto found = forms_.find(event.form);
  if (event.kind == Kind::form_defined) {
    if (found == forms_.end()) found = forms_.emplace(event.form, FormEntry{}).first;
    define(found->second, event, position);
  } else if (found != forms_.end()) {
    if (event.kind == Kind::submitted)
      submit(found->second, event, position);
    else
      judge(found->second, event);
  }
}

const FormEntry* View::form(std::string_view name) const {
  const auto at = forms_.find(name);
  return at == forms_.end() ? nullptr : &at->second;
}

std::size_t View::memory_bytes() const {
  std::size_t bytes = sizeof(View);
  for (const auto& [name, form] : forms_)
    bytes += form_bytes + name.capacity() + form.memory_bytes();
  return bytes;
}

}  // namespace daybook::forms
