import { readdirSync, readFileSync } from 'node:fs';
import type { Chance } from './chance.ts';
import { LITERALS, PROTOTYPE_NAMES } from './values.ts';

const OPERATIONS = new URL('../types/operations/', import.meta.url);

/** Documents that are right, to be made wrong: those that front ends use, and some with all that the grammar has. */
const GOOD: readonly string[] = [
  ...readdirSync(OPERATIONS).map((name) => readFileSync(new URL(name, OPERATIONS), 'utf8')),
  'query Q($id: ID!, $yes: Boolean = true) { node(id: $id) @include(if: $yes) { __typename id ... on Price { price } } }',
  'query A { a: serverTime } query B { ...F } fragment F on Query { systemStatus { ...G } } fragment G on SystemStatus { id }',
  'query ($f: PriceFilter = {symbols: ["BTCUSDT"], minChangePct: 0.5}) { prices(filter: $f) { id price market { symbol } } }',
  'mutation M { createSignInNonce { nonce expiresAt domain } }',
  'mutation ($i: SignInWithEthereumInput!) { signInWithEthereum(input: $i) { token viewer { userId } } }',
  'subscription S { ...F } fragment F on Subscription { t: trades(last: 1) { ... on Trade { id gapBefore { from to } } } }',
  '{ __schema { types { name kind fields(includeDeprecated: true) { name args { name defaultValue } } } } }',
  '{ recentTrades(symbol: "BTCUSDT", last: 5) { id tradeId price quantity } orderbook(symbol: "BTCUSDT") { bids { price } } }',
  '{ s: instrument(symbol: """BTC\n  USDT""") { id symbol } # a comment\n }',
];

const PIECES: readonly string[] = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ':',
    '=',
    '!',
    '|',
    '&',
    '$',
    '@',
    '...',
    '"',
    '"""',
    '#',
    ',',
    '\\',
    '\n',
    '\u0000',
  ],
  ...[
    'query',
    'mutation',
    'subscription',
    'fragment',
    'on',
    'true',
    'null',
    'type',
    'schema',
    'extend',
    'input',
    'enum',
  ],
  ...[
    '@skip(if: true)',
    '@include(if: $no)',
    '@defer',
    '@stream',
    '@deprecated',
    '@oneOf',
    '@nothing(a: 1)',
    '$v: Int',
  ],
  ...[
    '__typename',
    '__schema { types { name } }',
    '__type(name: "Query") { name }',
    '... on Price',
    '... on Nothing',
    '...F',
  ],
  ...['id', 'prices', 'trades', 'node', 'viewer', 'apiKeys', '\ufeff', '\u2028', '\ud800', '💥', 'é', '\u202e', '١'],
  ...PROTOTYPE_NAMES,
  ...LITERALS.filter((literal) => literal.length < 100),
];

const TOKEN = /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\.\.\.|[_A-Za-z]\w*|-?\d[\w.+-]*|[^\s\w]|\s+/g;

/** A good document with something done to it. */
export function mutant(chance: Chance): string {
  let text = chance.of(GOOD);
  if (chance.sometimes(0.1)) text += chance.of(GOOD);
  const tokens = text.match(TOKEN) ?? [text];
  for (let changes = 1 + chance.below(4); changes > 0; changes--) {
    const at = chance.below(tokens.length);
    const token = tokens[at] ?? '';
    const change = chance.below(8);
    if (change === 0) tokens.splice(at, 1);
    else if (change === 1) tokens.splice(at, 0, chance.of(PIECES), ' ');
    else if (change === 2) tokens[at] = chance.of(PIECES);
    else if (change === 3) tokens[at] = tokens[chance.below(tokens.length)] ?? '';
    else if (change === 4) tokens.splice(at, 1 + chance.below(10));
    else if (change === 5) tokens[at] = `${token} `.repeat(1 + chance.below(chance.sometimes(0.1) ? 500 : 5));
    else if (change === 6) tokens[at] = token.slice(0, chance.below(token.length + 1));
    else tokens[at] = [...token].map((one) => (chance.sometimes(0.3) ? chance.of(PIECES) : one)).join('');
    if (tokens.length === 0) tokens.push('');
  }
  const made = tokens.join('');
  return chance.sometimes(0.1) ? made.slice(0, chance.below(made.length)) : made;
}

const repeated = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => of(i)).join(' ');

