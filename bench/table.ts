import { Histogram } from './histogram.ts';
import type { JitterResult } from './jitter.ts';
import { ratio, type Summary } from './summary.ts';

/** A table in Markdown, columns as wide as their longest cell. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function rowsTable(summaries: readonly Summary[]): string {
  const head = [
    ...[
      'row',
      'server',
      'deliveries/CPU-s',
      'lowest..highest',
      'x stock',
      'x raw-ws',
      'in kernel',
      'wall/s',
      'server',
      'load',
      'events/read',
    ],
    ...['p50 ms', 'p99 ms', 'p99.9 ms', 'delivered'],
  ];
  const rows = summaries
    .filter(({ perCpuSecond }) => perCpuSecond > 0)
    .map((summary) => {
      const beside = (server: string) =>
        summaries.find((other) => other.row === summary.row && other.server === server);
      return [
        summary.row,
        summary.server,
        thousands(summary.perCpuSecond),
        `${thousands(summary.lowest)}..${thousands(summary.highest)}`,
        times(ratio(summary, beside('stock'))),
        times(ratio(summary, beside('raw-ws'))),
        percent(summary.kernelPart),
        thousands(summary.perWallSecond),
        percent(summary.serverBusy),
        percent(summary.loadBusy),
        summary.eventsPerRead.toFixed(2),
        ...[0.5, 0.99, 0.999].map((part) => milliseconds(summary.latency.percentile(part))),
        exactPercent(summary.delivered),
      ];
    });
  return markdown(head, rows);
}

export function memoryTable(summaries: readonly Summary[]): string {
  const rows = summaries
    .filter(({ perCpuSecond }) => perCpuSecond === 0)
    .map(({ row, server, kilobytesPerConnection }) => [row, server, kilobytesPerConnection.toFixed(1)]);
  return markdown(['row', 'server', 'KB/connection'], rows);
}

export function jitterTable(results: readonly JitterResult[]): string {
  const head = [
    ...['row', 'server', 'clients', 'events', 'cuts', 'delivered', 'repeated', 'refused', 'server busy'],
    ...['live p50 ms', 'live p99 ms', 'replay p50 ms', 'replay p99 ms', 'catch-up p99 ms'],
  ];
  const rows = results.map((result) => {
    const live = new Histogram(result.live);
    const replayed = new Histogram(result.replayed);
    return [
      ...['jitter', result.server, thousands(result.clients), thousands(result.published), thousands(result.cuts)],
      exactPercent(result.received / (result.clients * result.published)),
      thousands(result.repeated),
      thousands(result.refusals),
      percent(result.serverBusy),
      ...[live.percentile(0.5), live.percentile(0.99)].map(milliseconds),
      ...[replayed.percentile(0.5), replayed.percentile(0.99)].map(milliseconds),
      milliseconds(new Histogram(result.caughtUp).percentile(0.99)),
    ];
  });
  return markdown(head, rows);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function times(value: number | null): string {
  return value === null ? '' : value.toFixed(value < 10 ? 2 : 1);
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** All of it only when it is all of it. */
function exactPercent(part: number): string {
  return part === 1 ? '100 %' : `${(Math.floor(part * 1e5) / 1e3).toFixed(3)} %`;
}

function milliseconds(micros: number | null): string {
  if (micros === null) return '';
  return micros < 99_950 ? (micros / 1_000).toFixed(1) : thousands(micros / 1_000);
}
