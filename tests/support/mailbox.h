// A mailbox that speaks as much SMTP as is needed to be sent mail to (RFC 5321, without TLS and
// log-in): it keeps every message it has said yes to. For tests of what is sent, not of how.
//
// Threads: a thread per connection; messages() from any; stop() by the owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::test {

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string text;  // header and body, lines end with CR LF, dots unstuffed
  // The value of a header field, unfolded; "" when there is none. The name as written, any case.
  [[nodiscard]] std::string header(std::string_view name) const;
};

class Mailbox {
 public:
  Mailbox();  // on 127.0.0.1, a free port
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::vector<Mail> messages() const;
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::test
