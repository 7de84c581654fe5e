#include "project/sinks/mail/outcome.h"

namespace daybook::mail_sink {
namespace {

using outbound::SmtpStep;

// RFC 4954 section 6: it wants authentication, other authentication, or encryption first.
bool is_about_login(int code) { return code == 530 || code == 534 || code == 535 || code == 538; }

constexpr int permanent_min = 500;
constexpr int going_away = 421, no_room = 452;  // of the server, whatever the command

// A recipient that is put off (greylisted, over quota, of a domain that does not answer) must not
// hold up the others: anybody can type such an address.
bool is_about_recipient(const outbound::SmtpAnswer& answer) {
  return answer.step == SmtpStep::recipient && answer.code >= 400 && answer.code < permanent_min &&
         answer.code != going_away && answer.code != no_room;
}
constexpr int too_large = 552;  // to MAIL FROM with its SIZE: of this mail, not of the sender

}  // namespace

Delivery verdict(const outbound::SmtpAnswer& answer) {
  if (answer.ok) return Delivery::done();
  if (answer.interrupted) return Delivery::unavailable("interrupted");
  if (answer.needs_person) return Delivery::disabled(answer.failure);
  if (is_about_recipient(answer)) return Delivery::rejected(answer.failure);
  if (answer.code < permanent_min) return Delivery::unavailable(answer.failure);
  if (is_about_login(answer.code)) return Delivery::disabled(answer.failure);
  switch (answer.step) {
    case SmtpStep::connect:
      return Delivery::unavailable(answer.failure);
    case SmtpStep::tls:
    case SmtpStep::auth:
      return Delivery::disabled(answer.failure);
    case SmtpStep::sender:
      if (answer.code != too_large) return Delivery::disabled(answer.failure);
      break;
    case SmtpStep::recipient:
    case SmtpStep::data:
      break;
  }
  return Delivery::rejected(answer.failure, {}, true);
}

}  // namespace daybook::mail_sink
