// The reference's own load script against Daybook: 100 connections, 100,000 POSTs of
// {type: "checkin", timestamp: now, image: "", userId: fresh 24-hex id, schoolId: random of 1000,
// temperature: 34..41}. As in the reference, all connections send the same first body, so exact duplicate
// checking must answer it once with 200 and otherwise with 409. Afterwards the schools' totals must have grown
// by exactly the number of posts answered with 200.
//
//   node autocannon.mjs [--url http://127.0.0.1:8080] [--connections 100] [--amount 100000] [--schools 1000]
//
// Exit 0: every answer was right and the totals add up. Exit 1: they do not.
import { randomBytes, randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import autocannon from 'autocannon';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    connections: { type: 'string', default: '100' },
    amount: { type: 'string', default: '100000' },
    schools: { type: 'string', default: '1000' },
  },
});
const { url } = values;
const connections = Number(values.connections);
const amount = Number(values.amount);
const schools = Number(values.schools);

const checkin = () =>
  JSON.stringify({
    type: 'checkin',
    timestamp: Date.now(),
    image: '',
    userId: randomBytes(12).toString('hex'),
    schoolId: String(randomInt(schools)),
    temperature: 34 + randomInt(8),
  });

// All check-ins of all days at all schools; a school nobody has used yet is not known and counts 0.
async function checkinsTotal() {
  const one = async (id) => {
    const answer = await fetch(`${url}/schools/${id}`);
    if (answer.status === 404) return 0;
    if (answer.status !== 200) throw new Error(`GET /schools/${id} answered ${answer.status}`);
    const school = await answer.json();
    return school.reports.reduce((sum, report) => sum + report.totalCheckIns, 0);
  };
  let total = 0;
  for (let first = 0; first < schools; first += 50) {
    const ids = Array.from({ length: Math.min(50, schools - first) }, (_, i) => first + i);
    for (const count of await Promise.all(ids.map(one))) total += count;
  }
  return total;
}

async function schoolsList() {
  const answer = await fetch(`${url}/schools`);
  if (answer.status !== 200) throw new Error(`GET /schools answered ${answer.status}`);
  return answer.json();
}

function load() {
  const codes = {};
  return new Promise((resolve, reject) => {
    const instance = autocannon(
      {
        url: `${url}/attendances`,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: checkin(),
        connections,
        amount,
        setupClient: (client) => client.on('response', () => client.setBody(checkin())),
      },
      (error, result) => (error ? reject(error) : resolve({ result, codes })),
    );
    instance.on('response', (client, status) => {
      codes[status] = (codes[status] ?? 0) + 1;
    });
    autocannon.track(instance, { renderProgressBar: process.stderr.isTTY === true });
  });
}

const problems = [];
const expect = (true_, text) => {
  if (!true_) problems.push(text);
};

const before = await checkinsTotal();
const { result, codes } = await load();
const grown = (await checkinsTotal()) - before;
const listed = await schoolsList();

const accepted = codes[200] ?? 0;
const conflicts = codes[409] ?? 0;
console.log(`answers: ${JSON.stringify(codes)}; errors ${result.errors}, timeouts ${result.timeouts}`);
console.log(`check-ins counted by the schools: +${grown}; posts accepted: ${accepted}`);
expect(result.errors === 0 && result.timeouts === 0, 'there were socket errors or timeouts');
expect(accepted + conflicts === amount, `${amount} posts, but ${accepted + conflicts} answers of 200 or 409`);
expect(conflicts === connections - 1,
  `the first body went out ${connections} times and must conflict ${connections - 1} times, not ${conflicts}`);
expect(grown === accepted, `the schools counted ${grown}, but ${accepted} posts were accepted`);
expect(listed.length === Math.min(100, schools), `GET /schools lists ${listed.length} schools`);
expect(listed.every((s, i) => i === 0 || listed[i - 1].totalFeversDetect >= s.totalFeversDetect),
  'GET /schools is not in the order of fevers');
if (problems.length > 0) {
  for (const problem of problems) console.error(`WRONG: ${problem}`);
  process.exit(1);
}
console.log('all answers as the contract says; the schools add up to the accepted posts');
