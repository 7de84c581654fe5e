// What a server's answer to one mail means for the projector. Pure. Threads: any.
#pragma once

#include <daybook/sink.h>

#include "outbound/smtp_client.h"

namespace daybook::mail_sink {

// Of one event; `delivered` and `culprit` are the caller's. The reason has no address in it.
Delivery verdict(const outbound::SmtpAnswer& answer);

}  // namespace daybook::mail_sink
