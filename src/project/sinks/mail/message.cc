#include "project/sinks/mail/message.h"

#include <daybook/check.h>
#include <daybook/texts.h>

#include "base/base64.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace daybook::mail_sink {
namespace {

constexpr std::size_t line_bytes_max = 76;
constexpr std::size_t encoded_word_bytes_max = 75;  // RFC 2047 section 2
constexpr std::string_view word_begin = "=?UTF-8?B?", word_end = "?=";
constexpr std::string_view line_end = "\r\n";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The longest beginning of at most `bytes_max` that ends between two characters.
std::string_view cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end == 0 ? bytes_max : end);
}

// Bytes of the control, line or paragraph separator that `text` begins with; 0: none. C0, DEL, C1
// (U+0080 to U+009F), U+2028, U+2029.
std::size_t control_bytes(std::string_view text) {
  const auto c = static_cast<unsigned char>(text[0]);
  if (c < ' ' || c == 0x7F) return 1;
  if (c == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0) return 2;
  if (text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9")) return 3;
  return 0;
}

// In one line: controls are blanks, several blanks are one, none at the ends.
std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t control = control_bytes(text);
    const bool is_blank = control > 0 || text[0] == ' ';
    if (!is_blank)
      out += text[0];
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= ' ' && c < 0x7F; });
}

// Encoded-words, a line each. The first stands behind `name_bytes` of its line.
std::string encoded_words(std::string_view text, std::size_t name_bytes) {
  constexpr std::size_t frame = word_begin.size() + word_end.size();
  constexpr std::size_t bytes_min = 4;  // the longest character
  std::string out;
  std::size_t used = name_bytes;
  while (!text.empty()) {
    const std::size_t line = std::min(encoded_word_bytes_max, line_bytes_max - used);
    const std::size_t bytes = (line - frame) / 4 * 3;
    const std::string_view part = cut(text, std::max(bytes, bytes_min));
    if (!out.empty()) out.append(line_end).append(" ");
    out.append(word_begin).append(base64(part)).append(word_end);
    text.remove_prefix(part.size());
    used = 1;
  }
  return out;
}

std::string mailbox_text(const Mailbox& mailbox, std::size_t name_bytes) {
  if (mailbox.name.empty()) return mailbox.address;
  return display_name(mailbox.name, name_bytes) + "\r\n <" + mailbox.address + ">";
}

void add_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(line_end);
}

}  // namespace

std::string header_text(std::string_view text, std::size_t name_bytes) {
  const std::string line(cut(one_line(text), subject_bytes_max));
  const bool is_plain = is_ascii(line) && line.find("=?") == std::string::npos &&
                        name_bytes + line.size() <= line_bytes_max;
  return is_plain ? line : encoded_words(line, name_bytes);
}

std::string display_name(std::string_view name, std::size_t name_bytes) {
  const std::string line(cut(one_line(name), display_name_bytes_max));
  constexpr std::string_view quotes = "\"\\";
  if (!is_ascii(line) || line.find("=?") != std::string::npos ||
      line.find_first_of(quotes) != std::string::npos ||
      name_bytes + line.size() + 2 > line_bytes_max)
    return encoded_words(line, name_bytes);
  return '"' + line + '"';
}

std::string quoted_printable(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 16);
  std::size_t used = 0;  // of the line
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    const bool is_return = c == '\r';
    if (is_return && at + 1 < text.size() && text[at + 1] == '\n') continue;
    if (is_return || c == '\n') {
      out += line_end;
      used = 0;
      continue;
    }
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F) c = ' ';
    const char next = at + 1 < text.size() ? text[at + 1] : '\n';
    const bool is_last = next == '\n' || next == '\r';
    const bool is_blank = c == ' ' || c == '\t';
    const auto byte = static_cast<unsigned char>(c);
    const bool is_literal = is_blank ? !is_last : byte > ' ' && byte < 0x7F && c != '=';
    const std::size_t bytes = is_literal ? 1 : 3;
    if (used + bytes > (is_last ? line_bytes_max : line_bytes_max - 1)) {
      out.append("=").append(line_end);
      used = 0;
    }
    if (is_literal)
      out += c;
    else
      out.append("=").append(1, hex[byte >> 4]).append(1, hex[byte & 15]);
    used += bytes;
  }
  if (used > 0) out += line_end;
  return out;
}

std::string date_text(UnixUs at) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_time<microseconds> time{microseconds{at.value}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(time - day)};
  const auto two = [](std::int64_t number) {
    return std::string(number < 10 ? "0" : "") + std::to_string(number);
  };
  std::string out(weekdays[weekday{day}.c_encoding()]);
  out.append(", ").append(two(static_cast<unsigned>(date.day()))).append(" ");
  out.append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
  out.append(std::to_string(static_cast<int>(date.year()))).append(" ");
  out.append(two(clock.hours().count())).append(":").append(two(clock.minutes().count()));
  return out.append(":").append(two(clock.seconds().count())).append(" +0000");
}

std::string write_message(const Message& message) {
  DAYBOOK_CHECK(!message.to.empty() && is_address(message.from.address));
  DAYBOOK_CHECK(std::ranges::all_of(message.to, is_address));
  std::string to;
  for (const std::string& address : message.to)
    to.append(to.empty() ? "" : ",\r\n ").append(address);
  std::string id = "<" + id_text(message.id) + "@";
  id.append(domain_of(message.from.address)).append(">");

  std::string out;
  out.reserve(message.body.size() + message.body.size() / 4 + 1024);
  const auto after = [](std::string_view name) { return name.size() + 2; };
  add_header(out, "Date", date_text(message.date));
  add_header(out, "From", mailbox_text(message.from, after("From")));
  add_header(out, "To", to);
  if (message.reply_to) {
    DAYBOOK_CHECK(is_address(message.reply_to->address));
    add_header(out, "Reply-To", mailbox_text(*message.reply_to, after("Reply-To")));
  }
  add_header(out, "Subject", header_text(message.subject, after("Subject")));
  add_header(out, "Message-ID", id);
  add_header(out, "Auto-Submitted", "auto-generated");
  add_header(out, "MIME-Version", "1.0");
  add_header(out, "Content-Type", "text/plain; charset=utf-8");
  add_header(out, "Content-Transfer-Encoding", "quoted-printable");
  out += line_end;
  out += quoted_printable(message.body);
  return out;
}

}  // namespace daybook::mail_sink
