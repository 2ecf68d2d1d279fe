import { onTestFinished } from 'vitest';
import type { Bus, ProcessBus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { whatIf } from '../../src/engines/risk/what-if.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { decimal } from '../../src/lib/decimal.ts';
import { createLog, type Log } from '../../src/lib/log.ts';
import { DEFAULT_RISK_MODEL } from '../../src/model/risk-tables.ts';
import type { LimitsRedis } from '../../src/server/limits/limits-redis.ts';
import { type ApiServer, type ServerOptions, type ServerSeams, startServer } from '../../src/server/server.ts';
import { Database } from '../../src/store/database.ts';
import { WIDE_LIMITS } from './wide-limits.ts';

export const silentLog = createLog('silent');

/** For servers that keep nothing: it answers nothing. */
export const noDatabase = new Database('postgresql://nobody@127.0.0.1:1/none', silentLog);

/** What a server is started with where a test says nothing else. */
export const SERVER_OPTIONS: ServerOptions = {
  host: '127.0.0.1',
  port: 0,
  heartbeatIntervalMs: 25_000,
  heartbeatTimeoutMs: 8_000,
  idleTimeoutMs: 300_000,
  ...WIDE_LIMITS,
  tokens: { secret: Buffer.from('a secret of the tests, long enough'), jwksUrl: null, issuer: null, audience: null },
  signIn: { domains: ['localhost:4000'], tokenLifeMs: 900_000, chains: new Map() },
  demo: null,
  requireIdentity: false,
  graphiql: true,
  dashboard: null,
  introspection: true,
  whatIf: (input) => whatIf({ ...input, atRisk: decimal('1.2') }),
  protocols: Object.keys(DEFAULT_RISK_MODEL.protocols),
  simulations: true,
  documents: { trustedOnly: false, manifest: new Map() },
  allowedOrigins: null,
  siblings: null,
};

export interface TestServer extends ApiServer {
  readonly bus: Bus;
  /** What `/status` says. */
  status(): Promise<Record<string, number>>;
}

/** A server of its own on a free port, with a bus that the test publishes on; stopped when the test ends. */
export async function testServer(
  options: Partial<ServerOptions> & {
    readonly bus?: Bus;
    readonly own?: ProcessBus;
    readonly database?: Database;
    readonly limitsRedis?: LimitsRedis;
    readonly clock?: Clock;
    readonly log?: Log;
    readonly seams?: ServerSeams;
  } = {},
): Promise<TestServer> {
  const {
    bus: given,
    own: givenOwn,
    database = noDatabase,
    limitsRedis,
    clock = systemClock,
    log = silentLog,
    seams = {},
    ...server
  } = options;
  const bus = given ?? createMemoryBus({ clock: systemClock, log: silentLog });
  const own = givenOwn ?? createMemoryBus({ clock: systemClock, log: silentLog });
  const stores = { shared: bus, own, database, ...(limitsRedis && { limitsRedis }) };
  const api = await startServer(stores, { ...SERVER_OPTIONS, ...server }, clock, log, seams);
  onTestFinished(async () => {
    await api.stop();
    if (!given) await bus.close();
  });
  return {
    ...api,
    bus,
    status: async () => (await (await fetch(`${api.url}/status`)).json()) as Record<string, number>,
  };
}

/** Asks once over HTTP. */
export async function query<Data = Record<string, unknown>>(
  url: string,
  text: string,
  variables?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ data?: Data; errors?: { message: string; extensions: Record<string, unknown> }[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as { data?: Data };
}

/** Waits until something asynchronous has come about, by asking again; bounds a hang, measures nothing. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = 60_000,
): Promise<void> {
  const end = performance.now() + boundMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
