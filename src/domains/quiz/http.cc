// The routes, and the reading ones of quizzes and users. Shapes: docs/domains/quiz.md.
#include "domains/quiz/domain.h"

#include "domains/quiz/http_rooms.h"
#include "domains/quiz/query.h"
#include "domains/quiz/render.h"
#include "domains/quiz/results.h"

namespace daybook::quiz {
namespace {

constexpr std::size_t rows_default = 1000;
constexpr std::size_t rows_max = 10'000;  // of one answer

Error quiz_not_found() { return Error{Errc::not_found, "quiz not found"}; }

// ?limit&after of a list in the order of definition: from which number on, and how many.
struct Page {
  std::size_t from = 0;
  std::size_t limit = 0;
};

template <class Find>
Result<Page> page_of(const Request& request, Find&& find) {
  Page page;
  DAYBOOK_TRY(page.limit, limit_of(request, rows_default, rows_max));
  if (const auto after = request.query_value("after")) {
    const std::optional<std::uint32_t> number = find(*after);
    if (!number) return Error::field("after", "unknown", "must be an id of the list");
    page.from = std::size_t{*number} + 1;
  }
  return page;
}

Result<Page> quizzes_page(const View& view, const Request& request) {
  return page_of(request, [&](std::string_view id) { return view.find_quiz(id); });
}

// GET /api/v1/users?limit&after
Result<Response> get_users(const View& view, const Request& request) {
  DAYBOOK_TRY(Page page, page_of(request, [&](std::string_view id) { return view.find_user(id); }));
  std::string body;
  json::Writer out(body);
  out.begin_array();
  for (; page.from < view.users().size() && page.limit > 0; ++page.from, --page.limit) {
    const UserEntry& user = view.users()[page.from];
    out.begin_object().member("username", user.name).member("id", user.id).end_object();
  }
  out.end_array();
  return Response::json(std::move(body));
}

// GET /api/v1/quizzes?limit&after: the open ones
Result<Response> get_open_quizzes(const View& view, const Request& request) {
  DAYBOOK_TRY(Page page, quizzes_page(view, request));
  std::string body;
  json::Writer out(body);
  out.begin_array();
  const auto& open = view.open_quizzes();
  for (auto at = open.lower_bound(static_cast<std::uint32_t>(page.from));
       at != open.end() && page.limit > 0; ++at, --page.limit) {
    const Quiz& quiz = *view.quizzes()[*at].quiz;
    out.begin_object().member("id", quiz.id).member("name", quiz.name).end_object();
  }
  out.end_array();
  return Response::json(std::move(body));
}

// GET /api/v1/quizzes/{quizId}/questions
Result<Response> get_questions(const View& view, const Request& request) {
  const QuizEntry* entry = view.open_quiz(request.params.front());
  if (entry == nullptr) return quiz_not_found();
  std::string body;
  json::Writer out(body);
  write_questions(out, *entry->quiz);
  return Response::json(std::move(body));
}

// GET /api/v1/leaderboard/{quizId}/top10
Result<Response> get_top10(const View& view, const Request& request) {
  const QuizEntry* entry = view.open_quiz(request.params.front());
  if (entry == nullptr) return quiz_not_found();
  std::string body;
  json::Writer out(body);
  write_top10(out, view, *entry);
  return Response::json(std::move(body));
}

// GET /quizzes?limit&after: all, for the admin
Result<Response> get_quizzes(const View& view, const Request& request) {
  DAYBOOK_TRY(Page page, quizzes_page(view, request));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("quizzes").begin_array();
  std::string_view last;
  for (; page.from < view.quizzes().size() && page.limit > 0; ++page.from, --page.limit) {
    const Quiz& quiz = *view.quizzes()[page.from].quiz;
    out.begin_object().member("id", quiz.id).member("name", quiz.name);
    out.member("version", std::uint64_t{quiz.version}).member("open", quiz.open);
    out.member("tokens", quiz.tokens);
    out.member("questions", std::uint64_t{quiz.questions.size()}).end_object();
    last = quiz.id;
  }
  out.end_array().key("next");
  if (page.from < view.quizzes().size())
    out.string(last);
  else
    out.null();
  out.end_object();
  return Response::json(std::move(body));
}

// GET /quizzes/{id}: as it is defined, with the right answers, for the admin
Result<Response> get_quiz(const View& view, const Request& request) {
  const auto number = view.find_quiz(request.params.front());
  if (!number) return quiz_not_found();
  const Quiz& quiz = *view.quizzes()[*number].quiz;
  std::string body;
  json::Writer out(body);
  out.begin_object().member("id", quiz.id).member("version", std::uint64_t{quiz.version});
  body += ',';
  body += std::string_view(definition_text(quiz)).substr(1);
  return Response::json(std::move(body));
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> Domain::totals(const View& view) {
  const Totals& totals = view.totals();
  return {{"quizzes", view.quizzes().size()},   {"users", view.users().size()},
          {"answers", totals.answers},          {"rooms", totals.rooms},
          {"rooms_open", view.rooms_open()},    {"players", totals.players},
          {"room_answers", totals.room_answers}};
}

void Domain::routes(Routes<Domain>& routes) {
  routes.command(Method::put, "/quizzes/{id}", Access::admin, &parse_quiz);
  routes.command(Method::put, "/users/{id}", Access::admin, &parse_user);
  routes.command(Method::post, "/quizzes/{id}/answers", Access::open, &parse_submit);
  routes.command(Method::post, "/quizzes/{id}/rooms", Access::admin, &parse_open_room);
  routes.command(Method::post, "/rooms/{room}/players", Access::open, &parse_join);
  routes.command(Method::post, "/rooms/{room}/answers", Access::open, &parse_answer);
  routes.command(Method::post, "/rooms/{room}/start", Access::open, &parse_start);
  routes.command(Method::post, "/rooms/{room}/next", Access::open, &parse_next);
  routes.command(Method::post, "/rooms/{room}/close", Access::open, &parse_close);
  routes.command(Method::post, "/rooms/{room}/pause", Access::open, &parse_pause);
  routes.command(Method::post, "/rooms/{room}/resume", Access::open, &parse_resume);
  routes.command(Method::post, "/rooms/{room}/finish", Access::open, &parse_finish);
  routes.command(Method::del, "/rooms/{room}/players/{playerId}", Access::open, &parse_kick);
  routes.read("/api/v1/users", Access::open, &get_users);
  routes.read("/api/v1/quizzes", Access::open, &get_open_quizzes);
  routes.read("/api/v1/quizzes/{quizId}/questions", Access::open, &get_questions);
  routes.read("/api/v1/leaderboard/{quizId}/top10", Access::open, &get_top10);
  routes.read("/quizzes", Access::admin, &get_quizzes);
  routes.read("/quizzes/{id}", Access::admin, &get_quiz);
  routes.read("/rooms", Access::admin, &get_rooms);
  routes.read("/rooms/{room}", Access::open, &get_room);
  routes.read("/rooms/{room}/leaderboard", Access::open, &get_board);
  routes.read("/rooms/{room}/me", Access::open, &get_me);
  routes.scan("/rooms/{room}/results", Access::open, &get_results);
}

}  // namespace daybook::quiz
