// What a client of an open quiz may rely on, over one way to connect:
//
//   node core.mjs URL ADMIN_KEY polling|websocket|upgrade
//
// upgrade is what a browser does: it begins with polling and changes to WebSocket by itself.
import {
  ask, asked, check, client, connected, deadlineMs, event, http, ok, openQuiz, record, refused, rest,
  right, runAll, same, sleep, test, until, within,
} from './lib.mjs';

const way = rest[0];
const options = way === 'upgrade' ? {} : { transports: [way] };
const connect = (more = {}) => connected({ ...options, ...more });
const transport = (socket) => socket.io.engine.transport.name;
const leaderboard = (quiz) => asked('GET', `/api/v1/leaderboard/${quiz}/top10`, undefined, '');

if (way === 'upgrade') {
  test('a client begins with polling, changes to WebSocket, and nothing is lost or doubled around it', async () => {
    const quiz = 'upgraded';
    const count = 60;
    await openQuiz(quiz, { questions: count, users: 1 });
    const other = await connected({ transports: ['websocket'] });
    const socket = client();
    const states = record(socket, 'leaderboard-updated');
    const answered = [];
    let first;
    let upgraded = false;
    socket.io.once('open', () => {
      first = transport(socket);
      socket.io.engine.once('upgrade', () => { upgraded = true; });
    });
    await event(socket, 'connect');
    socket.emit('join-quiz', quiz);
    // One message after the other while the transport changes, and some behind it.
    let sent = 0;
    while (sent < count && !(upgraded && sent > answered.length + 20 && sent > 30)) {
      const i = sent++;
      socket.emit('submit-answer', right(quiz, 0, i), (answer) => answered.push({ i, ok: answer.ok }));
      await sleep(1);
    }
    await until(() => upgraded, 'upgrade');
    const second = transport(socket);
    while (sent < count) {
      const i = sent++;
      socket.emit('submit-answer', right(quiz, 0, i), (answer) => answered.push({ i, ok: answer.ok }));
    }
    await until(() => answered.length === count, 'all acknowledgements');
    same([first, second], ['polling', 'websocket'], 'transports');
    same(answered.map((a) => a.i), Array.from({ length: count }, (_, i) => i), 'acknowledgements in order, each once');
    check(answered.every((a) => a.ok), 'every answer counted once', answered);
    await until(() => states.at(-1)?.data.leaderboard[0]?.score === count, 'the last state');
    same(states.at(-1).data.leaderboard, await leaderboard(quiz), 'last broadcast');
    other.disconnect();
  });

  test('clients that change transport while states arrive get the newest of them', async () => {
    const quiz = 'upgraded-in-a-crowd';
    await openQuiz(quiz, { questions: 40, users: 1 });
    const sender = await connected({ transports: ['websocket'] });
    const sockets = Array.from({ length: 20 }, () => client());
    const states = sockets.map((socket) => {
      socket.on('connect', () => socket.emit('join-quiz', quiz));
      return record(socket, 'leaderboard-updated');
    });
    for (let i = 0; i < 40; ++i) {
      await ok(sender, 'submit-answer', right(quiz, 0, i));
      await sleep(5);
    }
    await until(() => sockets.every((socket) => socket.connected && transport(socket) === 'websocket'), 'all upgraded');
    await until(() => states.every((of) => of.at(-1)?.data.leaderboard[0]?.score === 40), 'the last state at each');
    for (const of of states)
      for (let i = 1; i < of.length; ++i)
        check((of[i].data.leaderboard[0]?.score ?? 0) >= (of[i - 1].data.leaderboard[0]?.score ?? 0), 'states never go back', of);
  });
}

test('a client connects by the transport it asked for', async () => {
  const socket = await connect();
  if (way === 'upgrade') await until(() => transport(socket) === 'websocket', 'upgrade');
  else check(transport(socket) === way, 'transport', transport(socket));
  check(typeof socket.id === 'string' && socket.id.length >= 8, 'a socket id', socket.id);
  check(socket.id !== socket.io.engine.id, 'the id of the socket is not that of the session', socket.id);
});

