import { WebSocket } from 'ws';

/** What a follower asks for, and how what it is given can be judged. */
export interface Wish {
  readonly field: string;
  /** With `$after: Cursor` where it is an event field; it selects `cursor`, or `id sequence`. */
  readonly query: string;
  readonly kind: 'event' | 'state';
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Whether every event of the stream is wanted: then positions must follow each other without a hole. */
  readonly whole?: boolean;
}

/** A value as it was last told. */
export interface Told {
  readonly id: string;
  readonly sequence: number;
  readonly [field: string]: unknown;
}

/** Facts of a delivery, not of a value. */
const DELIVERY = new Set(['snapshot', 'matches', 'conflated', 'replayed']);

/** Shortest and longest pause before it comes again, milliseconds. */
const PAUSE_MS = { min: 50, max: 500 };

/** A client that has heard nothing at all for so long takes the connection for dead, milliseconds: the server pings more often. */
const SILENT_MS = 6_000;

/**
 * A client as a front end has one: it stays connected by itself, to any of the servers, goes on after its last cursor, and
 * checks all that it is told: nothing twice, nothing missing, no value older than one it had.
 */
export class Follower {
  readonly wish: Wish;
  readonly #urls: readonly string[];
  readonly #complaints: string[] = [];
  /** How many events it was told. */
  heard = 0;
  /** Where a filter chooses: `epoch:sequence` of each event, in the order of their coming. */
  readonly events: string[] = [];
  /** The newest sequence of each epoch: all of a campaign's events in a set would make the clients slower than what they watch. */
  readonly #newest = new Map<string, number>();
  /** Of a state field, the newest value by id. */
  readonly values = new Map<string, Told>();
  /** Times that it had to begin anew without its cursor. */
  expired = 0;
  refused = 0;
  connects = 0;
  /** From where on its events are one stretch: anew after each expiry. */
  stretch = 0;
  #socket: WebSocket | null = null;
  #after: string | null = null;
  #last: { epoch: string; sequence: number } | null = null;
  #previousSequence: number | null = null;
  #live = false;
  #heardAt = 0;
  #stopped = false;
  #timers: NodeJS.Timeout[] = [];
  #turn = Math.floor(Math.random() * 1_000);

  constructor(wish: Wish, urls: readonly string[]) {
    this.wish = wish;
    this.#urls = urls;
  }

  get live(): boolean {
    return this.#live;
  }

  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** The newest position it was told of: of an event, or of progress. */
  get position(): { epoch: string; sequence: number } | null {
    return this.#after === null ? null : positionOf(this.#after);
  }

