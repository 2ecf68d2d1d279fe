import type { Redis } from 'ioredis';

/** One run of a server process, from its start to its end. */
export interface ServerRun {
  /** Empty when the server does not tell. */
  readonly id: string;
  /** Whether what it has acknowledged survives its end. */
  readonly lasting: boolean;
}

/** What a user without the right to ask, or a proxy that does not answer, leaves us with. */
export const UNKNOWN_RUN: ServerRun = { id: '', lasting: false };

/**
 * With an append-only file a server writes what it answers before it answers; with snapshots, or as a replica that took
 * over, it may have acknowledged what its successor does not know.
 */
export async function serverRun(client: Redis): Promise<ServerRun> {
  const lines = new Map<string, string>();
  for (const line of (await client.info()).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) lines.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const tookOver = /[1-9a-f]/.test(lines.get('master_replid2') ?? '');
  return { id: lines.get('run_id') ?? '', lasting: lines.get('aof_enabled') === '1' && !tookOver };
}
