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
  TOO_MANY_CONNECTIONS: 'connects again with growing pauses',
  RATE_LIMITED: 'waits for `retryAfterMs`, and subscribes again',
  UNAVAILABLE: 'subscribes again with growing pauses, not sooner than `retryAfterMs`',
  INTERNAL_SERVER_ERROR: 'subscribes again, after `resumeCursor`, up to five times in a row',
};

const json = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

/** A document, and what goes with it over the wire or in words. */
function asked({ document, request, extensions }: Refusal): string {
  const text =
    document === undefined
      ? []
      : [extensions ? json({ query: document, extensions }) : `\`\`\`graphql refused\n${document}\n\`\`\``];
  return [...text, ...(request === undefined ? [] : [request])].join('\n\n');
}

function answered({ answer, close }: Refusal): string {
  const told =
    'status' in answer
      ? `Received over HTTP, with status ${answer.status}${answer.retryAfter === null ? '' : ` and \`Retry-After: ${answer.retryAfter}\``}:\n\n${json(answer.body)}`
      : `Received on a WebSocket, which lives on:\n\n${json(answer)}`;
  if (!close) return told;
  return `${told}\n\n${close.why} is closed with ${close.code} and the reason “${close.reason}”`;
}

/** Every code with its cause and what to do, what provokes it, and what then came over the wire. */
export function errorsPage({ refusals }: Received): string {
  const sections = ERROR_CODES.map((code) => {
    const { meaning, remedy } = ERRORS[code];
    const refusal = refusals[code];
    if (!refusal) throw new Error(`${code} was never received: --capture-errors`);
    const client = CLIENT[code] ?? 'ends the operation and calls `error`';
    const told = `## ${code}\n\n${meaning}\n\nDo: ${remedy}\n\n\`tidewire-client\` ${client}.`;
    return `${told}\n\n${asked(refusal)}\n\n${answered(refusal)}`;
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
