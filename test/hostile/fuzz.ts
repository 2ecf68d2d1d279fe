/** Attacks a server of its own for as long as is asked: `npm run fuzz -- --seconds 600 --seed 7`. Exit code 1: it found something. */
import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
  },
});
const [seed, seconds] = [Number(values.seed), Number(values.seconds)];
if (!Number.isInteger(seed) || !(seconds > 0)) throw new Error('--seconds and --seed take numbers');
process.stdout.write(`seed ${seed}, ${seconds} seconds\n`);
const report = await campaign(seed, seconds, (line) => process.stdout.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
const found = report.faults.length + report.neighbour.faults.length + report.badLines.length;
process.exitCode = found > 0 || report.ended !== null || report.stopped !== 'code 0' ? 1 : 0;
