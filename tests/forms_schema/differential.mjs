// ajv and the forms engine on the same random pairs of schema and value; any difference fails.
//
//   node differential.mjs PROGRAM PAIRS
//
// PROGRAM is forms_schema_verdicts. The seed is printed and taken back from DAYBOOK_TEST_SEED.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import Ajv2020 from 'ajv/dist/2020.js';
import { Random, randomSchema, valueFor } from './random_schema.mjs';

const [program, pairsText] = process.argv.slice(2);
const pairs = Number(pairsText);
const seed = process.env.DAYBOOK_TEST_SEED ?? String(Date.now());
console.log(`DAYBOOK_TEST_SEED=${seed}`);

const valuesPerSchema = 5;
const schemasPerAjv = 250; // it keeps every schema it has seen
const newAjv = () =>
  // The precision makes multipleOf work with decimals, as the engine's does.
  new Ajv2020({ strict: false, logger: false, multipleOfPrecision: 9, validateFormats: false });
const random = new Random(seed);
const cases = [];
let broken = 0; // schemas whose code, as ajv generates it, names a variable it does not have
let ajv = newAjv();
for (let schemas = 0; cases.length < pairs; ++schemas) {
  if (schemas % schemasPerAjv === 0) ajv = newAjv();
  const schema = randomSchema(random, 3);
  let validate = null;
  try {
    validate = ajv.compile(schema);
  } catch {
    // refused by both, or a difference
  }
  const verdict = (value) => (validate(value) ? 'valid' : 'invalid');
  const found = [];
  try {
    for (let i = 0; i < (validate ? valuesPerSchema : 1); ++i) {
      const value = valueFor(random, schema, 4);
      found.push({ line: JSON.stringify({ schema, value }), ajv: validate ? verdict(value) : 'refused' });
    }
  } catch (error) {
    // Rare combinations of then, not and unevaluatedProperties: ajv has no verdict on them.
    if (!(error instanceof ReferenceError)) throw error;
    ++broken;
    continue;
  }
  cases.push(...found);
}

const run = spawnSync(program, [], {
  input: cases.map((c) => c.line).join('\n') + '\n',
  maxBuffer: 1 << 30,
  encoding: 'utf8',
});
if (run.status !== 0) {
  console.error(`the program ended with ${run.status ?? run.signal}: ${run.stderr}`);
  process.exit(1);
}
const ours = run.stdout.trimEnd().split('\n');
const count = { valid: 0, invalid: 0, refused: 0 };
let differing = ours.length === cases.length ? 0 : 1;
cases.forEach((c, i) => {
  const word = (ours[i] ?? 'nothing').split(' ')[0];
  if (word in count) ++count[word];
  if (word === c.ajv) return;
  if (++differing <= 20) console.error(`ajv ${c.ajv}, engine ${ours[i]}: ${c.line}`);
});
console.log(`${cases.length} pairs: ${count.valid} valid, ${count.invalid} invalid, ` +
  `${count.refused} refused, ${differing} differ; ajv failed on ${broken} schemas`);
if (broken > pairs / 1000) {
  console.error('ajv fails too often to be compared with');
  process.exit(1);
}
// A generator that went stale would agree on everything and say nothing.
if (count.valid < pairs / 10 || count.invalid < pairs / 10) {
  console.error('too few of one verdict to mean something');
  process.exit(1);
}
process.exit(differing === 0 ? 0 : 1);
