import { messageOf } from '../lib/errors.ts';
import { Prisma } from './generated/client.ts';

/** Codes of Prisma's own for a server that cannot be reached, has no connection left or did not answer in time. */
const AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);

/** A statement of our own that failed, as Prisma names it: why is one of the kinds of its adapter. */
const RAW_FAILED = 'P2010';
const AWAY_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** The same as the driver itself tells it: of the system, and of PostgreSQL that has no connection left, ends or comes up. */
const AWAY_CODES = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  '53300',
  '57P01',
  '57P02',
  '57P03',
]);

/** The same in words, where there is no code: no connection free in time, no answer in time. */
const AWAY_IN_WORDS =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|is not queryable|canceling statement due to statement timeout/;

/** Whether an error says that the database cannot be reached or does not answer, whichever way it was asked. */
export function isAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (AWAY.has(error.code)) return true;
    if (error.code === RAW_FAILED && AWAY_KINDS.has(kindOf(error))) return true;
  } else if (error instanceof Error && 'code' in error && AWAY_CODES.has(String(error.code))) return true;
  return AWAY_IN_WORDS.test(messageOf(error));
}

function kindOf({ meta }: Prisma.PrismaClientKnownRequestError): string {
  const { cause } = (meta?.['driverAdapterError'] ?? {}) as { readonly cause?: { readonly kind?: string } };
  return cause?.kind ?? '';
}
