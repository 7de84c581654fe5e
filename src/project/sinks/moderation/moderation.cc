#include "project/sinks/moderation/moderation.h"

#include "base/digest.h"
#include "project/sinks/moderation/matcher.h"
#include "project/sinks/moderation/submission.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace daybook::moderation_sink {
namespace {

constexpr std::string_view topic = "forms";
constexpr std::string_view submitted = "submitted";
constexpr std::size_t batch_events = 100;  // a few at a time: each verdict waits for its fsync
constexpr std::int64_t batch_ms = 100;

constexpr std::array<SettingSpec, 3> options{{
    {"word_files", SettingType::text_list, "", "", 0, 0,
     "The lists, one word a line: \"en:path/to/list\", or files called like their language, "
     "\"words/en.txt\"."},
    {"fields", SettingType::text_list, "", "", 0, 0,
     "The members of a submission to look at; empty: all of its texts."},
    {"emit_cleared", SettingType::boolean, "false", "", 0, 0,
     "Whether a submission in which nothing was found gets a `cleared` event."},
}};

std::string hex(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  return {digits.data(), error == std::errc{} ? end : digits.data()};
}

// The same verdict of the same projector is written once; one that has changed (other lists, and a
// reset) is a new one.
std::string key_of(std::string_view projector, const PublicEvent& event, std::string_view line) {
  return std::string(projector) + "/" + std::to_string(event.position.value) + "/" +
         hex(xxh64(line));
}

class ModerationSink final : public Sink {
 public:
  ModerationSink(std::vector<Word> words, std::vector<std::string> fields, bool emits_cleared)
      : matcher_(std::move(words)), fields_(std::move(fields)), emits_cleared_(emits_cleared) {}

  // The target is the log itself, which knows what it has by the idempotency keys.
  Delivery begin(SinkProgress&, SinkContext&) override { return Delivery::done(); }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress&,
                   SinkContext& context) override {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const PublicEvent& event = *events[i];
      if (event.topic != topic || event.type != submitted) continue;
      if (context.interrupted()) return Delivery::unavailable("the projector is to stop", 0, i);
      auto findings = judge(event);
      if (!findings) return Delivery::rejected(findings.error().message, i, true, i);
      if (findings->empty() && !emits_cleared_) continue;
      const std::string line = verdict_line(event, context.projector(), *findings);
      const auto written = context.append(topic, line, key_of(context.projector(), event, line));
      if (!written) return refusal(written.error(), i);
    }
    return Delivery::done();
  }

 private:
  Result<std::vector<Finding>> judge(const PublicEvent& event) {
    DAYBOOK_TRY(const json::Value row, parser_.parse(event.row_json(), false));
    if (!row.is_object()) return Error{Errc::malformed, "the row is no object"};
    std::vector<Finding> findings;
    each_text(row, fields_, [&](std::string_view pointer, std::string_view text) {
      if (findings.size() == findings_max) return;
      matcher_.scan(text, [&](const Word& word) {
        Finding finding{std::string(pointer), word.text, word.language};
        if (findings.size() < findings_max &&
            std::ranges::find(findings, finding) == findings.end())
          findings.push_back(std::move(finding));
      });
    });
    return findings;
  }

  // What may pass: the log is full or stopping. Else the domain has said no, and will again.
  static Delivery refusal(const Error& error, std::size_t at) {
    const bool may_pass = error.code == Errc::unavailable || error.code == Errc::busy ||
                          error.code == Errc::timeout || error.code == Errc::rate_limited;
    if (!may_pass) return Delivery::rejected("forms: " + error.message, at, true, at);
    return Delivery::unavailable(error.message, std::int64_t{error.retry_after_s} * 1000, at);
  }

  Matcher matcher_;
  const std::vector<std::string> fields_;
  const bool emits_cleared_;
  json::Parser parser_;
};

Result<std::unique_ptr<Sink>> make(const Settings& settings, const SinkSource& source) {
  if (source.topic != topic) return Error::field("topic", "not_forms", "must be \"forms\"");
  if (!EventFilter{source.filter.types, {}}.wants(submitted, {}))
    return Error::field("types", "not_submitted", "must have \"submitted\" among them");
  const auto files = settings.text_list("word_files");
  if (files.empty()) return Error::field("word_files", "missing", "must name at least one list");
  std::vector<Word> words;
  for (const std::string& file : files) DAYBOOK_TRY_VOID(read_word_file(file, words));
  if (words.empty()) return Error::field("word_files", "empty", "must hold at least one word");
  return std::unique_ptr<Sink>(new ModerationSink(std::move(words), settings.text_list("fields"),
                                                  settings.boolean("emit_cleared")));
}

}  // namespace

SinkType type() { return {"moderation", options, batch_events, batch_ms, &make}; }

}  // namespace daybook::moderation_sink
