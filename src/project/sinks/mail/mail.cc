#include "project/sinks/mail/mail.h"

#include "project/sinks/mail/message.h"
#include "project/sinks/mail/options.h"
#include "project/sinks/mail/outcome.h"

#include <utility>

namespace daybook::mail_sink {
namespace {

constexpr std::size_t batch_events = 10;  // what a kill may send twice
constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms;
constexpr std::int64_t batch_ms = 1000;
constexpr std::size_t body_bytes_max = 1u << 20;  // of one mail, before it is encoded

class MailSink final : public Sink {
 public:
  explicit MailSink(Options options) : options_(std::move(options)), client_(options_.smtp) {}

  Delivery begin(SinkProgress&, SinkContext&) override { return Delivery::done(); }

  Delivery deliver(std::span<const SinkEvent> events, SinkProgress&,
                   SinkContext& context) override {
    for (std::size_t i = 0; i < events.size(); ++i) {
      Delivery delivery = send(*events[i], context);
      if (delivery.outcome == Delivery::Outcome::delivered) continue;
      delivery.delivered = i;
      if (delivery.outcome == Delivery::Outcome::rejected) delivery.culprit = i;
      return delivery;
    }
    return Delivery::done();
  }

  // As mail servers do with a recipient that is put off; the others go on meanwhile.
  [[nodiscard]] RetryPlan retry_plan() const override {
    return {{}, {15 * minute_ms, hour_ms, 4 * hour_ms, 12 * hour_ms, 24 * hour_ms}};
  }

 private:
  Delivery send(const PublicEvent& event, SinkContext& context) {
    if (context.interrupted()) return Delivery::unavailable("interrupted");
    const auto row = parser_.parse(event.row_json(), false);
    if (!row || !row->is_object()) return refuse("its row is not a JSON object");
    Message message;
    if (auto to = recipients(*row); to.ok())
      message.to = *std::move(to);
    else
      return refuse(to.error().message);
    const Fields fields(event, *row);
    message.body = options_.body.expand(fields, body_bytes_max);
    if (message.body.size() > body_bytes_max) return refuse("its mail is longer than 1 MiB");
    message.subject = options_.subject.expand(fields, body_bytes_max);
    message.from = options_.from;
    message.reply_to = options_.reply_to;
    message.id = event.event_id;
    // The event's own: a mail that comes again is the same, byte for byte.
    message.date = event.server_time;
    const std::string data = write_message(message);
    return verdict(client_.send({message.from.address, message.to, data},
                                [&context] { return context.interrupted(); }));
  }

  // Errors say what is wrong without the address.
  Result<std::vector<std::string>> recipients(const json::Value& row) const {
    if (options_.to_field.empty()) return options_.to;
    const auto value = row.find(options_.to_field);
    const std::string place = "\"" + options_.to_field + "\"";
    if (!value || value->is_null())
      return Error{Errc::invalid, "its row has no " + place + ", so there is no address"};
    if (!value->is_string()) return Error{Errc::invalid, "its " + place + " is not a text"};
    std::string_view address = value->string();
    while (address.starts_with(' ')) address.remove_prefix(1);
    while (address.ends_with(' ')) address.remove_suffix(1);
    if (address.empty()) return Error{Errc::invalid, "its " + place + " is empty"};
    if (!is_address(address))
      return Error{Errc::invalid, "what is in " + place + " is not an address mail can be sent to"};
    return std::vector<std::string>{std::string(address)};
  }

  static Delivery refuse(std::string why) { return Delivery::rejected(std::move(why), {}, true); }

  const Options options_;
  outbound::SmtpClient client_;
  json::Parser parser_;
};

Result<std::unique_ptr<Sink>> make(const Settings& settings, const SinkSource&) {
  DAYBOOK_TRY(auto options, read_options(settings));
  return std::unique_ptr<Sink>(std::make_unique<MailSink>(std::move(options)));
}

}  // namespace

SinkType type() {
  SinkType type;
  type.name = "mail";
  type.options = option_rows();
  type.batch_events = batch_events;
  type.batch_ms = batch_ms;
  type.make = &make;
  return type;
}

}  // namespace daybook::mail_sink
