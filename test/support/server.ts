import { onTestFinished } from 'vitest';
import type { Bus, ProcessBus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { type ApiServer, type ServerOptions, type ServerParts, startServer } from '../../src/server/server.ts';
import { WIDE_LIMITS } from './wide-limits.ts';

export const silentLog = createLog('silent');

/** What a server is started with where a test says nothing else. */
export const SERVER_OPTIONS: ServerOptions = {
  host: '127.0.0.1',
  port: 0,
  heartbeatIntervalMs: 25_000,
  heartbeatTimeoutMs: 8_000,
  idleTimeoutMs: 300_000,
  ...WIDE_LIMITS,
  graphiql: true,
  allowedOrigins: null,
};

export interface TestServer extends ApiServer {
  readonly bus: Bus;
  /** What `/status` says. */
  status(): Promise<Record<string, number>>;
}

/** A server of its own on a free port, with a bus that the test publishes on; stopped when the test ends. */
export async function testServer(
  options: Partial<ServerOptions> &
    ServerParts & { readonly bus?: Bus; readonly own?: ProcessBus; readonly clock?: Clock } = {},
): Promise<TestServer> {
  const { bus: given, own: givenOwn, clock = systemClock, identify, limitsRedis, ...server } = options;
  const parts = { ...(identify && { identify }), ...(limitsRedis && { limitsRedis }) };
  const bus = given ?? createMemoryBus({ clock: systemClock, log: silentLog });
  const own = givenOwn ?? createMemoryBus({ clock: systemClock, log: silentLog });
  const api = await startServer(bus, own, { ...SERVER_OPTIONS, ...server }, clock, silentLog, parts);
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
): Promise<{ data?: Data; errors?: { message: string; extensions: Record<string, unknown> }[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as { data?: Data };
}

/** Waits until something asynchronous has come about, by asking again; bounds a hang, measures nothing. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
