// What can have happened to forms, and its bytes (schemas/forms.fbs, version 1).
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

constexpr std::uint16_t event_version = 1;

enum class Kind : std::uint8_t { form_defined = 0, submitted = 1 };

// Why a submission is kept apart from the real ones.
enum class Spam : std::uint8_t { none = 0, honeypot = 1, too_fast = 2 };
std::string_view spam_name(Spam spam);  // "honeypot", "too_fast", "" for none

// Strings are views: of the command or decide's arena (live), or of the record (replay).
struct Event {
  Kind kind = Kind::submitted;
  std::string_view form;
  std::uint32_t version = 0;  // from 1
  UnixUs at{};                // the server's time
  // form_defined
  std::string_view definition;  // JSON text
  // submitted
  std::string_view body;  // the cleaned body, JSON text
  Day day{};              // of `at` in the form's time zone
  Spam spam = Spam::none;
};

void encode(const Event& event, flatbuffers::FlatBufferBuilder& builder);
Result<Event> decode(std::uint16_t version, std::span<const std::uint8_t> bytes);

}  // namespace daybook::forms
