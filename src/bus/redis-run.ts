import { Cluster, Command, type Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';

/** One run of a server process, from its start to its end. */
export interface ServerRun {
  /** Empty when the server does not tell. */
  readonly id: string;
  /** Whether what it has acknowledged survives its end. */
  readonly lasting: boolean;
}

/** What a user without the right to ask, or a proxy that does not answer, leaves us with. */
const UNKNOWN_RUN: ServerRun = { id: '', lasting: false };

/**
 * With an append-only file a server writes what it answers before it answers; with snapshots, or as a replica that took
 * over, it may have acknowledged what its successor does not know.
 */
async function serverRun(client: Redis): Promise<ServerRun> {
  const lines = new Map<string, string>();
  for (const line of (await client.info()).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const tookOver = /[1-9a-f]/.test(lines.get('master_replid2') ?? '');
  return { id: lines.get('run_id') ?? '', lasting: lines.get('aof_enabled') === '1' && !tookOver };
}

/** Which server run answers for a key: the only one, or on a Cluster that of the node which serves it. */
export class ServerRuns {
  readonly #client: RedisClient;
  /** By `host:port`; of one server alone by the empty name. */
  readonly #runs = new Map<string, ServerRun>();

  constructor(client: RedisClient) {
    this.#client = client;
    if (!(client instanceof Cluster)) return;
    // A node that has come back is another run at the same address.
    client.on('-node', (node: Redis) => void this.#runs.delete(nameOf(node)));
    client.on('+node', (node: Redis) => void this.#ask(nameOf(node), node));
  }

  /** Resolves when all are known that are there; a server that does not tell is unknown. */
  async learn(): Promise<void> {
    const client = this.#client;
    if (!(client instanceof Cluster)) return await this.#ask('', client);
    await Promise.all(client.nodes('master').map((node) => this.#ask(nameOf(node), node)));
  }

  of(key: string): ServerRun {
    const client = this.#client;
    const name = client instanceof Cluster ? (client.slots[slotOf(key)]?.[0] ?? '') : '';
    return this.#runs.get(name) ?? UNKNOWN_RUN;
  }

  async #ask(name: string, server: Redis): Promise<void> {
    this.#runs.delete(name);
    const run = await serverRun(server).catch(() => null);
    if (run) this.#runs.set(name, run);
  }
}

function nameOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}

function slotOf(key: string): number {
  return new Command('get', [key]).getSlot() ?? 0;
}
