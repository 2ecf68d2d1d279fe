import type { GraphQLError } from 'graphql';
import type { Chunk, ResultChunk } from './event-stream-chunk.ts';

/** How one protocol puts a subscription on the wire of an HTTP response: the bytes, not when they are written. */
export interface Framing {
  readonly contentType: string;
  /** Longest time between two heartbeats that its readers expect, milliseconds. */
  readonly maxHeartbeatMs: number;
  /** What comes first, at once: some readers hold back everything until they have seen a byte of the body. */
  readonly opening: Chunk;
  readonly result: ResultChunk;
  /** @param cursor everything that matches up to here has been written; null where nothing can be resumed. */
  heartbeat(cursor: string | null): Chunk;
  /** The last words of an operation that ended as it should. */
  readonly completed: Chunk;
  /** The last words of an operation that was refused or failed. */
  failed(errors: readonly GraphQLError[]): Chunk;
  /** The last words when the reader should come back elsewhere; null where silence makes it do that by itself. */
  restarting(error: GraphQLError): Chunk | null;
}