test('who joined a quiz sees the answer of another at once; who left it does not', async () => {
  const quiz = 'joined';
  await openQuiz(quiz, { questions: 3, users: 2 });
  const [watcher, player] = [await connect(), await connect()];
  const states = record(watcher, 'leaderboard-updated');
  const elsewhere = record(player, 'leaderboard-updated');
  await ok(watcher, 'join-quiz', quiz);
  await until(() => states.length === 1, 'the state of the beginning');
  same(states[0].data, { quizId: quiz, leaderboard: [] }, 'first state');
  await sleep(600);  // the interval since the first state is over, so the next change is sent at once
  const answer = await ok(player, 'submit-answer', right(quiz, 0, 0));
  check(answer.right === true && answer.score === 1, 'right, one point', answer);
  check(typeof answer.receipt === 'string', 'a receipt', answer);
  await until(() => states.length === 2, 'leaderboard-updated');
  same(states[1].data, { quizId: quiz, leaderboard: [{ score: 1, username: `${quiz} user 0`, value: `${quiz}-u0` }] }, 'state');
  await ok(watcher, 'leave-quiz', quiz);
  await ok(player, 'submit-answer', right(quiz, 1, 0));
  await sleep(700);
  check(states.length === 2, 'nothing more after leaving', states);
  check(elsewhere.length === 0, 'nothing for who never joined', elsewhere);
  // Again, with an object as payload; the newest state comes with it.
  await ok(watcher, 'join-quiz', { quizId: quiz });
  await until(() => states.length === 3, 'state after coming back');
  same(states[2].data.leaderboard, await leaderboard(quiz), 'as the GET says');
});

test('the second answer of a person to a question is refused and scores nothing', async () => {
  const quiz = 'once';
  await openQuiz(quiz, { questions: 2, users: 1 });
  const socket = await connect();
  await ok(socket, 'submit-answer', right(quiz, 0, 0));
  for (let i = 0; i < 3; ++i) {
    const again = await refused(socket, 409, 'submit-answer', right(quiz, 0, 0));
    check(again.message === 'User already answered', 'the words of the contract', again);
  }
  // A wrong first answer stays, too. Both at the same time: one of them counts.
  const both = await Promise.all([
    ask(socket, 'submit-answer', { ...right(quiz, 0, 1), answerIndex: 2 }),
    ask(socket, 'submit-answer', right(quiz, 0, 1)),
  ]);
  same(both.map((a) => a.ok), [true, false], 'the first one counts');
  const over = await http('POST', `/quizzes/${quiz}/answers`, right(quiz, 0, 1));
  check(over.status === 409, 'over HTTP neither', over.body);
  same(await leaderboard(quiz), [{ score: 1, username: `${quiz} user 0`, value: `${quiz}-u0` }], 'leaderboard');
});

const notAQuiz = [undefined, null, 5, true, [], {}, '', { quizId: 5 }, { quizId: null }, { quizId: ['x'] },
  'x'.repeat(65), 'x'.repeat(100_000), 'no-such-quiz', '__proto__', 'constructor', 'a\nb', '\u0000', 'ü\u{1F600}', { quizId: 'no-such-quiz' }];
const notAnAnswer = (quiz) => {
  const good = right(quiz, 0, 0);
  const wrong = [undefined, null, 7, 'text', [], [good], {}, { ...good, quizId: 'no-such-quiz' }, { ...good, questionId: 'no-such-question' },
    { ...good, userId: 'nobody' }, { ...good, questionId: '__proto__' }, { ...good, userId: 'constructor' }];
  for (const field of Object.keys(good))
    for (const value of [undefined, null, {}, [], true, '', 1.5, -1, 4, 1e300, '1'.repeat(70)]) wrong.push({ ...good, [field]: value });
  return wrong;
};

test('wrong payloads and unknown names get a problem, and the socket stays connected', async () => {
  const quiz = 'strict';
  await openQuiz(quiz, { questions: 1, users: 1 });
  const socket = await connect();
  const reasons = [];
  socket.on('disconnect', (reason) => reasons.push(reason));
  const calls = [...notAQuiz.map((payload) => ['join-quiz', payload]), ...notAnAnswer(quiz).map((payload) => ['submit-answer', payload])];
  for (const name of ['answer', 'join-room', 'return-room', 'watch-room', 'my-result', 'host-room', 'start-room', 'kick-player'])
    for (const payload of [undefined, null, 5, 'x', [], {}, { pin: 5 }, { pin: '000000' }, { roomId: 'nope', token: 'nope' }, { roomId: 'f'.repeat(32), token: 'f'.repeat(32), hostToken: 'f'.repeat(32), playerId: '1', nickname: 'n', questionId: 'q0', answerIndex: 1 }])
      calls.push([name, payload]);
  for (const name of ['', 'no-such-message', '__proto__', 'toString', 'x'.repeat(1000)]) calls.push([name, {}]);
  for (const [name, payload] of calls) {
    const answer = await ask(socket, name, payload);
    const shown = `${name} ${JSON.stringify(payload)?.slice(0, 100)}`;
    // A numeric string is taken for a number; the wrong answers that are right JSON are refused.
    check(answer?.ok === false && answer.status >= 400 && answer.status < 500, `${shown} is refused`, answer);
    check(typeof answer.title === 'string' && typeof answer.detail === 'string' && typeof answer.type === 'string', `${shown} gets a problem`, answer);
  }
  // Without an acknowledgement the problem comes as an event, and says to what.
  for (const [name, payload] of [['join-quiz', 5], ['no-such-message', {}], ['submit-answer', { ...right(quiz, 0, 0), questionId: 'no-such-question' }]]) {
    socket.problems.length = 0;
    socket.emit(name, payload);
    await until(() => socket.problems.length === 1, `problem about ${name}`);
    check(socket.problems[0].event === name && socket.problems[0].status >= 400, 'the problem names the message', socket.problems[0]);
  }
  same(reasons, [], 'disconnections');
  await ok(socket, 'submit-answer', right(quiz, 0, 0));  // none of the wrong ones counted
});

