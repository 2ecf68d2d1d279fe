/** Bytes of a stream's body, ready to be written to every reader of it. */
export interface Chunk {
  /** As one chunk of HTTP/1.1's chunked coding. */
  readonly chunked: Buffer;
  /** Without it, for a reader that speaks HTTP/1.0. */
  readonly plain: Buffer;
}

const CRLF = Buffer.from('\r\n');

/** Puts bytes together once; they are never empty, since an empty chunk would end the response. */
export function chunkOf(...parts: readonly (Buffer | string)[]): Chunk {
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  const size = Buffer.from(`${bytes.reduce((sum, part) => sum + part.length, 0).toString(16)}\r\n`);
  const chunked = Buffer.concat([size, ...bytes, CRLF]);
  return { chunked, plain: chunked.subarray(size.length, -CRLF.length) };
}

/** Makes the chunk of one result; the cursor is where its event stands, the same for equal bytes; null for a state topic. */
export type ResultChunk = (payload: Buffer, cursor: (() => string) | null) => Chunk;

/**
 * Makes the chunk of a result once for everybody who is given it. Remembering one is enough: a cohort offers a result to
 * all its members before it offers the next.
 */
export function madeOnce(make: ResultChunk): ResultChunk {
  let last: { readonly payload: Buffer; readonly chunk: Chunk } | null = null;
  return (payload, cursor) => {
    if (last?.payload !== payload) last = { payload, chunk: make(payload, cursor) };
    return last.chunk;
  };
}
