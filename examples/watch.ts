// Watches any field, and checks what it is promised:
//   node --conditions=tidewire-source examples/watch.ts 'trades(filter: {symbols: ["BTCUSDT"]}) { price quantity }'
// TIDEWIRE_URL and TIDEWIRE_TOKEN say where and as whom; a number as second argument ends it after so many frames.
import { createTidewire } from 'tidewire-client';

interface Frame {
  readonly id?: string;
  readonly cursor?: string;
  readonly sequence?: number;
  readonly snapshot?: boolean;
}

const [field = 'prices { id symbol price sequence snapshot }', limit = 'Infinity'] = process.argv.slice(2);
const tidewire = createTidewire({
  url: process.env['TIDEWIRE_URL'] ?? 'ws://127.0.0.1:4000/graphql',
  token: () => process.env['TIDEWIRE_TOKEN'] ?? null,
  onConnectionLost: ({ code, reason }) => console.error(`# lost: ${code ?? ''} ${reason}`),
});
const cursors = new Set<string>();
const sequences = new Map<string, number>();
let frames = 0;

/** An event comes once; a value's sequence grows, unless a snapshot begins it anew. */
function check({ id = '', cursor, sequence, snapshot }: Frame): void {
  if (cursor !== undefined && cursors.has(cursor)) throw new Error(`twice: ${cursor}`);
  if (cursor !== undefined) cursors.add(cursor);
  if (sequence === undefined) return;
  if (!snapshot && sequence <= (sequences.get(id) ?? 0)) throw new Error(`not newer: ${id} ${sequence}`);
  sequences.set(id, sequence);
}

const subscription = tidewire.subscribe<Record<string, Frame>>(
  `subscription { ${field} }`,
  {},
  {
    next: (data) => {
      const [frame = {}] = Object.values(data);
      check(frame);
      console.log(JSON.stringify(frame));
      if (++frames < Number(limit)) return;
      console.error(`# ${frames} frames, ${cursors.size} cursors, ${sequences.size} values: all in order`);
      subscription.unsubscribe();
      tidewire.close().catch(console.error);
    },
    status: (status) => console.error(`# ${status}`),
    restarted: ({ code, lost }) => console.error(`# ${code}: ${lost ? 'begins anew' : 'goes on'}`),
    error: ({ message, code }) => {
      console.error(`# ${code}: ${message}`);
      process.exitCode = 1;
      tidewire.close().catch(console.error);
    },
  },
);
