// A hosted game as its host and players see it.
//
//   node game.mjs URL ADMIN_KEY
import {
  ask, asked, check, connected, http, move, ok, openQuiz, openRoom, record, refused, runAll, same, sleep, test, until,
} from './lib.mjs';

const notAllowed = [401, 403, 404];
const latest = (states) => states.at(-1)?.data;

// A player with its socket; `room`: with the PIN.
async function join(room, nickname, options = { transports: ['websocket'] }) {
  const socket = await connected(options);
  const states = record(socket, 'room-updated');
  const boards = record(socket, 'board-updated');
  const kicks = record(socket, 'kicked');
  const seat = await ok(socket, 'join-room', { pin: room.pin, nickname });
  check(/^[0-9a-f]{32}$/.test(seat.token), 'a token', seat);
  check(seat.roomId === room.roomId && typeof seat.playerId === 'string', 'a seat', seat);
  return { socket, states, boards, kicks, roomId: room.roomId, ...seat };
}
const answer = (player, questionId, answerIndex) =>
  ({ roomId: player.roomId, token: player.token, questionId, answerIndex });
const result = (player) => ok(player.socket, 'my-result', { roomId: player.roomId, token: player.token });

test('from the lobby to the results, over every way to connect', async () => {
  await openQuiz('game', { questions: 3, open: false });
  const room = await openRoom('game', { closeWhenAnswered: false });
  check(/^[1-9][0-9]{5}$/.test(room.pin) && room.hostToken.length === 32, 'a PIN and a host token', room);
  const host = await connected({});
  const hosted = record(host, 'room-updated');
  const lobby = await ok(host, 'host-room', { roomId: room.roomId, hostToken: room.hostToken });
  check(lobby.state === 'lobby' && lobby.questions === 3 && lobby.players.length === 0, 'lobby', lobby);

  const [ann, bob, cid] = [
    await join(room, '  Ann   of  Ard ', { transports: ['polling'] }), await join(room, 'Bob'), await join(room, 'Cid', {}),
  ];
  same(ann.nickname, 'Ann of Ard', 'blanks are collapsed');
  for (const nickname of ['bob', ' BOB ', '', '   ', 'x'.repeat(21), 'zero\u200bwidth', 'turn\u202eed', 'a\u0000b', 5, null, ['Dan'], undefined])
    await refused(host, [409, 422], 'join-room', { pin: room.pin, nickname });
  await refused(host, 409, 'answer', answer(bob, 'q0', 1));  // nothing runs yet

  for (const token of [undefined, '', 'f'.repeat(32), bob.token, 7])
    await refused(host, [...notAllowed, 422], 'start-room', { roomId: room.roomId, hostToken: token });
  await ok(host, 'start-room', { roomId: room.roomId, hostToken: room.hostToken });
  for (const who of [ann, bob, cid]) {
    await until(() => latest(who.states)?.state === 'question', 'the question at each');
    const state = latest(who.states);
    same(state.question, { id: 'q0', text: 'Question 0?', options: ['a', 'b', 'c', 'd'], seconds: 20 }, 'the question');
    check(state.rightIndex === undefined && !JSON.stringify(state).includes('answerIndex'), 'the right answer is not told', state);
    check(state.closesAt > state.now && state.closesAt <= state.now + 20_000, 'its clock', state);
  }
  await refused(host, 409, 'start-room', { roomId: room.roomId, hostToken: room.hostToken });

  const accepted = await ok(bob.socket, 'answer', answer(bob, 'q0', 1));
  check(accepted.accepted === true && !/right|wrong|points|score/.test(JSON.stringify(accepted)), 'neither right nor wrong yet', accepted);
  await ok(ann.socket, 'answer', answer(ann, 'q0', 2));
  await refused(bob.socket, 409, 'answer', answer(bob, 'q0', 2));
  await refused(bob.socket, 409, 'answer', answer(bob, 'q1', 1));
  await refused(bob.socket, 404, 'answer', answer(bob, 'no-such', 1));
  await refused(bob.socket, 422, 'answer', answer(bob, 'q0', 4));
  await refused(bob.socket, [...notAllowed, 422], 'answer', { ...answer(bob, 'q0', 1), token: 'f'.repeat(32) });
  const before = await result(bob);
  check(before.score === 0 && before.players === 3 && !before.last?.points, 'no points before the end', before);
  await until(() => latest(cid.boards)?.answers === 2, 'two answers on the board');
  check(latest(cid.boards).leaderboard.every((row) => row.score === 0), 'nor on the board', latest(cid.boards));

  await ok(host, 'close-question', { roomId: room.roomId, hostToken: room.hostToken });
  await until(() => latest(hosted)?.state === 'closed', 'closed');
  check(latest(hosted).rightIndex === 1, 'now the right answer is told', latest(hosted));
  const [first, second, third] = [await result(bob), await result(ann), await result(cid)];
  check(first.rank === 1 && first.score >= 500 && first.score <= 1000 && first.last.right === true, 'Bob was right', first);
  check(second.score === 0 && second.last.right === false && second.last.reason === 'wrong', 'Ann was wrong', second);
  check(third.score === 0 && third.last === null, 'Cid did not answer', third);
  same([second.rank, third.rank], [2, 3], 'without points by the order of joining');
  await until(() => latest(ann.boards)?.leaderboard[0]?.score === first.score, 'Bob leads on the board');
  same(latest(ann.boards).leaderboard[0], { rank: 1, playerId: bob.playerId, nickname: 'Bob', score: first.score }, 'the row');

  await ok(host, 'next-question', { roomId: room.roomId, hostToken: room.hostToken });
  const dan = await join(room, 'Dan');  // late
  check(dan.room.state === 'question' && dan.room.question.id === 'q1', 'a late player sees the question', dan.room);
  await ok(dan.socket, 'answer', answer(dan, 'q1', 1));
  await sleep(20);
  await ok(cid.socket, 'answer', answer(cid, 'q1', 1));
  await ok(host, 'close-question', { roomId: room.roomId, hostToken: room.hostToken });
  const [late, slower] = [await result(dan), await result(cid)];
  check(late.score >= slower.score && slower.score > 0, 'who is faster has more', [late, slower]);

  await ok(host, 'finish-room', { roomId: room.roomId, hostToken: room.hostToken });
  await until(() => [ann, bob, cid, dan].every((who) => latest(who.states).state === 'finished'), 'finished at all');
  await refused(host, [404, 409], 'join-room', { pin: room.pin, nickname: 'Eve' });
  const results = await http('GET', `/rooms/${room.roomId}/results`, undefined, { Authorization: `Bearer ${room.hostToken}` });
  check(results.status === 200 && results.text.includes('Dan'), 'results', results.text.slice(0, 200));
  const without = await http('GET', `/rooms/${room.roomId}/results`);
  check(notAllowed.includes(without.status), 'not for everyone', without.status);
});

