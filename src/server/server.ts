import {
  createServer,
  type ServerOptions as HttpOptions,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import { Delivery } from '../cohorts/delivery.ts';
import { Flusher } from '../cohorts/flush.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Identity } from '../model/identity.ts';
import type { Caller, Connection, Context } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import { scopeOf } from '../schema/scopes.ts';
import { Alerts } from '../store/alerts.ts';
import { Arbitrage } from '../store/arbitrage/arbitrage.ts';
import { Archive } from '../store/archive/archive.ts';
import { History } from '../store/archive/history.ts';
import { Bots } from '../store/bots.ts';
import { CandleHistory } from '../store/candle-history.ts';
import { Candles } from '../store/candles.ts';
import { Chains } from '../store/chains.ts';
import { Commands as StoredCommands } from '../store/commands.ts';
import { Instruments } from '../store/instruments.ts';
import { Latest } from '../store/latest.ts';
import { MarketHistory } from '../store/market-history.ts';
import { Orders } from '../store/orders.ts';
import { Positions } from '../store/positions.ts';
import { Recent } from '../store/recent.ts';
import { Trading } from '../store/trading.ts';
import { TradingDesk } from '../store/trading-desk.ts';
import { TrustedDocuments } from '../store/trusted-documents.ts';
import { createCommands } from './commands.ts';
import { Dashboard } from './dashboard.ts';
import { DeliveryReports } from './delivery-reports.ts';
import { type DocumentOptions, Documents } from './documents/documents.ts';
import { EventStreams } from './event-streams.ts';
import { answerHealth, type HealthServices } from './health.ts';
import { HeartbeatWheel } from './heartbeat.ts';
import { createIdentity, type IdentityOptions } from './identity/identity.ts';
import { Limits } from './limits/limits.ts';
import { boundSockets } from './limits/peer-sockets.ts';
import type { LimitSettings } from './limits/settings.ts';
import { answerLlms } from './llms.ts';
import { Metrics, type Siblings } from './metrics.ts';
import { Operations } from './operation.ts';
import { answerRefused } from './refused-answer.ts';
import { checkAddress } from './request-checks.ts';
import { traceRequest } from './request-span.ts';
import { openRequest } from './requests.ts';
import { setSafeHeaders } from './safe-headers.ts';
import { createSimulations } from './simulations.ts';
import type { Stores } from './stores.ts';
import { SystemStatus } from './system-status.ts';
import { WebSockets } from './websocket.ts';
import { createHttpGraphQL } from './yoga.ts';

export interface ServerOptions extends IdentityOptions, LimitSettings {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly graphiql: boolean;
  /** The folder of the web application's files; null for none. */
  readonly dashboard: URL | null;
  /** Whether clients may ask what the schema holds. */
  readonly introspection: boolean;
  /** Whether anybody may subscribe. Left out: true. */
  readonly subscriptionsEnabled?: boolean;
  readonly documents: DocumentOptions;
  /** What a position would be under other prices. */
  readonly whatIf: Context['whatIf'];
  readonly protocols: Context['protocols'];
  /** Whether callers may bring things about by hand: never in production. */
  readonly simulations: boolean;
  /** Null: any. */
  readonly allowedOrigins: readonly string[] | null;
  /** Whether also what is public needs an identity. */
  readonly requireIdentity: boolean;
  /** How long after the first worker has spoken a name that nobody knows is taken to be one that will come. Left out: 0. */
  readonly namesSettleMs?: number;
  /** Null where this process has its port to itself. */
  readonly siblings: Siblings | null;
}

/** What a test may put in the place of the real thing. */
export interface ServerSeams {
  readonly schema?: GraphQLSchema;
  /** Who has come over a connection; null for one without identity. */
  readonly identityOf?: (connection: Connection | null) => Identity | null;
}

export interface ApiServer {
  /** `http://host:port`. */
  readonly url: string;
  /** A new token of the demo owner; null where there is none. */
  demoToken(): Promise<string | null>;
  /** Not ready any more, clients told to come back elsewhere, then everything closed. */
  stop(): Promise<void>;
}

/** Where GraphQL is spoken, over every transport. */
const GRAPHQL_PATH = '/graphql';

/** Where a language model reads how to ask, and what can be asked: whatever introspection tells. */
const LLMS_PATH = '/llms.txt';

/** How long connections may take to close after they were told to, milliseconds; then they are cut. */
const DRAIN_MS = 5_000;

/** The read side: everything between the bus and the clients. Resolves when it listens. */
export async function startServer(
  { shared, own, database, limitsRedis = null }: Stores,
  options: ServerOptions,
  clock: Clock,
  log: Log,
  seams: ServerSeams = {},
): Promise<ApiServer> {
  const limits = new Limits(options, limitsRedis, clock);
  const instruments = new Instruments(shared, clock, log, options.namesSettleMs);
  const chains = new Chains(shared, clock, log, options.namesSettleMs);
  const status = new SystemStatus(shared, own, clock, log, () => limits.countsTogether);
  await status.start();
  instruments.start();
  chains.start();
  const identity = createIdentity({ shared, own, database }, options, { clock, log });
  const { authenticator, sessions, identities } = identity;
  const latest = new Latest(shared, log);
  const context: Context = {
    connection: null,
    identity: null,
    identityRequired: options.requireIdentity,
    identities,
    clock,
    instruments,
    chains,
    latest,
    ownLatest: new Latest(own, log),
    recent: new Recent(shared, log),
    positions: new Positions(database),
    alerts: new Alerts(database),
    bots: new Bots(database),
    marketHistory: new MarketHistory(database),
    simulations: options.simulations ? createSimulations(shared) : null,
    candles: new CandleHistory(new Candles(database), latest, clock),
    arbitrage: new Arbitrage(database, shared, clock),
    commands: createCommands(new StoredCommands(database), shared, log),
    orders: new Orders(database),
    trading: new Trading(database),
    tradingDesk: new TradingDesk(database, shared, clock, log),
    whatIf: options.whatIf,
    protocols: options.protocols,
    history: new History(database, shared, clock, log),
  };
  // A fresh object each time: plugins keep caches and decisions on it, which must not outlive one execution.
  const makeContext = (caller: Caller): Context => {
    const identity = seams.identityOf?.(caller.connection) ?? caller.identity;
    return { ...context, ...caller, identity };
  };
  const documents = new Documents(options.documents, new TrustedDocuments(database));
  const operations = new Operations(seams.schema ?? schema, documents, options, limits.refusals);
  const delivery = new Delivery<Context>({
    schema: operations.schema,
    buses: { shared, process: own },
    archive: new Archive(database),
    clock,
    log,
    // The connection is never an answer's: readers of one scope share it over several.
    freshContext: (like) => ({ ...(like ?? context), connection: null }),
    scopeOf,
  });
  const heartbeats = new HeartbeatWheel(clock, options.heartbeatIntervalMs);
  const revoke = (id: string, error: Error) => delivery.revoke(({ connection }) => connection?.id === id, error);
  const services = {
    ...options,
    revoke,
    documents,
    operations,
    limits,
    delivery,
    heartbeats,
    authenticator,
    sessions,
    clock,
    log,
    makeContext,
    demoToken: identity.demoToken,
  };
  const reports = new DeliveryReports(own, clock, log);
  const flusher = new Flusher();
  const webSockets = new WebSockets({ ...services, flusher, reports });
  const graphql = createHttpGraphQL(services, GRAPHQL_PATH);
  const dashboard = options.dashboard && new Dashboard(options.dashboard);
  const eventStreams = new EventStreams({ ...services, flusher, answer: graphql });
  let draining = false;
  const health: HealthServices = {
    health: () => status.health(),
    delivery,
    webSockets,
    eventStreams,
    refusals: limits.refusals,
    isDraining: () => draining,
    metrics: new Metrics({
      delivery,
      webSockets,
      eventStreams,
      refusals: limits.refusals,
      status,
      shared,
      database,
      siblings: options.siblings,
    }),
    siblings: options.siblings,
    clock,
    log,
  };
  const server = createServer(timeouts(options), (request: IncomingMessage, response: ServerResponse) => {
    setSafeHeaders(request, response);
    const [path = '/'] = (request.url ?? '/').split('?');
    if (answerHealth(path, request, response, health)) return;
    const route = path === GRAPHQL_PATH ? path : null;
    traceRequest(request, response, { path, route }, () => answer(request, response, path));
  });
  const answer = (request: IncomingMessage, response: ServerResponse, path: string): void => {
    openRequest(request, response, { clock, log });
    try {
      checkAddress(request);
      limits.request(limits.addresses.of(request));
    } catch (error) {
      return answerRefused(error, request, response, services);
    }
    if (dashboard?.answer(path, request, response)) return;
    if (path === LLMS_PATH && options.introspection) return answerLlms(response, operations.schema);
    if (path === '/') return void response.writeHead(302, { location: GRAPHQL_PATH }).end();
    if (path === GRAPHQL_PATH && eventStreams.handle(request, response)) return;
    return void graphql(request, response);
  };
  boundSockets(server, options, limits.addresses, limits.refusals);
  webSockets.attach(server, GRAPHQL_PATH);
  const url = await listen(server, options);
  return {
    url,
    demoToken: identity.demoToken,
    stop: async () => {
      draining = true;
      webSockets.drain();
      eventStreams.drain();
      await closed(server, clock);
      eventStreams.close();
      heartbeats.stop();
      reports.stop();
      delivery.close();
      limits.stop();
      identity.stop();
      instruments.stop();
      chains.stop();
      status.stop();
    },
  };
}

/** How long a request may take to arrive: Node looks at those that are late at an interval, half a minute by default. */
function timeouts({ requestTimeoutMs }: ServerOptions): HttpOptions {
  return {
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
  };
}

function listen(server: Server, { host, port }: ServerOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', reject);
      const address = server.address() as AddressInfo;
      resolve(`http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
    });
  });
}

function closed(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cut = clock.after(DRAIN_MS, () => server.closeAllConnections());
    server.close(() => {
      cut();
      resolve();
    });
    server.closeIdleConnections();
  });
}
