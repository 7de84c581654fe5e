// A hosted game of 200 players whose server is killed in the middle of a question and comes again
// on the same port and data. Who runs this script kills the server when it reads "kill", and starts
// it again. The clients reconnect by themselves; each shows its token in its own connect handler.
//
//   node restart.mjs URL ADMIN_KEY SEED
import {
  ask, check, client, event, http, move, ok, openQuiz, openRoom, record, rest, runAll, same, sleep, test, until,
} from './lib.mjs';

const seed = Number(rest[0]);
const playersCount = 200;
const questions = 4;
const seconds = 120;  // longer than a restart under sanitizers takes
const points = 1000;
const clockSlackMs = 30;  // between this process and the server, which have the same clock

// mulberry32
let state = seed >>> 0;
function random(below) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}
const shuffled = (list) => {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; --i) {
    const k = random(i + 1);
    [copy[i], copy[k]] = [copy[k], copy[i]];
  }
  return copy;
};

const ways = [{ transports: ['polling'] }, { transports: ['websocket'] }, {}];
const latest = (states) => states.at(-1)?.data;

class Player {
  constructor(number) {
    this.nickname = `Player ${number}`;
    // What it knows of its own answers: by question {option, sentAt, ackedAt}; ackedAt undefined: no word of it.
    this.answers = [];
    this.socket = client(ways[number % ways.length]);
    this.states = record(this.socket, 'room-updated');
    this.seats = [];
    this.socket.on('disconnect', () => { this.cut = true; });
    this.socket.on('connect', () => {
      if (this.token) ask(this.socket, 'return-room', { roomId: this.roomId, token: this.token }).then((seat) => this.seats.push(seat));
    });
  }
  async join(room) {
    if (!this.socket.connected) await event(this.socket, 'connect');
    Object.assign(this, await ok(this.socket, 'join-room', { pin: room.pin, nickname: this.nickname }));
  }
  payload(question, option) {
    return { roomId: this.roomId, token: this.token, questionId: `q${question}`, answerIndex: option };
  }
  // Volatile: what a dead connection did not take is not sent again after the restart behind our back.
  send(question, option) {
    const given = { option, sentAt: Date.now() };
    this.answers[question] = given;
    return new Promise((done) => this.socket.volatile.emit('answer', this.payload(question, option), (answer) => {
      given.ackedAt = Date.now();
      done(answer);
    }));
  }
  async answer(question) {
    const answer = await this.send(question, random(3));
    check(answer.ok && answer.accepted, `${this.nickname} answers`, answer);
  }
  result() {
    return ok(this.socket, 'my-result', { roomId: this.roomId, token: this.token });
  }
}

async function everyoneAnswers(players, question) {
  await Promise.all(shuffled(players).map(async (player, i) => {
    await sleep(i * 2);
    await player.answer(question);
  }));
}

const started = [];  // by question: when it started, epoch ms

async function startOf(player, question) {
  await until(() => latest(player.states)?.question?.id === `q${question}` && latest(player.states).state === 'question', `question ${question}`);
  started[question] = latest(player.states).closesAt - seconds * 1000;
}

// Rows of the results export: [{nickname, rank, score, answers: [{option, reason, points, at}]}]
function rowsOf(body) {
  return body.players.map((player) => ({
    nickname: player.nickname, playerId: player.playerId, rank: player.rank, score: player.score,
    answers: player.answers.map((answer) => answer && ({
      question: answer.questionId, option: answer.answerIndex, reason: answer.reason, points: answer.points,
      at: typeof answer.received === 'number' ? answer.received : Date.parse(answer.received),
    })),
  }));
}

function checkAnswer(row, player, question) {
  const given = player.answers[question];
  const seen = row.answers[question];
  const what = `${player.nickname}, question ${question}`;
  check(seen && seen.question === `q${question}`, `${what}: an answer`, row);
  same(seen.option, given.option, `${what}: the option that was sent`);
  same(seen.reason, given.option === 1 ? 'right' : 'wrong', `${what}: reason`);
  check(seen.at >= given.sentAt - clockSlackMs && seen.at <= (given.ackedAt ?? given.sentAt + 5000) + clockSlackMs, `${what}: received while it was under way`, { seen, given });
  // Published formula: half of the points for being right, the other half by speed.
  const model = given.option === 1 ? points * (1 - (seen.at - started[question]) / (seconds * 1000) / 2) : 0;
  check(Math.abs(seen.points - model) <= 1, `${what}: points of the formula`, { seen, model });
}

function checkRanks(rows) {
  same(rows.length, playersCount, 'everyone is in the results, once');
  same(new Set(rows.map((row) => row.nickname)).size, playersCount, 'nobody twice');
  rows.forEach((row, i) => {
    same(row.rank, i + 1, 'ranks count up');
    same(row.score, row.answers.reduce((sum, answer) => sum + answer.points, 0), `${row.nickname}: the score is the sum`);
    if (i === 0) return;
    const before = rows[i - 1];
    const reached = (of) => Math.max(...of.answers.map((answer) => (answer.points > 0 ? answer.at : 0)));
    check(before.score > row.score || (before.score === row.score && (row.score === 0 || reached(before) <= reached(row))), 'by score, then by when it was reached', [before, row]);
    if (row.score === 0 && before.score === 0) check(Number(before.playerId) < Number(row.playerId), 'without points by joining', [before, row]);
  });
}

