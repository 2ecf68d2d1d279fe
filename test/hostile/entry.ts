/**
 * The process that is attacked: all of the product as `npm start` runs it, and beside it an ear for the one who measures.
 * Nothing is caught here: a rejection that nobody handles ends this process, as it would end the product.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** What the process holds, after everything that can be collected has been. */
export interface Measured {
  readonly heapBytes: number;
  /** Of buffers, outside the heap. */
  readonly bufferBytes: number;
  readonly residentBytes: number;
  /** Sockets, timers, and what else keeps a process busy, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** Collections before a reading: what finalizers let go is found by the next one. */
const COLLECTIONS = 4;

process.on('message', () => {
  measured().then(
    (found) => process.send?.(found),
    () => process.exit(1),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

async function measured(): Promise<Measured> {
  for (let i = 0; i < COLLECTIONS; i++) {
    globalThis.gc?.();
    await pause(20);
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heapBytes: heapUsed, bufferBytes: external + arrayBuffers, residentBytes: rss, resources };
}

await import('../../src/main/all.ts');
