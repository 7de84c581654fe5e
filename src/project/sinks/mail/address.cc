#include "project/sinks/mail/address.h"

#include <daybook/check.h>
#include <daybook/fields.h>

#include <algorithm>

namespace daybook::mail_sink {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}
bool is_word_char(char c) {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
  return is_letter_or_digit(c) || others.find(c) != std::string_view::npos;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_word_char);
}
bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// Whether every part between dots is one, and how many and which is the last.
template <class IsPart>
bool is_dotted(std::string_view text, IsPart&& is_part, std::size_t& parts,
               std::string_view& last) {
  for (parts = 1;; ++parts) {
    const auto dot = text.find('.');
    last = text.substr(0, dot);
    if (!is_part(last)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_address(std::string_view text) {
  if (text.size() > address_bytes_max) return false;
  const auto at = text.find('@');
  if (at > local_part_bytes_max) return false;  // npos, too
  std::size_t parts = 0;
  std::string_view last;
  if (!is_dotted(text.substr(0, at), is_word, parts, last)) return false;
  if (!is_dotted(text.substr(at + 1), is_label, parts, last)) return false;
  return parts >= 2 && !std::ranges::all_of(last, is_digit);
}

std::string_view domain_of(std::string_view address) {
  const auto at = address.find('@');
  DAYBOOK_CHECK(at != std::string_view::npos);
  return address.substr(at + 1);
}

Result<Mailbox> parse_mailbox(std::string_view text) {
  Mailbox mailbox;
  text = trimmed(text);
  if (text.ends_with('>')) {
    const auto open = text.rfind('<');
    if (open == std::string_view::npos)
      return Error{Errc::invalid, "must be an address or \"Name <address>\""};
    mailbox.address = text.substr(open + 1, text.size() - open - 2);
    std::string_view name = trimmed(text.substr(0, open));
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
      name = name.substr(1, name.size() - 2);
    const bool has_controls =
        std::ranges::any_of(name, [](unsigned char c) { return c < ' ' || c == 0x7F; });
    if (has_controls || name.size() > display_name_bytes_max || !json::is_valid_utf8(name))
      return Error{Errc::invalid, "must have a name of at most 200 bytes without line ends"};
    mailbox.name = name;
  } else {
    mailbox.address = text;
  }
  if (!is_address(mailbox.address))
    return Error{Errc::invalid,
                 "must have an address like office@school.example, in ASCII, at most 254 bytes"};
  return mailbox;
}

}  // namespace daybook::mail_sink
