// The routes, the answers, and what is answered from the view. Shapes: docs/domains/projectors.md.
#include "domains/projectors/domain.h"
#include "domains/projectors/history.h"
#include "domains/projectors/texts.h"

#include <daybook/texts.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace daybook::projectors {
namespace {

constexpr std::uint64_t letters_listed_default = 100;
constexpr std::uint64_t letters_listed_max = 1000;

struct ListQuery {
  std::optional<Status> status = Status::open;  // nullopt: all
  Position after{};
  std::uint64_t limit = letters_listed_default;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || at != end) return std::nullopt;
  return number;
}

Result<ListQuery> read_query(const Request& request) {
  ListQuery query;
  const std::string_view status = request.query_value("status").value_or("open");
  if (status == "delivered")
    query.status = Status::delivered;
  else if (status == "skipped")
    query.status = Status::skipped;
  else if (status == "all")
    query.status.reset();
  else if (status != "open")
    return Error::field("status", "unknown_word", "must be open, delivered, skipped or all");
  if (const auto after = request.query_value("after")) {
    const auto position = parse_position(*after);
    if (!position)
      return Error::field("after", "not_a_position", "must be a position, 1 to 20 digits");
    query.after = *position;
  }
  if (const auto limit = request.query_value("limit")) {
    const auto number = parse_number(*limit);
    if (!number || *number < 1 || *number > letters_listed_max)
      return Error::field("limit", "out_of_range",
                          "must be 1 to " + std::to_string(letters_listed_max));
    query.limit = *number;
  }
  return query;
}

void write_letter(json::Writer& out, Position position, const Letter& letter) {
  out.begin_object().member("position", position_text(position));
  out.member("status", status_name(letter.status));
  out.member("type", letter.type).member("key", letter.key).member("reason", letter.reason);
  out.member("at", time_text(letter.at)).member("attempts", std::uint64_t{letter.attempts});
  out.member("asked", letter.asked).member("edited", letter.edited.value != 0).key("next_try_at");
  if (letter.next_try_at.value == 0)
    out.null();
  else
    out.string(time_text(letter.next_try_at));
  out.end_object();
}

// The letters of the list, one more than wanted to say whether there is a next page.
// Closed ones are few and open ones many, so a closed status goes by the list of those.
std::vector<Position> select(const Projector& projector, const ListQuery& query) {
  std::vector<Position> found;
  if (query.status && *query.status != Status::open) {
    for (const auto& [by, position] : projector.closed_by)
      if (position > query.after && projector.letters.at(position).status == *query.status)
        found.push_back(position);
    std::sort(found.begin(), found.end());
    if (found.size() > query.limit + 1) found.resize(query.limit + 1);
    return found;
  }
  for (auto at = projector.letters.upper_bound(query.after);
       at != projector.letters.end() && found.size() <= query.limit; ++at)
    if (!query.status || at->second.status == *query.status) found.push_back(at->first);
  return found;
}

// GET /projectors/{name}/dead-letters?status&after&limit
Result<Response> get_dead_letters(const View& view, const Request& request) {
  DAYBOOK_TRY(const ListQuery query, read_query(request));
  const Projector* projector = view.projector(request.params.front());
  if (projector == nullptr) return Error{Errc::not_found, "projector not found"};
  const std::vector<Position> found = select(*projector, query);
  const std::size_t shown = std::min<std::size_t>(found.size(), query.limit);
  Response response;
  json::Writer out(response.body);
  out.begin_object().member("projector", request.params.front());
  out.member("open", std::uint64_t{projector->open()}).key("dead_letters").begin_array();
  for (std::size_t i = 0; i < shown; ++i)
    write_letter(out, found[i], projector->letters.at(found[i]));
  out.end_array().key("next");
  if (found.size() > shown)
    out.string(position_text(found[shown - 1]));
  else
    out.null();
  out.end_object();
  return response;
}

Answer status_answer(std::string_view projector, std::string_view status) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("projector", projector).member("status", status).end_object();
  return answer;
}

