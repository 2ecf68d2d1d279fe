import { Histogram } from './histogram.ts';
import type { JitterResult } from './jitter.ts';
import { ratio, type Summary } from './summary.ts';
import { markdown } from './table.ts';

interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly found: number | null;
  readonly shown: (found: number) => string;
  readonly reached: (found: number) => boolean;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const times = (value: number) => `${value.toFixed(2)} x`;

const atLeast = (name: string, found: number | null, wanted: number, shown = whole): Target => ({
  ...{ name, wanted: `at least ${shown(wanted)}`, found, shown, reached: (value) => value >= wanted },
});
const atMost = (name: string, found: number | null, wanted: number, shown = whole): Target => ({
  ...{ name, wanted: `at most ${shown(wanted)}`, found, shown, reached: (value) => value <= wanted },
});

/** What Tidewire is meant to reach, beside what this run found. Only what was measured. */
export function targetsTable(summaries: readonly Summary[], jitter: readonly JitterResult[]): string {
  const of = (row: string, server = 'tidewire') =>
    summaries.find((summary) => summary.row === row && summary.server === server);
  const perCpu = (row: string) => of(row)?.perCpuSecond ?? null;
  const against = (row: string, server: string) => ratio(of(row), of(row, server));
  const dearer = (filters: string, filter: string) => ratio(of(filter), of(filters));
  const rate60 = of('rate60-1000')?.latency.percentile(0.99) ?? null;
  const ours = jitter.find(({ server }) => server === 'tidewire');
  const replayed = ours ? new Histogram(ours.replayed).percentile(0.99) : null;
  const targets = [
    atLeast('one event at a time, 1,000 sockets, to stock', against('singles-1000', 'stock'), 10, times),
    atLeast('one event at a time, 1,000 sockets, to raw ws', against('singles-1000', 'raw-ws'), 1.2, times),
    atLeast('one event at a time, 8,000 sockets, to raw ws', against('singles-8000', 'raw-ws'), 1.2, times),
    atLeast('one event at a time, 1,000 sockets, deliveries/CPU-s', perCpu('singles-1000'), 230_000),
    atLeast('bursts of 8, 1,000 sockets, deliveries/CPU-s', perCpu('bursts-1000'), 1_000_000),
    atLeast('one event at a time, 8,000 sockets, deliveries/CPU-s', perCpu('singles-8000'), 140_000),
    atLeast('bursts of 8, 8,000 sockets, deliveries/CPU-s', perCpu('bursts-8000'), 700_000),
    ...[10_000, 1_000].flatMap((matching) => [
      atMost(
        `10,000 filters to one, ${whole(matching)} deliveries an event`,
        dearer(`singles-filters-${matching}`, `singles-filter-${matching}`),
        1.5,
        times,
      ),
      atMost(
        `the same as literals, ${whole(matching)} deliveries an event`,
        dearer(`singles-literals-${matching}`, `singles-filter-${matching}`),
        1.5,
        times,
      ),
    ]),
    atMost('idle connection with a subscription, KB', of('idle')?.kilobytesPerConnection ?? null, 12, (kilobytes) =>
      kilobytes.toFixed(1),
    ),
    atMost('1,000 sockets, 60 events/s, p99 in ms', rate60 && rate60 / 1_000, 25, (ms) => ms.toFixed(1)),
    atLeast(
      'cut every 15 s for 2 s: delivered, %',
      ours ? (100 * ours.received) / (ours.clients * ours.published) : null,
      100,
      (part) => part.toFixed(3),
    ),
    atMost('cut every 15 s for 2 s: replay p99 in ms', replayed && replayed / 1_000, 4_000),
  ];
  const rows = targets.flatMap(({ name, wanted, found, shown, reached }) =>
    found === null ? [] : [[name, wanted, shown(found), reached(found) ? 'yes' : 'NO']],
  );
  return rows.length === 0 ? '' : markdown(['target', 'wanted', 'found', 'reached'], rows);
}
