/**
 * How fast Tidewire delivers, beside the servers that one would otherwise take. `npm run bench`; see RESULTS.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { measure, type RowResult, type Settings } from './cell.ts';
import { type JitterResult, measureJitter } from './jitter.ts';
import { machine } from './machine.ts';
import type { Contestant, Group } from './matrix.ts';
import { type Plan, planOf, USAGE } from './options.ts';
import { startRedis } from './redis.ts';
import { summarise } from './summary.ts';
import { jitterTable, memoryTable, rowsTable } from './table.ts';
import { targetsTable } from './targets.ts';

function plan(): Plan {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    process.exit(0);
  }
  try {
    return planOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    process.exit(1);
  }
}

function installPeers(): void {
  if (existsSync(new URL('node_modules/.package-lock.json', import.meta.url))) return;
  process.stderr.write('Installing the servers to compare with (npm ci in bench/)\n');
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: new URL('.', import.meta.url),
    // Standard output is for the tables.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('npm ci in bench/ failed');
}

/** Runs one server of a group; one that cannot run here is named and left out, the others go on. */
async function attempt(contestant: Contestant, group: Group, measured: () => Promise<void>): Promise<void> {
  const began = performance.now();
  let outcome = 'done';
  try {
    await measured();
  } catch (error) {
    outcome = `left out: ${error instanceof Error ? error.message : String(error)}`;
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  process.stderr.write(`${group.name} ${contestant.name}: ${outcome} (${seconds} s)\n`);
}

const { groups, jitterEvents, ...durations } = plan();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
installPeers();
const description = machine();
const redis = await startRedis();
if (!redis) process.stderr.write('No redis-server here: servers that need one are left out\n');
const settings: Settings = { redisUrl: redis?.url ?? null, ...durations };
const costs = new Map<string, number>();
const results: RowResult[] = [];
const jitter: JitterResult[] = [];
const began = performance.now();
const rounds = Math.max(...groups.map((group) => group.rounds));
for (let round = 1; round <= rounds; round++) {
  for (const group of groups) {
    if (round > group.rounds) continue;
    for (const contestant of group.contestants) {
      if (contestant.needsRedis && !redis) continue;
      await attempt(contestant, group, async () => {
        if (group.kind === 'jitter') jitter.push(await measureJitter(group, contestant, settings, jitterEvents));
        else results.push(...(await measure(group, contestant, round, settings, costs)));
      });
    }
  }
}
await redis?.stop();
const summaries = summarise(results);
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
console.log(`${description}\n${minutes} minutes\n`);
if (summaries.some(({ perCpuSecond }) => perCpuSecond > 0)) console.log(`${rowsTable(summaries)}\n`);
if (summaries.some(({ perCpuSecond }) => perCpuSecond === 0)) console.log(`${memoryTable(summaries)}\n`);
if (jitter.length > 0) console.log(`${jitterTable(jitter)}\n`);
console.log(targetsTable(summaries, jitter));
