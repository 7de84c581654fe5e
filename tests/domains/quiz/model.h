// A plain model of quizzes for random tests: everything in lists and sets, nothing clever. It says
// what each command's outcome must be, and what the scores and ranks must be.
#pragma once

#include "domains/quiz/world.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace daybook::quiz {

struct ModelQuestion {
  std::string id;
  int options;
  int answer;
  std::int64_t seconds;
  int points;
};
// World's three_questions.
inline const std::vector<ModelQuestion> model_questions{
    {"a", 2, 0, 20, 1000}, {"b", 4, 2, 10, 500}, {"c", 2, 1, 20, 0}};

// Who stands before whom: the higher score, then who reached it earlier, then whose answer is
// earlier in the log.
struct ModelScore {
  std::int64_t score = 0;
  std::int64_t reached_us = 0;
  std::size_t place_in_log = 0;

  void add(std::int64_t points, std::int64_t received_us, std::size_t place) {
    if (points > 0) *this = {score + points, received_us, place};
  }
  friend bool operator<(const ModelScore& a, const ModelScore& b) {
    if (a.score != b.score) return a.score > b.score;
    return std::pair(a.reached_us, a.place_in_log) < std::pair(b.reached_us, b.place_in_log);
  }
};

struct ModelPlayer {
  std::string name;
  bool kicked = false;
  std::map<std::size_t, ModelScore> answers;  // by question; score: its points
};

struct ModelRoom {
  // What World keeps of the room it speaks of.
  std::string room, host, pin;
  std::vector<std::string> tokens;

  bool closes_when_answered = true;
  std::string phase = "lobby";
  std::size_t question = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> runs;  // of the newest question's clock
  std::int64_t active_us = 0;
  std::vector<ModelPlayer> players;

  [[nodiscard]] bool has_question() const { return phase == "question" || phase == "paused"; }
  [[nodiscard]] std::int64_t seated() const {
    return std::ranges::count(players, false, &ModelPlayer::kicked);
  }
  [[nodiscard]] std::int64_t answered() const {
    return std::ranges::count_if(players, [this](const ModelPlayer& player) {
      return !player.kicked && player.answers.contains(question);
    });
  }
  void start(std::size_t which, std::int64_t now) {
    phase = "question";
    question = which;
    runs = {{now, now + model_questions[which].seconds * second}};
    active_us = now;
  }
  void close(std::int64_t now) {
    if (phase == "question") runs.back().second = std::min(runs.back().second, now);
    phase = "closed";
    active_us = now;
  }
  void close_if_answered(std::int64_t now) {
    if (has_question() && closes_when_answered && seated() > 0 && answered() == seated())
      close(now);
  }
  void pass(std::int64_t now) {
    if (phase == "question" && runs.back().second <= now) {
      const std::int64_t end = runs.back().second;
      close(now);
      runs.back().second = end;
    } else if (phase != "finished" && phase != "question" &&
               active_us + 24 * 3600 * second <= now) {
      phase = "finished";
    }
  }

  // "ok", or the refusal.
  std::string order(const std::string& what, std::int64_t now) {
    if (phase == "finished") return what == "finish-room" ? "ok" : "the room has finished";
    if (what == "start-room") {
      if (phase != "lobby") return "the room has started already";
      start(0, now);
    } else if (what == "next-question") {
      if (phase == "lobby") return "the room has not started";
      if (has_question()) return "question " + std::to_string(question + 1) + " is running";
      if (question + 1 == model_questions.size()) return "that was the last question";
      start(question + 1, now);
    } else if (what == "close-question") {
      if (phase == "lobby") return "the room has not started";
      if (has_question()) close(now);
    } else if (what == "pause-question") {
      if (phase == "paused") return "ok";
      if (phase != "question") return "no question is running";
      phase = "paused";
      remaining_us = runs.back().second - now;
      runs.back().second = now;
      active_us = now;
    } else if (what == "resume-question") {
      if (phase == "question") return "ok";
      if (phase != "paused") return "no question is paused";
      phase = "question";
      runs.emplace_back(now, now + remaining_us);
      active_us = now;
    } else {
      phase = "finished";
    }
    return "ok";
  }
  std::string join(const std::string& name, std::int64_t now) {
    if (phase == "finished") return "the room has finished";
    if (std::ranges::count(players, name, &ModelPlayer::name) > 0)
      return "the nickname is taken in this room";
    players.push_back({name, false, {}});
    active_us = now;
    return "ok";
  }
  std::string kick(std::size_t player, std::int64_t now) {
    if (phase == "finished") return "the room has finished";
    if (player > players.size()) return "player not found";
    if (players[player - 1].kicked) return "ok";
    players[player - 1].kicked = true;
    active_us = now;
    close_if_answered(now);
    return "ok";
  }
  // "right", "wrong", "late", or the refusal.
  std::string answer(std::size_t player, std::size_t to, int option, std::int64_t received,
                     std::int64_t now, std::size_t place) {
    if (phase == "finished") return "the room has finished";
    ModelPlayer& who = players[player - 1];
    if (who.kicked) return "the host has put this player out";
    if (phase == "lobby" || to > question) return "the question has not begun";
    if (to < question) return "the question is over";
    if (phase == "paused" && received > runs.back().second) return "the question is paused";
    const ModelQuestion& asked = model_questions[to];
    if (option >= asked.options) return "answerIndex: range";
    if (who.answers.contains(to)) return "User already answered";
    ModelScore& score = who.answers[to];
    score = {0, received, place};
    if (received > runs.back().second) return "late";
    if (option == asked.answer) {
      std::int64_t taken = 0;
      for (const auto& [from, end] : runs)
        taken += std::max<std::int64_t>(std::min(received, end) - from, 0);
      const long double part =
          static_cast<long double>(taken) / static_cast<long double>(asked.seconds * second);
      score.score = static_cast<std::int64_t>(std::floor(asked.points * (1 - part / 2) + 0.5L));
    }
    close_if_answered(now);
    return option == asked.answer ? "right" : "wrong";
  }

  // Numbers of the players who are not put out, best first; questions that run do not count yet.
  [[nodiscard]] std::vector<std::uint32_t> ranked() const {
    std::vector<std::pair<ModelScore, std::uint32_t>> order;
    for (std::size_t i = 0; i < players.size(); ++i)
      if (!players[i].kicked) order.emplace_back(score(i), static_cast<std::uint32_t>(i + 1));
    std::ranges::sort(order, [](const auto& a, const auto& b) {
      if (a.first < b.first || b.first < a.first) return a.first < b.first;
      return a.second < b.second;
    });
    std::vector<std::uint32_t> numbers;
    for (const auto& [unused, number] : order) numbers.push_back(number);
    return numbers;
  }
  [[nodiscard]] ModelScore score(std::size_t i) const {
    ModelScore sum;
    for (const auto& [to, answer] : players[i].answers)
      if (to != question || !has_question())
        sum.add(answer.score, answer.reached_us, answer.place_in_log);
    return sum;
  }

  std::int64_t remaining_us = 0;
};

// An open quiz: who has answered what, and their scores.
struct ModelQuiz {
  std::set<std::pair<std::string, std::size_t>> answered;
  std::map<std::string, ModelScore> scores;

  std::string answer(const std::string& user, std::size_t to, int option, std::int64_t received,
                     std::size_t place) {
    if (option >= model_questions[to].options) return "answerIndex: range";
    if (!answered.emplace(user, to).second) return "User already answered";
    if (option != model_questions[to].answer) return "wrong";
    scores[user].add(1, received, place);
    return "right";
  }
};

}  // namespace daybook::quiz
