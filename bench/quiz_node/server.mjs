// The peer of bench/quiz.sh: the reference's live quiz on Socket.IO and Node, in memory, with what it
// lacks to be compared fairly: answers are checked and counted once, the last state of a burst is sent,
// and the ten best are kept as scores come instead of sorted for each broadcast. Nothing is stored.
//
//   node server.mjs [--port 0] [--interval-ms 500]
//
// Quizzes and users come by PUT /quizzes/{id} and PUT /users/{id}, as Daybook takes them (no key).
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const { values: options } = parseArgs({
  options: { port: { type: "string", default: "0" }, "interval-ms": { type: "string", default: "500" } },
});
const intervalMs = Number(options["interval-ms"]);
const rowsMax = 10;

const users = new Map(); // id -> username
const quizzes = new Map(); // id -> Quiz

class Quiz {
  constructor(definition) {
    this.questions = new Map(definition.questions.map((q) => [q.id, q.answerIndex]));
    this.answered = new Set(); // "userId questionId"
    this.scores = new Map(); // user id -> score
    this.top = []; // rows of the ten best, best first
    this.sentAt = -Infinity;
    this.timer = null;
  }

  // True when it counts.
  answer(userId, questionId, answerIndex) {
    const key = `${userId} ${questionId}`;
    if (this.answered.has(key)) return false;
    this.answered.add(key);
    if (this.questions.get(questionId) === answerIndex) this.score(userId);
    return true;
  }

  score(userId) {
    const score = (this.scores.get(userId) ?? 0) + 1;
    this.scores.set(userId, score);
    let at = this.top.findIndex((row) => row.value === userId);
    if (at < 0) {
      if (this.top.length === rowsMax && this.top[rowsMax - 1].score >= score) return;
      at = this.top.length === rowsMax ? rowsMax - 1 : this.top.length;
    }
    const row = { score, username: users.get(userId), value: userId };
    for (; at > 0 && this.top[at - 1].score < score; --at) this.top[at] = this.top[at - 1];
    this.top[at] = row;
  }
}

// First at once, then at most once an interval, the last state always.
function changed(quizId, quiz) {
  if (quiz.timer) return;
  const wait = quiz.sentAt + intervalMs - performance.now();
  if (wait <= 0) return broadcast(quizId, quiz);
  quiz.timer = setTimeout(() => broadcast(quizId, quiz), wait);
}

function broadcast(quizId, quiz) {
  quiz.timer = null;
  quiz.sentAt = performance.now();
  io.to(quizId).emit("leaderboard-updated", { quizId, leaderboard: quiz.top });
}

function define(request, body) {
  const [kind, id] = request.url.split("/").slice(1);
  const definition = JSON.parse(body);
  if (kind === "users") users.set(id, definition.username);
  if (kind === "quizzes") quizzes.set(id, new Quiz(definition));
}

const http = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    if (request.method === "PUT") define(request, body);
    const status = request.method === "PUT" ? 200 : 404;
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": 2 });
    response.end("{}");
  });
});

const io = new Server(http, { serveClient: false });
io.on("connection", (socket) => {
  socket.on("join-quiz", (quizId, done) => {
    if (quizzes.has(quizId)) socket.join(quizId);
    done?.({ ok: quizzes.has(quizId) });
  });
  socket.on("leave-quiz", (quizId, done) => {
    socket.leave(quizId);
    done?.({ ok: true });
  });
  socket.on("submit-answer", ({ userId, quizId, questionId, answerIndex }, done) => {
    const quiz = quizzes.get(quizId);
    const known = quiz?.questions.has(questionId) && users.has(userId);
    const counted = Boolean(known) && quiz.answer(userId, questionId, answerIndex);
    if (counted) changed(quizId, quiz);
    done?.({ ok: counted });
  });
});

http.listen({ port: Number(options.port), host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}`);
  console.log("ready");
});
