#include "project/sink_catalog.h"
#include "project/sinks/csv/csv.h"
#include "project/sinks/google_sheets/google_sheets.h"
#include "project/sinks/mail/mail.h"
#include "project/sinks/moderation/moderation.h"
#include "project/sinks/rollup/rollup.h"
#include "project/sinks/webhook/webhook.h"

namespace daybook::project {

SinkCatalog make_sink_catalog() {
  SinkCatalog catalog;
  catalog.add(csv_sink::csv_type());
  catalog.add(csv_sink::jsonl_type());
  catalog.add(google_sheets_sink::type());
  catalog.add(mail_sink::type());
  catalog.add(moderation_sink::type());
  catalog.add(rollup_sink::type());
  catalog.add(webhook_sink::type());
  return catalog;
}

}  // namespace daybook::project