test('pause and resume move the end of the question by as long as it was paused', async () => {
  await openQuiz('paused', { questions: 1, open: false });
  const room = await openRoom('paused');
  const [ann] = [await join(room, 'Ann'), await join(room, 'Bob')];
  await move(room, 'start');
  await until(() => latest(ann.states)?.state === 'question', 'question');
  const { closesAt } = latest(ann.states);
  const pausedAt = Date.now();
  await move(room, 'pause');
  await until(() => latest(ann.states)?.state === 'paused', 'paused');
  const { remainingMs } = latest(ann.states);
  check(Math.abs(closesAt - pausedAt - remainingMs) < 1000, 'what is left', { remainingMs, closesAt, pausedAt });
  await refused(ann.socket, 409, 'answer', answer(ann, 'q0', 1));
  await sleep(300);
  const resumedAt = Date.now();
  await move(room, 'resume');
  await until(() => latest(ann.states)?.state === 'question', 'question again');
  const again = latest(ann.states).closesAt;
  check(again - resumedAt >= remainingMs - 5 && again - resumedAt < remainingMs + 1000, 'the end has moved', { again, resumedAt, remainingMs });
  await ok(ann.socket, 'answer', answer(ann, 'q0', 1));
});

test('a question ends by its clock, and a late answer has no points', async () => {
  await openQuiz('clock', { questions: 2, open: false, seconds: 1 });
  const room = await openRoom('clock');
  const [ann, bob] = [await join(room, 'Ann'), await join(room, 'Bob')];
  await move(room, 'start');
  await ok(ann.socket, 'answer', answer(ann, 'q0', 1));
  await until(() => latest(bob.states)?.state === 'question', 'question');
  const { closesAt } = latest(bob.states);
  await until(() => latest(bob.states)?.state === 'closed', 'closed by the clock');
  const off = bob.states.at(-1).at - closesAt;
  check(off >= -5 && off < 500, 'at its time', off);
  const late = await ask(bob.socket, 'answer', answer(bob, 'q0', 1));
  check(late.ok || late.status === 409, 'too late', late);
  await refused(bob.socket, 409, 'answer', answer(bob, 'q0', 1));
  check((await result(bob)).score === 0, 'no points');
  check((await result(ann)).score > 0, 'Ann was in time');
});