function checkCsv(text, rows) {
  const lines = text.trim().split(/\r?\n/);
  const names = lines[0].split(',');
  const column = (line, name) => line.split(',')[names.indexOf(name)];
  for (const name of ['nickname', 'questionId', 'reason', 'points']) check(names.includes(name), `a column ${name}`, names);
  same(lines.length - 1, playersCount * questions, 'a line for each player and question');
  const byKey = new Map(lines.slice(1).map((line) => [`${column(line, 'nickname')}/${column(line, 'questionId')}`, line]));
  same(byKey.size, playersCount * questions, 'each once');
  for (const row of rows)
    row.answers.forEach((answer, question) => {
      const line = byKey.get(`${row.nickname}/q${question}`);
      check(line && column(line, 'reason') === answer.reason && Number(column(line, 'points')) === answer.points, 'CSV and JSON say the same', { line, answer });
    });
}

test(`a game of ${playersCount} survives the death of its server in the middle of a question (seed ${seed})`, async () => {
  await openQuiz('game', { questions, open: false, seconds });
  const room = await openRoom('game');
  const host = client({ transports: ['websocket'] });
  const hosted = [];
  host.on('connect', () => ask(host, 'host-room', { roomId: room.roomId, hostToken: room.hostToken }).then((state) => hosted.push(state)));
  const players = Array.from({ length: playersCount }, (_, i) => new Player(i));
  for (const player of players) await player.join(room);  // in order, so that ranks without points are known

  await move(room, 'start');
  await startOf(players[0], 0);
  await everyoneAnswers(players, 0);  // the last answer closes it
  await until(() => players.every((player) => latest(player.states)?.state === 'closed'), 'closed');
  const before = await Promise.all(players.map((player) => player.result()));

  await move(room, 'next');
  await startOf(players[0], 1);
  const { closesAt } = latest(players[0].states);
  const mixed = shuffled(players);
  const [answered, underWay, waiting] = [mixed.slice(0, 100), mixed.slice(100, 120), mixed.slice(120)];
  await Promise.all(answered.map((player) => player.answer(1)));
  const died = Promise.all(players.map((player) => event(player.socket, 'disconnect')));
  console.log('kill');
  for (const player of underWay) {
    if (!player.cut) player.send(1, random(3));
    await sleep(1);
  }
  await died;

  await until(() => players.every((player) => player.seats.length > 0) && hosted.length > 1, 'all are back by themselves', 60_000);
  console.log(`   back ${Math.round((closesAt - Date.now()) / 1000)} s before the question's end`);
  players.forEach((player, i) => {
    const seat = player.seats[0];
    check(seat.ok, `${player.nickname} has its seat`, seat);
    same([seat.playerId, seat.nickname, seat.score, seat.rank], [player.playerId, player.nickname, before[i].score, before[i].rank], 'seat, score and rank as before');
    same([seat.room.state, seat.room.question.id, seat.room.closesAt], ['question', 'q1', closesAt], 'the running question and its end');
    const acknowledged = player.answers[1]?.ackedAt !== undefined;
    if (acknowledged) check(seat.answered === true, 'an acknowledged answer is there', seat);
    if (!player.answers[1]) check(seat.answered === false, 'nobody answered for it', seat);
    player.answered = seat.answered;
  });
  check(hosted[1].ok && hosted[1].state === 'question' && hosted[1].closesAt === closesAt, 'the host has its room', hosted[1]);
  const lost = underWay.filter((player) => !player.answered);
  console.log(`   of ${underWay.length} answers under way ${underWay.length - lost.length} were taken`);

  for (const player of players.filter((each) => each.answered)) {
    const again = await ask(player.socket, 'answer', player.payload(1, 1));
    check(!again.ok && again.status === 409, `${player.nickname} may not answer twice`, again);
  }
  check(latest(players[0].states).state === 'question', 'and nothing of that closed the question', latest(players[0].states));
  await Promise.all([...waiting, ...lost].map((player) => player.answer(1)));
  await until(() => players.every((player) => latest(player.states)?.state === 'closed'), 'closed by the last answer, at all');
  for (const question of [2, 3]) {
    await move(room, 'next');
    await startOf(players[0], question);
    await everyoneAnswers(players, question);
    await until(() => latest(players[0].states).state === 'closed', 'closed');
  }
  await move(room, 'finish');

  const authorization = { Authorization: `Bearer ${room.hostToken}` };
  const results = await http('GET', `/rooms/${room.roomId}/results`, undefined, authorization);
  check(results.status === 200, 'results', results.body);
  const rows = rowsOf(results.body);
  checkRanks(rows);
  const byName = new Map(players.map((player) => [player.nickname, player]));
  for (const row of rows) for (let question = 0; question < questions; ++question) checkAnswer(row, byName.get(row.nickname), question);
  const csv = await http('GET', `/rooms/${room.roomId}/results?format=csv`, undefined, authorization);
  check(csv.status === 200 && (csv.headers.get('content-type') ?? '').startsWith('text/csv'), 'CSV', csv.status);
  checkCsv(csv.text, rows);
  for (const row of rows) {
    const own = await byName.get(row.nickname).result();
    same([own.score, own.rank, own.players], [row.score, row.rank, playersCount], `${row.nickname}: what it is told itself`);
  }
});

runAll();
