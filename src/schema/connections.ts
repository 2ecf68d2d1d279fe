import { badInput } from '../lib/errors.ts';
import { builder } from './builder.ts';

/** Items of a page where nobody says how many, and the most that one page may have. */
const DEFAULT_PAGE = 50;
const MAX_PAGE = 500;

/** In which order a connection lists what happened. */
export const HistoryOrder = builder.enumType('HistoryOrder', {
  description: 'In which order the past is listed.',
  values: {
    NEWEST_FIRST: { description: 'From now backwards.' },
    OLDEST_FIRST: { description: 'From the beginning of what is kept.' },
  },
});

export type HistoryOrderName = typeof HistoryOrder.$inferType;

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly before?: string | null | undefined;
}

/** How many items a page has at most: what a connection costs by. */
export function pageSize({ first, last }: PageArguments): number {
  return Math.min(MAX_PAGE, Math.max(0, first ?? last ?? DEFAULT_PAGE));
}

/** What is to be read for a page. */
export interface PageRequest<P> {
  readonly from: P | null;
  /** Against the connection's order: the page is turned round before it is shown. */
  readonly backwards: boolean;
  readonly limit: number;
}

/** Begins every cursor of a page, so that it is told from a position of a stream. */
const PAGE = 'page';

/**
 * Reads the arguments of a connection.
 * @param connection its name: cursors of another are refused.
 * @throws ApiError `BAD_USER_INPUT`.
 */
export function pageRequest<P>(connection: string, args: PageArguments): PageRequest<P> {
  const { first, last, after, before } = args;
  for (const [name, count] of Object.entries({ first, last }))
    if (count != null && (count < 1 || count > MAX_PAGE))
      throw badInput(name, `${name} is ${count}.`, `1 to ${MAX_PAGE}`);
  if (first != null && last != null) throw badInput('last', '`first` and `last` exclude each other.', 'one of the two');
  if (after != null && before != null)
    throw badInput('before', '`after` and `before` exclude each other.', 'one of the two');
  if (first != null && before != null) throw badInput('first', '`first` goes with `after`.', '`last` with `before`');
  if (last != null && after != null) throw badInput('last', '`last` goes with `before`.', '`first` with `after`');
  const backwards = last != null || before != null;
  const [name, cursor] = backwards ? ['before', before] : ['after', after];
  return {
    from: cursor == null ? null : decoded<P>(connection, cursor, String(name)),
    backwards,
    limit: pageSize(args),
  };
}

/** What a client hands back to go on from a place. */
function pageCursor(connection: string, place: unknown): string {
  return Buffer.from(JSON.stringify([PAGE, connection, place])).toString('base64url');
}

function decoded<P>(connection: string, cursor: string, argument: string): P {
  try {
    const [mark, of, place] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown, P];
    if (mark === PAGE && of === connection && place !== null && typeof place === 'object') return place;
  } catch {
    // Told below.
  }
  throw badInput(
    argument,
    `${argument} is not a page cursor of \`${connection}\`; the \`cursor\` of an event is for subscriptions.`,
    '`pageInfo.startCursor`, `pageInfo.endCursor` or the `cursor` of an edge',
  );
}

interface Edge<N> {
  readonly node: N;
  readonly cursor: string;
}

/** A page as the relay plugin takes it. */
export interface Page<N> {
  readonly edges: readonly Edge<N>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * A page of what was read, in the connection's order.
 * @param more whether there is more in the direction that was read.
 * @param end where the reading ended, beyond the last item; null for the last item's own place.
 */
export function pageOf<N, P>(
  connection: string,
  { from, backwards }: PageRequest<P>,
  items: readonly { readonly node: N; readonly place: P }[],
  { more, end }: { readonly more: boolean; readonly end: P | null },
): Page<N> {
  const edges = items.map(({ node, place }) => ({ node, cursor: pageCursor(connection, place) }));
  if (backwards) edges.reverse();
  const reached = end === null ? null : pageCursor(connection, end);
  const first = edges[0]?.cursor ?? null;
  const last = edges.at(-1)?.cursor ?? null;
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? from !== null : more,
      hasPreviousPage: backwards ? more : from !== null,
      startCursor: backwards ? (reached ?? first) : first,
      endCursor: backwards ? last : (reached ?? last),
    },
  };
}
