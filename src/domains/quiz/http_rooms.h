// The reading routes of rooms. Shapes: docs/domains/quiz.md.
// Threads: with the view's lock, any; the results on the worker thread.
#pragma once

#include "domains/quiz/domain.h"

namespace daybook::quiz {

// GET /rooms?limit&after&open, for the admin: with each host's token, for one who has lost it
Result<Response> get_rooms(const View& view, const Request& request);
// GET /rooms/{room}
Result<Response> get_room(const View& view, const Request& request);
// GET /rooms/{room}/leaderboard?limit
Result<Response> get_board(const View& view, const Request& request);
// GET /rooms/{room}/me, with the player's token as the bearer
Result<Response> get_me(const View& view, const Request& request);

}  // namespace daybook::quiz
