// The mail sink's rows of a [[projector]] table, and what is made of them.
#pragma once

#include <daybook/result.h>
#include <daybook/setting.h>

#include "outbound/smtp_client.h"
#include "project/sinks/mail/address.h"
#include "project/sinks/mail/template.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace daybook::mail_sink {

constexpr std::size_t recipients_max = 100;  // of `to`
constexpr std::size_t password_bytes_max = 1024;

struct Options {
  outbound::SmtpOptions smtp;
  Mailbox from;
  std::optional<Mailbox> reply_to;
  std::string to_field;         // the row's member with the address; or empty, and then
  std::vector<std::string> to;  // whom every mail goes to
  Template subject, body;
};

std::span<const SettingSpec> option_rows();

// Reads the body's template and the password. Errc::invalid names the option and the rule; neither
// an address nor the password is in it.
Result<Options> read_options(const Settings& settings);

// "smtp://host[:port]" or "smtps://host[:port]" and nothing else: no user, no path.
bool is_server(std::string_view text);

}  // namespace daybook::mail_sink
