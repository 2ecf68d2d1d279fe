import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Chance } from '../hostile/chance.ts';
import { Campaign, type Outcome } from './campaign.ts';
import { FAULTS } from './faults.ts';
import { Ground } from './ground.ts';

/**
 * `npm run chaos`: every fault at its full length, under 200 clients. It prints a table, and with `--write` puts it into
 * docs/FAULTS.md. `--short`, `--clients 50` and `--only Redis,PostgreSQL` make it less; `--seed 7` chooses other filters.
 */

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    clients: { type: 'string', default: '200' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
  },
});

const TABLE = /<!-- table -->[\s\S]*<!-- \/table -->/;

const chance = new Chance(Number(values.seed));
const outcomes: Outcome[] = [];
const ground = await Ground.open();
let campaign: Campaign | null = null;
try {
  campaign = new Campaign(ground, Number(values.clients), () => chance.next());
  await campaign.ready();
  const only = values.only.split(',');
  for (const fault of FAULTS.filter(({ name }) => only.some((part) => name.includes(part)))) {
    const outcome = await campaign.run(fault, fault.lasts[values.short ? 1 : 0]);
    outcomes.push(outcome);
    const { complaints, recoveredMs } = outcome;
    console.error(
      `${outcome.fault}: ${recoveredMs} ms${complaints
        .map((one) => `\n  ${one}`)
        .slice(0, 20)
        .join('')}`,
    );
  }
} finally {
  campaign?.stop();
  await ground.close();
}
const table = tableOf(outcomes);
console.log(table);
if (values.write) {
  const path = 'docs/FAULTS.md';
  writeFileSync(path, readFileSync(path, 'utf8').replace(TABLE, `<!-- table -->\n${table}\n<!-- /table -->`));
}
process.exitCode = outcomes.every(({ complaints, recoveredMs }) => complaints.length === 0 && recoveredMs !== null)
  ? 0
  : 1;

function tableOf(rows: readonly Outcome[]): string {
  const machine = `${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`;
  const facts = `${values.clients} clients on two apis, two workers, Redis with an append-only file, PostgreSQL`;
  return [
    `${machine}; ${facts}`,
    '',
    '| fault | lasted s | recovered s | events told | reconnects | expired | memory MB | lost, repeated, wrong |',
    '|---|--:|--:|--:|--:|--:|--:|---|',
    ...rows.map(({ fault, lastedMs, recoveredMs, events, reconnects, expired, memoryMb, complaints }) => {
      const seconds = (ms: number) => (ms / 1_000).toFixed(1);
      const recovered = recoveredMs === null ? 'no' : seconds(recoveredMs);
      const wrong = complaints.length === 0 ? '0' : `${complaints.length}: ${complaints[0]}`;
      return `| ${fault} | ${seconds(lastedMs)} | ${recovered} | ${events} | ${reconnects} | ${expired} | ${memoryMb.join(' → ')} | ${wrong} |`;
    }),
  ].join('\n');
}
