import { randomBytes } from 'node:crypto';

/** Hexadecimal digits of a time in milliseconds: enough until the year 10889. */
const TIME_DIGITS = 12;

/**
 * A name for a life of a stream or key that begins now. No other has it, and names sort as lives began: what is archived of
 * several lives is read in their order.
 */
export function newEpoch(now: number): string {
  return `${now.toString(16).padStart(TIME_DIGITS, '0')}-${randomBytes(8).toString('hex')}`;
}
