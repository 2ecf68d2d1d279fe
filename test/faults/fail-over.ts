import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { LEASE_MS } from '../../src/bus/lease.ts';
import { topics } from '../../src/bus/topics.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { Latest } from '../../src/store/latest.ts';
import { heldBy } from '../support/held-leases.ts';
import { Ground, type Kept, pause } from './ground.ts';

/**
 * `npm run fail-over`: two workers share the work, the symbols dealt out to four of its pieces; one is killed, again and again. It prints how
 * long each piece was nobody's, and how long the prices of the slowest symbol stood still.
 */

const { values } = parseArgs({ options: { times: { type: 'string', default: '3' } } });

/** What two workers are given to share the work, and one to take over, milliseconds: hopeless after that. */
const HOPELESS_MS = 120_000;

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + HOPELESS_MS; !(await holds()); await pause(20))
    if (Date.now() > end) throw new Error(`not within ${HOPELESS_MS} ms: ${what}`);
}

/** When a worker took each lease for the last time, by its log. */
function takenAt({ log }: Kept): ReadonlyMap<string, number> {
  const said = log.map((line) => JSON.parse(line) as { msg: string; lease?: string; time: number });
  return new Map(said.flatMap(({ msg, lease, time }) => (msg === 'took a lease' && lease ? [[lease, time]] : [])));
}

const ground = await Ground.open(0, { MARKET_SHARDS: '4' });
try {
  const { bus, workers } = ground;
  if (!bus) throw new Error('there is no bus');
  const latest = new Latest(bus, createLog('silent'));
  const oldestPrice = async () => {
    const prices = [...(await latest.all(topics.prices))].map(({ value }) => value);
    return Math.min(...prices.map(({ receivedAt }) => receivedAt));
  };
  console.log("| lease | nobody's for ms |\n|---|--:|");
  const all: number[] = [];
  for (let time = 0; time < Number(values.times); time++) {
    const [killed, other] = (time % 2 === 0 ? workers : [...workers].reverse()) as [Kept, Kept];
    await until('they share the work', () =>
      workers.every((worker) => heldBy(worker).length >= 5 && heldBy(worker).length <= 6),
    );
    await pause(LEASE_MS);
    const leases = heldBy(killed);
    const at = systemClock.now();
    await killed.end('SIGKILL');
    await until('the other has all', () => leases.every((lease) => (takenAt(other).get(lease) ?? 0) > at));
    for (const lease of leases) {
      const ms = (takenAt(other).get(lease) ?? 0) - at;
      all.push(ms);
      console.log(`| ${lease} | ${ms} |`);
    }
    await until('prices go on', async () => (await oldestPrice()) > at);
    console.log(`| prices of all symbols go on after | ${systemClock.now() - at} |`);
    killed.log.length = 0;
    await killed.start();
  }
  const load = loadavg().map((one) => one.toFixed(1));
  console.log(`longest ${Math.max(...all)} ms, of ${all.length}; load ${load.join(' ')}`);
} finally {
  await ground.close();
}
