// Clients of an open quiz over a restart of the server. Who runs this script stops the server when
// it reads "stop", and starts it again on the same port.
//
//   node reconnect.mjs URL ADMIN_KEY
import {
  asked, check, client, event, ok, openQuiz, record, refused, right, runAll, same, test, until,
} from './lib.mjs';

test('clients of every transport come back by themselves and see the same leaderboard', async () => {
  const quiz = 'again';
  await openQuiz(quiz, { questions: 2, users: 2 });
  const sockets = [{ transports: ['polling'] }, { transports: ['websocket'] }, {}].map((way) => client(way));
  const states = sockets.map((socket) => record(socket, 'leaderboard-updated'));
  const ids = sockets.map(() => []);
  sockets.forEach((socket, i) => socket.on('connect', () => {
    ids[i].push(socket.id);
    socket.emit('join-quiz', quiz);
  }));
  await until(() => states.every((of) => of.length > 0), 'the states of the beginning');
  await ok(sockets[0], 'submit-answer', right(quiz, 0, 0));
  const before = await asked('GET', `/api/v1/leaderboard/${quiz}/top10`, undefined, '');
  const gone = Promise.all(sockets.map((socket) => event(socket, 'disconnect')));
  console.log('stop');
  const reasons = await gone;
  console.log(`   disconnected: ${reasons.join(', ')}`);
  // "io server disconnect" would keep the client from coming back.
  check(reasons.every((reason) => reason === 'transport close' || reason === 'transport error'), 'reasons', reasons);
  states.forEach((of) => { of.length = 0; });
  await until(() => states.every((of) => of.length > 0), 'the states after the restart', 60_000);
  for (const of of states) same(of[0].data.leaderboard, before, 'leaderboard');
  for (const own of ids) check(new Set(own).size === own.length, 'a new session', own);
  for (const socket of sockets) await refused(socket, 409, 'submit-answer', right(quiz, 0, 0));
  await ok(sockets[1], 'submit-answer', right(quiz, 1, 1));
  await until(() => states.every((of) => of.at(-1).data.leaderboard.length === 2), 'the new answer at all');
});

runAll();
