// Results of a room: every player and every question that has closed - what was chosen, what became
// of it, the points and when it came - as one JSON object or as CSV, a line for each player and
// question. From the view while the room is kept there, else from the log. Players by rank, those
// who were put out at the end.
//
// Thread: the worker's; a stream belongs to one answer.
#pragma once

#include "domains/quiz/domain.h"

#include <memory>

namespace daybook::quiz {

// GET /rooms/{room}/results?format=json|csv, with the host's token as the bearer. {room}: its PIN
// while it is open, or its id.
Result<Response> get_results(ReadContext<Domain>& context, const Request& request);

// The room made again from its events. Errc::not_found: there is none at those positions.
Result<std::shared_ptr<const RoomView>> read_room(ReadContext<Domain>& context, const Id128& id,
                                                  Position opened, Position finished);

}  // namespace daybook::quiz
