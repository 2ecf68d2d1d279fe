import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { compareDecimals, decimal } from '../../src/lib/decimal.ts';
import { agreement } from './agreement.ts';
import {
  BookFollower,
  type BookForm,
  type EventFilter,
  EventFollower,
  type StateFilter,
  StateFollower,
} from './followers.ts';
import { type Journal, type JournalSymbol, SYMBOLS } from './journal.ts';
import { WireClient } from './wire-client.ts';

/** What can happen; how often each comes up. */
const ACTS = {
  trade: 8,
  price: 6,
  book: 6,
  connect: 2,
  followTrades: 4,
  followPrices: 3,
  followBook: 2,
  resume: 5,
  complete: 2,
  disconnect: 1,
  pause: 1,
  read: 2,
  hearts: 2,
  turns: 4,
  disturb: 6,
} as const;

type Act = keyof typeof ACTS;

/** One thing that happens: the numbers choose to whom and how. */
export interface Step {
  readonly act: Act;
  readonly a: number;
  readonly b: number;
}

const acts = Object.entries(ACTS).flatMap(([act, weight]) => Array.from({ length: weight }, () => act as Act));

export const steps = (most: number) =>
  fc.array(fc.record({ act: fc.constantFrom(...acts), a: fc.nat(59), b: fc.nat(59) }), {
    minLength: 1,
    maxLength: most,
    size: 'max',
  });

const EVENT_FILTERS: readonly EventFilter[] = [
  { text: '', passes: () => true },
  { text: 'filter: {symbols: ["A"]}', passes: ({ symbol }) => symbol === 'A' },
  { text: 'filter: {symbols: ["C", "B"]}', passes: ({ symbol }) => symbol !== 'A' },
  { text: 'filter: {minQuantity: "4"}', passes: ({ quantity }) => compareDecimals(quantity, decimal('4')) >= 0 },
  {
    text: 'filter: {symbols: ["B"], minQuantity: 2}',
    passes: ({ symbol, quantity }) => symbol === 'B' && compareDecimals(quantity, decimal('2')) >= 0,
  },
  { text: 'filter: {symbols: ["Z"]}', passes: () => false },
];

const STATE_FILTERS: readonly StateFilter[] = [
  { text: '', passes: ({ primary }) => primary },
  { text: 'filter: {symbols: ["A"]}', passes: ({ symbol, primary }) => symbol === 'A' && primary },
  { text: 'filter: {sources: ["test"], symbols: ["B", "C"]}', passes: ({ symbol }) => symbol !== 'A' },
  { text: 'filter: {sources: ["other"]}', passes: () => false },
];

/** The slowest rate that a reader here chooses, milliseconds. */
const LONGEST_RATE_MS = 1_000;

const INTERVALS = [0, 0, LONGEST_RATE_MS] as const;

const BOOK_FORMS: readonly BookForm[] = ['DELTA', 'DELTA', 'FULL', 'DELTA of any source'];

/** Selections of one event: the larger ones fill a reader's window with a few frames. */
const ALIASES = [1, 30] as const;

const SOCKETS = 4;

/** The world that steps happen in. */
export interface Stage {
  /** Servers on one bus: a client that comes back may come to another. */
  readonly urls: readonly [string, ...string[]];
  readonly journal: Journal;
  /** Breaks something, or mends it, by these numbers. */
  disturb(a: number, b: number): unknown;
  /** Whether so little is kept that an event subscription may be told that its position is gone. */
  readonly forgets: boolean;
  /** Everything is whole again, and every loss has been announced or has had time to be found. */
  calm(): Promise<void>;
  /** So much time passes, milliseconds. */
  pass(ms: number): Promise<void>;
  /** One heartbeat interval passes. */
  hearts(): Promise<void>;
}

