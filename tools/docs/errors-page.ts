import { ERROR_CODES } from '../../src/lib/errors.ts';
import { ERRORS } from '../../src/schema/error-code.ts';
import type { Received, Refusal } from './received.ts';
import { MADE } from './subscription-page.ts';

/** What tidewire-client does about a code by itself, of a subscription; left out: it ends, and its `error` is called. */
const CLIENT: Readonly<Partial<Record<(typeof ERROR_CODES)[number], string>>> = {
  CURSOR_EXPIRED: 'begins anew without the cursor, and says so: `restarted` with `lost: true`',
  SLOW_CONSUMER: 'goes on after `resumeCursor`, and says so: `restarted` with `lost: false`',
  UNAUTHENTICATED: 'asks for a newer token once, and subscribes again',
  FORBIDDEN: 'for a cursor: begins anew without it, and says so; else it ends',
  RATE_LIMITED: 'waits for `retryAfterMs`, and subscribes again',
  UNAVAILABLE: 'subscribes again with growing pauses, not sooner than `retryAfterMs`',
  INTERNAL_SERVER_ERROR: 'subscribes again, after `resumeCursor`, up to five times in a row',
};

const json = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

/** A document, or what goes over the wire in the place of one. */
function asked({ document, request, extensions }: Refusal): string {
  if (request !== undefined) return request;
  if (extensions) return json({ query: document, extensions });
  return `\`\`\`graphql refused\n${document}\n\`\`\``;
}

/** Every code with its cause and what to do, and an error of it as it came over the wire. */
export function errorsPage({ refusals }: Received): string {
  const sections = ERROR_CODES.map((code) => {
    const { meaning, remedy } = ERRORS[code];
    const refusal = refusals[code];
    const shown = refusal ? `\n\n${asked(refusal)}\n\nAs it was received:\n\n${json(refusal.error)}` : '';
    return `## ${code}\n\n${meaning}\n\nDo: ${remedy}\n\n\`tidewire-client\` ${CLIENT[code] ?? 'ends the operation and calls `error`'}.${shown}`;
  });
  return `# Errors

${MADE}

What a caller did wrong, or must know, is a GraphQL error whose \`extensions.code\` is one of these (\`ErrorCode\` in the schema).
\`requestId\` and \`timestamp\` are always there; \`argument\`, \`allowed\`, \`limit\`, \`retryAfterMs\` and \`resumeCursor\` where they help.
What the world answered is data instead: an order that a venue does not take is an order with \`status: REJECTED\`. How an operation and a
connection end: [PROTOCOL.md](../PROTOCOL.md).

${sections.join('\n\n')}
`;
}
