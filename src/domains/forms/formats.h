// The formats a text can be asked to have, each a hand-written linear scan, and the normal form of
// an e-mail address. Pure. What each takes is documented in docs/forms-schema.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook::forms {

constexpr std::size_t email_bytes_max = 254;
constexpr std::size_t email_local_bytes_max = 64;
constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_max = 15;

enum class Format : std::uint8_t { email, date, time, date_time, uri, uuid, ipv4, phone };

// The rule of `phone` as a pattern, for clients that do not know the format.
constexpr std::string_view phone_pattern = "^\\+?\\(?[0-9](?:[ ().-]*[0-9]){6,14}$";

std::optional<Format> find_format(std::string_view name);
std::string_view format_words(Format format);  // "must be " + these: "an e-mail address"
bool has_format(Format format, std::string_view text);

bool is_email(std::string_view text);
// Lower case; of gmail.com and googlemail.com also without dots and +tag, as gmail.com. A text that
// is no address is left as it is.
std::string normalize_email(std::string_view text);

}  // namespace daybook::forms
