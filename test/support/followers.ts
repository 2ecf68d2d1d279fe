import { decodeCursor } from '../../src/cohorts/cursor.ts';
import type { Price } from '../../src/model/price.ts';
import type { Trade } from '../../src/model/trade.ts';
import { type BookFrame, DeltaBook } from './delta-book.ts';
import type { Journal } from './journal.ts';
import type { Message, WireClient } from './wire-client.ts';

/** One operation on one socket, and what has come of it so far. */
export class Following {
  readonly client: WireClient;
  readonly id: string;
  /** Messages of its socket that had come when its client gave it up; what comes later is not its. */
  #end: number | null = null;

  constructor(client: WireClient, id: string, query: string, variables?: object) {
    this.client = client;
    this.id = id;
    client.subscribe(id, query, variables);
  }

  /** The client takes nothing more of it. */
  giveUp(): void {
    this.#end ??= this.client.received.length;
  }

  get givenUp(): boolean {
    return this.#end !== null;
  }

  get messages(): readonly Message[] {
    return this.client.received
      .slice(0, this.#end ?? undefined)
      .filter(({ id, type }) => id === this.id || type === 'ping');
  }

  /** The error that ended it, if one did. */
  get ending(): Ending | null {
    const ended = this.messages.find(({ type }) => type === 'error');
    return (ended?.payload as readonly { readonly extensions: Ending }[] | undefined)?.[0]?.extensions ?? null;
  }

  /** What the field delivered, in order. @throws when the operation was ended by an error that nobody `expected`. */
  frames<Frame>(field: string, expected = false): readonly Frame[] {
    return this.messages.flatMap(({ type, payload }) => {
      if (type === 'error' && !expected) throw new Error(`${this.id} was ended: ${JSON.stringify(payload)}`);
      return type === 'next' ? [(payload as { data: Record<string, Frame> }).data[field] as Frame] : [];
    });
  }

  /** Whether the server has said that it has everything that was there. */
  get live(): boolean {
    return this.messages.some(({ type, payload }) => type === 'ping' && (payload as Ping).live.includes(this.id));
  }
}

/** What the error says that ends an operation. */
interface Ending {
  readonly code: string;
}

/** What a Ping of the protocol carries. */
export interface Ping {
  readonly live: readonly string[];
  readonly progress: Readonly<Record<string, string>>;
}

interface TradeFrame {
  readonly cursor: string;
}

export interface EventFilter {
  /** As an argument. */
  readonly text: string;
  readonly passes: (trade: Trade) => boolean;
}

const sequenceOf = (cursor: string) => decodeCursor('trades', cursor).sequence;

/** A client that follows trades under one filter, over as many operations as it is cut off and comes back. */
export class EventFollower {
  readonly filter: EventFilter;
  /** Newest last; each began where the one before it was given up. */
  readonly followings: Following[] = [];
  /** Trades published when its first operation was sent. */
  readonly #sentAt: number;
  readonly #last: number | null;
  /** Trades published when its first operation was known to be live. */
  #liveAt: number | null = null;

  constructor(filter: EventFilter, published: number, last: number | null) {
    this.filter = filter;
    this.#sentAt = published;
    this.#last = last;
  }

  /** Begins, or goes on from the newest position that it knows: of an event, or of its progress in a ping. */
  follow(client: WireClient, id: string, aliases: number): void {
    const before = this.followings.at(-1);
    before?.giveUp();
    const after = before ? this.cursor : null;
    const fields = Array.from({ length: aliases }, (_, at) => `t${at}: tradeId`).join(' ');
    const last = this.#last === null || before ? '' : `, last: ${this.#last}`;
    const from = after === null && last !== '' ? '' : ', after: $after';
    const declared = from === '' ? '' : '($after: Cursor)';
    const args = [this.filter.text, from, last].join('').replace(/^, /, '');
    const query = `subscription ${declared} { trades${args && `(${args})`} { cursor ${fields} } }`;
    this.followings.push(new Following(client, id, query, { after }));
  }

  /** Null while it has been told none: then it would begin anew. */
  get cursor(): string | null {
    for (const following of this.followings.toReversed()) {
      for (const { type, payload } of following.messages.toReversed()) {
        if (type === 'next') return (payload as { data: { trades: TradeFrame } }).data.trades.cursor;
        const progress = type === 'ping' ? (payload as Ping).progress[following.id] : undefined;
        if (progress) return progress;
      }
    }
    return null;
  }

