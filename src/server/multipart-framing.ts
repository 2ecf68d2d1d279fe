import { chunkOf, madeOnce } from './event-stream-chunk.ts';
import type { Framing } from './event-stream-framing.ts';

/** Apollo's own router beats as often, and its mobile clients are tuned to it. */
const HEARTBEAT_MS = 5_000;

/**
 * Every part ends with the delimiter of the next: a reader knows that a part is whole only when it sees one, and must not
 * wait for it until there is something else to say.
 */
const DELIMITER = '\r\n--graphql';
const HEADER = '\r\ncontent-type: application/json\r\n\r\n';
const END = '--\r\n';

/**
 * Apollo's multipart subscription protocol 1.0:
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export function createMultipartFraming(): Framing {
  const heartbeat = chunkOf(`${HEADER}{}${DELIMITER}`);
  const failed: Framing['failed'] = (errors) =>
    chunkOf(`${HEADER}${JSON.stringify({ payload: null, errors })}${DELIMITER}${END}`);
  return {
    // Quoted or not as Apollo's router does: its Swift client compares the last parameter letter for letter.
    contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    maxHeartbeatMs: HEARTBEAT_MS,
    opening: chunkOf(DELIMITER),
    result: madeOnce((payload) => chunkOf(`${HEADER}{"payload":`, payload, `}${DELIMITER}`)),
    heartbeat: () => heartbeat,
    completed: chunkOf(END),
    failed,
    // A body that ends early is an error without a code to its readers; one that ends well is the end of the operation.
    restarting: (error) => failed([error]),
  };
}
