// Random schemas of the subset, and random values near them: most values are built to pass, then
// often bent in one place, so that both verdicts are common.

export class Random {
  constructor(seed) {
    this.state = BigInt(seed) & 0xffffffffffffffffn;
  }
  // SplitMix64
  next() {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  chance(p) {
    return this.next() < p;
  }
}

const names = ['a', 'b', 'name', 'e-mail', 'x y', 'ключ', '$ref', 'type'];
const texts = ['', 'a', 'ab', 'abc', 'A1', 'naïve', '日本語', '😀', '😀😀', 'a b', ' ', '\n', '12', '12.5',
  'true', '-', 'foo.bar', '\u00a0', '\u2028', 'a-b', 'aaa', 'aab', 'ß', 'x_9', 'é1'];
// The large ones are multiples of all steps, or far from it: ajv divides doubles, the engine digits.
const numbers = [0, -0, 1, -1, 2, 3, 1.0, 1.5, -2.5, 10, 100, 0.1, 0.01, 0.3, 19.99, 4.35, 1e3, 3e15, 3e22, -3e22,
  9007199254740991, 9e15, 123456.789, 7, 12, 0.0001];
const steps = [1, 2, 3, 0.5, 0.1, 0.01, 0.25, 2.5, 10, 1e3];
const patterns = ['a', '^a', 'b$', '^a+$', '^[a-c]*$', '\\d', '^\\d+$', '\\w', '^\\w*$', '\\s', '\\S', '^\\S+$',
  '^.{1,2}$', '^.$', '^(?:a|ab)$', '(a|b)c', '[^a]', '^[^\\d]+$', '\\.', 'x?', '^a{2,3}$', '^(ab?)*$', '\\bb', '\\Bb',
  '^\\p{L}+$', '\\P{L}', '^[\\p{Lu}\\d]+$', '\\u00e9', '\\u{1F600}', '[\\u{1F600}-\\u{1F64F}]', '^[\\s\\w]*$',
  '\\x41', '^a*?$', '^$', '', '|a', '[a-c-]', '[\\-a]', '\\/'];

export function randomValue(r, depth) {
  switch (r.below(depth > 0 ? 8 : 5)) {
    case 0:
      return r.pick(texts);
    case 1:
    case 2:
      return r.pick(numbers);
    case 3:
      return r.chance(0.5) ? null : r.chance(0.5);
    case 4:
      return r.pick(texts);
    case 5:
      return Array.from({ length: r.below(4) }, () => randomValue(r, depth - 1));
    default: {
      const object = {};
      for (let i = r.below(4); i > 0; --i) object[r.pick(names)] = randomValue(r, depth - 1);
      return object;
    }
  }
}

const some = (r, make, max = 3) => Array.from({ length: 1 + r.below(max) }, make);
const someNames = (r) => [...new Set(some(r, () => r.pick(names)))];
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];

const keywords = {
  type: (r) => (r.chance(0.7) ? r.pick(types) : [...new Set(some(r, () => r.pick(types)))]),
  enum: (r) => some(r, () => randomValue(r, 2), 4),
  const: (r) => randomValue(r, 2),
  minimum: (r) => r.pick(numbers),
  maximum: (r) => r.pick(numbers),
  exclusiveMinimum: (r) => r.pick(numbers),
  exclusiveMaximum: (r) => r.pick(numbers),
  multipleOf: (r) => r.pick(steps),
  minLength: (r) => r.below(4),
  maxLength: (r) => r.below(4),
  pattern: (r) => r.pick(patterns),
  minItems: (r) => r.below(3),
  maxItems: (r) => r.below(4),
  uniqueItems: (r) => r.chance(0.8),
  items: (r, depth) => randomSchema(r, depth - 1),
  properties: (r, depth) => {
    const properties = {};
    for (const name of someNames(r)) properties[name] = randomSchema(r, depth - 1);
    return properties;
  },
  required: (r) => someNames(r),
  additionalProperties: (r, depth) => (r.chance(0.5) ? r.chance(0.3) : randomSchema(r, depth - 1)),
  dependentRequired: (r) => {
    const dependents = {};
    for (const name of someNames(r)) dependents[name] = someNames(r);
    return dependents;
  },
  allOf: (r, depth) => some(r, () => randomSchema(r, depth - 1)),
  anyOf: (r, depth) => some(r, () => randomSchema(r, depth - 1)),
  oneOf: (r, depth) => some(r, () => randomSchema(r, depth - 1)),
  not: (r, depth) => randomSchema(r, depth - 1),
};
const nested = new Set(['items', 'properties', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not']);

export function randomSchema(r, depth) {
  if (r.chance(0.05)) return r.chance(0.7);
  const schema = {};
  for (let i = 1 + r.below(3); i > 0; --i) {
    const keyword = r.pick(Object.keys(keywords));
    if (depth > 0 || !nested.has(keyword)) schema[keyword] = keywords[keyword](r, depth);
  }
  if (depth > 0 && r.chance(0.1)) {
    schema.if = randomSchema(r, depth - 1);
    if (r.chance(0.7)) schema.then = randomSchema(r, depth - 1);
    if (!schema.then || r.chance(0.5)) schema.else = randomSchema(r, depth - 1);
  }
  return schema;
}

// A value that has a fair chance to pass.
export function valueFor(r, schema, depth) {
  if (typeof schema !== 'object' || depth < 0 || r.chance(0.15)) return randomValue(r, 2);
  if ('const' in schema && r.chance(0.7)) return schema.const;
  if (schema.enum && r.chance(0.7)) return r.pick(schema.enum);
  const branch = schema.allOf ?? schema.anyOf ?? schema.oneOf;
  if (branch && r.chance(0.4)) return valueFor(r, r.pick(branch), depth - 1);
  const type = schema.type ? (Array.isArray(schema.type) ? r.pick(schema.type) : schema.type) : undefined;
  if (type === 'object' || (!type && (schema.properties || schema.required || schema.dependentRequired))) {
    const object = {};
    for (const name of new Set([...Object.keys(schema.properties ?? {}), ...(schema.required ?? [])]))
      if (r.chance(0.85)) object[name] = valueFor(r, schema.properties?.[name] ?? true, depth - 1);
    if (r.chance(0.4)) object[r.pick(names)] = valueFor(r, schema.additionalProperties ?? true, depth - 1);
    return object;
  }
  if (type === 'array' || (!type && (schema.items !== undefined || schema.uniqueItems || 'minItems' in schema)))
    return Array.from({ length: r.below(4) }, () => valueFor(r, schema.items ?? true, depth - 1));
  if (type === 'string' || (!type && ('pattern' in schema || 'minLength' in schema))) return r.pick(texts);
  if (type === 'number' || type === 'integer' || 'multipleOf' in schema || 'minimum' in schema) {
    const step = schema.multipleOf ?? 1;
    const near = schema.minimum ?? schema.maximum ?? 0;
    return r.chance(0.5) ? r.pick(numbers) : Number((near + step * (r.below(9) - 2)).toPrecision(12));
  }
  if (type === 'boolean') return r.chance(0.5);
  if (type === 'null') return null;
  return randomValue(r, 2);
}