  /** To be called often: what is published from now on must come, once it is live. */
  look(published: number): void {
    if (this.#liveAt === null && this.followings[0]?.live) this.#liveAt = published;
  }

  /**
   * @param mayExpire it may have been told that its position is gone: what it got before must still be without a hole.
   * @throws when what it got is not exactly what was published under its filter, from its beginning on.
   */
  judge(trades: readonly Trade[], mayExpire = false): void {
    const frames = this.followings.flatMap((following) => following.frames<TradeFrame>('trades', mayExpire));
    const ending = this.followings.at(-1)?.ending;
    if (ending && ending.code !== 'CURSOR_EXPIRED') throw new Error(`${this.#name}: ended with ${ending.code}`);
    const got = frames.map(({ cursor }) => sequenceOf(cursor));
    const wanted = trades.flatMap((trade, at) => (this.filter.passes(trade) ? [at + 1] : []));
    const ended = this.followings.at(-1)?.givenUp || ending;
    if (!ended && !this.followings.at(-1)?.live) throw new Error(`${this.#name}: not live`);
    const first = got[0] ?? Infinity;
    const from = wanted.filter((sequence) => sequence >= first);
    const expected = ended ? from.slice(0, got.length) : from;
    if (got.join() !== expected.join()) throw new Error(`${this.#name}: got ${got.join()}, of ${wanted.join()}`);
    const due = wanted.find((sequence) => sequence > (this.#liveAt ?? Infinity));
    if (!ended && due !== undefined && first > due) throw new Error(`${this.#name}: began at ${first}, missing ${due}`);
    if (this.#last === null || this.#liveAt === null || ended || mayExpire) return;
    // When the server took it up nobody knows, only that so many had been published by then.
    const least = Math.min(wanted.filter((sequence) => sequence <= this.#sentAt).length, this.#last);
    if (got.length < least) throw new Error(`${this.#name}: fewer than ${least} of the past`);
  }

  get #name(): string {
    return `trades(${this.filter.text}) ${this.followings.map(({ id }) => id).join('+')}`;
  }
}

interface PriceFrame {
  readonly symbol: string;
  readonly price: string;
  readonly sequence: number;
  readonly matches: boolean;
}

export interface StateFilter {
  /** As an argument. */
  readonly text: string;
  readonly passes: (price: Price) => boolean;
}

/** A client that follows prices under one filter, from one snapshot on. */
export class StateFollower {
  readonly filter: StateFilter;
  readonly following: Following;

  constructor(filter: StateFilter, client: WireClient, id: string, minIntervalMs: number) {
    this.filter = filter;
    const args = `${filter.text && `${filter.text}, `}delivery: {minIntervalMs: ${minIntervalMs}}`;
    const fields = Array.from({ length: 40 }, (_, at) => `s${at}: symbol`).join(' ');
    const query = `subscription { prices(${args}) { symbol price sequence matches ${fields} } }`;
    this.following = new Following(client, id, query);
  }

  /** @throws when it does not show, of each symbol, the latest price; or went back on the way. */
  judge(latest: ReadonlyMap<string, Price>): void {
    const frames = this.following.frames<PriceFrame>('prices');
    const shown = new Map<string, PriceFrame>();
    for (const frame of frames) {
      const before = shown.get(frame.symbol);
      if (before && before.sequence >= frame.sequence)
        throw new Error(`${this.#name}: ${frame.symbol} went from ${before.sequence} to ${frame.sequence}`);
      shown.set(frame.symbol, frame);
    }
    if (this.following.givenUp) return;
    if (!this.following.live) throw new Error(`${this.#name}: not live`);
    for (const [symbol, price] of latest) {
      const frame = shown.get(symbol);
      const passes = this.filter.passes(price);
      const shows = `${frame?.price} of sequence ${frame?.sequence}, ${frame?.matches ? 'matching' : 'not matching'}`;
      if (passes && (frame?.price !== price.price || !frame.matches))
        throw new Error(`${this.#name}: ${symbol} is ${price.price}, shown is ${shows}`);
      if (!passes && frame?.matches) throw new Error(`${this.#name}: ${symbol} has left, shown is ${shows}`);
    }
  }

  get #name(): string {
    return `prices(${this.filter.text}) ${this.following.id}`;
  }
}

/** How a book is asked for; of any source, the server must look at all of them. */
export type BookForm = 'DELTA' | 'FULL' | 'DELTA of any source';

/** A client that keeps one book, from its changes or from whole ones. */
export class BookFollower {
  readonly symbol: string;
  readonly following: Following;
  readonly #form: BookForm;

  constructor(symbol: string, client: WireClient, id: string, form: BookForm = 'DELTA') {
    this.symbol = symbol;
    this.#form = form;
    const source = form === 'DELTA of any source' ? '' : ', source: "test"';
    const format = form === 'FULL' ? 'depth: 1000' : 'format: DELTA';
    const fields = Array.from({ length: 40 }, (_, at) => `s${at}: symbol`).join(' ');
    this.following = new Following(
      client,
      id,
      `subscription { orderbook(symbol: "${symbol}"${source}, ${format}) {
         bids { price size } asks { price size } sequence previousSequence checksum venueUpdateId stale ${fields} } }`,
    );
  }

  /** @throws when a frame does not follow, a checksum does not prove, or the book is not the published one. */
  judge({ books }: Journal): void {
    const kept = new DeltaBook();
    const frames = this.following.frames<BookFrame>('orderbook');
    // A whole book is what a change is that has none before it.
    const whole = this.#form === 'FULL' ? { previousSequence: null } : {};
    for (const frame of frames) kept.apply({ ...frame, ...whole });
    const book = books.get(this.symbol);
    if (this.following.givenUp) return;
    if (!this.following.live) throw new Error(`${this.following.id}: not live`);
    if (!book) return;
    const newest = frames.at(-1)?.venueUpdateId;
    if (newest !== book.venueUpdateId)
      throw new Error(`${this.following.id}: the book of ${this.symbol} is ${book.venueUpdateId}, shown ${newest}`);
    if (JSON.stringify([kept.bids, kept.asks]) !== JSON.stringify([book.bids, book.asks]))
      throw new Error(`${this.following.id}: another book of ${this.symbol} than the published one`);
  }
}
