// Audit: the promises of quizzes, checked over any log, event by event, by a plain model that
// shares no state with the code that made the log:
//   - the first answer of a person to a question counts and no other is there, in open quizzes over
//     all versions, in rooms over every question;
//   - right, wrong and late are what definition and clock say, and so are the points;
//   - questions of a room run one after the other, one at a time, pauses stop their clock;
//   - players are numbered in order, nobody has another's nickname, who was put out does nothing;
//   - no two open rooms have one PIN; nothing happens in a room that has finished.
// Thread: the owner's. Keeps every answer for the time of the check.
#pragma once

#include "domains/quiz/definition.h"
#include "domains/quiz/events.h"
#include "domains/quiz/room_options.h"

#include <daybook/domain.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace daybook::quiz {

class Audit {
 public:
  // Errc::corrupt: which rule is broken, where. The audit is of no use after that.
  Result<void> check(const Event& event, const EventMeta& meta);

 private:
  struct OneQuiz {
    QuizPtr quiz;
    std::set<std::pair<std::string, std::string>> answers;  // question id, user
  };
  struct OneRoom {
    QuizPtr quiz;
    RoomOptions options;
    std::uint32_t pin = 0;
    Phase phase = Phase::lobby;
    std::uint32_t question = 0;
    // When the newest question's clock ran: [from, to], the last one to its end while it runs.
    std::vector<std::pair<std::int64_t, std::int64_t>> runs;
    std::uint32_t players = 0;
    std::set<std::string, std::less<>> names;
    std::set<Id128> tokens;
    std::set<std::uint32_t> kicked;
    std::set<std::uint32_t> answered;  // the newest question
  };

  // Each: the broken rule in words, or "".
  std::string define(const Event& event);
  std::string answer(const Event& event);
  std::string open(const Event& event);
  std::string change(const Event& event);
  static std::string join(OneRoom& room, const Event& event);
  static std::string kick(OneRoom& room, const Event& event);
  static std::string start(OneRoom& room, const Event& event);
  static std::string turn_clock(OneRoom& room, const Event& event);
  static std::string room_answer(OneRoom& room, const Event& event);
  std::string finish(OneRoom& room);

  std::map<std::string, OneQuiz, std::less<>> quizzes_;
  std::set<std::string, std::less<>> users_;
  std::map<Id128, OneRoom> rooms_;
  std::set<std::uint32_t> pins_;
};

}  // namespace daybook::quiz