/** Clients that come, follow, fall behind, go and come back, as steps say. */
export class Crowd {
  readonly #stage: Stage;
  readonly #clients: WireClient[] = [];
  readonly #events: EventFollower[] = [];
  readonly #states: StateFollower[] = [];
  readonly #books: BookFollower[] = [];
  #operations = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async step({ act, a, b }: Step): Promise<void> {
    const { journal } = this.#stage;
    const symbol = pick(SYMBOLS, b) as JournalSymbol;
    switch (act) {
      case 'trade':
        await Promise.all(Array.from({ length: 1 + (a % 12) }, () => journal.trade(symbol)));
        break;
      case 'price':
        await Promise.all(Array.from({ length: 1 + (a % 5) }, () => journal.price(symbol)));
        break;
      case 'book':
        await Promise.all(Array.from({ length: 1 + (a % 5) }, (_, at) => journal.book(symbol, a + at, a + at === 33)));
        break;
      case 'connect':
        if (this.#clients.length < SOCKETS) await this.#connect(a);
        break;
      case 'followTrades':
        await this.#followTrades(pick(EVENT_FILTERS, a), b);
        break;
      case 'followPrices': {
        const client = await this.#client(b);
        const filter = pick(STATE_FILTERS, a);
        if (filter) this.#states.push(new StateFollower(filter, client, this.#id(), pick(INTERVALS, b) ?? 0));
        break;
      }
      case 'followBook':
        this.#books.push(new BookFollower(symbol, await this.#client(a), this.#id(), pick(BOOK_FORMS, a)));
        break;
      case 'resume':
        await this.#resume(a, b);
        break;
      case 'complete':
        this.#complete(a, b);
        break;
      case 'disconnect':
        this.#disconnect(this.#clients.splice(a % Math.max(1, this.#clients.length), 1)[0]);
        break;
      case 'pause':
        pick(this.#clients, a)?.socket.pause();
        break;
      case 'read':
        pick(this.#clients, a)?.socket.resume();
        break;
      case 'hearts':
        await this.#stage.hearts();
        break;
      case 'turns':
        for (let count = 0; count < a; count++) await turn();
        break;
      case 'disturb':
        await this.#stage.disturb(a, b);
        break;
    }
    for (const follower of this.#events) follower.look(journal.trades.length);
  }

  /** @throws when somebody did not end with exactly what was published under its filter. */
  async judge(patienceMs: number): Promise<void> {
    for (const { socket } of this.#clients) socket.resume();
    await this.#stage.calm();
    await this.#agree(patienceMs);
    // And everybody is still being told.
    const { journal } = this.#stage;
    for (const follower of this.#events) follower.look(journal.trades.length);
    for (const symbol of SYMBOLS)
      await Promise.all([journal.trade(symbol), journal.price(symbol), journal.book(symbol, 1, false)]);
    // Time for those who chose a rate.
    await this.#stage.hearts();
    await this.#agree(patienceMs);
    // A repetition would have come by the time that this is answered.
    await Promise.all(this.#clients.map((client) => client.settled()));
    await this.#agree(patienceMs);
  }

  /** What came over Redis after the clock was moved may wait for the rate that its reader chose. */
  #agree(patienceMs: number): Promise<void> {
    return agreement(
      () => this.#look(),
      patienceMs,
      () => this.#stage.pass(LONGEST_RATE_MS),
    );
  }

  leave(): void {
    for (const client of this.#clients) client.socket.terminate();
  }

  #look(): void {
    const { journal, forgets } = this.#stage;
    for (const follower of this.#events) follower.judge(journal.trades, forgets);
    for (const follower of this.#states) follower.judge(journal.prices);
    for (const follower of this.#books) follower.judge(journal);
  }

  async #client(number: number): Promise<WireClient> {
    return pick(this.#clients, number) ?? (await this.#connect(number));
  }

  async #connect(number: number): Promise<WireClient> {
    const { urls } = this.#stage;
    const client = await WireClient.connect(pick(urls, number) ?? urls[0]);
    this.#clients.push(client);
    return client;
  }

  #id(): string {
    return `op${++this.#operations}`;
  }

  async #followTrades(filter: EventFilter | undefined, b: number): Promise<void> {
    if (!filter) return;
    const client = await this.#client(b);
    const last = b % 3 === 0 ? 1 + (b % 20) : null;
    const follower = new EventFollower(filter, this.#stage.journal.trades.length, last);
    follower.follow(client, this.#id(), pick(ALIASES, b) ?? 1);
    this.#events.push(follower);
  }

  /** A client that was cut off, or gives up what it has, comes back: on the same socket or on another. */
  async #resume(a: number, b: number): Promise<void> {
    const follower = pick(this.#events, a);
    const before = follower?.followings.at(-1);
    if (!follower || !before) return;
    if (!before.givenUp) {
      before.giveUp();
      if (this.#clients.includes(before.client)) before.client.complete(before.id);
    }
    if (follower.cursor === null) await this.#followTrades(follower.filter, b);
    else follower.follow(await this.#client(b), this.#id(), pick(ALIASES, b) ?? 1);
  }

  #complete(a: number, b: number): void {
    const all = [
      ...this.#events.flatMap(({ followings }) => followings.slice(-1)),
      ...this.#states.map(({ following }) => following),
      ...this.#books.map(({ following }) => following),
    ];
    const following = pick(all, a + 60 * b);
    if (!following || following.givenUp) return;
    following.giveUp();
    following.client.complete(following.id);
  }

  #disconnect(client: WireClient | undefined): void {
    if (!client) return;
    for (const { followings } of this.#events) giveUp(followings.at(-1), client);
    for (const { following } of [...this.#states, ...this.#books]) giveUp(following, client);
    client.socket.terminate();
  }
}

function giveUp(following: { readonly client: WireClient; giveUp(): void } | undefined, client: WireClient): void {
  if (following?.client === client) following.giveUp();
}

function pick<T>(from: readonly T[], number: number): T | undefined {
  return from[number % from.length];
}
