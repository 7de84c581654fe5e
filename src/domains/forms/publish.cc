// How the events look outside (docs/domains/forms.md, "Events outside").
#include "domains/forms/domain.h"

#include <daybook/texts.h>

#include <array>

namespace daybook::forms {
namespace {

constexpr std::array<std::string_view, 5> types{"form_defined", "submitted", "spam", "flagged",
                                                "cleared"};

void render_verdict(const Event& event, json::Writer& out) {
  out.begin_object().member("form", event.form).member("submission", id_text(event.submission));
  out.member("position", std::to_string(event.position.value)).member("at", time_text(event.at));
  out.member("by", event.by);
  if (event.kind == Kind::flagged) {
    out.key("findings").begin_array();
    for (std::size_t i = 0; i < event.findings.size(); ++i) {
      const Finding finding = event.findings[i];
      out.begin_object().member("field", finding.field).member("word", finding.word);
      out.member("language", finding.language).end_object();
    }
    out.end_array();
  }
  out.end_object();
}

}  // namespace

std::span<const std::string_view> Domain::event_types() { return types; }

std::optional<Outline> Domain::outline(const Event& event) {
  Outline outline{.key = event.form, .version = event.version};
  switch (event.kind) {
    case Kind::form_defined:
      outline.type = types[0];
      return outline;
    case Kind::submitted:
      outline.type = event.spam == Spam::none ? types[1] : types[2];
      outline.row = event.body;
      return outline;
    case Kind::flagged:
      outline.type = types[3];
      return outline;
    case Kind::cleared:
      outline.type = types[4];
      return outline;
  }
  return std::nullopt;
}

void Domain::render(const Event& event, const EventMeta& meta, json::Writer& out) {
  if (is_verdict(event.kind)) return render_verdict(event, out);
  out.begin_object();
  if (event.kind == Kind::submitted) out.member("id", id_text(meta.event_id));
  out.member("form", event.form).member("version", std::uint64_t{event.version});
  out.member("at", time_text(event.at));
  if (event.kind == Kind::form_defined) {
    out.key("definition").raw(event.definition).end_object();
    return;
  }
  out.member("day", to_string(event.day));
  if (event.spam != Spam::none) out.member("spam", spam_name(event.spam));
  out.key("body").raw(event.body).end_object();
}

std::optional<Columns> Domain::columns(const View& view, std::string_view key) {
  const FormEntry* form = view.form(key);
  if (form == nullptr) return std::nullopt;
  Columns columns;
  columns.version = static_cast<std::uint32_t>(form->versions.size());
  if (form->definition != nullptr) columns.names = form->definition->columns();
  return columns;
}

}  // namespace daybook::forms
