import type { Flushable, Flusher } from './flush.ts';
import { headerBytes, nextFrameBytes, Opcode, writeFrame, writeNextFrame } from './frame.ts';

/** The part of a socket that an outbox writes to. */
export interface OutboxSocket {
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  on(event: 'drain', listener: () => void): unknown;
}

/** Called when a blocked outbox has room again. */
export interface Waiting {
  onRoom: (() => void) | null;
}

export interface OutboxLimits {
  /** Bytes between two in-band pings. */
  readonly pingEveryBytes: number;
  /** Bytes without an answer to a ping above which the reader counts as behind. */
  readonly windowBytes: number;
}

/**
 * The kernel takes up to 3.9 MB before a write is felt, so a slow reader is judged by the pings that it answers: at
 * 20 KB/s and 64 KiB what it reads is at most some three seconds old, not nine and growing.
 */
const OUTBOX_LIMITS: OutboxLimits = { pingEveryBytes: 16_384, windowBytes: 65_536 };

/** Where frames are put together; one for the process, since a flush is never interrupted. */
let scratch = Buffer.allocUnsafeSlow(262_144);

/**
 * Everything that one WebSocket writes, in one order: frames of cohorts and messages of the protocol. Writes once a
 * turn, in one call; owns no queue beyond what came up in this turn.
 */
export class Outbox implements Flushable {
  readonly #socket: OutboxSocket;
  readonly #flusher: Flusher;
  readonly #limits: OutboxLimits;
  /** Pairs: the prefix of a `next` message and its payload, or null and a whole text message. */
  #pending: (Buffer | null)[] = [];
  #pendingBytes = 0;
  #sentBytes = 0;
  #pingedAt = 0;
  #pongedAt = 0;
  #full = false;
  #closed = false;
  /** Who waits for room, oldest first. */
  readonly #waiting = new Set<Waiting>();

  constructor(socket: OutboxSocket, flusher: Flusher, limits: OutboxLimits = OUTBOX_LIMITS) {
    this.#socket = socket;
    this.#flusher = flusher;
    this.#limits = limits;
    socket.on('drain', () => {
      this.#full = false;
      this.#makeRoom();
    });
  }

  /** True while the reader is behind, or gone. Messages of the protocol may still be written. */
  get blocked(): boolean {
    return (
      this.#closed || this.#full || this.#sentBytes + this.#pendingBytes - this.#pongedAt > this.#limits.windowBytes
    );
  }

  /** Bytes that were written or wait and are not known to have arrived. */
  get outstandingBytes(): number {
    return this.#sentBytes + this.#pendingBytes - this.#pongedAt;
  }

  /** Queues a `next` message for the end of the turn. */
  next(prefix: Buffer, payload: Buffer): void {
    this.#queue(prefix, payload, nextFrameBytes(prefix, payload));
  }

  /** Queues a message of the protocol, behind every frame that was queued before it. */
  text(message: string): void {
    const payload = Buffer.from(message);
    this.#queue(null, payload, headerBytes(payload.length) + payload.length);
  }

  /** The answer to an in-band ping: its payload is the count of bytes that had been sent. False for any other. */
  ponged(payload: Buffer): boolean {
    const count = Number(payload.toString('latin1'));
    if (!Number.isSafeInteger(count) || count <= this.#pongedAt || count > this.#sentBytes) return false;
    this.#pongedAt = count;
    this.#makeRoom();
    return true;
  }

  /** Calls `onRoom` when the outbox is no longer blocked. */
  wait(waiting: Waiting): void {
    this.#waiting.add(waiting);
  }

  forget(waiting: Waiting): void {
    this.#waiting.delete(waiting);
  }

  flush(): void {
    if (this.#pendingBytes === 0 || this.#closed) return;
    const pending = this.#pending;
    const bytes = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    const ping = this.#ping(bytes);
    const room = bytes + (ping ? headerBytes(ping.length) + ping.length : 0);
    const shared = room <= scratch.length;
    const into = shared ? scratch : Buffer.allocUnsafeSlow(room);
    let end = 0;
    for (let i = 0; i < pending.length; i += 2) {
      const prefix = pending[i];
      const payload = pending[i + 1] as Buffer;
      end = prefix ? writeNextFrame(into, end, prefix, payload) : writeFrame(into, end, Opcode.TEXT, payload);
    }
    if (ping) end = writeFrame(into, end, Opcode.PING, ping);
    this.#sentBytes += bytes;
    if (!this.#socket.write(into.subarray(0, end))) this.#full = true;
    // The kernel did not take it all: the rest of these bytes is still to be read from the scratch by the socket.
    if (shared && this.#socket.writableLength > 0) scratch = Buffer.allocUnsafeSlow(scratch.length);
  }

  /** Writes what is pending; nothing is taken after it. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#waiting.clear();
  }

  #queue(prefix: Buffer | null, payload: Buffer, bytes: number): void {
    if (this.#closed) return;
    this.#pending.push(prefix, payload);
    if (this.#pendingBytes === 0) this.#flusher.add(this);
    this.#pendingBytes += bytes;
  }

  /** A ping that counts the bytes before it, if it is time for one. */
  #ping(bytes: number): Buffer | null {
    const count = this.#sentBytes + bytes;
    if (count - this.#pingedAt < this.#limits.pingEveryBytes) return null;
    this.#pingedAt = count;
    return Buffer.from(String(count), 'latin1');
  }

  #makeRoom(): void {
    for (const waiting of [...this.#waiting]) {
      if (this.blocked) return;
      // Goes to the end of the line before it writes: what it still owes then waits its turn.
      this.#waiting.delete(waiting);
      waiting.onRoom?.();
    }
  }
}
