import type { Cancel, Clock } from '../lib/clock.ts';
import type { MarketEvent } from '../model/market-event.ts';
import type { Feed, FeedHealth, FeedSink, ToldTrades } from './feed.ts';

/**
 * A feed that can be made to lose its thread: it says `disconnected`, is deaf for a while, and starts anew as after any loss. Everything
 * behind it takes it for one.
 */
export class InterruptibleFeed implements Feed {
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #symbols = new Set<string>();
  #sink: FeedSink | null = null;
  /** Ends the interruption under way; null where there is none. */
  #end: Cancel | null = null;

  constructor(feed: Feed, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  get name(): string {
    return this.#feed.name;
  }

  start(sink: FeedSink, told?: ToldTrades): void {
    this.#sink = sink;
    this.#feed.start({ event: (event) => this.#heard(event), healthChanged: () => sink.healthChanged() }, told);
  }

  resync(symbol: string): void {
    this.#feed.resync(symbol);
  }

  health(): FeedHealth {
    const health = this.#feed.health();
    return this.#end === null ? health : { ...health, state: 'stale', message: 'interrupted on purpose' };
  }

  stop(): Promise<void> {
    this.#end?.();
    return this.#feed.stop();
  }

  /** An interruption under way is replaced by this one. */
  interrupt(forMs: number): void {
    const now = this.#clock.now();
    const symbols = [...this.#symbols];
    this.#end?.();
    this.#end = this.#clock.after(forMs, () => this.#over());
    const times = { timestamp: now, receivedAt: now };
    this.#sink?.event({ kind: 'disconnected', source: this.name, symbols, reason: 'interrupted on purpose', ...times });
    this.#sink?.healthChanged();
  }

  #over(): void {
    this.#end = null;
    this.#sink?.healthChanged();
    // What changed meanwhile is not known: books start anew.
    for (const symbol of this.#symbols) this.#feed.resync(symbol);
  }

  #heard(event: MarketEvent): void {
    if (event.kind === 'instrument') this.#symbols.add(event.instrument.symbol);
    else if (this.#end !== null) return;
    this.#sink?.event(event);
  }
}
