// When states are sent: the first change at once, at most one per quiz and interval, the last of a
// burst always, the newest to who comes late; and joining and leaving at 1,000 a second.
//
//   node broadcast.mjs URL ADMIN_KEY
import {
  ask, asked, check, connected, deadlineMs, ok, openQuiz, record, right, runAll, same, sleep, test, until,
} from './lib.mjs';

const intervalMs = 500;  // quiz.broadcast_interval_ms
const atOnceMs = 100;
const leaderboard = (quiz) => asked('GET', `/api/v1/leaderboard/${quiz}/top10`, undefined, '');
const ways = [{ transports: ['polling'] }, { transports: ['websocket'] }, {}];

test('the first change after a quiet time is sent at once', async () => {
  const quiz = 'quiet';
  const tries = 4;
  await openQuiz(quiz, { questions: tries, users: 1 });
  const sender = await connected({ transports: ['websocket'] });
  const watchers = await Promise.all(ways.map((way) => connected(way)));
  const states = watchers.map((socket) => record(socket, 'leaderboard-updated'));
  await Promise.all(watchers.map((socket) => ok(socket, 'join-quiz', quiz)));
  await until(() => states.every((of) => of.length === 1), 'the states of the beginning');
  const delays = [];
  for (let i = 0; i < tries; ++i) {
    await sleep(intervalMs + 100);
    const sent = Date.now();
    await ok(sender, 'submit-answer', right(quiz, 0, i));
    await until(() => states.every((of) => of.length === i + 2), `state ${i + 2} at all`);
    delays.push(Math.max(...states.map((of) => of.at(-1).at)) - sent);
  }
  // The best of them: another program may have had the processor in the others.
  check(Math.min(...delays) < atOnceMs, `sent within ${atOnceMs} ms`, delays);
  console.log(`   from the answer to the slowest of ${watchers.length} watchers: ${delays.join(', ')} ms`);
});

test('a burst gives one state per interval, the last one always, and then silence', async () => {
  const quiz = 'burst';
  const [users, questions] = [12, 60];
  await openQuiz(quiz, { questions, users });
  const sender = await connected({ transports: ['websocket'] });
  const watchers = await Promise.all([...ways, ...ways].map((way) => connected(way)));
  const states = watchers.map((socket) => record(socket, 'leaderboard-updated'));
  await Promise.all(watchers.map((socket) => ok(socket, 'join-quiz', quiz)));
  await until(() => states.every((of) => of.length === 1), 'the states of the beginning');
  const started = Date.now();
  const pending = [];
  for (let question = 0; question < questions; ++question) {
    for (let user = 0; user < users; ++user) pending.push(ok(sender, 'submit-answer', right(quiz, user, question)));
    await sleep(Math.max(0, started + (question + 1) * 35 - Date.now()));
  }
  await Promise.all(pending);
  const ended = Date.now();
  const last = JSON.stringify(await leaderboard(quiz));
  await until(() => states.every((of) => JSON.stringify(of.at(-1).data.leaderboard) === last), 'the last state at all');
  const lateMs = Math.max(...states.map((of) => of.at(-1).at)) - ended;
  check(lateMs < intervalMs + 1000, 'the last state comes within the interval', lateMs);
  const most = Math.floor((ended - started + intervalMs) / intervalMs) + 2;
  for (const of of states) {
    check(of.length <= most, `at most ${most} states in ${ended - started} ms`, of.length);
    check(of.length >= 3, 'some on the way', of.length);
    for (let i = 2; i < of.length; ++i)
      check(of[i].at - of[i - 1].at > intervalMs / 2, 'an interval between two states', of.map((state) => state.at - started));
  }
  const counts = states.map((of) => of.length);
  await sleep(2 * intervalMs + 200);
  same(states.map((of) => of.length), counts, 'nothing without a change');
});

test('who joins late gets the newest state at once', async () => {
  const quiz = 'late';
  await openQuiz(quiz, { questions: 2, users: 12 });
  const sender = await connected({ transports: ['websocket'] });
  for (let user = 0; user < 12; ++user)
    for (let question = 0; question <= user % 2; ++question) await ok(sender, 'submit-answer', right(quiz, user, question));
  const top = await leaderboard(quiz);
  for (const way of ways) {
    const socket = await connected(way);
    const states = record(socket, 'leaderboard-updated');
    const sent = Date.now();
    await ok(socket, 'join-quiz', quiz);
    await until(() => states.length > 0, 'state');
    const delayMs = states[0].at - sent;
    same(states[0].data, { quizId: quiz, leaderboard: top }, 'state');
    check(delayMs < 500, 'long before the next broadcast', delayMs);
    await ok(socket, 'join-quiz', quiz);  // twice is as once
    const before = states.length;
    await sleep(50);
    check(states.length <= before + 1, 'no flood', states.length);
  }
});

