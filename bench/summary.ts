import type { RowResult } from './cell.ts';
import { Histogram } from './histogram.ts';

/** One row of one server, all rounds together. */
export interface Summary {
  readonly row: string;
  readonly server: string;
  /** Deliveries in a second of the server's CPU: the median of the rounds, and the lowest and highest. */
  readonly perCpuSecond: number;
  readonly lowest: number;
  readonly highest: number;
  /** The part of the server's CPU that the kernel took, 0 to 1. */
  readonly kernelPart: number;
  readonly perWallSecond: number;
  readonly serverBusy: number;
  readonly loadBusy: number;
  readonly eventsPerRead: number;
  /** Of all samples of all rounds. */
  readonly latency: Histogram;
  readonly kilobytesPerConnection: number;
  readonly delivered: number;
  /** By round. */
  readonly rounds: ReadonlyMap<number, number>;
}

/** In the order in which rows and servers were first measured. */
export function summarise(results: readonly RowResult[]): readonly Summary[] {
  const byRow = Map.groupBy(results, ({ row, server }) => `${row}\n${server}`);
  return [...byRow.values()].map((rounds) => {
    const first = rounds[0] as RowResult;
    const latency = new Histogram();
    for (const round of rounds) latency.add(new Histogram(round.latency));
    const perCpu = rounds.map(perCpuSecond);
    return {
      row: first.row,
      server: first.server,
      perCpuSecond: median(perCpu),
      lowest: Math.min(...perCpu),
      highest: Math.max(...perCpu),
      kernelPart: median(rounds.map(({ cpuMicros, kernelMicros }) => (cpuMicros > 0 ? kernelMicros / cpuMicros : 0))),
      perWallSecond: median(rounds.map(({ delivered, wallMs }) => (wallMs > 0 ? delivered / (wallMs / 1_000) : 0))),
      serverBusy: median(rounds.map(({ serverBusy }) => serverBusy)),
      loadBusy: median(rounds.map(({ loadBusy }) => loadBusy)),
      eventsPerRead: median(rounds.map(({ eventsPerRead }) => eventsPerRead)),
      latency,
      kilobytesPerConnection: median(rounds.map(({ bytesPerConnection }) => bytesPerConnection)) / 1_024,
      delivered: sum(rounds.map(({ delivered }) => delivered)) / sum(rounds.map(({ expected }) => expected)),
      rounds: new Map(rounds.map((round) => [round.round, perCpuSecond(round)])),
    };
  });
}

/** How many times as much one does as the other: the median of the ratios within each round. Null without both. */
export function ratio(one: Summary | undefined, other: Summary | undefined): number | null {
  if (!one || !other) return null;
  const ratios = [...one.rounds].flatMap(([round, value]) => {
    const against = other.rounds.get(round);
    return against === undefined || against === 0 ? [] : [value / against];
  });
  return ratios.length === 0 ? null : median(ratios);
}

function perCpuSecond({ delivered, cpuMicros }: RowResult): number {
  return cpuMicros > 0 ? delivered / (cpuMicros / 1_000_000) : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
