import { schema } from '../../src/schema/index.ts';
import { ArgumentAttempts, type Attempt } from './arguments.ts';
import { ask, bodyOf, SocketAsker } from './asker.ts';
import type { Chance } from './chance.ts';
import { BOMBS, mutant } from './documents.ts';
import { type Attack, type Ground, together } from './ground.ts';
import { JSON_VALUES, PROTOTYPE_NAMES } from './values.ts';

/** Inputs of one batch, and how many of them are under way at once. */
const BATCH = 60;
const LANES = 20;

const shown = (query: string, variables = '{}') => `${query.slice(0, 300)} ${variables.slice(0, 300)}`;

/** Asks all of them over one WebSocket or over HTTP. */
async function askAll(ground: Ground, attempts: readonly Attempt[], overSocket: boolean): Promise<void> {
  const { target } = ground;
  const asker = overSocket ? await SocketAsker.open(target.url) : null;
  await together(attempts, LANES, async ({ query, variables }) => {
    ground.tried();
    const fault = asker ? await asker.ask(query, variables) : await ask(target.url, bodyOf(query, variables));
    ground.judge(fault, `${overSocket ? 'WebSocket' : 'HTTP'}: ${shown(query, variables)}`);
  });
  await asker?.close();
}

/** Places of the schema's arguments, each with one value after the other. */
export function argumentAttack(chance: Chance): Attack & { readonly attempts: ArgumentAttempts } {
  const attempts = new ArgumentAttempts(schema, chance);
  let next = 0;
  return {
    name: 'arguments',
    attempts,
    batch: async (ground) => {
      const some = Array.from({ length: BATCH * 2 }, () => attempts.at(next++));
      const overHttp = ground.chance.sometimes(0.2) ? some.filter(({ isSubscription }) => !isSubscription) : [];
      await askAll(ground, overHttp, false);
      await askAll(
        ground,
        some.filter((one) => !overHttp.includes(one)),
        true,
      );
    },
  };
}

export const mutantAttack: Attack = {
  name: 'mutated documents',
  batch: async (ground) => {
    const attempts = Array.from({ length: BATCH }, () => ({
      query: mutant(ground.chance),
      variables: ground.chance.sometimes(0.2) ? variablesOf(ground) : '{}',
      isSubscription: false,
    }));
    await askAll(ground, attempts, ground.chance.sometimes(0.5));
  },
};

/** Each bomb once over each transport, one at a time: some take long to be refused. */
export function bombAttack(): Attack {
  let next = 0;
  return {
    name: 'bombs',
    batch: async (ground) => {
      const attempts = Array.from({ length: 30 }, () => {
        const query = BOMBS[next++ % BOMBS.length] ?? '';
        return { query, variables: '{}', isSubscription: false };
      });
      await askAll(ground, attempts, true);
      await askAll(ground, attempts, false);
    },
  };
}

export const variableAttack: Attack = {
  name: 'variables',
  batch: async (ground) => {
    const attempts = Array.from({ length: BATCH }, () => ({
      query: ground.chance.of([
        'query ($v: PriceFilter) { prices(filter: $v) { id } }',
        'subscription ($v: TradeFilter, $w: Cursor) { trades(filter: $v, after: $w) { id } }',
        'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
        '{ serverTime }',
      ]),
      variables: variablesOf(ground),
      isSubscription: false,
    }));
    await askAll(ground, attempts, ground.chance.sometimes(0.5));
  },
};

function variablesOf({ chance }: Ground): string {
  const names = ['v', 'w', 'f', 'i', 'id', 'yes', 'cursor', 'symbols', '', ...PROTOTYPE_NAMES];
  const small = JSON_VALUES.filter((value) => value.length < 5_000);
  const members: string[] = [];
  let room = 50_000;
  for (let left = chance.sometimes(0.05) ? 1_000 : 1 + chance.below(4); left > 0 && room > 0; left--) {
    const member = `${JSON.stringify(chance.of(names))}:${chance.of(small)}`;
    room -= member.length;
    members.push(member);
  }
  return `{${members.join(',')}}`;
}

