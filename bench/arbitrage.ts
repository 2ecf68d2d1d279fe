/**
 * How many changes of pools a second one core takes through the arbitrage engine, the search for rings of up to four pools
 * included. `npm run bench:arbitrage`.
 */
import { cpus, loadavg } from 'node:os';
import { createArbitrageEngine } from '../src/engines/arbitrage/arbitrage-engine.ts';
import { ArbitrageLoad, BLOCKS_A_ROUND, type MarketKind, POOLS, SYNCS_A_BLOCK, TOKENS } from './arbitrage-load.ts';

/** The first rounds run before the code is optimised. */
const WARM_UP_ROUNDS = 2;
const ROUNDS = 5;

/** What one core must take. */
const TARGET = 2_000;

function seconds(began: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(began);
  return (user + system) / 1_000_000;
}

function row(market: MarketKind): object {
  const load = new ArbitrageLoad(market);
  const engine = createArbitrageEngine({ chains: [load.chain] });
  for (const event of load.start()) engine.process(event);
  const kinds = new Map<string, number>();
  const rates: number[] = [];
  const slowest: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const events = load.round();
    if (round === WARM_UP_ROUNDS) kinds.clear();
    let worst = 0;
    const began = process.threadCpuUsage();
    for (const event of events) {
      const blockBegan = process.threadCpuUsage();
      for (const output of engine.process(event)) {
        const kind = output.kind === 'opportunity' ? output.opportunity.state : output.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      worst = Math.max(worst, seconds(blockBegan));
    }
    const taken = seconds(began);
    if (round < WARM_UP_ROUNDS) continue;
    rates.push((BLOCKS_A_ROUND * SYNCS_A_BLOCK) / taken);
    slowest.push(worst);
  }
  rates.sort((a, b) => a - b);
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const told = (kind: string) => Math.round((kinds.get(kind) ?? 0) / ROUNDS);
  return {
    'Sync/s': whole(rates[ROUNDS >> 1] ?? 0),
    'Sync/s, worst round': whole(rates[0] ?? 0),
    'slowest block, ms': Math.round(Math.max(...slowest) * 10_000) / 10,
    'Syncs a round': whole(BLOCKS_A_ROUND * SYNCS_A_BLOCK),
    opened: told('OPENED'),
    updated: told('UPDATED'),
    closed: told('CLOSED'),
  };
}

const load = loadavg()[0]?.toFixed(1);
console.log('Receipts of whole blocks -> arbitrage engine: swaps decoded, rings of 2 to 4 pools, exact best input.');
console.log(
  `${POOLS.toLocaleString('en')} pools over ${TOKENS} tokens, ${SYNCS_A_BLOCK} pools moved a block; asked for: ${TARGET.toLocaleString('en')} Sync/s.`,
);
console.log(`Medians of ${ROUNDS} rounds after ${WARM_UP_ROUNDS}, per second of one thread's processor time.`);
console.log(
  `${cpus()[0]?.model.trim()} x ${cpus().length}, load ${load}, Node ${process.version}, ${process.platform} ${process.arch}`,
);
console.table({
  'a few hubs': row('hubs'),
  'evenly spread': row('even'),
  'a few hubs, in turmoil': row('turmoil'),
});
