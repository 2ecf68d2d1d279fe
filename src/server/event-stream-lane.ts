import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Flushable, Flusher } from '../cohorts/flush.ts';
import type { Lane } from '../cohorts/lane.ts';
import type { Chunk } from './event-stream-chunk.ts';
import type { Framing } from './event-stream-framing.ts';

/**
 * How long a socket may take nothing of what is written before its reader counts as dead, milliseconds. Not sooner: a full
 * kernel of 4 MB says nothing until it has room for a third, which took a reader of 20 KB/s up to 83 seconds.
 */
const DEAD_AFTER_MS = 120_000;

/**
 * One subscription over one HTTP response. There is no answer channel: the reader counts as behind while the socket does
 * not take what is written.
 *
 * Node's response writes the header and the end. What lies between goes straight to its socket, in chunks that are made
 * once for all readers: framing it again for each costs twice the processor time.
 */
export class EventStreamLane implements Lane, Flushable {
  onRoom: (() => void) | null = null;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #framing: Framing;
  readonly #flusher: Flusher;
  readonly #chunked: boolean;
  readonly #drained = () => this.onRoom?.();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #ended = false;
  #progress: (() => string | null) | null = null;
  #live = false;
  /** Bytes that the socket had taken when it was last seen to take some. */
  #taken = 0;
  #takenAt: number;

  /** Writes the header and the first bytes. */
  constructor(
    response: ServerResponse,
    socket: Socket,
    framing: Framing,
    headers: Readonly<Record<string, string>>,
    flusher: Flusher,
    now: number,
  ) {
    this.#response = response;
    this.#socket = socket;
    this.#framing = framing;
    this.#flusher = flusher;
    this.#takenAt = now;
    socket.on('drain', this.#drained);
    socket.cork();
    response.writeHead(200, {
      'content-type': framing.contentType,
      'cache-control': 'no-cache',
      // A proxy that gathers a stream before it passes it on makes it anything but live.
      'x-accel-buffering': 'no',
      ...headers,
    });
    response.flushHeaders();
    this.#chunked = response.chunkedEncoding;
    this.#queue(framing.opening);
    this.flush();
    socket.uncork();
  }

  get blocked(): boolean {
    // A catch-up may be a hundred thousand events: of what comes up in one turn no more is kept than makes the socket say
    // that it is full, so that its `drain` always follows.
    const { writableNeedDrain, writableHighWaterMark } = this.#socket;
    return this.#over || writableNeedDrain || this.#pendingBytes >= writableHighWaterMark;
  }

  next(payload: Buffer, cursor: (() => string) | null): void {
    this.#queue(this.#framing.result(payload, cursor));
  }

  live(): void {
    this.#live = true;
    if (this.#progress) this.heartbeat();
  }

  /** The subscription has been made: it may have become live before this was known. */
  joined(progress: () => string | null): void {
    this.#progress = progress;
    if (this.#live) this.heartbeat();
  }

  /** Says that the stream lives and how far it has come; nothing to a reader that is behind. */
  heartbeat(): void {
    if (!this.blocked) this.#queue(this.#framing.heartbeat(this.#progress?.() ?? null));
  }

  /** True when something is written and the socket has not taken any of it for too long. To be asked now and then. */
  isDead(now: number): boolean {
    const waiting = this.#socket.writableLength;
    const taken = this.#socket.bytesWritten - waiting;
    if (waiting > 0 && taken === this.#taken) return now - this.#takenAt >= DEAD_AFTER_MS;
    this.#taken = taken;
    this.#takenAt = now;
    return false;
  }

  /** Writes the last words, behind everything else, and ends the response. */
  end(last: Chunk | null): void {
    if (this.#over) return;
    if (last) this.#queue(last);
    this.flush();
    this.#ended = true;
    this.#response.end();
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (this.#over || pending.length === 0) return;
    this.#socket.cork();
    for (const bytes of pending) this.#socket.write(bytes);
    this.#socket.uncork();
  }

  /** The response is closed; its socket may live on for other requests. */
  close(): void {
    this.#ended = true;
    this.#pending = [];
    this.#socket.off('drain', this.#drained);
  }

  get #over(): boolean {
    return this.#ended || this.#socket.destroyed;
  }

  #queue(chunk: Chunk): void {
    if (this.#over) return;
    const bytes = this.#chunked ? chunk.chunked : chunk.plain;
    if (this.#pending.length === 0) this.#flusher.add(this);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }
}
