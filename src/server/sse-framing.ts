import type { GraphQLError } from 'graphql';
import { chunkOf, madeOnce } from './event-stream-chunk.ts';
import type { Framing } from './event-stream-framing.ts';

const COMPLETE = 'event: complete\ndata: \n\n';

/** GraphQL over server-sent events, "distinct connections" mode: https://github.com/enisdenjo/graphql-sse, PROTOCOL.md. */
export function createSseFraming(): Framing {
  const comment = chunkOf(':\n\n');
  return {
    contentType: 'text/event-stream; charset=utf-8',
    maxHeartbeatMs: Infinity,
    opening: comment,
    result: madeOnce((payload, cursor) =>
      chunkOf(cursor ? `id: ${cursor()}\n` : '', 'event: next\ndata: ', payload, '\n\n'),
    ),
    // Without data it fires no event, but moves the `Last-Event-ID` that the reader will come back with.
    heartbeat: (cursor) => (cursor === null ? comment : chunkOf(`id: ${cursor}\n\n`)),
    completed: chunkOf(COMPLETE),
    failed: (errors) => {
      const id = resumeId(errors);
      return chunkOf(
        id === null ? '' : `id: ${id}\n`,
        `event: next\ndata: ${JSON.stringify({ errors })}\n\n`,
        COMPLETE,
      );
    },
    // `complete` would say that there is no more to come: a stream that just ends is taken up again.
    restarting: () => null,
  };
}

/**
 * An EventSource comes back by itself, whatever it was told: after the event that failed, not before it for ever; and
 * anew, which an empty id makes it do, when what it had is no longer a place to go on from.
 */
function resumeId(errors: readonly GraphQLError[]): string | null {
  for (const { extensions } of errors) {
    const { code, resumeCursor } = extensions;
    if (typeof resumeCursor === 'string') return resumeCursor;
    if (code === 'CURSOR_EXPIRED') return '';
  }
  return null;
}
