import { ERROR_CODES, type ErrorCode } from '../lib/errors.ts';
import { builder } from './builder.ts';

/** What a code says to whoever meets it. */
interface Told {
  readonly meaning: string;
  /** What a client does about it; nothing else would help. */
  readonly remedy: string;
}

export const ERRORS: Readonly<Record<ErrorCode, Told>> = {
  GRAPHQL_PARSE_FAILED: {
    meaning: 'The document is not GraphQL.',
    remedy: 'Mend the document: the message says where. Sent again as it is, it is refused again.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    meaning: 'The document does not fit the schema, or the rules for subscriptions.',
    remedy: 'Mend the document. One root field for each subscription; each name as in the schema.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    meaning: 'No document is known under this hash: send it in full.',
    remedy: 'Send the text together with the hash, once. Where only registered documents run, have it registered.',
  },
  BAD_USER_INPUT: {
    meaning: 'An argument is wrong: `argument` names it, `allowed` says what would be right.',
    remedy: 'Mend the argument. A symbol that nobody knows comes with the nearest names in `allowed`.',
  },
  UNAUTHENTICATED: {
    meaning: 'This needs an identity.',
    remedy: 'Bring a token or an API key, or a newer one. What is public needs none.',
  },
  FORBIDDEN: {
    meaning: 'This identity may not have it.',
    remedy: 'Ask for what is your own. Where `argument` is `after`, throw the cursor away and begin without it.',
  },
  NOT_FOUND: {
    meaning: 'There is none, or none that this identity may see.',
    remedy: 'Look for its id again: another owner’s is answered as one that never was.',
  },
  CONFLICT: {
    meaning: 'It was changed meanwhile, or exists already.',
    remedy: 'Read it anew, look at its `version`, and decide again.',
  },
  CURSOR_EXPIRED: {
    meaning: 'Not everything after this cursor is still kept: start anew without it.',
    remedy: 'Read what you show by a query, and subscribe after its `liveCursor`, or without a cursor.',
  },
  SLOW_CONSUMER: {
    meaning: 'This reader fell behind further than events are kept: subscribe after `resumeCursor`, or anew.',
    remedy: 'Subscribe after `resumeCursor`; read faster, or ask for less by a filter.',
  },
  RATE_LIMITED: {
    meaning: 'Too many in too short a time: try again after `retryAfterMs`.',
    remedy:
      'Wait for `retryAfterMs`. Use variables rather than texts that differ: only new documents are counted dearly.',
  },
  TOO_MANY_SUBSCRIPTIONS: {
    meaning: 'This connection holds as many subscriptions as it may (`limit`).',
    remedy: 'Complete some first, or ask for several keys in one filter.',
  },
  TOO_MANY_CONNECTIONS: {
    meaning: 'There are as many connections as there may be (`limit`).',
    remedy: 'Put what you ask on one connection; try again after `retryAfterMs`.',
  },
  QUERY_TOO_COMPLEX: {
    meaning: 'The document asks for more than one operation may (`limit`).',
    remedy: 'Ask for fewer fields, a smaller page, a smaller depth. `extensions.cost` of an answer says what it took.',
  },
  UNAVAILABLE: {
    meaning: 'Something this needs does not answer at the moment: try again after `retryAfterMs`.',
    remedy: 'Try again, with growing pauses. A mutation only with its `idempotencyKey` or `clientOrderId`.',
  },
  INTERNAL_SERVER_ERROR: {
    meaning: 'Our mistake: quote `requestId` when you report it.',
    remedy: 'Try again, a subscription after `resumeCursor` where there is one; report the `requestId`.',
  },
};

/** Errors carry it in `extensions.code`, not in a field: it stands in the schema so that typed clients have the names. */
builder.enumType('ErrorCode', {
  description: 'What `extensions.code` of an error can be.',
  values: Object.fromEntries(ERROR_CODES.map((code) => [code, { description: ERRORS[code].meaning }])),
});
