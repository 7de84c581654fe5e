// State and View to bytes and back. Grammar (ByteWriter's encoding):
//   state    = version count { name form_version definition_json real_full_at spam_full_at }
//   view     = version submissions spam count { name form }
//   form     = definition_json versions columns hours days real spam last_at flagged
//   versions = count { position at }   columns = count { name }   hours, days = count { at count }
//   real, spam: position_index.cc           flagged = count { position }   (view version 2)
#include "domains/forms/domain.h"

#include <string>

namespace daybook::forms {
namespace {

constexpr std::uint32_t state_version = 1;
constexpr std::uint32_t view_version = 2;  // 1, without flags, is read too

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "forms snapshot: " + std::string(what)};
}

void save_buckets(ByteWriter& out, const std::vector<Bucket>& buckets) {
  out.u64(buckets.size());
  for (const Bucket& bucket : buckets) {
    out.u32(static_cast<std::uint32_t>(bucket.at));
    out.u32(bucket.count);
  }
}

bool load_buckets(ByteReader& in, std::vector<Bucket>& buckets) {
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Bucket bucket{static_cast<std::int32_t>(in.u32()), in.u32()};
    if (!in.ok() || (!buckets.empty() && buckets.back().at >= bucket.at)) return false;
    buckets.push_back(bucket);
  }
  return in.ok();
}

void save_form(ByteWriter& out, const FormEntry& form) {
  out.bytes(form.definition_json);
  out.u64(form.versions.size());
  for (const Version& version : form.versions) {
    out.u64(version.position.value);
    out.i64(version.at.value);
  }
  out.u64(form.columns.size());
  for (const std::string& column : form.columns) out.bytes(column);
  save_buckets(out, form.hours);
  save_buckets(out, form.days);
  form.real.save(out);
  form.spam.save(out);
  out.i64(form.last_at.value);
  out.u64(form.flagged.size());
  for (const Position position : form.flagged) out.u64(position.value);
}

bool load_flagged(ByteReader& in, FormEntry& form) {
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Position position{in.u64()};
    const bool ascends = form.flagged.empty() || *form.flagged.rbegin() < position;
    if (!in.ok() || !ascends || !form.real.contains(position)) return false;
    form.flagged.insert(form.flagged.end(), position);
  }
  return in.ok();
}

Result<void> load_form(ByteReader& in, FormEntry& form) {
  const std::uint64_t versions = in.u64();
  for (std::uint64_t i = 0; i < versions; ++i) {
    const Version version{Position{in.u64()}, UnixUs{in.i64()}};
    const Position before = form.versions.empty() ? Position{} : form.versions.back().position;
    if (!in.ok() || version.position <= before) return corrupt("the versions are damaged");
    form.versions.push_back(version);
  }
  if (versions == 0) return corrupt("a form has no version");
  const std::uint64_t columns = in.u64();
  for (std::uint64_t i = 0; i < columns; ++i) {
    form.columns.emplace_back(in.bytes());
    if (!in.ok()) return corrupt("it ends too early");
  }
  if (!load_buckets(in, form.hours) || !load_buckets(in, form.days))
    return corrupt("the counts are damaged");
  DAYBOOK_TRY_VOID(form.real.load(in));
  DAYBOOK_TRY_VOID(form.spam.load(in));
  form.last_at = {in.i64()};
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

}  // namespace

void State::save(ByteWriter& out) const {
  out.u32(state_version);
  out.u64(forms_.size());
  for (const auto& [name, form] : forms_) {
    out.bytes(name);
    out.u32(form.version);
    out.bytes(form.definition_json);
    out.i64(form.real_rate.full_at().value);
    out.i64(form.spam_rate.full_at().value);
  }
}

Result<void> State::load(ByteReader& in) {
  if (in.u32() != state_version) return corrupt("unknown version");
  const std::uint64_t count = in.u64();
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    const std::uint32_t version = in.u32();
    const std::string_view definition_json = in.bytes();
    const UnixUs real_full_at{in.i64()};
    const UnixUs spam_full_at{in.i64()};
    if (!in.ok() || !is_form_name(name) || version == 0 || form(name) != nullptr)
      return corrupt("the forms are damaged");
    define(name, version, definition_json);
    Form& added = forms_.find(name)->second;
    added.real_rate.set_full_at(real_full_at);
    added.spam_rate.set_full_at(spam_full_at);
  }
  if (!in.ok()) return corrupt("it ends too early");
  return {};
}

void View::save(ByteWriter& out) const {
  out.u32(view_version);
  out.u64(submissions_);
  out.u64(spam_);
  out.u64(forms_.size());
  for (const auto& [name, form] : forms_) {
    out.bytes(name);
    save_form(out, form);
  }
}

Result<void> View::load(ByteReader& in) {
  const std::uint32_t version = in.u32();
  if (version < 1 || version > view_version) return corrupt("unknown version");
  submissions_ = in.u64();
  spam_ = in.u64();
  const std::uint64_t count = in.u64();
  std::uint64_t real = 0;
  std::uint64_t spam = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view name = in.bytes();
    if (!in.ok() || !is_form_name(name) || form(name) != nullptr)
      return corrupt("the forms are damaged");
    FormEntry& added = forms_.emplace(name, FormEntry{}).first->second;
    compile(added, in.bytes());
    DAYBOOK_TRY_VOID(load_form(in, added));
    if (version > 1 && !load_flagged(in, added)) return corrupt("the flags are damaged");
    flagged_ += added.flagged.size();
    real += added.real.size();
    spam += added.spam.size();
  }
  if (!in.ok()) return corrupt("it ends too early");
  if (real != submissions_ || spam != spam_) return corrupt("the totals do not add up");
  return {};
}

void Domain::save(const State& state, ByteWriter& out) { state.save(out); }
Result<void> Domain::load(State& state, ByteReader& in) { return state.load(in); }
void Domain::save(const View& view, ByteWriter& out) { view.save(out); }
Result<void> Domain::load(View& view, ByteReader& in) { return view.load(in); }

}  // namespace daybook::forms
