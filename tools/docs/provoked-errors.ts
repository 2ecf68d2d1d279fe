import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { startApi } from '../../src/main/api-server.ts';
import { readConfig } from '../../src/main/config.ts';
import { retentionOf } from '../../src/main/shared-bus.ts';
import { newSecret } from '../../src/server/identity/api-keys.ts';
import { Tokens } from '../../src/server/identity/tokens.ts';
import { Database } from '../../src/store/database.ts';
import { trade } from '../../test/support/market.ts';
import { WireClient } from '../../test/support/wire-client.ts';
import type { HttpAnswer, Refusal, Refusals } from './received.ts';
import { checked } from './refused-operations.ts';

/** Proves the tokens of these servers; nobody else knows them. */
const SECRET = 'what proves the tokens of a capture';

/** Where no PostgreSQL listens: as one that is stopped. */
const STOPPED = 'postgresql://nobody@127.0.0.1:1/none';

/** Subscriptions that one connection may hold, by default. */
const MAX_SUBSCRIPTIONS = 100;

/** New documents, one after the other, of which one is certainly too many. */
const MANY_DOCUMENTS = 1_000;

/** Trades past a reader that stands still: more than a process keeps of them, whatever the stream keeps. */
const MANY_TRADES = 10_000;

/** Trades after which others have their turn. */
const TURN = 50;

interface Api {
  readonly url: string;
  readonly bus: Bus;
}

/** What is told whom a limit meets or a fault: each provoked on the API as it is started everywhere, with settings that bring it about. */
export async function provokedErrors(): Promise<Refusals> {
  return checked({
    UNAUTHENTICATED: await withApi({}, unauthenticated),
    SLOW_CONSUMER: await withApi({ RETENTION_EVENTS: '100' }, slowConsumer),
    RATE_LIMITED: await withApi({}, rateLimited),
    TOO_MANY_SUBSCRIPTIONS: await withApi({}, tooManySubscriptions),
    TOO_MANY_CONNECTIONS: {
      ...(await withApi({ MAX_CONNECTIONS_PER_IP: '1' }, tooManyOfAnAddress)),
      ...(await withApi({ MAX_CONNECTIONS_PER_USER: '1' }, tooManyOfAUser)),
    },
    UNAVAILABLE: await withApi({}, unavailable),
    INTERNAL_SERVER_ERROR: await withApi({}, internalError, {
      readBefore: () => Promise.reject(new Error('the disk is on fire')),
    }),
  });
}

/** @param faults parts of the bus that do not work. */
async function withApi<Result>(
  settings: Readonly<Record<string, string>>,
  use: (api: Api) => Promise<Result>,
  faults: Partial<Bus> = {},
): Promise<Result> {
  const config = readConfig({ PORT: '0', JWT_SECRET: SECRET, DASHBOARD: 'false', ...settings });
  const log = createLog('silent');
  const bus = Object.assign(createMemoryBus({ clock: systemClock, log, ...retentionOf(config) }), faults);
  const database = new Database(STOPPED, log);
  const api = await startApi(bus, database, { clock: systemClock, log, config });
  try {
    return await use({ url: api.url, bus });
  } finally {
    await api.stop();
    await bus.close();
    await database.close();
  }
}

async function unauthenticated({ url }: Api): Promise<Refusal> {
  const credential = 'not-a-token';
  return {
    request: `Any request with a credential that is none: \`Authorization: Bearer ${credential}\`.`,
    answer: await ask(url, '{ serverTime }', { authorization: `Bearer ${credential}` }),
    close: {
      why: 'A WebSocket with such a credential in `connection_init`',
      ...(await closedOn(url, credential)),
    },
  };
}

async function slowConsumer({ url, bus }: Api): Promise<Refusal> {
  const document = 'subscription { trades { tradeId cursor } }';
  const client = await WireClient.connect(url);
  client.subscribe('1', document);
  await client.live('1');
  client.socket.pause();
  for (let id = 1; id <= MANY_TRADES; id++) {
    await bus.publishEvent(topics.trades, trade('BTCUSDT', id));
    if (id % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.resume();
  const answer = await client.take(({ id, type }) => id === '1' && type !== 'next');
  // What else the connection has goes on.
  await client.settled();
  await client.close();
  return {
    document,
    request: 'By a client that did not read for 10,000 trades, where the stream keeps 100 (`RETENTION_EVENTS=100`).',
    answer,
  };
}

async function rateLimited({ url }: Api): Promise<Refusal> {
  const request = 'Documents that differ, one after the other: `{ a0: serverTime }`, `{ a1: serverTime }`, and so on.';
  for (let index = 0; index < MANY_DOCUMENTS; index++) {
    const answer = await ask(url, `{ a${index}: serverTime }`);
    if (answer.body.errors) return { request, answer };
  }
  throw new Error(`${MANY_DOCUMENTS} new documents were taken`);
}

async function tooManySubscriptions({ url }: Api): Promise<Refusal> {
  const client = await WireClient.connect(url);
  for (let id = 1; id <= MAX_SUBSCRIPTIONS + 1; id++)
    client.subscribe(String(id), 'subscription { systemStatus { status } }');
  const answer = await client.take(({ type }) => type === 'error');
  await client.close();
  return { request: '`subscription { systemStatus { status } }`, for the 101st time on one connection.', answer };
}

async function tooManyOfAnAddress({ url }: Api): Promise<Refusal> {
  const client = await WireClient.connect(url);
  const { status = 0, retryAfter = null, error } = await WireClient.refused(url);
  await client.close();
  return {
    request: 'One WebSocket more than an address may hold, here a second one (`MAX_CONNECTIONS_PER_IP=1`).',
    answer: { status, retryAfter, body: { errors: [error] } },
  };
}

async function tooManyOfAUser({ url }: Api): Promise<Required<Pick<Refusal, 'close'>>> {
  const tokens = new Tokens({ secret: Buffer.from(SECRET), jwksUrl: null, issuer: null, audience: null }, systemClock);
  const { token } = await tokens.sign({ userId: 'ada', addresses: [] }, ['read'], 60_000);
  const client = await WireClient.connect(url, { token });
  const close = await closedOn(url, token);
  await client.close();
  return {
    close: {
      why: 'One more than a user may hold, who is known only by then (`MAX_CONNECTIONS_PER_USER=1`),',
      ...close,
    },
  };
}

async function unavailable({ url }: Api): Promise<Refusal> {
  const document = '{ alertRules { id } }';
  return {
    document,
    request: 'While PostgreSQL is stopped.',
    answer: await ask(url, document),
    close: {
      why: 'A WebSocket with an API key, which is looked up there,',
      ...(await closedOn(url, newSecret().secret)),
    },
  };
}

async function internalError({ url }: Api): Promise<Refusal> {
  const document = 'subscription { trades(last: 5) { tradeId } }';
  const client = await WireClient.connect(url);
  client.subscribe('1', document);
  const answer = await client.take(({ id }) => id === '1');
  await client.settled();
  await client.close();
  return { document, request: 'While the store throws what nobody foresaw.', answer };
}

/** How a connection with this credential is closed before it is acknowledged. */
async function closedOn(url: string, token: string): Promise<{ readonly code: number; readonly reason: string }> {
  const client = await WireClient.open(url);
  client.send({ type: 'connection_init', payload: { token } });
  return client.closed;
}

async function ask(url: string, query: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  const body = (await response.json()) as HttpAnswer['body'];
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}
