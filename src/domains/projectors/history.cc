#include "domains/projectors/history.h"

#include "domains/projectors/letter_copy.h"
#include "domains/projectors/texts.h"

#include <daybook/texts.h>

#include <deque>
#include <optional>
#include <string>

namespace daybook::projectors {
namespace {

struct Action {
  Position position{};  // of the event that says so
  UnixUs at{};
  std::string_view what;  // an event type, a constant
  std::string reason;
};

// Keeps the newest.
template <class T>
class Newest {
 public:
  explicit Newest(std::size_t max) : max_(max) {}
  void add(T item) {
    items_.push_back(std::move(item));
    if (items_.size() <= max_) return;
    items_.pop_front();
    ++left_out_;
  }
  [[nodiscard]] const std::deque<T>& items() const { return items_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  const std::size_t max_;
  std::deque<T> items_;
  std::uint64_t left_out_ = 0;
};

struct KeptAttempt {
  UnixUs at{};
  std::string reason;
};

// Follows one letter through the events of the log, from the one that made it.
class Story {
 public:
  Story(std::string_view projector, Position position)
      : projector_(projector), position_(position) {}

  void see(const Event& event, const EventMeta& meta) {
    if (event.projector != projector_) return;
    const bool is_of_all = event.kind == Kind::retry_asked && event.position.value == 0;
    if (!is_of_all && event.position != position_) return;
    if (is_of_all && (!is_known_ || status_ != Status::open)) return;
    if (event.kind == Kind::reset) return;
    if (!is_known_ && event.kind != Kind::letter_made) return;
    actions_.add({meta.position, meta.server_time, what(event), std::string(event.reason)});
    take(event, meta);
  }
  [[nodiscard]] bool is_known() const { return is_known_; }
  void write(json::Writer& out) const;

 private:
  // Its name outside; of a hidden one too.
  static std::string_view what(const Event& event) {
    return Domain::event_types()[static_cast<std::size_t>(event.kind)];
  }
  void take(const Event& event, const EventMeta& meta);
  void make(const Event& event, const EventMeta& meta);
  void write_event(json::Writer& out) const;

  const std::string_view projector_;
  const Position position_;
  bool is_known_ = false;
  Status status_ = Status::open;
  bool asked_ = false;
  UnixUs made_at_{};
  UnixUs next_try_at_{};
  std::string topic_, type_, key_, reason_;
  std::uint32_t version_ = 0;
  Id128 event_id_{};
  UnixUs event_time_{};
  LetterCopy copy_;
  std::optional<LetterCopy> original_;  // with an edit
  Newest<KeptAttempt> attempts_{attempts_shown_max};
  Newest<Action> actions_{actions_shown_max};
};

void Story::make(const Event& event, const EventMeta& meta) {
  is_known_ = true;
  status_ = Status::open;
  asked_ = false;
  made_at_ = meta.server_time;
  topic_ = std::string(event.topic);
  type_ = std::string(event.copy.type);
  key_ = std::string(event.copy.key);
  version_ = event.copy.version;
  event_id_ = event.copy.event_id;
  event_time_ = event.copy.server_time;
  copy_ = {std::string(event.copy.data), std::string(event.copy.row)};
  original_.reset();
  for (std::size_t i = 0; i < event.attempts.size(); ++i)
    attempts_.add({event.attempts[i].at, std::string(event.attempts[i].reason)});
}

void Story::take(const Event& event, const EventMeta& meta) {
  if (!event.reason.empty()) reason_ = std::string(event.reason);
  switch (event.kind) {
    case Kind::letter_made:
      make(event, meta);
      next_try_at_ = event.next_try_at;
      return;
    case Kind::letter_edited:
      if (!original_) original_ = copy_;
      apply_edit(copy_, event.copy.data);
      asked_ = true;
      return;
    case Kind::retry_asked:
      asked_ = true;
      return;
    case Kind::letter_failed:
      attempts_.add({event.at, std::string(event.reason)});
      asked_ = false;
      next_try_at_ = event.next_try_at;
      return;
    case Kind::letter_skipped:
    case Kind::letter_delivered:
      status_ = event.kind == Kind::letter_skipped ? Status::skipped : Status::delivered;
      asked_ = false;
      next_try_at_ = {};
      return;
    default:
      return;
  }
}

void Story::write_event(json::Writer& out) const {
  EventCopy copy;
  copy.type = type_;
  copy.key = key_;
  copy.version = version_;
  copy.event_id = event_id_;
  copy.server_time = event_time_;
  copy.data = copy_.data;
  copy.row = copy_.row;
  out.key("event");
  write_copy(out, topic_, position_, copy);
  if (!original_) return;
  out.key("original").begin_object().key("data").raw(original_->data);
  if (!original_->row.empty()) out.key("row").raw(original_->row);
  out.end_object();
}

void Story::write(json::Writer& out) const {
  out.begin_object().member("projector", projector_).member("position", position_text(position_));
  out.member("status", status_name(status_)).member("reason", reason_);
  out.member("at", time_text(made_at_)).member("asked", asked_).key("next_try_at");
  if (next_try_at_.value == 0)
    out.null();
  else
    out.string(time_text(next_try_at_));
  write_event(out);
  out.key("attempts").begin_array();
  for (const KeptAttempt& attempt : attempts_.items())
    write_attempt(out, {attempt.at, attempt.reason});
  out.end_array().member("attempts_left_out", attempts_.left_out());
  out.key("history").begin_array();
  for (const Action& action : actions_.items()) {
    out.begin_object().member("position", position_text(action.position));
    out.member("at", time_text(action.at)).member("action", action.what);
    if (!action.reason.empty()) out.member("reason", action.reason);
    out.end_object();
  }
  out.end_array().member("history_left_out", actions_.left_out()).end_object();
}

}  // namespace

Result<Response> get_dead_letter(ReadContext<Domain>& context, const Request& request) {
  const std::string_view name = request.params.front();
  const auto position = parse_position(request.params[1]);
  if (!position)
    return Error::field("position", "not_a_position", "must be a position, 1 to 20 digits");
  // Where its events lie. One that is no longer listed is looked for in the whole log.
  Position from{1};
  Position until = Position::max();
  bool is_known = false;
  context.with_view([&](const View& view) {
    const Projector* projector = view.projector(name);
    is_known = projector != nullptr;
    if (!is_known) return;
    const auto letter = projector->letters.find(*position);
    if (letter == projector->letters.end()) return;
    from = letter->second.made;
    until = letter->second.changed;
    if (letter->second.status == Status::open) until = std::max(until, projector->asked_all);
  });
  if (!is_known) return Error{Errc::not_found, "projector not found"};
  Story story(name, *position);
  DAYBOOK_TRY_VOID(context.scan(from, until, [&](const Event& event, const EventMeta& meta) {
    story.see(event, meta);
    return true;
  }));
  if (!story.is_known()) return Error{Errc::not_found, "dead letter not found"};
  Response response;
  json::Writer out(response.body);
  story.write(out);
  return response;
}

}  // namespace daybook::projectors
