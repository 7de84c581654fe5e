#include "project/sinks/mail/options.h"

#include "base/files.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace daybook::mail_sink {
namespace {

constexpr std::int64_t timeout_ms_max = 600'000;
constexpr std::string_view plain_scheme = "smtp://", tls_scheme = "smtps://";

constexpr std::array<SettingSpec, 12> rows{{
    {"server", SettingType::text, "", "", 0, 0,
     "The SMTP server: smtp://host:587, or smtps://host:465 (TLS from the first byte)."},
    {"tls", SettingType::text, "required", "", 0, 0,
     "\"required\": no mail leaves without TLS and a trusted certificate; \"none\": for a relay on "
     "this machine."},
    {"ca_file", SettingType::text, "", "", 0, 0, "Certificates to trust; empty: the system's."},
    {"user", SettingType::text, "", "", 0, 0, "Who logs in; empty: nobody."},
    {"password_file", SettingType::text, "", "", 0, 0, "A file with the user's password."},
    {"from", SettingType::text, "", "", 0, 0,
     "The sender: office@school.example, or School office <office@school.example>."},
    {"to_field", SettingType::text, "", "", 0, 0,
     "The member of the row that holds the address to write to."},
    {"to", SettingType::text_list, "", "", 0, 0,
     "In place of to_field: the addresses every mail goes to."},
    {"reply_to", SettingType::text, "", "", 0, 0, "Where answers go; empty: to the sender."},
    {"subject", SettingType::text, "", "", 0, 0, "With {members} of the row in it."},
    {"body_file", SettingType::text, "", "", 0, 0,
     "A text file, UTF-8, with {members} of the row in it; read at the start."},
    {"timeout_ms", SettingType::integer, "30000", "ms", 100, timeout_ms_max,
     "How long one mail may take."},
}};

bool has_controls(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0;
}

Result<Template> read_template(std::string_view option, std::string_view text) {
  auto made = Template::parse(text);
  if (!made) return Error::field(option, "invalid", "is not usable: " + made.error().message);
  return made;
}

Result<std::string> read_named_file(std::string_view option, const std::string& path) {
  auto text = read_file(path);
  if (!text) return Error::field(option, "unreadable", "cannot be read: " + text.error().message);
  return text;
}

Result<void> read_connection(const Settings& settings, outbound::SmtpOptions& smtp) {
  smtp.server = settings.text("server");
  if (!is_server(smtp.server))
    return Error::field("server", "invalid",
                        "must be smtp://host:port or smtps://host:port, without a path");
  const std::string tls = settings.text("tls");
  if (tls != "required" && tls != "none")
    return Error::field("tls", "unknown", "must be \"required\" or \"none\"");
  smtp.tls = tls == "none" ? outbound::SmtpTls::none : outbound::SmtpTls::required;
  if (smtp.tls == outbound::SmtpTls::none && smtp.server.starts_with(tls_scheme))
    return Error::field("tls", "conflict", "must be \"required\" with smtps://");
  smtp.ca_file = settings.text("ca_file");
  smtp.timeout_ms = settings.integer("timeout_ms");
  smtp.connect_timeout_ms = std::min(smtp.connect_timeout_ms, smtp.timeout_ms);

  smtp.user = settings.text("user");
  const std::string password_file = settings.text("password_file");
  if (smtp.user.empty() != password_file.empty())
    return Error::field("password_file", "conflict", "and user must be given both, or neither");
  if (smtp.user.empty()) return {};
  if (has_controls(smtp.user))
    return Error::field("user", "invalid", "must not have control characters");
  if (smtp.tls == outbound::SmtpTls::none)
    return Error::field("user", "conflict",
                        "must be empty with tls = \"none\": a password is "
                        "only sent where TLS hides it");
  DAYBOOK_TRY(smtp.password, read_named_file("password_file", password_file));
  while (smtp.password.ends_with('\n') || smtp.password.ends_with('\r')) smtp.password.pop_back();
  if (smtp.password.empty() || smtp.password.size() > password_bytes_max ||
      has_controls(smtp.password))
    return Error::field("password_file", "invalid",
                        "must hold one line with the password, at most 1024 bytes");
  return {};
}

Result<Mailbox> read_mailbox(std::string_view option, const std::string& text) {
  auto mailbox = parse_mailbox(text);
  if (!mailbox) return Error::field(option, "invalid", mailbox.error().message);
  return mailbox;
}

Result<void> read_people(const Settings& settings, Options& options) {
  DAYBOOK_TRY(options.from, read_mailbox("from", settings.text("from")));
  if (const std::string reply_to = settings.text("reply_to"); !reply_to.empty()) {
    DAYBOOK_TRY(options.reply_to, read_mailbox("reply_to", reply_to));
  }
  options.to_field = settings.text("to_field");
  options.to = settings.text_list("to");
  if (options.to_field.empty() == options.to.empty())
    return Error::field("to_field", "conflict", "or to must be given, and not both");
  if (options.to.size() > recipients_max)
    return Error::field("to", "too_many", "must be at most 100 addresses");
  if (!std::ranges::all_of(options.to, is_address))
    return Error::field("to", "invalid",
                        "must be addresses like office@school.example, without names, in ASCII");
  return {};
}

}  // namespace

std::span<const SettingSpec> option_rows() { return rows; }

bool is_server(std::string_view text) {
  constexpr std::size_t server_bytes_max = 300;
  const std::string_view scheme = text.starts_with(tls_scheme) ? tls_scheme : plain_scheme;
  if (!text.starts_with(scheme) || text.size() > server_bytes_max) return false;
  text.remove_prefix(scheme.size());
  std::string_view extra = "-.";
  if (text.starts_with('[')) {  // an IPv6 address
    const auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !(rest[0] == ':' && is_port(rest.substr(1)))) return false;
    text = text.substr(1, end - 1);
    extra = ":.";
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return false;
    text = text.substr(0, colon);
  }
  return !text.empty() && std::ranges::all_of(text, [extra](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

Result<Options> read_options(const Settings& settings) {
  Options options;
  DAYBOOK_TRY_VOID(read_connection(settings, options.smtp));
  DAYBOOK_TRY_VOID(read_people(settings, options));
  const std::string subject = settings.text("subject");
  if (subject.empty()) return Error::field("subject", "required", "must be given");
  DAYBOOK_TRY(options.subject, read_template("subject", subject));
  const std::string body_file = settings.text("body_file");
  if (body_file.empty())
    return Error::field("body_file", "required", "must name a text file, the mail's body");
  DAYBOOK_TRY(const std::string body, read_named_file("body_file", body_file));
  DAYBOOK_TRY(options.body, read_template("body_file", body));
  return options;
}

}  // namespace daybook::mail_sink
