import type { ServerResponse } from 'node:http';
import type { Lane } from '../cohorts/lane.ts';

const NEXT = Buffer.from('event: next\ndata: ');
const END_OF_EVENT = Buffer.from('\n\n');

/**
 * One subscription over server-sent events, written straight to Node's response. There is no answer channel: the reader
 * counts as behind when a write is not taken.
 */
export class SseLane implements Lane {
  onRoom: (() => void) | null = null;
  readonly #response: ServerResponse;
  readonly #onLive: () => void;

  constructor(response: ServerResponse, onLive: () => void) {
    this.#response = response;
    this.#onLive = onLive;
    response.on('drain', () => this.onRoom?.());
  }

  get blocked(): boolean {
    return this.#response.writableNeedDrain || this.#response.writableEnded || this.#response.destroyed;
  }

  next(payload: Buffer, cursor: (() => string) | null): void {
    this.#response.cork();
    if (cursor) this.#response.write(`id: ${cursor()}\n`);
    this.#response.write(NEXT);
    this.#response.write(payload);
    this.#response.write(END_OF_EVENT);
    this.#response.uncork();
  }

  live(): void {
    this.#onLive();
  }

  /** Moves the reader's `Last-Event-ID` and fires no event; without a cursor, only keeps the line open. */
  beat(cursor: string | null): void {
    if (!this.blocked) this.#response.write(cursor ? `id: ${cursor}\n\n` : ':\n\n');
  }

  /** The last words: a result, or errors, or nothing, and that it is over. */
  complete(result: object | null): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    const last = result ? `event: next\ndata: ${JSON.stringify(result)}\n\n` : '';
    this.#response.end(`${last}event: complete\ndata: \n\n`);
  }
}