Answer letter_answer(const Command& command, std::string_view status, bool asked) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("projector", command.projector);
  out.member("position", position_text(command.position)).member("status", status);
  out.member("asked", asked).end_object();
  return answer;
}

Answer asked_answer(std::string_view projector, std::uint64_t letters) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("projector", projector).member("asked", letters).end_object();
  return answer;
}

Answer reset_answer(const Event& event) {
  Answer answer;
  json::Writer out(answer.body);
  out.begin_object().member("projector", event.projector).member("status", "reset");
  out.member("reset", event.reset_number).key("to");
  if (event.reset_to == ResetTo::position)
    out.string(position_text(event.next));
  else
    out.string(reset_text(event.reset_to));
  out.end_object();
  return answer;
}

}  // namespace

Answer Domain::answer(const Command& command, std::span<const Event> events) {
  const Event& event = events.front();
  switch (event.kind) {
    case Kind::added:
      return status_answer(event.projector, "added");
    case Kind::paused:
      return status_answer(event.projector, "paused");
    case Kind::resumed:
      return status_answer(event.projector, "running");
    case Kind::disabled:
      return status_answer(event.projector, "disabled");
    case Kind::reset:
      return reset_answer(event);
    case Kind::retry_asked:
      if (event.position.value == 0) return asked_answer(event.projector, event.letters);
      return letter_answer(command, status_name(Status::open), true);
    case Kind::letter_edited:
      return letter_answer(command, status_name(Status::open), true);
    case Kind::letter_skipped:
      return letter_answer(command, status_name(Status::skipped), false);
    case Kind::letter_delivered:
      return letter_answer(command, status_name(Status::delivered), false);
    case Kind::letter_made:
    case Kind::letter_failed:
      break;
  }
  return letter_answer(command, status_name(Status::open), false);
}

// What is so already.
Answer Domain::unchanged(const State& state, const Command& command) {
  switch (command.kind) {
    case CommandKind::add:
      return status_answer(command.projector, "added");
    case CommandKind::pause:
      return status_answer(command.projector, "paused");
    case CommandKind::resume:
      return status_answer(command.projector, "running");
    case CommandKind::disable:
      return status_answer(command.projector, "disabled");
    default:
      break;
  }
  if (command.kind == CommandKind::retry && command.position.value == 0)
    return asked_answer(command.projector, 0);
  const State::Projector* projector = state.projector(command.projector);
  if (projector == nullptr) return {};
  const auto letter = projector->open.find(command.position);
  if (letter != projector->open.end())
    return letter_answer(command, status_name(Status::open), letter->second.asked);
  const bool is_skipped = projector->skipped.contains(command.position);
  return letter_answer(command, status_name(is_skipped ? Status::skipped : Status::delivered),
                       false);
}

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  return {{"projectors", view.projectors().size()},
          {"dead_letters_open", view.open()},
          {"delivered", view.delivered()},
          {"skipped", view.skipped()}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::post, "/projectors/{name}/pause", Access::admin, &parse_pause);
  routes.command(Method::post, "/projectors/{name}/resume", Access::admin, &parse_resume);
  routes.command(Method::post, "/projectors/{name}/reset", Access::admin, &parse_reset);
  routes.command(Method::post, "/projectors/{name}/dead-letters/retry", Access::admin,
                 &parse_retry_all);
  constexpr std::string_view letter = "/projectors/{name}/dead-letters/{position}";
  routes.command(Method::put, letter, Access::admin, &parse_edit);
  routes.command(Method::post, "/projectors/{name}/dead-letters/{position}/retry", Access::admin,
                 &parse_retry);
  routes.command(Method::post, "/projectors/{name}/dead-letters/{position}/skip", Access::admin,
                 &parse_skip);
  routes.read("/projectors/{name}/dead-letters", Access::admin, &get_dead_letters);
  routes.scan(letter, Access::admin, &get_dead_letter);
}

}  // namespace daybook::projectors
