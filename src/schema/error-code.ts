import { ERROR_CODES } from '../lib/errors.ts';
import { builder } from './builder.ts';

const MEANINGS: Readonly<Record<(typeof ERROR_CODES)[number], string>> = {
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema, or the rules for subscriptions.',
  PERSISTED_QUERY_NOT_FOUND: 'No document is known under this hash: send it in full.',
  BAD_USER_INPUT: 'An argument is wrong: `argument` names it, `allowed` says what would be right.',
  UNAUTHENTICATED: 'This needs an identity.',
  FORBIDDEN: 'This identity may not have it.',
  NOT_FOUND: 'There is none, or none that this identity may see.',
  CONFLICT: 'It was changed meanwhile, or exists already.',
  CURSOR_EXPIRED: 'Not everything after this cursor is still kept: start anew without it.',
  SLOW_CONSUMER: 'This reader fell behind further than events are kept: subscribe after `resumeCursor`, or anew.',
  RATE_LIMITED: 'Too many in too short a time: try again after `retryAfterMs`.',
  TOO_MANY_SUBSCRIPTIONS: 'This connection holds as many subscriptions as it may (`limit`).',
  TOO_MANY_CONNECTIONS: 'There are as many connections as there may be (`limit`).',
  QUERY_TOO_COMPLEX: 'The document asks for more than one operation may (`limit`).',
  UNAVAILABLE: 'Something this needs does not answer at the moment: try again after `retryAfterMs`.',
  INTERNAL_SERVER_ERROR: 'Our mistake: quote `requestId` when you report it.',
};

/** Errors carry it in `extensions.code`, not in a field: it stands in the schema so that typed clients have the names. */
builder.enumType('ErrorCode', {
  description: 'What `extensions.code` of an error can be.',
  values: Object.fromEntries(ERROR_CODES.map((code) => [code, { description: MEANINGS[code] }])),
});
