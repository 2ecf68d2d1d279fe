import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { Backoff } from '../lib/backoff.ts';

/** A host and a port. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** What is behind the address of a Redis, where it is more than one server. */
export interface RedisTopology {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** Sentinels, or nodes of the Cluster, beside the one at the url: any of them leads to the others. */
  readonly nodes: readonly RedisAddress[];
  /** What Sentinels call the server. */
  readonly masterName: string;
  /** For Sentinels that want a password. */
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: string | null;
  /** A file with the certificates that may sign the servers' own; null: those that Node knows. */
  readonly caFile: string | null;
}

/** Where a Redis is. */
export interface RedisServer {
  /** `redis://` or `rediss://`, with credentials and database number where there are any. With Sentinels its host is one of them. */
  readonly url: string;
  /** Left out: one server, at the url. */
  readonly topology?: RedisTopology | undefined;
}

export type RedisClient = Redis | Cluster;

/** A local server is back in a moment; one that is gone for long is asked once a second: all wait for it, and being asked costs it little. Milliseconds. */
const RECONNECT = { minMs: 20, maxMs: 1_000 };

/** How long a connection may take to come about, milliseconds. */
const CONNECT_MS = 3_000;

/** A Cluster is asked this often who serves what, milliseconds: that is what a fail-over nobody tells of costs. */
const LOOK_AT_CLUSTER_MS = 1_000;

/** For commands, which a Cluster's own client takes to the node that serves their keys. */
export function commandClient({ url, topology }: RedisServer, name: string): RedisClient {
  const retryStrategy = patience();
  if (topology?.kind !== 'cluster') return serverClient({ url, topology }, name, retryStrategy);
  return new Cluster([...addresses(url, topology)], {
    lazyConnect: true,
    clusterRetryStrategy: retryStrategy,
    enableOfflineQueue: false,
    slotsRefreshInterval: LOOK_AT_CLUSTER_MS,
    // A certificate is for the names that the nodes tell, which are not looked up first.
    ...(topology.caFile !== null && { dnsLookup: (address, done) => done(null, address) }),
    redisOptions: { ...common(name), ...credentials(url, topology) },
  });
}

/**
 * For messages. Each node of a Cluster hears what is published at any other, so one connection to one of them is enough; ioredis' own
 * subscriber would move it without a word, and what was published meanwhile would be missed in silence.
 */
export function messageClient({ url, topology }: RedisServer, name: string): Redis {
  const retry = patience();
  if (topology?.kind !== 'cluster') return serverClient({ url, topology }, name, retry);
  const nodes = addresses(url, topology);
  let at = 0;
  const client: Redis = new Redis({
    ...common(name),
    ...credentials(url, topology),
    ...nodes[0],
    retryStrategy: (attempt) => {
      // The next connection goes to the next node: this one may be gone for good.
      at = (at + 1) % nodes.length;
      Object.assign(client.options, nodes[at]);
      return retry(attempt);
    },
  });
  return client;
}

function serverClient({ url, topology }: RedisServer, name: string, retryStrategy: (attempt: number) => number): Redis {
  const options: RedisOptions = { ...common(name), retryStrategy };
  if (topology?.kind !== 'sentinel')
    return topology?.caFile == null
      ? new Redis(url, options)
      : new Redis({ ...options, ...addressOf(url), ...credentials(url, topology) });
  const { tls, ...known } = credentials(url, topology);
  const { sentinelUsername, sentinelPassword, masterName } = topology;
  return new Redis({
    ...options,
    ...known,
    sentinels: addresses(url, topology).map((address) => ({ ...address })),
    name: masterName,
    sentinelRetryStrategy: retryStrategy,
    ...(sentinelUsername !== null && { sentinelUsername }),
    ...(sentinelPassword !== null && { sentinelPassword }),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
  });
}

function common(name: string): RedisOptions {
  return {
    connectionName: name,
    lazyConnect: true,
    disableClientInfo: true,
    connectTimeout: CONNECT_MS,
    // A failover leaves us with a replica that refuses writes: the name leads to the new one only when it is asked again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    maxRetriesPerRequest: null,
    // What waits, and what is sent again, is decided where its order and number are known: in the outbox.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // A SUBSCRIBE that is refused on the way back would be an unhandled rejection.
    autoResubscribe: false,
  };
}

function patience(): (attempt: number) => number {
  const backoff = new Backoff(RECONNECT);
  return (attempt) => {
    if (attempt === 1) backoff.reset();
    return backoff.next();
  };
}

function addresses(url: string, { nodes }: RedisTopology): readonly RedisAddress[] {
  return [addressOf(url), ...nodes];
}

const DEFAULT_PORT = 6_379;

function addressOf(url: string): RedisAddress {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? DEFAULT_PORT : Number(port) };
}

/** Who we are to the servers, and how they prove who they are. */
function credentials(url: string, { caFile, kind }: RedisTopology): RedisOptions {
  const { username, password, pathname, protocol } = new URL(url);
  const db = Number(pathname.slice(1));
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(kind !== 'cluster' && db > 0 && { db }),
    ...(protocol === 'rediss:' && { tls: caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') } }),
  };
}
