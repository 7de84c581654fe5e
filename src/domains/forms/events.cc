#include "domains/forms/events.h"

#include <forms_generated.h>

#include <cstring>
#include <string>
#include <vector>

namespace daybook::forms {
namespace {

namespace wire = daybook::fb::forms;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = flatbuffers::Offset<flatbuffers::String>;
using WireFindings = flatbuffers::Vector<flatbuffers::Offset<wire::Finding>>;

Text put_text(Builder& builder, std::string_view text) {
  return text.empty() ? Text{} : builder.CreateString(text.data(), text.size());
}

std::string_view get_text(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

flatbuffers::Offset<WireFindings> put_findings(Builder& builder, const Findings& findings) {
  std::vector<flatbuffers::Offset<wire::Finding>> wires;
  wires.reserve(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Finding finding = findings[i];
    const Text field = put_text(builder, finding.field);
    const Text word = put_text(builder, finding.word);
    const Text language = put_text(builder, finding.language);
    wires.push_back(wire::CreateFinding(builder, field, word, language));
  }
  return builder.CreateVector(wires);
}

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "forms event: " + std::string(what)};
}

Result<void> read_verdict(const wire::Event& table, Event& event) {
  const auto* id = table.submission();
  if (id == nullptr || id->size() != event.submission.bytes.size()) return corrupt("no submission");
  std::memcpy(event.submission.bytes.data(), id->data(), event.submission.bytes.size());
  event.position = Position{table.position()};
  event.by = get_text(table.by());
  if (event.position.value == 0) return corrupt("no position");
  if (event.by.empty()) return corrupt("no judge");
  const auto* findings = table.findings();
  if (findings != nullptr) event.findings = Findings::of_record(findings, findings->size());
  return {};
}

}  // namespace

std::string_view spam_name(Spam spam) {
  switch (spam) {
    case Spam::none:
      return "";
    case Spam::honeypot:
      return "honeypot";
    case Spam::too_fast:
      return "too_fast";
  }
  return "";
}

Findings Findings::of_record(const void* vector, std::size_t count) {
  Findings findings;
  findings.vector_ = vector;
  findings.count_ = count;
  return findings;
}

Finding Findings::operator[](std::size_t i) const {
  if (vector_ == nullptr) return first_[i];
  const auto* wires = static_cast<const WireFindings*>(vector_);
  const auto* finding = wires->Get(static_cast<flatbuffers::uoffset_t>(i));
  return {get_text(finding->field()), get_text(finding->word()), get_text(finding->language())};
}

void encode(const Event& event, Builder& builder) {
  const Text form = put_text(builder, event.form);
  const Text definition = put_text(builder, event.definition);
  const Text body = put_text(builder, event.body);
  const Text by = put_text(builder, event.by);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> submission;
  flatbuffers::Offset<WireFindings> findings;
  if (is_verdict(event.kind))
    submission = builder.CreateVector(event.submission.bytes.data(), event.submission.bytes.size());
  if (event.findings.size() > 0) findings = put_findings(builder, event.findings);
  wire::EventBuilder table(builder);
  table.add_position(event.position.value);
  table.add_at_us(event.at.value);
  table.add_form(form);
  table.add_definition(definition);
  table.add_body(body);
  table.add_submission(submission);
  table.add_by(by);
  table.add_findings(findings);
  table.add_version(event.version);
  table.add_day(event.day.value);
  table.add_kind(static_cast<wire::Kind>(event.kind));
  table.add_spam(static_cast<wire::Spam>(event.spam));
  builder.Finish(table.Finish());
}

Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes) {
  if (version == 0 || version > event_version)
    return corrupt("unknown version " + std::to_string(version));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!verifier.VerifyBuffer<wire::Event>()) return corrupt("the bytes do not verify");
  const auto* table = flatbuffers::GetRoot<wire::Event>(bytes.data());
  const auto last_kind = version == 1 ? wire::Kind::submitted : wire::Kind::cleared;
  if (table->kind() > last_kind) return corrupt("unknown kind");
  if (table->spam() > wire::Spam::too_fast) return corrupt("unknown reason");
  Event event;
  event.kind = static_cast<Kind>(table->kind());
  event.form = get_text(table->form());
  event.version = table->version();
  event.at = UnixUs{table->at_us()};
  event.definition = get_text(table->definition());
  event.body = get_text(table->body());
  event.day = Day{table->day()};
  event.spam = static_cast<Spam>(table->spam());
  if (event.form.empty()) return corrupt("no form");
  if (is_verdict(event.kind)) {
    DAYBOOK_TRY_VOID(read_verdict(*table, event));
    return event;
  }
  if (event.version == 0) return corrupt("no version");
  if (event.kind == Kind::form_defined && event.definition.empty()) return corrupt("no definition");
  if (event.kind == Kind::submitted && event.body.empty()) return corrupt("no body");
  return event;
}

}  // namespace daybook::forms
