import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { type ApiServer, startServer } from '../../src/server/server.ts';
import { Database } from '../../src/store/database.ts';
import { WIDE_LIMITS } from '../../test/support/wide-limits.ts';

export const PARTS = { clock: systemClock, log: createLog('error') };

interface Reading {
  readonly dashboard?: URL;
  /** Of tokens, 32 bytes as hexadecimal. Left out: nobody is known. */
  readonly secret?: string;
}

/** The read side as `npm start` and `npm run api` run it, on the bus that is given, without a database. */
export function startReading(bus: Bus, { dashboard, secret }: Reading = {}): Promise<ApiServer> {
  return startServer(
    {
      shared: bus,
      own: createMemoryBus(PARTS),
      database: new Database('postgresql://nobody@127.0.0.1:1/none', PARTS.log),
    },
    {
      tokens: {
        secret: secret === undefined ? null : Buffer.from(secret, 'hex'),
        jwksUrl: null,
        issuer: null,
        audience: null,
      },
      signIn: { domains: [], tokenLifeMs: 900_000, chains: new Map() },
      demo: null,
      host: '127.0.0.1',
      port: 0,
      heartbeatIntervalMs: 25_000,
      heartbeatTimeoutMs: 30_000,
      idleTimeoutMs: 300_000,
      ...WIDE_LIMITS,
      graphiql: false,
      dashboard: dashboard ?? null,
      allowedOrigins: null,
      introspection: true,
      protocols: [],
      whatIf: () => {
        throw new Error('nobody asks this of a benchmark');
      },
      documents: { trustedOnly: false, manifest: new Map() },
      simulations: false,
      requireIdentity: false,
      siblings: null,
    },
    PARTS.clock,
    PARTS.log,
  );
}
