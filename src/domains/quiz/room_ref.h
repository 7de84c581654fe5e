// A room as the members of a message or a line name it. Pure. Threads: any.
#pragma once

#include "domains/quiz/texts.h"

#include <daybook/fields.h>

namespace daybook::quiz {

// By "roomId" (an id, or a PIN too) or by "pin" (a text or a number). A name that is none is noted
// in `fields`; six digits that are no PIN name no room.
RoomRef read_room(json::Fields& fields);

}  // namespace daybook::quiz
