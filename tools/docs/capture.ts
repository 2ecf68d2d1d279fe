import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Client, createClient, type SubscribePayload } from 'graphql-ws';
import { plainEnvironment } from '../plain-environment.ts';
import { startServer } from '../started-server.ts';
import type { Received, Refusal } from './received.ts';
import { refusedRequests } from './refused-requests.ts';

/** Signals and settlements of funding need a while to come, milliseconds. */
const PATIENCE_MS = 300_000;

/** What a reader of a page takes in: of what was received the richest within this, characters. */
const READABLE = 2_500;

/** Subscriptions that one connection may hold, by default. */
const MAX_SUBSCRIPTIONS = 100;

/** New documents, one after the other, of which one is certainly too many. */
const MANY = 1_000;

/** Refused, whoever asks. */
const REFUSED: Readonly<Record<string, SubscribePayload>> = {
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

/** Starts a server with the simulated market, does what makes something happen, and listens. */
export async function capture(root: string, examples: ReadonlyMap<string, string>, known: Received): Promise<Received> {
  const data = mkdtempSync(join(tmpdir(), 'tidewire-docs-'));
  const env = { ...plainEnvironment(), DATA_DIR: data, FEEDS: 'simulated' };
  const server = await startServer({ file: process.execPath, args: ['src/main/all.ts'], cwd: root, env });
  const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, retryAttempts: 0, lazy: false });
  try {
    const frames = new Map<string, Readonly<Record<string, unknown>>[]>();
    for (const [name, query] of examples) {
      frames.set(name, []);
      client.subscribe(
        { query },
        {
          next: ({ data: payload }) => payload && frames.get(name)?.push(payload),
          error: (error) => console.error(name, error),
          complete: () => undefined,
        },
      );
    }
    await act(client);
    const missing = () => [...frames].filter(([, list]) => list.length === 0).map(([name]) => name);
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await pauseFor(1_000))
      if (missing().length === 0) break;
    for (const name of missing()) console.error(`nothing came for ${name}: what is there stays`);
    const payloads = [...frames].flatMap(([name, list]) => {
      const [one] = list.length > 0 ? [richest(list)] : [known.payloads[name]];
      return one ? [[name, one] as const] : [];
    });
    return { payloads: Object.fromEntries(payloads), refusals: await refusals(client, server.url, known) };
  } finally {
    await Promise.resolve(client.dispose()).catch(() => undefined);
    // In order: killed, it would leave its database behind.
    await server.terminate().finally(() => rmSync(data, { recursive: true, force: true }));
  }
}

/** The frame that says most, of those that can be taken in at a glance. */
function richest(frames: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>> {
  const lengthOf = (frame: object) => JSON.stringify(frame).length;
  const sorted = frames.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  return sorted.find((frame) => lengthOf(frame) <= READABLE) ?? (sorted.at(-1) as Readonly<Record<string, unknown>>);
}

/** An order, a bot, a position and an alert, of the demo owner. */
async function act(client: Client): Promise<void> {
  await ask(
    client,
    'mutation { placeOrder(input: { symbol: "BTCUSDT", side: BUY, type: MARKET, quantity: "0.01", clientOrderId: "first" }) { order { id } } }',
  );
  const made = await ask<{ createBot: { bot: { id: string } } }>(
    client,
    'mutation { createBot(input: { name: "A little at a time", symbol: "ETHUSDT", plan: { dca: { amount: "100", intervalSeconds: 10 } } }) { bot { id } } }',
  );
  await ask(client, `mutation { startBot(input: { botId: "${made.createBot.bot.id}" }) { bot { id } } }`);
  const tracked = await ask<{ trackPosition: { position: { id: string } } }>(
    client,
    'mutation { trackPosition(input: { perp: { symbol: "BTC-PERP", side: LONG, size: "0.5", entryPrice: "60000", collateral: "6000" } }) { position { id } } }',
  );
  const { id } = tracked.trackPosition.position;
  await ask(
    client,
    `mutation { createAlertRule(input: { positionId: "${id}", metric: EXPOSURE_USD, comparison: ABOVE, threshold: "20000", severity: HIGH }) { alertRule { id } } }`,
  );
}

async function refusals(client: Client, url: string, known: Received): Promise<Received['refusals']> {
  const found: Record<string, Refusal> = {};
  const note = (code: string, payload: SubscribePayload, error: Refusal['error']) => {
    if (error.extensions['code'] !== code) throw new Error(`${code}: ${JSON.stringify(error)}`);
    const { message, extensions } = error;
    found[code] = {
      document: String(payload.query),
      ...(payload.extensions && { extensions: payload.extensions }),
      error: { message, extensions },
    };
  };
  for (const [code, payload] of Object.entries(REFUSED)) note(code, payload, await refused(client, payload));
  const order = {
    query:
      'mutation { placeOrder(input: { symbol: "BTCUSDT", side: SELL, type: MARKET, quantity: "0.02", clientOrderId: "first" }) { order { id } } }',
  };
  note('CONFLICT', order, await refused(client, order));
  const many = Array.from({ length: MAX_SUBSCRIPTIONS + 1 }, () => ({
    query: 'subscription { systemStatus { status } }',
  }));
  note(
    'TOO_MANY_SUBSCRIPTIONS',
    { query: 'subscription { systemStatus { status } }' },
    await Promise.race(many.map((one) => refused(client, one))),
  );
  note('RATE_LIMITED', { query: '{ serverTime }' }, await limited(url));
  return { ...known.refusals, ...found, ...(await refusedRequests(url)) };
}

/** The first error of an operation; for ever when there is none. */
function refused(client: Client, payload: SubscribePayload): Promise<Refusal['error']> {
  return new Promise((resolve) => {
    client.subscribe(payload, {
      next: ({ errors }) => errors?.[0] && resolve(errors[0] as unknown as Refusal['error']),
      error: (errors) => resolve((errors as readonly Refusal['error'][])[0] as Refusal['error']),
      complete: () => undefined,
    });
  });
}

/** What is said to somebody who sends new texts without end. */
async function limited(url: string): Promise<Refusal['error']> {
  for (let index = 0; index < MANY; index++) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ a${index}: serverTime }` }),
    });
    const { errors } = (await response.json()) as { errors?: readonly Refusal['error'][] };
    if (errors?.[0]) return errors[0];
  }
  throw new Error(`${MANY} new documents were taken`);
}

async function ask<Data>(client: Client, query: string): Promise<Data> {
  for await (const { data, errors } of client.iterate<Data & Record<string, unknown>>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }
  throw new Error(`not answered: ${query}`);
}

function globalId(type: string, key: string): string {
  return Buffer.from(`${type}:${key}`).toString('base64');
}

function cursor(position: string): string {
  return Buffer.from(position).toString('base64url');
}
