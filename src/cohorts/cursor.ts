import type { Position } from '../bus/bus.ts';
import { ApiError, badInput } from '../lib/errors.ts';
import type { Address } from '../model/identity.ts';
import { ownerRoute } from '../model/owner.ts';

/**
 * A position in a topic, for a client to keep and hand back. Opaque: base64url of `topic:epoch:sequence`, and `:owner`
 * where the topic is one stream an owner; what stands in it may change, what it promises may not.
 */
export function encodeCursor(topic: string, position: Position, owner: Address | null = null): string {
  const text = `${topic}:${position.epoch}:${position.sequence}${owner === null ? '' : `:${owner}`}`;
  return Buffer.from(text).toString('base64url');
}

/** Stands between the positions of a cursor that has several: in no base64url, and safe in a header. */
const JOINT = '.';

/** One cursor of the positions in several streams of a topic. */
export function joinCursors(cursors: readonly string[]): string {
  return cursors.join(JOINT);
}

/** @throws ApiError `BAD_USER_INPUT` for what is no cursor, or not of this topic, or of the streams of owners. */
export function decodeCursor(topic: string, cursor: string, argument = 'after'): Position {
  const { owner, ...position } = decodePart(topic, cursor, argument);
  if (owner !== null) throw noCursor(argument);
  return position;
}

/**
 * The positions of a cursor of a topic that is one stream an owner, by {@link ownerRoute}.
 * @param owners those whose positions may stand in it.
 * @throws ApiError `BAD_USER_INPUT` for what is no cursor, or not of this topic; `FORBIDDEN` for another owner's.
 */
export function decodeOwnersCursor(
  topic: string,
  cursor: string,
  owners: readonly Address[],
  argument = 'after',
): ReadonlyMap<string, Position> {
  const allowed = new Set(owners.map(ownerRoute));
  const positions = new Map<string, Position>();
  // Of a caller without an address, who has no stream.
  const parts = cursor === '' && owners.length === 0 ? [] : cursor.split(JOINT);
  for (const part of parts) {
    const { owner, ...position } = decodePart(topic, part, argument);
    if (owner === null || positions.has(ownerRoute(owner))) throw noCursor(argument);
    if (!allowed.has(ownerRoute(owner)))
      throw new ApiError('FORBIDDEN', "This cursor holds a position in another owner's stream.", { argument });
    positions.set(ownerRoute(owner), position);
  }
  return positions;
}

function decodePart(topic: string, part: string, argument: string): Position & { readonly owner: Address | null } {
  const [name, epoch, digits, owner = null, rest] = Buffer.from(part, 'base64url').toString().split(':');
  const sequence = Number(digits);
  if (!name || !epoch || !digits || rest !== undefined || !/^\d{1,16}$/.test(digits) || !Number.isSafeInteger(sequence))
    throw noCursor(argument);
  if (name !== topic)
    throw badInput(
      argument,
      `${argument} is a cursor of ${name.slice(0, 50)}, not of ${topic}`,
      `a cursor of ${topic}`,
    );
  return { epoch, sequence, owner };
}

function noCursor(argument: string): ApiError {
  return badInput(
    argument,
    `${argument} is not a cursor of this API`,
    'the `cursor` of an event, or of `progress` in a ping',
  );
}