test('two quizzes do not hold up or reach one another', async () => {
  const [one, two] = ['first', 'second'];
  await openQuiz(one, { questions: 40, users: 1 });
  await openQuiz(two, { questions: 2, users: 1 });
  const sender = await connected({ transports: ['websocket'] });
  const watcher = await connected({ transports: ['websocket'] });
  const states = record(watcher, 'leaderboard-updated');
  await ok(watcher, 'join-quiz', two);
  await until(() => states.length === 1, 'the state of the beginning');
  await sleep(intervalMs + 100);
  for (let i = 0; i < 20; ++i) await ok(sender, 'submit-answer', right(one, 0, i));
  const sent = Date.now();
  await ok(sender, 'submit-answer', right(two, 0, 0));
  await until(() => states.length === 2, 'the state of the second quiz');
  check(states[1].at - sent < intervalMs, 'not held up', states[1].at - sent);
  check(states.every((state) => state.data.quizId === two), 'only the quiz that was joined', states);
});

test('join and leave 1,000 times a second for three seconds: all are answered, and the quiz goes on', async () => {
  const quiz = 'coming-and-going';
  const [perSecond, seconds, clients] = [1000, 3, 60];
  await openQuiz(quiz, { questions: 30, users: 1 });
  const sender = await connected({ transports: ['websocket'] });
  const sockets = await Promise.all(Array.from({ length: clients }, (_, i) => connected(ways[i % ways.length])));
  const states = sockets.map((socket) => record(socket, 'leaderboard-updated'));
  const took = [];
  const started = Date.now();
  let sent = 0;
  let answered = 0;
  const joined = new Array(clients).fill(false);
  while (sent < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((Date.now() - started) / 1000) * perSecond));
    for (; sent < due; ++sent) {
      const i = sent % clients;
      const at = Date.now();
      joined[i] = !joined[i];
      sockets[i].emit(joined[i] ? 'join-quiz' : 'leave-quiz', quiz, (answer) => {
        check(answer.ok, 'accepted', answer);
        took.push(Date.now() - at);
      });
    }
    if (answered < 25 && Date.now() - started > answered * 100) await ok(sender, 'submit-answer', right(quiz, 0, answered++));
    await sleep(5);
  }
  const sentMs = Date.now() - started;
  await until(() => took.length === sent, 'all acknowledgements');
  took.sort((a, b) => a - b);
  console.log(`   ${sent} in ${sentMs} ms; acknowledged after ${took[sent >> 1]} ms (median), ${took.at(-1)} ms (longest)`);
  check(sentMs < 2 * seconds * 1000, 'the rate was held', sentMs);
  check(took[Math.floor(sent * 0.99)] < 1000, '99 of 100 within a second', took.at(-1));
  for (const socket of sockets) await ok(socket, 'join-quiz', quiz);
  await ok(sender, 'submit-answer', right(quiz, 0, 29));
  const top = JSON.stringify(await leaderboard(quiz));
  await until(() => states.every((of) => JSON.stringify(of.at(-1)?.data.leaderboard) === top), 'the last state at all');
});

test('connections come and go while a quiz runs', async () => {
  const quiz = 'connections';
  await openQuiz(quiz, { questions: 60, users: 1 });
  const watcher = await connected({});
  const states = record(watcher, 'leaderboard-updated');
  await ok(watcher, 'join-quiz', quiz);
  const sender = await connected({ transports: ['websocket'] });
  const end = Date.now() + 2000;
  let rounds = 0;
  let answered = 0;
  const comeAndGo = async (way) => {
    while (Date.now() < end) {
      const socket = await connected({ ...way, reconnection: false });
      // Some leave in the middle of what they asked for.
      if (rounds++ % 3 === 0) socket.emit('join-quiz', quiz);
      else await ok(socket, 'join-quiz', quiz);
      socket.disconnect();
    }
  };
  const answering = async () => {
    while (Date.now() < end && answered < 60) {
      await ok(sender, 'submit-answer', right(quiz, 0, answered++));
      await sleep(40);
    }
  };
  await Promise.all([...ways, ...ways, ...ways].map(comeAndGo).concat(answering()));
  console.log(`   ${rounds} connections in 2 s`);
  const top = JSON.stringify(await leaderboard(quiz));
  await until(() => JSON.stringify(states.at(-1)?.data.leaderboard) === top, 'the last state', deadlineMs);
  check((await ask(watcher, 'join-quiz', quiz)).ok, 'the watcher is fine');
});

runAll();
