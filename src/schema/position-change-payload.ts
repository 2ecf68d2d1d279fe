import { badInput } from '../lib/errors.ts';
import { builder } from './builder.ts';
import { PositionRef, type PositionShape } from './position.ts';

/** Longest idempotency key, characters. */
export const MAX_KEY_LENGTH = 100;

export const PositionPayload = builder.objectRef<PositionShape>('PositionPayload').implement({
  description: 'A position whose change is under way: the change itself comes by `positionEvents`.',
  fields: (t) => ({
    position: t.field({ type: PositionRef, description: 'As it will be.', resolve: (shape) => shape }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT` for a key that is too long. */
export function idempotencyKeyOf({
  idempotencyKey,
}: {
  readonly idempotencyKey?: string | null | undefined;
}): string | null {
  if (idempotencyKey == null) return null;
  if (idempotencyKey.length >= 1 && idempotencyKey.length <= MAX_KEY_LENGTH) return idempotencyKey;
  throw badInput('input.idempotencyKey', 'The key is empty or too long.', `1 to ${MAX_KEY_LENGTH} characters`);
}