test('more arguments, none, and binary ones do no harm', async () => {
  const quiz = 'binary';
  await openQuiz(quiz, { questions: 1, users: 1 });
  const [socket, other] = [await connect(), await connect()];
  const bytes = Buffer.from([0, 1, 2, 255, 254]);
  for (const args of [[bytes], [bytes, { a: [bytes, bytes] }], [{ quizId: bytes }], [Buffer.alloc(100_000)], [Buffer.alloc(0)]])
    for (const name of ['no-such-message', 'join-quiz', 'submit-answer']) {
      const answer = await ask(socket, name, ...args);
      check(answer?.ok === false && answer.status >= 400 && answer.status < 500, `${name} with binary is refused`, answer);
    }
  socket.emit('no-such-message', bytes);
  await until(() => socket.problems.length === 1, 'problem about binary without acknowledgement');
  socket.emit('no-such-message');
  await until(() => socket.problems.length === 2, 'problem about no arguments');
  await ok(socket, 'join-quiz', quiz, 'more', 7, null, { and: ['more'] });
  await ok(other, 'submit-answer', right(quiz, 0, 0));
  check(socket.connected && other.connected, 'both are still there');
});

test('an unknown namespace is refused; the main one of the same connection goes on', async () => {
  const socket = await connect();
  const custom = socket.io.socket('/no-such-namespace');
  custom.connect();
  const error = await event(custom, 'connect_error');
  check(error instanceof Error && error.message.length > 3, 'connect_error says why', error?.message);
  check(!custom.connected && socket.connected, 'only the namespace is refused');
  await refused(socket, 404, 'join-quiz', 'no-such-quiz');
});

test('a packet beyond maxPayload ends its own connection only, and the client comes back by itself', async () => {
  const [socket, other] = [await connect(), await connect()];
  if (way === 'upgrade') await until(() => transport(socket) === 'websocket', 'upgrade');
  const payload = socket.io.engine.maxPayload ?? socket.io.engine._maxPayload;
  if (payload !== undefined) check(payload === 1_000_000, 'maxPayload of the handshake', payload);
  check((await ask(socket, 'join-quiz', 'x'.repeat(900_000))).ok === false, 'just below it is read and refused');
  const first = socket.id;
  const gone = event(socket, 'disconnect');
  const back = event(socket, 'connect', 'connection after it');
  socket.emit('join-quiz', 'x'.repeat(1_200_000));
  const reason = await gone;
  check(reason === 'transport close' || reason === 'transport error', 'reason', reason);
  await back;
  check(socket.id !== first, 'a new session');
  await refused(socket, 404, 'join-quiz', 'no-such-quiz');
  await refused(other, 404, 'join-quiz', 'no-such-quiz');
});

test('a silent client is kept by the heartbeat', async () => {
  const socket = client(options);
  let pings = 0;
  socket.io.on('ping', () => { ++pings; });
  await event(socket, 'connect');
  await until(() => pings >= 3, 'three pings');
  check(socket.connected, 'connected');
});

test('a hundred clients at once: each is answered, and all see the same last state', async () => {
  const quiz = 'hundred';
  const count = 100;
  await openQuiz(quiz, { questions: 1, users: count });
  const sockets = await Promise.all(Array.from({ length: count }, () => connect()));
  const states = sockets.map((socket) => record(socket, 'leaderboard-updated'));
  await Promise.all(sockets.map((socket) => ok(socket, 'join-quiz', quiz)));
  const answers = await Promise.all(sockets.map((socket, i) => ask(socket, 'submit-answer', right(quiz, i, 0))));
  check(answers.every((answer) => answer.ok), 'all answers counted', answers.filter((answer) => !answer.ok)[0]);
  const top = await leaderboard(quiz);
  check(top.length === 10 && top.every((row) => row.score === 1), 'ten rows', top);
  await until(() => states.every((of) => JSON.stringify(of.at(-1)?.data.leaderboard) === JSON.stringify(top)), 'the last state at all');
  check(sockets.every((socket) => socket.connected), 'all connected');
  await Promise.all(sockets.map((socket) => within(new Promise((done) => {
    socket.once('disconnect', done);
    socket.disconnect();
  }), 'disconnect', deadlineMs)));
});

runAll();
