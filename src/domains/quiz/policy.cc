#include "domains/quiz/policy.h"

#include <array>

namespace daybook::quiz {

std::span<const SettingSpec> setting_specs() {
  static constexpr std::array<SettingSpec, 13> specs{{
      {"quiz.broadcast_interval_ms", SettingType::integer, "500", "ms", 10,
       broadcast_interval_ms_limit,
       "At least this long between two leaderboards of one quiz or room that are sent to its "
       "followers; the last of a burst is always sent."},
      {"quiz.quizzes_max", SettingType::integer, "10000", "quizzes", 1, quizzes_limit,
       "Quizzes that may be defined; new ones beyond are refused."},
      {"quiz.questions_max", SettingType::integer, "200", "questions", 1,
       static_cast<std::int64_t>(questions_limit), "Questions one quiz may have."},
      {"quiz.users_max", SettingType::integer, "1000000", "users", 1, users_limit,
       "Users that may be defined; new ones beyond are refused (about 200 bytes of memory each)."},
      {"quiz.rooms_max", SettingType::integer, "10000", "rooms", 1, rooms_limit,
       "Rooms open at once; new ones beyond are refused."},
      {"quiz.players_max", SettingType::integer, "100000", "players", 1, players_limit,
       "Players one room may have."},
      {"quiz.seats_max", SettingType::integer, "5000000", "players", 1, seats_limit,
       "Players of all open rooms together; more are refused (about 200 bytes of memory each)."},
      {"quiz.nickname_chars_max", SettingType::integer, "20", "characters", 1, nickname_chars_limit,
       "Characters a nickname may have."},
      {"quiz.room_idle_hours", SettingType::integer, "24", "h", 1, room_idle_hours_limit,
       "A room in which nobody joins and whose host does nothing for so long is finished."},
      {"quiz.finished_rooms_kept", SettingType::integer, "1000", "rooms", 0, finished_rooms_limit,
       "Finished rooms that can still be asked for; the ones finished first go first."},
      {"quiz.finished_players_kept", SettingType::integer, "1000000", "players", 0,
       finished_players_limit,
       "Players of those rooms together; beyond, fewer rooms are kept, but always the newest "
       "(about 140 bytes of memory each, and 8 for an answer)."},
      {"quiz.listen", SettingType::text_list, "", "", 0, 0,
       "Further addresses that serve only the quiz domain and its sockets, each HOST:PORT."},
      {"quiz.cors_origins", SettingType::text_list, "*", "", 0, 0,
       "Origins whose pages may call the addresses of quiz.listen; as http.cors_origins."},
  }};
  return specs;
}

Result<Policy> make_policy(const Settings& settings) {
  const auto number = [&](std::string_view key) {
    return static_cast<std::uint32_t>(settings.integer(key));
  };
  Policy policy;
  policy.broadcast_interval_ms = settings.integer("quiz.broadcast_interval_ms");
  policy.quizzes_max = number("quiz.quizzes_max");
  policy.questions_max = number("quiz.questions_max");
  policy.users_max = number("quiz.users_max");
  policy.rooms_max = number("quiz.rooms_max");
  policy.players_max = number("quiz.players_max");
  policy.seats_max = number("quiz.seats_max");
  policy.nickname_chars_max = number("quiz.nickname_chars_max");
  policy.room_idle_hours = number("quiz.room_idle_hours");
  policy.finished_rooms_kept = number("quiz.finished_rooms_kept");
  policy.finished_players_kept = number("quiz.finished_players_kept");
  return policy;
}

}  // namespace daybook::quiz