const ODD_BODIES: readonly string[] = [
  ...['', ' ', 'null', '1', '"text"', '[]', '[{"query":"{ serverTime }"}]', '{}', '{"query":null}', '{"query":1}'],
  ...['{"query":""}', '{"query":{}}', '{"query":[]}', '{"query":"{ serverTime }","variables":[]}', '{"query"'],
  ...[
    '{"query":"{ serverTime }","variables":1}',
    '{"query":"{ serverTime }","operationName":{}}',
    '\u0000',
    '\ufeff{}',
  ],
  ...['{"query":"{ serverTime }","extensions":"x"}', '{"query":"{ serverTime }","extensions":{"persistedQuery":1}}'],
  '{"query":"","extensions":{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}}',
  '{"extensions":{"persistedQuery":{"version":1e400,"sha256Hash":null}}}',
  '{"query":"{ serverTime }","__proto__":{"query":"x"},"constructor":1}',
  '{"__proto__":{"query":"{ serverTime }"}}',
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  `{"query":"{ serverTime }","variables":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
  `{"query":"{ serverTime }","operationName":"${'x'.repeat(60_000)}"}`,
  ...PROTOTYPE_NAMES.map((name) => `{"query":"{ serverTime }","operationName":"${name}"}`),
];

const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'x',
    ',',
  ],
  ...[
    'application/json; charset=utf-16',
    'application/json; charset="',
    'application/graphql-response+json',
    '*/*;q=NaN',
  ],
].map((type) => ({ 'content-type': type }));

const STREAMS: readonly Readonly<Record<string, string>>[] = [
  { accept: 'text/event-stream' },
  { accept: 'multipart/mixed;subscriptionSpec=1.0' },
  { accept: 'text/event-stream;q=1e400, multipart/mixed;subscriptionSpec="1.0";deferSpec=x' },
  { accept: `${'text/event-stream,'.repeat(500)}*/*` },
  { accept: 'multipart/mixed;subscriptionSpec=' },
];

/** Requests whose bodies, headers and query strings are not what they should be. */
export const requestAttack: Attack = {
  name: 'requests',
  batch: async (ground) => {
    const { target } = ground;
    const inputs = Array.from({ length: BATCH }, () => inputOf(ground));
    await together(inputs, LANES, async ({ body, headers, method, path }) => {
      ground.tried();
      const fault = await ask(target.url, body, { headers, method, path }).catch((error: unknown) => String(error));
      ground.judge(
        fault,
        `${method} ${path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)} ${String(body).slice(0, 200)}`,
      );
    });
  },
};

function inputOf(ground: Ground) {
  const { chance, target } = ground;
  const body = chance.sometimes(0.3)
    ? chance.bytes(chance.below(2_000))
    : chance.sometimes(0.4)
      ? bodyOf(mutant(chance), chance.sometimes(0.3) ? variablesOf(ground) : '{}')
      : chance.of(ODD_BODIES);
  const credential = chance.of([
    target.token,
    `${target.token}x`,
    `${target.token.split('.').slice(0, 2).join('.')}.`,
    `eyJhbGciOiJub25lIn0.${target.token.split('.')[1]}.`,
    target.apiKey,
    `${target.apiKey}A`,
    'tw_',
    '..',
    'x'.repeat(9_000),
    `${'a.'.repeat(2_000)}`,
  ]);
  const headers = {
    ...(chance.sometimes(0.3) && chance.of(ODD_HEADERS)),
    ...(chance.sometimes(0.3) && chance.of(STREAMS)),
    ...(chance.sometimes(0.3) && {
      authorization: `${chance.of(['Bearer ', 'Basic ', '', 'bearer   ', 'Bearer Bearer '])}${credential}`,
    }),
    ...(chance.sometimes(0.1) && { origin: chance.of(['null', 'https://evil.example', '://', 'file://', '']) }),
    ...(chance.sometimes(0.1) && { 'last-event-id': chance.of(['', '1', 'x'.repeat(9_000), 'dHJhZGVz', '__proto__']) }),
    ...(chance.sometimes(0.1) && {
      'content-encoding': chance.of(['gzip', 'deflate', 'br', 'zstd', 'x', 'gzip, gzip']),
    }),
    ...(chance.sometimes(0.2) && {
      'x-forwarded-for': chance.of([
        '10.0.0.1',
        '::1',
        'x',
        ',,,',
        '999.1.1.1',
        '[::ffff:1.2.3.4]:9',
        '1.1.1.1,'.repeat(300),
      ]),
    }),
  };
  if (chance.sometimes(0.7))
    return { body, headers, method: chance.of(['POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE']), path: '/graphql' };
  const search = chance.of([
    ...[
      '',
      '?',
      '?query',
      '?query=',
      '?query=%',
      '?query=%00',
      '?query=%ff%fe',
      '?query={serverTime}&variables=%7B',
      '?__proto__=1',
    ],
    ...[
      '?query={serverTime}&variables=[]',
      '?query={serverTime}&variables=null',
      '?query={serverTime}&query={viewer{userId}}',
    ],
    ...[
      '?query=mutation{signOut{signedOut}}',
      '?query=subscription{trades{id}}',
      '?query={serverTime}&operationName=__proto__',
    ],
    ...[
      `?query={serverTime}&variables=${encodeURIComponent(variablesOf(ground).toWellFormed()).slice(0, 8_000)}`,
      '?extensions=%7B',
      '?query[]=1',
    ],
    `?query=${encodeURIComponent(mutant(chance).toWellFormed()).slice(0, 8_000)}`,
  ]);
  const path = chance.of([
    '/graphql',
    '/graphql',
    '/graphql',
    '/graphql/',
    '//graphql',
    '/graphql/../graphql',
    '/GRAPHQL',
    '/%67raphql',
  ]);
  return { body: null, headers, method: chance.of(['GET', 'GET', 'GET', 'HEAD', 'OPTIONS']), path: `${path}${search}` };
}
