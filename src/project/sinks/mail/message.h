// One mail as bytes: RFC 5322 header, RFC 2047 encoded-words, text/plain in UTF-8, quoted-printable
// (RFC 2045). All of it is ASCII; lines end with CR LF and have at most 76 bytes (an address or an
// id may make a longer one). Pure. Threads: any.
//
// No value can make a header: controls and line ends in a subject or a name become blanks, and what
// is not plain ASCII is encoded.
#pragma once

#include "project/sinks/mail/address.h"

#include <daybook/ids.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::mail_sink {

constexpr std::size_t subject_bytes_max = 400;  // what is longer is cut between two characters

struct Message {
  Mailbox from;
  std::vector<std::string> to;  // addresses
  std::optional<Mailbox> reply_to;
  std::string subject;  // UTF-8, any
  std::string body;     // UTF-8, any; its line ends become CR LF
  Id128 id{};           // of the Message-ID, <id@domain of from>
  UnixUs date{};
};

// REQUIRES: every address is_address(); at least one in `to`.
std::string write_message(const Message& message);

// The parts, for tests.
// A header's unstructured value (subject) that begins after `name_bytes` of its line.
std::string header_text(std::string_view text, std::size_t name_bytes);
// A display name before an address: an atom, a quoted string or encoded-words.
std::string display_name(std::string_view name, std::size_t name_bytes);
std::string quoted_printable(std::string_view text);
std::string date_text(UnixUs at);  // RFC 5322, UTC: "Sun, 29 Mar 2026 12:00:00 +0000"

}  // namespace daybook::mail_sink
