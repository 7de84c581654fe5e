// What the scripts of this folder share: a list of checks run one after the other, HTTP calls, and
// socket.io-client with deadlines on everything.
//
//   node SCRIPT.mjs URL ADMIN_KEY [ARGUMENTS...]
//
// Ends with 0 when every check held. What did not is on standard output, with the reason.
import { io } from 'socket.io-client';

export const [url, adminKey, ...rest] = process.argv.slice(2);
// Long enough for a slow machine under sanitizers; a check that holds never waits for it.
export const deadlineMs = 15_000;

export class Failed extends Error {}
export function check(condition, what, seen) {
  if (condition) return;
  throw new Failed(seen === undefined ? what : `${what}; seen: ${JSON.stringify(seen)}`);
}
export function same(seen, expected, what) {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(expected)];
  if (a !== b) throw new Failed(`${what}: expected ${b}, seen ${a}`);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// The promise's value, or a failure that says what was waited for.
export function within(promise, what, ms = deadlineMs) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Failed(`no ${what} within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function until(condition, what, ms = deadlineMs) {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Failed(`not within ${ms} ms: ${what}`);
    await sleep(2);
  }
}

// --- HTTP

export async function http(method, path, body, headers = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : text };
}

export async function asked(method, path, body, token = adminKey) {
  const answer = await http(method, path, body, token ? { Authorization: `Bearer ${token}` } : {});
  check(answer.status < 300, `${method} ${path} is answered ${answer.status}`, answer.body);
  return answer.body;
}

// An open quiz of `count` questions q0, q1, ...; option 1 of 4 is right. Users u0, u1, ...
export async function openQuiz(id, { questions = 2, users = 0, open = true, seconds = 20 } = {}) {
  const list = Array.from({ length: questions }, (_, i) => ({
    id: `q${i}`, text: `Question ${i}?`, options: ['a', 'b', 'c', 'd'], answerIndex: 1, seconds,
  }));
  await asked('PUT', `/quizzes/${id}`, { name: `Quiz ${id}`, open, questions: list });
  for (let i = 0; i < users; ++i)
    await asked('PUT', `/users/${id}-u${i}`, { username: `${id} user ${i}` });
}
export const right = (quiz, user, question) =>
  ({ userId: `${quiz}-u${user}`, quizId: quiz, questionId: `q${question}`, answerIndex: 1 });

// A room of that quiz: {roomId, pin, hostToken}.
export const openRoom = (quiz, options = {}) => asked('POST', `/quizzes/${quiz}/rooms`, options);
// The host's moves: start, next, close, pause, resume, finish.
export const move = (room, what) => asked('POST', `/rooms/${room.roomId}/${what}`, {}, room.hostToken);

// --- Socket.IO

const open = new Set();

// A client of its own, not connected yet when it returns.
export function client(options = {}) {
  const socket = io(url + (options.namespace ?? '/'), {
    forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, timeout: deadlineMs, ...options,
  });
  socket.problems = [];
  socket.on('problem', (problem) => socket.problems.push(problem));
  open.add(socket);
  return socket;
}

export function event(socket, name, what = name, ms = deadlineMs) {
  return within(new Promise((done) => socket.once(name, (...args) => done(args[0]))), what, ms);
}

export async function connected(options = {}) {
  const socket = client(options);
  if (!socket.connected) await event(socket, 'connect', 'connection');
  return socket;
}

// The acknowledgement of a message; refusals are answers, too.
export function ask(socket, name, ...args) {
  const answer = new Promise((done) => socket.emit(name, ...args, done));
  return within(answer, `acknowledgement of ${name}`);
}
export async function ok(socket, name, ...args) {
  const answer = await ask(socket, name, ...args);
  check(answer?.ok === true, `${name} is accepted`, answer);
  return answer;
}
// `status`: one, or a list of those that are right.
export async function refused(socket, status, name, ...args) {
  const answer = await ask(socket, name, ...args);
  check(answer?.ok === false && [status].flat().includes(answer.status), `${name} ${JSON.stringify(args)?.slice(0, 120)} is refused with ${status}`, answer);
  return answer;
}

// Every state of `name` that the socket gets from now on, each with its time.
export function record(socket, name) {
  const states = [];
  socket.on(name, (data) => states.push({ at: Date.now(), data }));
  return states;
}

// --- the list of checks

const checks = [];
export const test = (name, run) => checks.push({ name, run });

export async function runAll() {
  let failures = 0;
  process.on('unhandledRejection', (reason) => {
    console.log(`FAILED - unhandled: ${reason?.stack ?? reason}`);
    process.exit(1);
  });
  for (const { name, run } of checks) {
    const started = Date.now();
    try {
      await within(run(), 'end of the check', 4 * deadlineMs);
      console.log(`ok - ${name} (${Date.now() - started} ms)`);
    } catch (error) {
      ++failures;
      console.log(`FAILED - ${name}: ${error instanceof Failed ? error.message : error.stack}`);
    }
    for (const socket of open) socket.disconnect();
    open.clear();
  }
  process.exit(failures === 0 ? 0 : 1);
}
