import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { plainEnvironment } from '../plain-environment.ts';
import { type StartedServer, startServer } from '../started-server.ts';
import { provokedErrors } from './provoked-errors.ts';
import type { Received, Refusals } from './received.ts';
import { refusedOperations } from './refused-operations.ts';

/** Signals and settlements of funding need a while to come, milliseconds. */
const PATIENCE_MS = 300_000;

/** What a reader of a page takes in: of what was received the richest within this, characters. */
const READABLE = 2_500;

type Payloads = Received['payloads'];

/** Every error, as it comes over the wire. */
export async function captureRefusals(root: string): Promise<Refusals> {
  const operations = await withServer(root, ({ url }) => refusedOperations(url));
  return { ...operations, ...(await provokedErrors()) };
}

/** Starts a server with the simulated market, does what makes something happen, and listens. */
export async function capturePayloads(
  root: string,
  examples: ReadonlyMap<string, string>,
  known: Payloads,
): Promise<Payloads> {
  return withServer(root, async ({ url }) => {
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, retryAttempts: 0, lazy: false });
    try {
      return await received(client, examples, known);
    } finally {
      await Promise.resolve(client.dispose()).catch(() => undefined);
    }
  });
}

async function withServer<Result>(root: string, use: (server: StartedServer) => Promise<Result>): Promise<Result> {
  const data = mkdtempSync(join(tmpdir(), 'tidewire-docs-'));
  const env = { ...plainEnvironment(), DATA_DIR: data, FEEDS: 'simulated' };
  const server = await startServer({ file: process.execPath, args: ['src/main/all.ts'], cwd: root, env });
  try {
    return await use(server);
  } finally {
    // In order: killed, it would leave its database behind.
    await server.terminate().finally(() => rmSync(data, { recursive: true, force: true }));
  }
}

async function received(client: Client, examples: ReadonlyMap<string, string>, known: Payloads): Promise<Payloads> {
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
    const [one] = list.length > 0 ? [richest(list)] : [known[name]];
    return one ? [[name, one] as const] : [];
  });
  return Object.fromEntries(payloads);
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

async function ask<Data>(client: Client, query: string): Promise<Data> {
  for await (const { data, errors } of client.iterate<Data & Record<string, unknown>>({ query })) {
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data;
  }
  throw new Error(`not answered: ${query}`);
}
