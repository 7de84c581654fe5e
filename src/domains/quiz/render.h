// How the view looks in JSON: the same for HTTP, live states and acknowledgements
// (docs/domains/quiz.md). Nothing here tells a right answer before its question has closed.
// Pure. Threads: whoever holds the view's lock.
#pragma once

#include "domains/quiz/view.h"

#include <daybook/ids.h>
#include <daybook/json.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace daybook::quiz {

constexpr std::size_t leaderboard_rows = 10;        // of what is sent to followers, and of top10
constexpr std::size_t leaderboard_rows_max = 1000;  // of one answer
constexpr std::size_t players_listed_max = 1000;    // to the host

// [{score, username, value}]
void write_top10(json::Writer& out, const View& view, const QuizEntry& entry);
// {quizId, leaderboard: [...]}
std::string leaderboard_json(const View& view, const QuizEntry& entry);
// [{id, text, options}]
void write_questions(json::Writer& out, const Quiz& quiz);

// {roomId, state, quizId, quizName, questionIndex, questions, question?, closesAt?, remainingMs?,
// rightIndex?, now}; write_room_members without the braces.
void write_room_members(json::Writer& out, const RoomView& room, UnixUs now);
std::string room_json(const RoomView& room, UnixUs now);
// All that is left to say of a room that is not kept: {roomId, state, now}.
std::string former_room_json(const Id128& id, UnixUs now);
// {roomId, players, answers, leaderboard: [{rank, playerId, nickname, score}]}
std::string board_json(const RoomView& room, std::size_t rows);
// The same with all that only the host sees: {..., pin, playerCount, players: [{playerId,
// nickname, score}]}
std::string host_json(const RoomView& room, UnixUs now);
// {score, rank, players, last}; without the braces.
void write_result_members(json::Writer& out, const RoomView& room, std::uint32_t player);

}  // namespace daybook::quiz