test('a question ends when everyone has answered', async () => {
  await openQuiz('everyone', { questions: 1, open: false });
  const room = await openRoom('everyone');
  const [ann, bob] = [await join(room, 'Ann'), await join(room, 'Bob')];
  await move(room, 'start');
  await ok(ann.socket, 'answer', answer(ann, 'q0', 0));
  check(latest(bob.states)?.state !== 'closed', 'not before');
  await ok(bob.socket, 'answer', answer(bob, 'q0', 1));
  await until(() => latest(ann.states)?.state === 'closed', 'closed');
});

test('a token brings seat and score back on another device', async () => {
  await openQuiz('devices', { questions: 2, open: false });
  const room = await openRoom('devices', { closeWhenAnswered: false });
  const [ann] = [await join(room, 'Ann'), await join(room, 'Bob')];
  await move(room, 'start');
  await ok(ann.socket, 'answer', answer(ann, 'q0', 1));
  await move(room, 'close');
  const { score } = await result(ann);
  await move(room, 'next');
  const other = await connected({ transports: ['polling'] });
  const states = record(other, 'room-updated');
  const seat = await ok(other, 'return-room', { roomId: room.roomId, token: ann.token });
  check(seat.playerId === ann.playerId && seat.nickname === 'Ann' && seat.score === score && seat.rank === 1, 'the seat', seat);
  check(seat.answered === false && seat.room.question.id === 'q1', 'the running question', seat);
  await ok(other, 'answer', answer(ann, 'q1', 2));
  await refused(ann.socket, 409, 'answer', answer(ann, 'q1', 1));
  check((await ok(other, 'return-room', { roomId: room.roomId, token: ann.token })).answered === true, 'answered now');
  await refused(other, [...notAllowed, 422], 'return-room', { roomId: room.roomId, token: '0'.repeat(32) });
  await move(room, 'close');
  await until(() => latest(states)?.state === 'closed' && latest(ann.states)?.state === 'closed', 'both devices follow');
  same((await asked('GET', `/rooms/${room.roomId}/me`, undefined, ann.token)).score, score, 'score over HTTP');
  // Leaving keeps the seat.
  await ok(other, 'leave-room', { roomId: room.roomId });
  const count = states.length;
  await move(room, 'finish');
  await until(() => latest(ann.states)?.state === 'finished', 'finished');
  await sleep(50);
  same(states.length, count, 'nothing after leaving');
});

