import type { ErrorCode } from '../../lib/errors.ts';
import { RequestRefused } from '../request-refused.ts';

interface Limit {
  readonly code: ErrorCode;
  /** What a request is answered with. 429: the caller has too much of it; 503: all callers together have. */
  readonly status: 400 | 413 | 429 | 503;
  readonly message: (limit: number) => string;
  readonly argument?: string;
  /** When to try again where that is not reckoned, milliseconds. Null: waiting mends nothing. */
  readonly retryAfterMs: number | null;
}

/** How soon something that others hold may be free again, milliseconds. */
const HELD_MS = 5_000;
/** What is counted by the second, milliseconds. */
const SECOND_MS = 1_000;

const complex = (message: Limit['message']): Limit => ({
  code: 'QUERY_TOO_COMPLEX',
  status: 400,
  message,
  retryAfterMs: null,
});

/** Every limit by name: how it is told, and under which name refusals are counted. */
const LIMITS = {
  connections: {
    code: 'TOO_MANY_CONNECTIONS',
    status: 503,
    message: (limit) => `This server holds at most ${limit} connections.`,
    retryAfterMs: HELD_MS,
  },
  connectionsPerIp: {
    code: 'TOO_MANY_CONNECTIONS',
    status: 429,
    message: (limit) => `An address holds at most ${limit} connections.`,
    retryAfterMs: HELD_MS,
  },
  connectionsPerUser: {
    code: 'TOO_MANY_CONNECTIONS',
    status: 429,
    message: (limit) => `A user holds at most ${limit} connections.`,
    retryAfterMs: HELD_MS,
  },
  connectionsPerApiKey: {
    code: 'TOO_MANY_CONNECTIONS',
    status: 429,
    message: (limit) => `An API key holds at most ${limit} connections.`,
    retryAfterMs: HELD_MS,
  },
  newConnections: {
    code: 'RATE_LIMITED',
    status: 429,
    message: (limit) => `An address or API key begins at most ${limit} connections and streams a second.`,
    retryAfterMs: SECOND_MS,
  },
  subscriptions: {
    code: 'TOO_MANY_SUBSCRIPTIONS',
    status: 429,
    message: (limit) => `A connection holds at most ${limit} subscriptions. Complete one first.`,
    retryAfterMs: null,
  },
  streams: {
    code: 'TOO_MANY_SUBSCRIPTIONS',
    status: 503,
    message: (limit) => `This server holds at most ${limit} streams over HTTP.`,
    retryAfterMs: HELD_MS,
  },
  streamsPerClient: {
    code: 'TOO_MANY_SUBSCRIPTIONS',
    status: 429,
    message: (limit) => `A client holds at most ${limit} streams over HTTP.`,
    retryAfterMs: HELD_MS,
  },
  messages: {
    code: 'RATE_LIMITED',
    status: 429,
    message: (limit) => `A connection sends at most ${limit} messages a second.`,
    retryAfterMs: SECOND_MS,
  },
  queuedBytes: {
    code: 'RATE_LIMITED',
    status: 429,
    message: (limit) => `More than ${limit} bytes wait to be read on this connection. Read them first.`,
    retryAfterMs: SECOND_MS,
  },
  requests: {
    code: 'RATE_LIMITED',
    status: 429,
    message: (limit) => `An address sends at most ${limit} requests a second.`,
    retryAfterMs: SECOND_MS,
  },
  newDocuments: {
    code: 'RATE_LIMITED',
    status: 429,
    message: (limit) =>
      `Documents not seen before are taken ${limit} a second, a long one counting as several. One that is known is free: put what varies into variables.`,
    retryAfterMs: SECOND_MS,
  },
  bodyBytes: {
    code: 'BAD_USER_INPUT',
    status: 413,
    argument: 'body',
    message: (limit) => `A request body has at most ${limit} bytes.`,
    retryAfterMs: null,
  },
  sockets: {
    code: 'TOO_MANY_CONNECTIONS',
    status: 429,
    message: (limit) => `An address holds at most ${limit} sockets.`,
    retryAfterMs: HELD_MS,
  },
  tokens: {
    code: 'GRAPHQL_PARSE_FAILED',
    status: 400,
    message: (limit) => `A document has at most ${limit} tokens: what is longer is not read.`,
    retryAfterMs: null,
  },
  depth: complex((limit) => `Fields are nested at most ${limit} deep.`),
  aliases: complex((limit) => `A document has at most ${limit} aliases.`),
  directives: complex((limit) => `A document has at most ${limit} directives.`),
  rootFields: complex((limit) => `An operation selects at most ${limit} fields at its root.`),
  fields: complex((limit) => `An operation selects at most ${limit} fields, its fragments written out.`),
  comparisons: complex(
    (limit) => `A document repeats fields under one name, which makes at most ${limit} pairs to compare.`,
  ),
  complexity: complex(
    (limit) => `An operation costs at most ${limit}. Fields say in their description what they cost.`,
  ),
} satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LIMITS;

/** A limit was met. It is told as it stands: which, its value, and when to try again. */
export class LimitReached extends RequestRefused {
  readonly limit: LimitName;

  /**
   * @param value the limit itself.
   * @param facts what is known of this refusal: when to try again, how much was asked for.
   */
  constructor(
    limit: LimitName,
    value: number,
    facts: { readonly retryAfterMs?: number; readonly asked?: number } = {},
  ) {
    const { code, status, argument, message, retryAfterMs }: Limit = LIMITS[limit];
    const again = facts.retryAfterMs ?? retryAfterMs;
    const asked = facts.asked === undefined ? '' : ` This one: ${facts.asked}.`;
    super(
      status,
      message(value) + asked,
      { ...(argument && { argument }), limit: value, ...(again !== null && { retryAfterMs: again }) },
      again === null ? {} : { 'retry-after': String(Math.ceil(again / 1_000)) },
      code,
    );
    this.limit = limit;
  }
}

/** How often each limit was met since this process started. */
export class Refusals {
  readonly #counts = new Map<LimitName, number>();

  /** Counts it, and gives it back to be thrown or told. */
  count(reached: LimitReached): LimitReached {
    this.#counts.set(reached.limit, (this.#counts.get(reached.limit) ?? 0) + 1);
    return reached;
  }

  /** By name of the limit; those that were never met are left out. */
  report(): Readonly<Partial<Record<LimitName, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
