import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux: the unit of times in `/proc`, in seconds. */
const TICK = 0.01;

interface ProcessStat {
  readonly parent: number;
  /** Processor time, seconds. */
  readonly seconds: number;
}

/** Of a process that lives; null where there is none, or no `/proc`. */
export function processStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0] = fields.slice(11, 13);
    return { parent, seconds: (user + system) * TICK };
  } catch {
    return null;
  }
}

/** What a process and its children have used: of a PostgreSQL, its own and those of its connections. */
export function familySeconds(parent: number): number {
  let seconds = processStat(parent)?.seconds ?? 0;
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? processStat(Number(name)) : null;
    if (stat?.parent === parent) seconds += stat.seconds;
  }
  return seconds;
}
