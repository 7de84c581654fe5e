// Policy: the quiz rows of the settings table, resolved. Constant while the program runs.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/room_options.h"

#include <daybook/result.h>
#include <daybook/setting.h>

#include <cstdint>
#include <span>

namespace daybook::quiz {

constexpr std::int64_t broadcast_interval_ms_limit = 60'000;  // of quiz.broadcast_interval_ms
constexpr std::int64_t quizzes_limit = 1'000'000;             // of quiz.quizzes_max
constexpr std::int64_t users_limit = 100'000'000;             // of quiz.users_max
constexpr std::int64_t rooms_limit = 300'000;  // of quiz.rooms_max: a third of the PINs there are
constexpr std::int64_t seats_limit = 100'000'000;             // of quiz.seats_max
constexpr std::int64_t nickname_chars_limit = 100;            // of quiz.nickname_chars_max
constexpr std::int64_t room_idle_hours_limit = 8760;          // of quiz.room_idle_hours: a year
constexpr std::int64_t finished_rooms_limit = 100'000;        // of quiz.finished_rooms_kept
constexpr std::int64_t finished_players_limit = 100'000'000;  // of quiz.finished_players_kept

struct Policy {
  std::int64_t broadcast_interval_ms = 500;
  std::uint32_t quizzes_max = 10'000;
  std::uint32_t questions_max = 200;  // of one quiz
  std::uint32_t users_max = 1'000'000;
  std::uint32_t rooms_max = 10'000;     // open at once
  std::uint32_t players_max = 100'000;  // of one room
  std::uint32_t seats_max = 5'000'000;  // of all open rooms together
  std::uint32_t nickname_chars_max = 20;
  std::uint32_t room_idle_hours = 24;
  std::uint32_t finished_rooms_kept = 1000;         // with their results, newest first
  std::uint32_t finished_players_kept = 1'000'000;  // of those rooms together
};

std::span<const SettingSpec> setting_specs();
Result<Policy> make_policy(const Settings& settings);

}  // namespace daybook::quiz
