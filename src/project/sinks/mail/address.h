// Mail addresses, by a grammar that is smaller than RFC 5321's: what it takes can stand in a header
// and in a command of SMTP as it is. Pure. Threads: any.
//
//   address = local "@" label *("." label)      at most 254 bytes, at least two labels
//   local   = word *("." word)                  at most 64 bytes
//   word    = 1*(letter / digit / one of !#$%&'*+-/=?^_`{|}~)
//   label   = 1 to 63 letters, digits and "-", none at its ends; the last is not all digits
//
// ASCII only: a domain in other letters is written in its xn-- form.
#pragma once

#include <daybook/result.h>

#include <string>
#include <string_view>

namespace daybook::mail_sink {

constexpr std::size_t address_bytes_max = 254;
constexpr std::size_t local_part_bytes_max = 64;
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t display_name_bytes_max = 200;

bool is_address(std::string_view text);
// What is behind the "@". REQUIRES: is_address(address)
std::string_view domain_of(std::string_view address);

struct Mailbox {
  std::string name;  // for people, UTF-8, without controls; may be empty
  std::string address;
};
// "a@b.example", "Name <a@b.example>", "\"Name\" <a@b.example>". Errors say which rule, without the
// text.
Result<Mailbox> parse_mailbox(std::string_view text);

}  // namespace daybook::mail_sink
