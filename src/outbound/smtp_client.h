// Mail to one SMTP server, by libcurl: for sinks. The connection is kept between mails. With TLS
// nothing is said, no password and no mail, before the server's certificate is verified.
//
// Threads: a client belongs to one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::outbound {

enum class SmtpTls : std::uint8_t {
  required,  // STARTTLS on smtp://, from the first byte on smtps://; verified
  none,
};

struct SmtpOptions {
  std::string server;  // "smtp://host:587", "smtps://host:465"
  SmtpTls tls = SmtpTls::required;
  std::string ca_file;  // empty: the system's
  std::string user;     // empty: no authentication
  std::string password;
  std::int64_t timeout_ms = 30'000;          // of one mail as a whole, a new connection included
  std::int64_t connect_timeout_ms = 10'000;  // name, TCP, greeting, TLS and authentication
};

struct SmtpMail {
  std::string from;             // addresses of the envelope: a@b, without brackets
  std::vector<std::string> to;  // the server takes all of them, or the mail is not sent
  std::string_view data;        // header and body, lines end with CR LF; dots are stuffed for it
};

// How far a mail came: the step whose answer was waited for.
enum class SmtpStep : std::uint8_t { connect, tls, auth, sender, recipient, data };

struct SmtpAnswer {
  bool ok = false;  // the server has taken the mail
  // Not ok:
  SmtpStep step = SmtpStep::connect;
  int code = 0;  // the server's refusal, 400 to 599; 0: none was heard
  bool interrupted = false;
  // What trying again does not change: the certificate is not trusted, the server offers no TLS or
  // no authentication that is known.
  bool needs_person = false;
  std::string failure;  // in words, without addresses and without the server's own text
};

class SmtpClient {
 public:
  explicit SmtpClient(SmtpOptions options);
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  // `interrupted` is asked about once a second; true ends it. May be null.
  // REQUIRES: data, at least one recipient; addresses without controls, blanks and angle brackets.
  SmtpAnswer send(const SmtpMail& mail, const std::function<bool()>& interrupted = nullptr);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::outbound
