// What the mail sink's tests share: a sink made from a table as the configuration would, and
// events.
#pragma once

#include "base/files.h"
#include "config/table.h"
#include "project/sinks/mail/mail.h"
#include "support/fake_sink_context.h"
#include "support/temp_dir.h"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace daybook::mail_sink {

class Sender {
 public:
  using Table = std::map<std::string, std::string>;

  // The rows of the table; `to` is a list joined by ",".
  Result<std::unique_ptr<Sink>> make(const Table& rows) const {
    config::RawTable table;
    table.name = "projector";
    for (const auto& [key, text] : rows) {
      config::FileValue value;
      value.key = key;
      value.text = text;
      if (key == "to") value.type = SettingType::text_list;
      if (key == "timeout_ms") value.type = SettingType::integer;
      table.values.push_back(value);
    }
    const SinkType kind = type();
    const auto settings = config::TableSettings::read(table, kind.options);
    if (!settings.ok()) return settings.error();
    return kind.make(*settings, SinkSource{});
  }

  // A file of the test's folder with this text.
  std::string file(const std::string& name, const std::string& text) const {
    REQUIRE(write_file_durable(dir / name, text, 0600).ok());
    return dir / name;
  }

  // A table that is complete: no TLS, the person in "email".
  Table usual(std::string server) const {
    return {{"server", std::move(server)},
            {"tls", "none"},
            {"from", "School office <office@school.example>"},
            {"to_field", "email"},
            {"subject", "We have it, {name}"},
            {"body_file", file("body.txt", "Dear {name},\nthank you.\n")}};
  }

  Delivery deliver(Sink& sink, const std::vector<PublicEvent>& events) {
    return sink.deliver(test::batch_of(events), progress, context);
  }

  test::TempDir dir;
  test::FakeSinkContext context;
  SinkProgress progress;
};

inline PublicEvent submission(std::uint8_t number, std::string row) {
  PublicEvent event;
  event.position = {number};
  event.topic = "forms";
  event.type = "submitted";
  event.key = "student-data-form";
  event.event_id.bytes[15] = number;
  event.server_time = {1'774'785'600'000'000};  // 2026-03-29T12:00:00Z
  event.data = std::move(row);
  return event;
}

inline PublicEvent submission_to(std::uint8_t number, const std::string& address) {
  return submission(number, R"({"name":"Ann","email":")" + address + "\"}");
}

}  // namespace daybook::mail_sink
