import { setTimeout as pause } from 'node:timers/promises';
import { WireClient } from '../../test/support/wire-client.ts';
import { errorIn, errorsOf, type Refusal, type Refusals, type SocketAnswer } from './received.ts';

/** Between two looks whether every feed has told its names, and how many there are before it is given up. */
const LOOK_MS = 250;
const LOOKS = 240;

interface Asked {
  readonly query: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Refused, whoever asks: by the code. */
const REFUSED: Readonly<Record<string, Asked>> = {
  GRAPHQL_PARSE_FAILED: { query: 'subscription { prices { price }' },
  GRAPHQL_VALIDATION_FAILED: { query: 'subscription { prices { prise } }' },
  PERSISTED_QUERY_NOT_FOUND: {
    query: '',
    extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } },
  },
  BAD_USER_INPUT: { query: 'subscription { prices(filter: { symbols: ["BTCUSD", "ETHUSTD"] }) { price } }' },
  FORBIDDEN: {
    query: 'subscription { positions(filter: { owner: "0x52908400098527886E0F7030069857D2E4169EE7" }) { owner } }',
  },
  NOT_FOUND: {
    query: `subscription { riskUpdates(filter: { positionId: "${globalId('Position', 'none')}" }) { id } }`,
  },
  CURSOR_EXPIRED: { query: `subscription { trades(after: "${cursor('trades:another-life:1')}") { tradeId } }` },
  QUERY_TOO_COMPLEX: {
    query:
      '{ a: orderbook(symbol: "BTCUSDT", depth: 1000) { sequence } b: orderbook(symbol: "ETHUSDT", depth: 1000) { sequence } c: orderbook(symbol: "SOLUSDT", depth: 1000) { sequence } }',
  },
};

/** Two orders under one name, of which the second is another one. */
const ORDER = (quantity: string) =>
  `mutation { placeOrder(input: { symbol: "BTCUSDT", side: SELL, type: MARKET, quantity: "${quantity}", clientOrderId: "only-once" }) { order { id } } }`;

/** What a running server with the simulated market and the demo owner says of operations that it does not take. */
export async function refusedOperations(url: string): Promise<Refusals> {
  const client = await WireClient.connect(url);
  try {
    await namesKnown(client);
    const refusals: Record<string, Refusal> = {};
    for (const [code, asked] of Object.entries(REFUSED)) refusals[code] = await refused(client, asked);
    await answerOf(client, { query: ORDER('0.01') });
    const request = 'After an order with the same `clientOrderId`, for another quantity.';
    refusals['CONFLICT'] = { ...(await refused(client, { query: ORDER('0.02') })), request };
    return checked(refusals);
  } finally {
    await client.close();
  }
}

/** Until every feed has told its names, one that nobody knows is waited for. */
async function namesKnown(client: WireClient): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (errorsOf(await answerOf(client, { query: '{ price(symbol: "NOBODY") { id } }' })).length > 0) return;
    await pause(LOOK_MS);
  }
  throw new Error('the feeds have not told their names');
}

/** @throws Error where something else was said than is shown under the code. */
export function checked(refusals: Refusals): Refusals {
  for (const [code, refusal] of Object.entries(refusals))
    if (errorIn(refusal).extensions['code'] !== code) throw new Error(`${code}: ${JSON.stringify(refusal)}`);
  return refusals;
}

async function refused(client: WireClient, asked: Asked): Promise<Refusal> {
  const { query: document, extensions } = asked;
  return { document, ...(extensions && { extensions }), answer: await answerOf(client, asked) };
}

let operations = 0;

async function answerOf(client: WireClient, payload: Asked): Promise<SocketAnswer> {
  const id = String(++operations);
  client.send({ type: 'subscribe', id, payload });
  return client.take((message) => message.id === id);
}

function globalId(type: string, key: string): string {
  return Buffer.from(`${type}:${key}`).toString('base64');
}

function cursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}
