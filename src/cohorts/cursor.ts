import type { Position } from '../bus/bus.ts';
import { badInput } from '../lib/errors.ts';

/**
 * A position in a topic, for a client to keep and hand back. Opaque: base64url of `topic:epoch:sequence`; what stands
 * in it may change, what it promises may not.
 */
export function encodeCursor(topic: string, position: Position): string {
  return Buffer.from(`${topic}:${position.epoch}:${position.sequence}`).toString('base64url');
}

/** @throws ApiError `BAD_USER_INPUT` for what is no cursor, or one of another topic. */
export function decodeCursor(topic: string, cursor: string, argument = 'after'): Position {
  const [name, epoch, digits, rest] = Buffer.from(cursor, 'base64url').toString().split(':');
  const sequence = Number(digits);
  if (!name || !epoch || !digits || rest !== undefined || !/^\d{1,16}$/.test(digits) || !Number.isSafeInteger(sequence))
    throw badInput(
      argument,
      `${argument} is not a cursor of this API`,
      'the `cursor` of an event, or of `progress` in a ping',
    );
  if (name !== topic)
    throw badInput(
      argument,
      `${argument} is a cursor of ${name.slice(0, 50)}, not of ${topic}`,
      `a cursor of ${topic}`,
    );
  return { epoch, sequence };
}
