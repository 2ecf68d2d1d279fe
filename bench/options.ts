import { parseArgs } from 'node:util';
import { CONTESTANTS, type Contestant, GROUPS, type Group } from './matrix.ts';

/** What is run, and for how long. */
export interface Plan {
  readonly groups: readonly Group[];
  readonly measureMs: number;
  readonly stepMs: number;
  readonly jitterEvents: number;
  readonly serverFlags: readonly string[];
}

export const USAGE = `npm run bench -- [options]
  --help                  this
  --quick                 some rows, three servers, one round: under three minutes
  --only tidewire,raw-ws  servers: ${CONTESTANTS.map(({ name }) => name).join(', ')}
  --rows singles-1000     rows: ${rowNames(GROUPS).join(', ')}
  --rounds 3              interleaved rounds
  --server-flags="..."    further Node flags of the measured servers`;

const QUICK_SERVERS = ['tidewire', 'stock', 'raw-ws'];
const QUICK_ROWS = [
  ...['singles-1000', 'bursts-1000', 'rate60-1000', 'singles-filter-1000', 'singles-filters-1000', 'idle', 'jitter'],
];

/** AnyCable's number: one minute. */
const JITTER_EVENTS = 120;
const QUICK_JITTER_EVENTS = 40;
const QUICK_JITTER_CLIENTS = 2_000;

/** @throws Error with one line for an argument that means nothing here. */
export function planOf(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      'server-flags': { type: 'string', default: '' },
    },
  });
  const { quick } = values;
  const servers = listed(values.only, known(CONTESTANTS)) ?? (quick ? QUICK_SERVERS : null);
  const rows = listed(values.rows, rowNames(GROUPS)) ?? (quick ? QUICK_ROWS : null);
  const rounds = values.rounds === undefined ? (quick ? 1 : null) : Number(values.rounds);
  if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds takes a whole number');
  const asked = GROUPS.flatMap((group) => chosen(group, servers, rows));
  if (asked.length === 0) throw new Error('none of these servers has one of these rows');
  const groups = asked.map((group) => ({ ...(quick ? shortened(group) : group), rounds: rounds ?? group.rounds }));
  return {
    groups,
    measureMs: quick ? 2_500 : 4_000,
    stepMs: quick ? 400 : 500,
    jitterEvents: quick ? QUICK_JITTER_EVENTS : JITTER_EVENTS,
    serverFlags: values['server-flags'].split(' ').filter((flag) => flag !== ''),
  };
}

/** What waits or is cut takes long, and is measured of Tidewire alone. */
function shortened(group: Group): Group {
  if (group.kind === 'rows') return group;
  const contestants = group.contestants.slice(0, 1);
  return group.kind === 'memory'
    ? { ...group, contestants }
    : { ...group, contestants, workload: { ...group.workload, sockets: QUICK_JITTER_CLIENTS } };
}

/** The part of a group that was asked for; none when nothing of it was. */
function chosen(group: Group, servers: readonly string[] | null, rows: readonly string[] | null): Group[] {
  const contestants = group.contestants.filter(({ name }) => servers?.includes(name) ?? true);
  const wanted = group.rows.filter(({ name }) => rows?.includes(name) ?? true);
  const asked = group.kind === 'rows' ? wanted.length > 0 : (rows?.includes(group.name) ?? true);
  return asked && contestants.length > 0 ? [{ ...group, contestants, rows: wanted }] : [];
}

function listed(text: string | undefined, allowed: readonly string[]): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',');
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${allowed.join(', ')}`);
  return names;
}

function known(contestants: readonly Contestant[]): readonly string[] {
  return contestants.map(({ name }) => name);
}

function rowNames(groups: readonly Group[]): readonly string[] {
  return groups.flatMap(({ kind, name, rows }) => (kind === 'rows' ? rows.map((row) => row.name) : [name]));
}