  start(): void {
    this.#connect();
    const watch = setInterval(() => {
      if (this.#socket && Date.now() - this.#heardAt > SILENT_MS) this.#socket.terminate();
    }, 500);
    this.#timers.push(watch);
  }

  /** Cuts its connection without a word, as a tunnel does. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Reads nothing for a while. */
  stall(ms: number): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.pause();
    this.#heardAt = Date.now() + ms;
    this.#timers.push(setTimeout(() => socket.resume(), ms));
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#stopped) return;
    const url = this.#urls[this.#turn++ % this.#urls.length] ?? '';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      handshakeTimeout: 3_000,
    });
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.on('open', () => {
      this.connects++;
      socket.send(JSON.stringify({ type: 'connection_init' }));
    });
    socket.on('message', (data) => {
      this.#heardAt = Math.max(this.#heardAt, Date.now());
      this.#message(socket, JSON.parse(String(data)) as Message);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#live = false;
      const pause = PAUSE_MS.min + Math.random() * (PAUSE_MS.max - PAUSE_MS.min);
      if (!this.#stopped) this.#timers.push(setTimeout(() => this.#connect(), pause));
    });
  }

  #message(socket: WebSocket, { type, payload }: Message): void {
    if (type === 'connection_ack') this.#subscribe(socket);
    else if (type === 'next') this.#next((payload as { data: Record<string, Row> }).data[this.wish.field] as Row);
    else if (type === 'ping') {
      socket.send(JSON.stringify({ type: 'pong' }));
      const { live = [], progress = {} } = payload as { live?: string[]; progress?: Record<string, string> };
      if (live.includes('a')) this.#live = true;
      if (progress['a']) this.#after = progress['a'];
    } else if (type === 'error')
      this.#failed(socket, (payload as [{ message: string; extensions: { code: string } }])[0]);
    else if (type === 'complete') this.#complaints.push(`${this.wish.field}: completed by the server`);
  }

  #subscribe(socket: WebSocket): void {
    this.#live = false;
    this.#previousSequence = null;
    const variables = { ...this.wish.variables, ...(this.wish.kind === 'event' && { after: this.#after }) };
    socket.send(JSON.stringify({ type: 'subscribe', id: 'a', payload: { query: this.wish.query, variables } }));
  }

  #failed(
    socket: WebSocket,
    { message, extensions: { code } }: { message: string; extensions: { code: string } },
  ): void {
    this.#live = false;
    if (code === 'CURSOR_EXPIRED') {
      this.expired++;
      this.#after = null;
      this.#last = null;
      this.stretch = this.events.length;
    } else if (code === 'UNAVAILABLE' || code === 'SLOW_CONSUMER' || code === 'RATE_LIMITED') this.refused++;
    else this.#complaints.push(`${this.wish.field}: ${code}: ${message}`);
    this.#timers.push(
      setTimeout(() => {
        if (socket.readyState === WebSocket.OPEN) this.#subscribe(socket);
      }, PAUSE_MS.max),
    );
  }

  #next(row: Row): void {
    if (this.wish.kind === 'event') this.#event(row);
    else this.#state(row);
  }

  #event({ cursor = '' }: Row): void {
    this.#after = cursor;
    const { epoch, sequence } = positionOf(cursor);
    const name = `${epoch}:${sequence}`;
    const newest = this.#newest.get(epoch) ?? 0;
    if (sequence <= newest) this.#complaints.push(`${this.wish.field}: ${name} came twice or late, after ${newest}`);
    this.#newest.set(epoch, Math.max(newest, sequence));
    this.heard++;
    if (!this.wish.whole) this.events.push(name);
    const last = this.#last;
    this.#last = { epoch, sequence };
    if (!last || !this.wish.whole) return;
    const follows = epoch === last.epoch ? sequence === last.sequence + 1 : sequence === 1;
    if (!follows) this.#complaints.push(`${this.wish.field}: ${name} after ${last.epoch}:${last.sequence}: a hole`);
  }

  #state(row: Row): void {
    const told = row as unknown as Told & { snapshot: boolean; previousSequence?: number | null; matches?: boolean };
    if ('previousSequence' in told) {
      if (told.previousSequence !== null && told.previousSequence !== this.#previousSequence)
        this.#complaints.push(
          `${this.wish.field}: a change of ${told.previousSequence}, held ${this.#previousSequence}`,
        );
      this.#previousSequence = told.sequence;
    }
    const before = this.values.get(told.id);
    if (before && told.sequence < before.sequence && !told.snapshot)
      this.#complaints.push(`${this.wish.field}: ${told.id} ${told.sequence} after ${before.sequence}`);
    if (told.matches === false) this.values.delete(told.id);
    else
      this.values.set(
        told.id,
        Object.fromEntries(Object.entries(told).filter(([name]) => !DELIVERY.has(name))) as Told,
      );
  }
}

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

interface Row {
  readonly cursor?: string;
}

/** The test may look into what is opaque to a client. */
function positionOf(cursor: string): { epoch: string; sequence: number } {
  const [, epoch = '', digits = '0'] = Buffer.from(cursor.split('.')[0] ?? '', 'base64url')
    .toString()
    .split(':');
  return { epoch, sequence: Number(digits) };
}
