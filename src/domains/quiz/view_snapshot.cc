// The view to bytes and back. Grammar (ByteWriter's encoding):
//   view     = version quizzes users rankings olds rooms finished former totals
//   quizzes  = count { id version text positions }      text: definition.h
//   positions = count { u64 }
//   users    = count { id name }
//   rankings = { credited revision count { user standing } }     one for each quiz
//   standing = reached score order
//   olds     = count { quiz version text }              other versions that rooms are played with
//   rooms    = count { quiz version room }              by id; room: RoomView::save
//   finished = count { id }                             oldest first, as former
//   former   = count { id token opened finished }
//   totals   = rooms players answers room_answers
//   room     = id token pin seconds opened finished opened_at finished_at phase question closes
//              remaining credited revisions runs arrivals seats
//   runs     = count { started closed ender settled answers count { cell } }
//   seats    = count { nickname token kicked standing }
#include "domains/quiz/hash.h"
#include "domains/quiz/view.h"

#include <map>
#include <utility>

namespace daybook::quiz {
namespace {

constexpr std::uint32_t snapshot_version = 1;
constexpr std::uint32_t no_question = ~std::uint32_t{0};

Error corrupt(std::string_view what) {
  return Error{Errc::corrupt, "quiz snapshot: " + std::string(what)};
}

void put_standing(ByteWriter& out, const Standing& standing) {
  out.i64(standing.reached.value);
  out.u32(standing.score);
  out.u32(standing.order);
}

Standing get_standing(ByteReader& in) {
  Standing standing;
  standing.reached.value = in.i64();
  standing.score = in.u32();
  standing.order = in.u32();
  return standing;
}

using QuizKey = std::pair<std::string, std::uint32_t>;
QuizKey key_of(const Quiz& quiz) { return {quiz.id, quiz.version}; }

}  // namespace

void RoomView::save(ByteWriter& out) const {
  put_id(out, id_);
  put_id(out, host_token_);
  out.u32(pin_);
  out.u32(seconds_);
  out.u64(opened_.value);
  out.u64(finished_.value);
  out.i64(opened_at_.value);
  out.i64(finished_at_.value);
  out.u8(static_cast<std::uint8_t>(phase_));
  out.u32(question_.value_or(no_question));
  out.i64(closes_.value);
  out.i64(remaining_us_);
  out.u32(credited_);
  out.u64(room_revision_);
  out.u64(board_revision_);
  out.u32(static_cast<std::uint32_t>(runs_.size()));
  for (const QuestionRun& run : runs_) {
    out.i64(run.started.value);
    out.i64(run.closed.value);
    out.u8(static_cast<std::uint8_t>(run.ender));
    out.u8(run.is_settled ? 1 : 0);
    out.u32(run.answers);
    out.u32(static_cast<std::uint32_t>(run.cells.size()));
    for (const std::uint64_t cell : run.cells) out.u64(cell);
  }
  out.u32(static_cast<std::uint32_t>(arrivals_.size()));
  for (const std::uint32_t player : arrivals_) out.u32(player);
  out.u32(static_cast<std::uint32_t>(seats_.size()));
  for (std::uint32_t player = 1; player < players_end(); ++player) {
    out.bytes(seat(player).nickname);
    put_id(out, seat(player).token);
    out.u8(seat(player).is_kicked ? 1 : 0);
    put_standing(out, ranking_.contains(player) ? ranking_.standing(player) : Standing{});
  }
}

bool RoomView::load_runs(ByteReader& in) {
  const std::uint32_t runs = in.u32();
  for (std::uint32_t i = 0; i < runs && in.ok(); ++i) {
    QuestionRun& run = runs_.emplace_back();
    run.started.value = in.i64();
    run.closed.value = in.i64();
    const std::uint8_t ender = in.u8();
    if (ender > static_cast<std::uint8_t>(Ender::idle)) return false;
    run.ender = static_cast<Ender>(ender);
    run.is_settled = in.u8() != 0;
    run.answers = in.u32();
    const std::uint32_t cells = in.u32();
    for (std::uint32_t k = 0; k < cells && in.ok(); ++k) {
      run.cells.push_back(in.u64());
      if (!is_cell(run.cells.back())) return false;
    }
    // Only the newest question's answers wait for its close.
    if (!run.is_settled && run.started != UnixUs{} && question_ != i) return false;
  }
  if (question_ && *question_ >= runs_.size()) return false;
  const std::uint32_t arrivals = in.u32();
  for (std::uint32_t i = 0; i < arrivals && in.ok(); ++i) {
    arrivals_.push_back(in.u32());
    if (!question_ || !has_answered(arrivals_.back(), *question_)) return false;
  }
  return in.ok();
}

bool RoomView::load_seats(ByteReader& in) {
  const std::uint32_t seats = in.u32();
  std::vector<Ranking::Change> standings;
  for (std::uint32_t player = 1; player <= seats && in.ok(); ++player) {
    Seat& seat = seats_.emplace_back();
    seat.nickname = std::string(in.bytes());
    seat.token = get_id(in);
    seat.is_kicked = in.u8() != 0;
    const Standing standing = get_standing(in);
    if (!in.ok() || seat.is_kicked != (standing.order == 0)) return false;
    nickname_bytes_ += seat.nickname.size();
    index_token(player);
    if (!seat.is_kicked) standings.push_back({player, standing});
  }
  for (const QuestionRun& run : runs_)
    if (run.cells.size() > seats_.size()) return false;
  ranking_.set_all(standings);
  return in.ok();
}

std::optional<RoomView> RoomView::load(ByteReader& in, QuizPtr quiz) {
  RoomView room;
  room.quiz_ = std::move(quiz);
  room.id_ = get_id(in);
  room.host_token_ = get_id(in);
  room.pin_ = in.u32();
  room.seconds_ = in.u32();
  room.opened_.value = in.u64();
  room.finished_.value = in.u64();
  room.opened_at_.value = in.i64();
  room.finished_at_.value = in.i64();
  const std::uint8_t phase = in.u8();
  if (phase > static_cast<std::uint8_t>(Phase::finished)) return std::nullopt;
  room.phase_ = static_cast<Phase>(phase);
  const std::uint32_t question = in.u32();
  if (question != no_question) room.question_ = question;
  room.closes_.value = in.i64();
  room.remaining_us_ = in.i64();
  room.credited_ = in.u32();
  room.room_revision_ = in.u64();
  room.board_revision_ = in.u64();
  if (!room.load_runs(in) || !room.load_seats(in)) return std::nullopt;
  return room;
}

void View::save_quizzes(ByteWriter& out) const {
  out.u32(static_cast<std::uint32_t>(quizzes_.size()));
  for (std::size_t i = 0; i < quizzes_.size(); ++i) {
    const QuizEntry& entry = quizzes_[i];
    out.bytes(quiz_ids_[i]);
    out.u32(entry.quiz->version);
    out.bytes(definition_text(*entry.quiz));
    out.u32(static_cast<std::uint32_t>(entry.versions.size()));
    for (const Position position : entry.versions) out.u64(position.value);
  }
  out.u32(static_cast<std::uint32_t>(users_.size()));
  for (const UserEntry& user : users_) {
    out.bytes(user.id);
    out.bytes(user.name);
  }
  for (const QuizEntry& entry : quizzes_) {
    out.u32(entry.credited);
    out.u64(entry.revision);
    out.u32(static_cast<std::uint32_t>(entry.members.size()));
    for (std::uint32_t member = 0; member < entry.members.size(); ++member) {
      out.u32(entry.members[member]);
      put_standing(out, entry.ranking.standing(member));
    }
  }
}

void View::save_rooms(ByteWriter& out) const {
  std::map<QuizKey, const Quiz*> olds;
  for (const auto& [id, room] : rooms_) {
    const auto number = find_quiz(room->quiz().id);
    if (number && quizzes_[*number].quiz->version == room->quiz().version) continue;
    olds.emplace(key_of(room->quiz()), &room->quiz());
  }
  out.u32(static_cast<std::uint32_t>(olds.size()));
  for (const auto& [key, quiz] : olds) {
    out.bytes(key.first);
    out.u32(key.second);
    out.bytes(definition_text(*quiz));
  }
  out.u32(static_cast<std::uint32_t>(rooms_.size()));
  for (const auto& [id, room] : rooms_) {
    out.bytes(room->quiz().id);
    out.u32(room->quiz().version);
    room->save(out);
  }
  out.u32(static_cast<std::uint32_t>(finished_.size()));
  for (const Id128& id : finished_) put_id(out, id);
  out.u32(static_cast<std::uint32_t>(former_order_.size()));
  for (const Id128& id : former_order_) {
    const FormerRoom& former = former_.at(id);
    put_id(out, id);
    put_id(out, former.host_token);
    out.u64(former.opened.value);
    out.u64(former.finished.value);
  }
}

void View::save(ByteWriter& out) const {
  out.u32(snapshot_version);
  save_quizzes(out);
  save_rooms(out);
  out.u64(totals_.rooms);
  out.u64(totals_.players);
  out.u64(totals_.answers);
  out.u64(totals_.room_answers);
}

bool View::load_quizzes(ByteReader& in) {
  const std::uint32_t quizzes = in.u32();
  for (std::uint32_t i = 0; i < quizzes && in.ok(); ++i) {
    const std::string_view id = in.bytes();
    const std::uint32_t version = in.u32();
    const std::string_view text = in.bytes();
    const std::uint32_t versions = in.u32();
    if (!in.ok() || find_quiz(id)) return false;
    const std::uint32_t number = add_quiz(id);
    set_quiz(number, quiz_or_empty(id, version, text));
    for (std::uint32_t k = 0; k < versions && in.ok(); ++k)
      quizzes_[number].versions.push_back(Position{in.u64()});
  }
  return in.ok();
}

bool View::load_users(ByteReader& in) {
  const std::uint32_t users = in.u32();
  for (std::uint32_t i = 0; i < users && in.ok(); ++i) {
    const std::string_view id = in.bytes();
    const std::string_view name = in.bytes();
    if (!in.ok() || find_user(id)) return false;
    add_user(id, name);
  }
  return in.ok();
}

bool View::load_rankings(ByteReader& in) {
  for (QuizEntry& entry : quizzes_) {
    entry.credited = in.u32();
    entry.revision = in.u64();
    const std::uint32_t members = in.u32();
    std::vector<Ranking::Change> standings;
    for (std::uint32_t member = 0; member < members && in.ok(); ++member) {
      const std::uint32_t user = in.u32();
      const Standing standing = get_standing(in);
      if (!in.ok() || user >= users_.size() || standing.order == 0) return false;
      if (entry.find_member(user) != none) return false;
      entry.add_member(user);
      standings.push_back({member, standing});
    }
    entry.ranking.set_all(standings);
  }
  return in.ok();
}

bool View::load_rooms(ByteReader& in) {
  std::map<QuizKey, QuizPtr> quizzes;
  for (const QuizEntry& entry : quizzes_) quizzes.emplace(key_of(*entry.quiz), entry.quiz);
  const std::uint32_t olds = in.u32();
  for (std::uint32_t i = 0; i < olds && in.ok(); ++i) {
    const std::string_view id = in.bytes();
    const std::uint32_t version = in.u32();
    QuizPtr quiz = quiz_or_empty(id, version, in.bytes());
    quizzes.emplace(key_of(*quiz), quiz);
  }
  const std::uint32_t rooms = in.u32();
  for (std::uint32_t i = 0; i < rooms && in.ok(); ++i) {
    QuizKey key{std::string(in.bytes()), 0};
    key.second = in.u32();
    const auto quiz = quizzes.find(key);
    if (!in.ok() || quiz == quizzes.end()) return false;
    auto loaded = RoomView::load(in, quiz->second);
    if (!loaded || rooms_.contains(loaded->id())) return false;
    auto room = std::make_unique<RoomView>(std::move(*loaded));
    if (room->phase() != Phase::finished && !pins_.emplace(room->pin(), room.get()).second)
      return false;
    rooms_.emplace(room->id(), std::move(room));
  }
  const std::uint32_t finished = in.u32();
  for (std::uint32_t i = 0; i < finished && in.ok(); ++i) {
    const RoomView* room = find_room(finished_.emplace_back(get_id(in)));
    if (room == nullptr || room->phase() != Phase::finished) return false;
    finished_players_ += room->players_end() - 1;
  }
  if (finished_.size() + pins_.size() != rooms_.size()) return false;
  const std::uint32_t former = in.u32();
  for (std::uint32_t i = 0; i < former && in.ok(); ++i) {
    const Id128 id = former_order_.emplace_back(get_id(in));
    FormerRoom& room = former_[id];
    room.host_token = get_id(in);
    room.opened.value = in.u64();
    room.finished.value = in.u64();
  }
  return in.ok() && former_.size() == former_order_.size();
}

Result<void> View::load(ByteReader& in) {
  if (in.u32() != snapshot_version) return corrupt("unknown version");
  if (!load_quizzes(in)) return corrupt("the quizzes are damaged");
  if (!load_users(in)) return corrupt("the users are damaged");
  if (!load_rankings(in)) return corrupt("the leaderboards are damaged");
  if (!load_rooms(in)) return corrupt("the rooms are damaged");
  totals_.rooms = in.u64();
  totals_.players = in.u64();
  totals_.answers = in.u64();
  totals_.room_answers = in.u64();
  if (!in.ok()) return corrupt("it ends too early");
  while (keeps_too_many()) forget_oldest();  // a setting was lowered
  return {};
}

}  // namespace daybook::quiz
