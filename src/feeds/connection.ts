import { background } from '../lib/background.ts';
import { Backoff, VENUE_BACKOFF } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import { type Heartbeat, VenueSocket } from './socket.ts';
import { Timers } from './timers.ts';

/** A connection that lived this long was a good one: the next back-off starts from the shortest wait. Milliseconds. */
const STABLE_MS = 60_000;

/** Longest time in which two sockets of one connection deliver side by side, milliseconds. */
const OVERLAP_MS = 5_000;

type Purpose = 'attempt' | 'quiet' | 'rotate' | 'overlap';

/** While a successor takes over, both sockets deliver the same streams. */
export type SocketRole = 'current' | 'successor';

export interface ConnectionListener {
  /** Connected after having been without a connection. */
  opened(): void;
  /** @returns whether it was data; heart-beats and answers to requests are not. */
  message(text: string, role: SocketRole): boolean;
  /** The successor is open: it delivers too, until {@link movedOver} or {@link lost}. */
  overlapping(): void;
  /** The successor is the current one now; the one before is gone. */
  movedOver(): void;
  /** Without a connection. Called only after {@link opened}, once for each. */
  lost(reason: string): void;
  /** An attempt failed, or a connection was lost: for counting and the status. */
  failed(reason: string): void;
}

export interface ConnectionOptions {
  /** For the log. */
  readonly name: string;
  readonly url: string;
  /** Sent one by one after each opening, at this distance in milliseconds. */
  readonly requests: readonly string[];
  readonly requestIntervalMs: number;
  /** For a venue that closes on clients that say nothing. */
  readonly heartbeat?: Heartbeat;
  /** Without data for so long it is closed and made anew, milliseconds. */
  readonly quietMs: number;
  /** A successor takes over after so long, before the venue cuts it off, milliseconds. Shortened by up to a twentieth. */
  readonly rotateMs: number;
  /** Shared by all connections that the venue counts together. */
  readonly attempts: AttemptLimit;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly listener: ConnectionListener;
}

/**
 * A WebSocket connection that lives until it is stopped: it comes back with back-off and jitter, is made anew when it
 * goes quiet, and moves over to a successor before the venue would cut it, without being off in between.
 */
export class VenueConnection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  /** Sockets whose connection beneath may still be there: also those that were given up. */
  readonly #sockets = new Set<VenueSocket>();
  #current: VenueSocket | null = null;
  #successor: VenueSocket | null = null;
  #open = false;
  #overlapping = false;
  #openedAt = 0;
  #lastDataAt = 0;
  /** Timers by what they are for, so that a new one replaces the old. */
  readonly #timers: Timers<Purpose>;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#timers = new Timers(options.clock);
    this.#backoff = new Backoff(VENUE_BACKOFF, options.random);
  }

  start(): void {
    this.#attempt('current');
  }

  /** Sends one message now, where there is a connection; after a loss nothing is sent again. */
  send(text: string): void {
    if (this.#open) this.#current?.send(text);
  }

  /** Opens a successor and moves over to it. Asking again while one is on its way changes nothing. */
  rotate(reason: string): void {
    if (!this.#open || this.#successor || this.#timers.isSet('attempt')) return;
    this.#options.log.info({ connection: this.#options.name, reason }, 'moving over to a new connection');
    this.#attempt('successor');
  }

  /** The successor has everything: the one before may go. */
  settle(): void {
    if (!this.#overlapping || !this.#successor) return;
    this.#current?.close();
    this.#promote(this.#successor);
  }

  /** Resolves when its sockets are gone; the listener hears nothing any more. */
  async stop(): Promise<void> {
    this.#timers.stop();
    for (const socket of this.#sockets) socket.close();
    await Promise.all(Array.from(this.#sockets, (socket) => socket.gone));
  }

  #attempt(role: SocketRole): void {
    const { attempts, clock, url, requests, requestIntervalMs, heartbeat, listener, log } = this.#options;
    const wait = attempts.take(clock.now());
    if (wait > 0) return this.#timers.after('attempt', wait, () => this.#attempt(role));
    const socket: VenueSocket = new VenueSocket({
      url,
      requests,
      requestIntervalMs,
      ...(heartbeat && { heartbeat }),
      clock,
      opened: () => (role === 'current' ? this.#opened() : this.#successorOpened()),
      message: (text) => {
        if (listener.message(text, socket === this.#current ? 'current' : 'successor')) this.#lastDataAt = clock.now();
      },
      closed: (reason) => this.#closed(socket, reason),
    });
    this.#sockets.add(socket);
    background(
      'forget a closed socket',
      socket.gone.then(() => this.#sockets.delete(socket)),
      log,
    );
    if (role === 'current') this.#current = socket;
    else this.#successor = socket;
  }

  #opened(): void {
    this.#open = true;
    this.#settled();
    this.#options.listener.opened();
  }

  #successorOpened(): void {
    this.#overlapping = true;
    this.#timers.after('overlap', OVERLAP_MS, () => this.settle());
    this.#options.listener.overlapping();
  }

  #promote(successor: VenueSocket): void {
    this.#timers.cancel('overlap');
    this.#current = successor;
    this.#successor = null;
    this.#overlapping = false;
    this.#settled();
    this.#options.listener.movedOver();
  }

  /** A socket has become the only one: its own watch and its own rotation begin. */
  #settled(): void {
    const { clock, rotateMs, random } = this.#options;
    this.#openedAt = clock.now();
    this.#lastDataAt = this.#openedAt;
    this.#watch();
    this.#timers.after('rotate', rotateMs * (1 - random() / 20), () => this.rotate('before the venue cuts it off'));
  }

  #watch(): void {
    const { clock, quietMs } = this.#options;
    this.#timers.after('quiet', this.#lastDataAt + quietMs - clock.now(), () => {
      if (clock.now() - this.#lastDataAt < quietMs) return this.#watch();
      this.#current?.close();
      this.#lost(`no data for ${quietMs / 1_000} s`);
    });
  }

  #closed(socket: VenueSocket, reason: string): void {
    if (socket !== this.#current) {
      this.#successor = null;
      this.#overlapping = false;
      this.#timers.cancel('overlap');
      this.#failed(reason);
      return this.#timers.after('attempt', this.#backoff.next(), () => this.#attempt('successor'));
    }
    if (this.#overlapping && this.#successor) {
      this.#failed(reason);
      return this.#promote(this.#successor);
    }
    this.#lost(reason);
  }

  #lost(reason: string): void {
    const wasOpen = this.#open;
    if (wasOpen && this.#options.clock.now() - this.#openedAt >= STABLE_MS) this.#backoff.reset();
    this.#open = false;
    this.#overlapping = false;
    this.#current = null;
    this.#successor?.close();
    this.#successor = null;
    this.#timers.cancel('quiet', 'rotate', 'overlap');
    this.#timers.after('attempt', this.#backoff.next(), () => this.#attempt('current'));
    this.#failed(reason);
    if (wasOpen) this.#options.listener.lost(reason);
  }

  #failed(reason: string): void {
    this.#options.log.debug({ connection: this.#options.name, reason }, 'venue connection failed');
    this.#options.listener.failed(reason);
  }
}
