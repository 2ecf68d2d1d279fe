/**
 * What identity costs: handshakes with a token beside graphql-ws with jose, and deliveries of an owner's events to sockets that
 * have said who they are beside those of public ones. `npm run bench:handshakes -- [rounds]`; see RESULTS.md.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Child, LOAD_CORE, SERVER_CORE } from './child.ts';
import { machine } from './machine.ts';
import type { Stream } from './servers/identified.ts';
import type { Mark, Pace } from './servers/subject.ts';
import { markdown } from './table.ts';

const ROUNDS = Number(process.argv[2] ?? 3);

/** As many users as handshakes: nobody is known from before. */
const HANDSHAKES = 10_000;
/** Before anything is measured, so that code is compiled. */
const WARM_UP = 2_000;

const SOCKETS = 1_000;
/** Events of one measurement by how many sockets each reaches: as many deliveries in each. */
const DELIVERIES = 200_000;

/** Wait for what follows a burst of connections to settle, milliseconds. */
const SETTLE_MS = 500;

const argument = { secret: randomBytes(32).toString('hex') };

const start = (core: number, file: string) => Child.start({ core, file: new URL(file, import.meta.url), argument });

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const whole = (value: number) => Math.round(value).toLocaleString('en-US');

/** What a stretch of work costs a server, microseconds of its CPU. */
async function cost(server: Child, work: () => Promise<unknown>): Promise<number> {
  const before = await server.ask<Mark>('mark', { collect: true });
  await work();
  const after = await server.ask<Mark>('mark', { collect: false });
  return after.cpuMicros - before.cpuMicros;
}

async function handshakes(): Promise<string> {
  const servers = { tidewire: 'servers/identified.ts', stock: 'peers/stock-jwt.ts' };
  const load = await start(LOAD_CORE, 'generator/identified.ts');
  await load.ask('signed', { count: HANDSHAKES });
  const perCpuSecond = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, file] of Object.entries(servers)) {
      const server = await start(SERVER_CORE, file);
      const port = await server.ask<number>('port');
      for (const identified of [false, true]) await load.ask('knock', { port, count: WARM_UP / 2, identified });
      for (const identified of [false, true]) {
        await pause(SETTLE_MS);
        const micros = await cost(server, () => load.ask('knock', { port, count: HANDSHAKES, identified }));
        const row = `${name} ${identified ? 'JWT' : 'nobody'}`;
        perCpuSecond.set(row, [...(perCpuSecond.get(row) ?? []), HANDSHAKES / (micros / 1_000_000)]);
      }
      await server.stop();
    }
  await load.stop();
  const of = (row: string) => median(perCpuSecond.get(row) ?? []);
  return markdown(
    ['handshakes', 'server', 'a CPU-second', 'lowest..highest', 'x stock'],
    ['nobody', 'JWT'].flatMap((who) =>
      Object.keys(servers).map((name) => {
        const all = perCpuSecond.get(`${name} ${who}`) ?? [];
        const range = `${whole(Math.min(...all))}..${whole(Math.max(...all))}`;
        const beside = (of(`${name} ${who}`) / of(`stock ${who}`)).toFixed(2);
        return [who, name, whole(of(`${name} ${who}`)), range, beside];
      }),
    ),
  );
}

/** One server with both kinds of sockets connected, published to in turn. */
async function deliveries(audiences: number): Promise<readonly string[]> {
  const [server, load] = [
    await start(SERVER_CORE, 'servers/identified.ts'),
    await start(LOAD_CORE, 'generator/identified.ts'),
  ];
  const port = await server.ask<number>('port');
  await load.ask('signed', { count: audiences });
  const kinds = ['public', 'owner'] as const;
  const streams = kinds.map((kind): Stream => ({ kind, audiences }));
  for (const stream of streams) await load.ask('connect', { port, stream, sockets: SOCKETS });
  await pause(SETTLE_MS);
  const turns = Math.round(DELIVERIES / (SOCKETS / audiences));
  const measured = async (stream: Stream, part: number) => {
    // Owners and symbols have their turn equally often.
    const count = Math.round((turns * part) / audiences) * audiences;
    const pace: Pace = { burst: 1, intervalMs: 0, turns: count, firstSequence: 0, apart: audiences === 1 };
    const expected = count * (SOCKETS / audiences);
    let heard = 0;
    const micros = await cost(server, async () => {
      await server.ask('publish', { stream, pace });
      heard = await load.ask<number>('drain', { expected });
    });
    if (heard !== expected) throw new Error(`${stream.kind}: ${heard} of ${expected} came`);
    return heard / (micros / 1_000_000);
  };
  for (const stream of streams) await measured(stream, 0.3);
  const found = { public: [] as number[], owner: [] as number[] };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS * 2; round++) {
    // Whoever is first in a round is second in the next.
    for (const stream of round % 2 === 0 ? streams : streams.toReversed())
      found[stream.kind].push(await measured(stream, 1));
    ratios.push((found.owner.at(-1) ?? 0) / (found.public.at(-1) ?? 1));
  }
  await server.stop();
  await load.stop();
  const range = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  const shape =
    audiences === 1 ? `1 owner, ${SOCKETS} sockets` : `${audiences} owners, ${SOCKETS / audiences} sockets each`;
  return [shape, '', whole(median(found.public)), whole(median(found.owner)), median(ratios).toFixed(3), range];
}

console.log(`${machine()}\n`);
console.log(`${await handshakes()}\n`);
const head = [
  'an event reaches all sockets of',
  '',
  'public/CPU-s',
  'owner/CPU-s',
  'owner to public',
  'lowest..highest',
];
console.log(markdown(head, [await deliveries(1), await deliveries(100)]));
