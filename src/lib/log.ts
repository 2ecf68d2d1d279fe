import { type DestinationStream, type Logger, pino } from 'pino';
import { logOutput } from './log-output.ts';

export type Log = Logger;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** JSON lines on standard output. Members that could hold a secret are blanked, wherever they stand. */
export function createLog(level: LogLevel, destination: DestinationStream = logOutput()): Log {
  const secrets = ['authorization', 'token', 'apiKey', 'password', 'secret', 'cookie'];
  const options = {
    level,
    base: null,
    redact: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  };
  return pino(options, destination);
}