test('who is kicked is told, hears no more and cannot come back by that name', async () => {
  await openQuiz('kick', { questions: 2, open: false });
  const room = await openRoom('kick');
  const host = await connected({ transports: ['websocket'] });
  const [ann, bob] = [await join(room, 'Ann'), await join(room, 'Bob')];
  await move(room, 'start');
  await until(() => latest(bob.states)?.state === 'question', 'question');
  await refused(host, notAllowed, 'kick-player', { roomId: room.roomId, hostToken: ann.token, playerId: bob.playerId });
  await ok(host, 'kick-player', { roomId: room.roomId, hostToken: room.hostToken, playerId: bob.playerId });
  await until(() => bob.kicks.length === 1, 'kicked');
  same(bob.kicks[0].data, { roomId: room.roomId, playerId: bob.playerId }, 'who and where');
  check(ann.kicks.length === 0, 'nobody else is told', ann.kicks);
  const heard = bob.states.length;
  await refused(bob.socket, [...notAllowed, 409], 'answer', answer(bob, 'q0', 1));
  await refused(bob.socket, [...notAllowed, 409], 'return-room', { roomId: room.roomId, token: bob.token });
  await refused(bob.socket, 409, 'join-room', { pin: room.pin, nickname: 'BOB' });
  // Once more changes nothing and is no error; a player who never was is one.
  await ok(host, 'kick-player', { roomId: room.roomId, hostToken: room.hostToken, playerId: bob.playerId });
  await refused(host, 404, 'kick-player', { roomId: room.roomId, hostToken: room.hostToken, playerId: '9' });
  await ok(ann.socket, 'answer', answer(ann, 'q0', 1));  // the only one left: it closes
  await until(() => latest(ann.states)?.state === 'closed', 'closed');
  await sleep(50);
  same(bob.states.length, heard, 'what the kicked one hears');
});

test('who lost the answer to a join gets the same seat by the same key, on another connection too', async () => {
  await openQuiz('lost', { questions: 1, open: false });
  const room = await openRoom('lost');
  const [first, second] = [await connected({ transports: ['websocket'] }), await connected({ transports: ['polling'] })];
  const wanted = { pin: room.pin, nickname: 'Ann', idempotencyKey: 'tab-1' };
  const seat = await ok(first, 'join-room', wanted);
  const again = await ok(second, 'join-room', wanted);
  same([again.playerId, again.token, again.receipt], [seat.playerId, seat.token, seat.receipt], 'the same seat');
  await refused(second, 409, 'join-room', { ...wanted, idempotencyKey: 'tab-2' });
  await refused(second, 422, 'join-room', { ...wanted, nickname: 'Bob' });
  for (const idempotencyKey of ['', 'a b', 'x'.repeat(256), 5, null]) await refused(second, 422, 'join-room', { ...wanted, idempotencyKey });
  same((await ok(second, 'watch-room', { pin: room.pin })).state, 'lobby', 'nothing else happened');
  same((await asked('GET', `/rooms/${room.roomId}/leaderboard`)).players, 1, 'one seat');
});

test('two rooms of one quiz do not see one another', async () => {
  await openQuiz('rooms', { questions: 1, open: false });
  const [one, two] = [await openRoom('rooms'), await openRoom('rooms')];
  const [ann, bob] = [await join(one, 'Ann'), await join(two, 'Ann')];
  check(ann.token !== bob.token && one.pin !== two.pin, 'their own tokens and PINs');
  const quiet = bob.states.length;
  await move(one, 'start');
  await until(() => latest(ann.states)?.state === 'question', 'question');
  await refused(bob.socket, [...notAllowed, 422], 'return-room', { roomId: one.roomId, token: bob.token });
  const wrong = await http('POST', `/rooms/${two.roomId}/start`, {}, { Authorization: `Bearer ${one.hostToken}` });
  check(notAllowed.includes(wrong.status), 'the host of another room is none', wrong.status);
  await sleep(50);
  same(bob.states.length, quiet, 'the other room hears nothing');
});

runAll();
