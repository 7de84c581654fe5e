// What can have happened to forms, and its bytes (schemas/forms.fbs, version 2).
// An Event carries all that apply and project need: the version and the local day are worked out
// once, by decide. A submission's id is its event id, so it is not in the payload again.
#pragma once

#include <daybook/ids.h>
#include <daybook/result.h>
#include <daybook/time_zone.h>

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>
#include <string_view>

namespace daybook::forms {

constexpr std::uint16_t event_version = 2;  // 1 had no verdicts; its bytes are the same

enum class Kind : std::uint8_t { form_defined = 0, submitted = 1, flagged = 2, cleared = 3 };
constexpr bool is_verdict(Kind kind) { return kind == Kind::flagged || kind == Kind::cleared; }

// Why a submission is kept apart from the real ones.
enum class Spam : std::uint8_t { none = 0, honeypot = 1, too_fast = 2 };
std::string_view spam_name(Spam spam);  // "honeypot", "too_fast", "" for none

// A word of a word list that a submission has, and where. Never the submission's own text.
struct Finding {
  std::string_view field;  // a JSON pointer into the body
  std::string_view word;   // as the list has it
  std::string_view language;
};

// The findings of a verdict: in an arena (live), or in a record's bytes (replay).
class Findings {
 public:
  Findings() = default;
  Findings(const Finding* first, std::size_t count) : first_(first), count_(count) {}
  static Findings of_record(const void* vector, std::size_t count);  // for decode only
  [[nodiscard]] std::size_t size() const { return count_; }
  Finding operator[](std::size_t i) const;

 private:
  const Finding* first_ = nullptr;
  const void* vector_ = nullptr;  // the wire's own, verified
  std::size_t count_ = 0;
};

// Strings are views: of the command or decide's arena (live), or of the record (replay).
struct Event {
  Kind kind = Kind::submitted;
  std::string_view form;
  std::uint32_t version = 0;  // from 1; of a verdict 0
  UnixUs at{};                // the server's time
  // form_defined
  std::string_view definition;  // JSON text
  // submitted
  std::string_view body;  // the cleaned body, JSON text
  Day day{};              // of `at` in the form's time zone
  Spam spam = Spam::none;
  // flagged, cleared
  Id128 submission{};  // its event id
  Position position{};
  std::string_view by;
  Findings findings;  // flagged
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::forms
