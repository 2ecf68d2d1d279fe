import { randomUUID } from 'node:crypto';

/** Hexadecimal digits of a time in milliseconds: enough until the year 10889. */
const TIME_DIGITS = 12;

/**
 * A name for a life of a stream or key that begins now. No other has it, and names sort as lives began: what is archived of
 * several lives is read in their order.
 */
export function newEpoch(now: number): string {
  // Each publish brings one along, so it is made of what the system gives for many at once: 64 bits of it, none of them fixed.
  const uuid = randomUUID();
  return `${now.toString(16).padStart(TIME_DIGITS, '0')}-${uuid.slice(-12)}${uuid.slice(0, 4)}`;
}
