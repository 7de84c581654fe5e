// The calls of the reference's own front end, from a page of another origin, against the fixture of
// `serve --demo`. The first argument is the URL of the quiz listener.
//
//   node reference.mjs URL ORIGIN
import { adminKey as origin, check, connected, event, http, ok, record, runAll, same, test, until } from './lib.mjs';

const from = { Origin: origin };
const keys = (object) => Object.keys(object).sort();
const quizzes = {
  '5auOzRcxikM2ebToYIPGx': [
    ['QTDi2_bniYD7Ugk0Qc2Lh', ['Paris', 'Berlin', 'Madrid', 'Rome'], 0],
    ['InBSs3HrRjh-mDzPwQ8LS', ['Earth', 'Mars', 'Jupiter', 'Venus'], 1],
  ],
  aFrF5jNiu8nv2BbdigYZt: [
    ['lfYL3s-3slK7Y0ilWlPQt', ['Oxygen', 'Gold', 'Hydrogen', 'Nitrogen'], 0],
    ['YeaoD4_JqGB9XZhzrbsAz', ['William Shakespeare', 'Mark Twain', 'Charles Dickens', 'Leo Tolstoy'], 0],
    ['_tOTgZBbB3VRCnpSozRBj', ['Elephant', 'Blue Whale', 'Giraffe', 'Hippopotamus'], 1],
  ],
};
const [france, fresh] = Object.keys(quizzes);

async function get(path) {
  const answer = await http('GET', path, undefined, from);
  check(answer.status === 200, `GET ${path}`, answer.body);
  check([origin, '*'].includes(answer.headers.get('access-control-allow-origin')), 'CORS', [...answer.headers]);
  check(answer.headers.get('access-control-allow-credentials') === null, 'no credentials', [...answer.headers]);
  return answer.body;
}

test('the four GETs have the shapes of the contract', async () => {
  const users = await get('/api/v1/users');
  check(users.length === 10 && users.every((user) => keys(user).join() === 'id,username'), 'ten users', users);
  same(users.slice(0, 3).map((user) => [user.username, user.id]),
    [['Oliver', '1JlHDzkFnFi4KXyhbkppl'], ['Emma', '7bZ8jGFnr8LHZjdTxyql'], ['Liam', '2tPtDhQ5HnrTxy9XGpKr']], 'the first three');
  const list = await get('/api/v1/quizzes');
  same(list, Object.keys(quizzes).map((id, i) => ({ id, name: `Quiz ${i + 1}` })), 'quizzes');
  for (const [id, questions] of Object.entries(quizzes)) {
    const seen = await get(`/api/v1/quizzes/${id}/questions`);
    check(seen.every((question) => keys(question).join() === 'id,options,text'), 'no more than id, text and options', seen);
    same(seen.map((question) => [question.id, question.options]), questions.map(([question, options]) => [question, options]), 'questions');
    const top = await get(`/api/v1/leaderboard/${id}/top10`);
    check(Array.isArray(top) && top.length <= 10 && top.every((row) => keys(row).join() === 'score,username,value'), 'top10', top);
  }
  check((await http('GET', '/api/v1/quizzes/no-such-quiz/questions', undefined, from)).status === 404, 'an unknown quiz');
});

test('a browser may ask first, and only the origin of the front end is let in', async () => {
  for (const [method, path] of [['GET', '/api/v1/quizzes'], ['POST', '/socket.io/?EIO=4&transport=polling']]) {
    const preflight = await http('OPTIONS', path, undefined, {
      ...from, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'content-type',
    });
    check(preflight.status < 300, `preflight of ${path}`, preflight.status);
    same(preflight.headers.get('access-control-allow-origin'), origin, 'origin');
    check(/content-type/i.test(preflight.headers.get('access-control-allow-headers') ?? ''), 'headers', [...preflight.headers]);
    check((preflight.headers.get('access-control-allow-methods') ?? '').split(/, */).includes(method), 'methods', [...preflight.headers]);
    const other = await http('GET', path, undefined, { Origin: 'http://elsewhere.example' });
    check(other.headers.get('access-control-allow-origin') === null, 'another origin gets no permission', [...other.headers]);
  }
  const handshake = await http('GET', '/socket.io/?EIO=4&transport=polling', undefined, from);
  same(handshake.headers.get('access-control-allow-origin'), origin, 'polling');
  const open = JSON.parse(handshake.text.slice(1));
  same([open.pingInterval, open.pingTimeout, open.maxPayload, open.upgrades], [25000, 20000, 1e6, ['websocket']], 'handshake of the contract');
});

test('its Socket.IO events, with a plain string to join and no acknowledgements', async () => {
  for (const way of [{ transports: ['polling'] }, { transports: ['websocket'] }, {}]) {
    const socket = await connected({ ...way, extraHeaders: from });
    const states = record(socket, 'leaderboard-updated');
    socket.emit('join-quiz', france);
    await until(() => states.length > 0, 'state');
    same(keys(states[0].data), ['leaderboard', 'quizId'], 'payload');
    check(states[0].data.leaderboard.every((row) => keys(row).join() === 'score,username,value'), 'rows', states[0].data);
    socket.emit('leave-quiz', france);
    await ok(socket, 'leave-quiz', france);
  }
  const users = await get('/api/v1/users');
  const [socket, other] = [await connected({ extraHeaders: from }), await connected({ extraHeaders: from })];
  const states = record(other, 'leaderboard-updated');
  other.emit('join-quiz', fresh);
  await until(() => states.length > 0, 'state');
  const already = new Set(states[0].data.leaderboard.map((row) => row.value));
  const someone = users.find((user) => !already.has(user.id));
  const [questionId, , answerIndex] = quizzes[fresh][2];
  socket.emit('submit-answer', { userId: someone.id, quizId: fresh, questionId, answerIndex });
  await until(() => states.at(-1).data.leaderboard.some((row) => row.value === someone.id || row.score > 1) && states.length > 1, 'the answer on the leaderboard');
  same(await get(`/api/v1/leaderboard/${fresh}/top10`), states.at(-1).data.leaderboard, 'the GET says the same');
  // What killed the reference's process.
  const problem = event(socket, 'problem');
  socket.emit('submit-answer', { userId: someone.id, quizId: fresh, questionId: 'no-such-question', answerIndex: 0 });
  check((await problem).status === 404, 'an unknown question');
  await get('/api/v1/users');
});

runAll();
