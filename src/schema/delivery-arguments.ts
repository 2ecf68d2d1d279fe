import { badInput } from '../lib/errors.ts';
import { builder } from './builder.ts';

/** Longest interval between two frames a client may choose, milliseconds: a minute is no longer live. */
const MAX_INTERVAL_MS = 60_000;

/** Most events of the past that a subscription begins with. */
export const MAX_LAST = 500;

/** Most values in one list of a filter. */
const MAX_LIST = 200;

/** How a client wants a state field delivered. */
export const DeliveryInput = builder.inputType('Delivery', {
  description: 'How a state field is delivered to this subscriber.',
  fields: (t) => ({
    minIntervalMs: t.int({
      required: false,
      defaultValue: 0,
      description: `Shortest time between two frames of one value, 0 to ${MAX_INTERVAL_MS} milliseconds: the first update comes at once, then the newest at each interval, the last of a burst always. Snapshots, changes of \`stale\` and \`matches: false\` do not wait. 0: every update.`,
    }),
  }),
});

/** @throws ApiError `BAD_USER_INPUT` outside 0 to {@link MAX_INTERVAL_MS}. */
export function intervalOf(
  delivery: { readonly minIntervalMs?: number | null | undefined } | null | undefined,
): number {
  const interval = delivery?.minIntervalMs ?? 0;
  if (interval < 0 || interval > MAX_INTERVAL_MS)
    throw badInput('delivery.minIntervalMs', `minIntervalMs is ${interval}.`, `0 to ${MAX_INTERVAL_MS} milliseconds`);
  return interval;
}

/**
 * Where an event field begins.
 * @throws ApiError `BAD_USER_INPUT` for `last` outside its range, or beside `after`.
 */
export function beginningOf(args: {
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
}): {
  readonly after: string | null;
  readonly last: number | null;
} {
  const after = args.after ?? null;
  const last = args.last ?? null;
  if (after !== null && last !== null)
    throw badInput('last', '`last` and `after` exclude each other.', 'one of the two, or neither');
  return { after, last: last === null ? null : countOf(last) };
}

/** @throws ApiError `BAD_USER_INPUT` outside 1 to {@link MAX_LAST}. */
export function countOf(last: number): number {
  if (last < 1 || last > MAX_LAST) throw badInput('last', `last is ${last}.`, `1 to ${MAX_LAST}`);
  return last;
}

/**
 * A list of a filter as a set: null when it was left out.
 * @throws ApiError `BAD_USER_INPUT` for an empty list, which would match nothing, or one that is too long.
 */
export function chosen<T extends string | number>(
  values: readonly T[] | null | undefined,
  argument: string,
): readonly T[] | null {
  if (values === null || values === undefined) return null;
  if (values.length === 0)
    throw badInput(
      argument,
      `${argument} is empty, which would match nothing.`,
      `1 to ${MAX_LIST} values, or leave it out`,
    );
  if (values.length > MAX_LIST)
    throw badInput(argument, `${argument} has ${values.length} values.`, `1 to ${MAX_LIST} values`);
  return [...new Set(values)].sort();
}

/** What an event field says of where it begins. */
export const EVENT_START =
  'From now on; or `after` a cursor, without loss or repetition; or beginning with the `last` so many. Costs 1 and `last`.';

/** The arguments `after` and `last` of an event field. */
export const BEGINNING = builder.args((t) => ({
  after: t.field({
    type: 'Cursor',
    required: false,
    description: 'Everything after this position, then what comes. `CURSOR_EXPIRED` when not all of it is still kept.',
  }),
  last: t.int({
    required: false,
    description: `Begin with the newest so many that match, 1 to ${MAX_LAST}, oldest first. Not together with \`after\`.`,
  }),
}));

/** What an event field costs: what it begins with. */
export function startCost({ last }: { readonly last?: number | null | undefined }): { readonly field: number } {
  return { field: 1 + Math.min(MAX_LAST, Math.max(0, last ?? 0)) };
}