/** Documents that are small to send and large to think about, and names that mean something to JavaScript. */
export const BOMBS: readonly string[] = [
  `{${'node(id:"a"){'.repeat(20_000)}`,
  `{${'a{'.repeat(3_000)}a${'}'.repeat(3_000)}}`,
  `{ ${'{'.repeat(30_000)}`,
  `query (${'['.repeat(15_000)}`,
  `{ price(symbol: ${'['.repeat(15_000)}`,
  `query ($v: ${'['.repeat(500)}Int${']'.repeat(500)}) { serverTime }`,
  `{ ${repeated(10_000, (i) => `a${i}:serverTime`).slice(0, 60_000)}}`,
  `{ ${repeated(600, (i) => `a${i}: serverTime`)} }`,
  `{ ${repeated(600, () => 'serverTime')} }`,
  `{ serverTime ${repeated(600, () => '@include(if: true)')} }`,
  `{ serverTime ${repeated(600, () => '@nothing')} }`,
  `query (${repeated(600, (i) => `$v${i}: Int`)}) { serverTime }`,
  `query (${repeated(600, () => '$v: Int')}) { serverTime }`,
  `{ node(${repeated(300, () => 'id: "a"')}) { id } }`,
  `{ prices(filter: {${repeated(300, () => 'symbols: ["A"]')}}) { id } }`,
  '{ ...A } fragment A on Query { ...A }',
  '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  'subscription { ...A } fragment A on Subscription { ...B } fragment B on Subscription { ... { ...A } }',
  'subscription { ...A } fragment A on Subscription { trades { ...B } } fragment B on Trade { ...B }',
  '{ prices { ...A } } fragment A on Price { market { ...B } } fragment B on Market { ... on Node { ...C } } fragment C on Price { ...A }',
  `{ ...F0 } ${repeated(60, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F60 on Query { serverTime }`,
  `{ ${repeated(100, (i) => `...F${i}`)} } ${repeated(100, (i) => `fragment F${i} on Query { a${i}: serverTime ...F${(i + 1) % 100} }`)}`,
  `subscription { ...F0 } ${repeated(60, (i) => `fragment F${i} on Subscription { ...F${i + 1} ...F${i + 1} }`)} fragment F60 on Subscription { trades { id } }`,
  repeated(300, (i) => `query Q${i} { serverTime }`),
  repeated(300, (i) => `fragment F${i} on Query { serverTime }`),
  repeated(200, () => 'query Q { serverTime }'),
  `{ __schema { types { fields { type { ${'ofType { '.repeat(200)}name${' }'.repeat(200)} } } } } }`,
  `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
  `{ ${repeated(50, (i) => `s${i}: __schema { types { name fields { name } } }`)} }`,
  `{ serverTime #${'x'.repeat(60_000)}`,
  `{ price(symbol: "${'x'.repeat(60_000)}") { id } }`,
  `{ price(symbol: """${'"'.repeat(2_000)}""") { id } }`,
  `{ price(symbol: "${'\\u{10FFFF}'.repeat(5_000)}") { id } }`,
  `query ${'x'.repeat(50_000)} { serverTime }`,
  ...PROTOTYPE_NAMES.flatMap((name) => [
    `{ ${name} }`,
    `{ ${name}: serverTime }`,
    `query ${name} { serverTime }`,
    `query ($${name}: String) { price(symbol: $${name}) { id } }`,
    `{ ...${name} } fragment ${name} on Query { serverTime }`,
    `{ ... on ${name} { serverTime } }`,
    `{ serverTime @${name} }`,
    `{ price(${name}: "A") { id } }`,
    `{ prices(filter: {${name}: "A"}) { id } }`,
    `{ __type(name: "${name}") { name fields { name } } }`,
    `subscription { ${name}: trades { ${name}: id } }`,
    `subscription ${name} { ...${name} } fragment ${name} on Subscription { trades { id } }`,
    `subscription { orderbook(symbol: "${name}") { id } }`,
    `subscription { trades(filter: {symbols: ["${name}"]}) { id } }`,
  ]),
  'subscription { trades { id } prices { id } }',
  'subscription { trades { id } @skip(if: true) }',
  'subscription ($v: Boolean = true) { trades @skip(if: $v) { id } }',
  'subscription { ... @include(if: $nothing) { trades { id } } }',
  'subscription { __typename }',
  'subscription { t: __schema { types { name } } }',
  'subscription { trades { id } } subscription { prices { id } }',
  'type Query { a: Int }',
  'schema { query: Query }',
  'extend type Query { a: Int }',
  '',
  ' ',
  '#',
  '\ufeff',
  '\u0000',
];
