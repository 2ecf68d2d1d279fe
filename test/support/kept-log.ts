import { createLog, type Log, type LogLevel } from '../../src/lib/log.ts';

/** A line of the log, as a collector of logs reads it. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [member: string]: unknown;
}

/** The log of a process, written as ever, and kept for the test. */
export function keptLog(level: LogLevel = 'debug'): { readonly log: Log; readonly lines: LogLine[]; text(): string } {
  const written: string[] = [];
  const lines: LogLine[] = [];
  const write = (line: string) => {
    written.push(line);
    lines.push(JSON.parse(line) as LogLine);
  };
  return { log: createLog(level, { write }), lines, text: () => written.join('') };
}
