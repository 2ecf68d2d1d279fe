import type { Bus, BusRecord, Position } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { CandleEngine, type CandleEvent } from '../../engines/candles/candle-engine.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { CANDLE_INTERVALS, type Candle, candleKey } from '../../model/candle.ts';
import type { Instrument } from '../../model/instrument.ts';
import type { Price } from '../../model/price.ts';
import type { Trade } from '../../model/trade.ts';
import type { Candles } from '../../store/candles.ts';
import { Latest } from '../../store/latest.ts';
import { WriteBehind } from '../../store/write-behind.ts';
import { EventFollower } from '../event-follower.ts';
import { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';
import { continuation } from './continuation.ts';

export interface CandleWorkerOptions {
  readonly bus: Bus;
  readonly candles: Candles;
  readonly clock: Clock;
  readonly log: Log;
  /** How often a running bar that changes is published, milliseconds. */
  readonly intervalMs: number;
}

const NAME = 'candles';

/** How often it is looked whether bars are over, milliseconds: a quiet bar is closed at most so much later. */
const STEP_MS = 250;

/** How often running bars are written, milliseconds: what a process loses of them that dies where nothing else keeps them. */
const KEEP_MS = 10_000;

/** Until what could not be loaded is asked for again, milliseconds. */
const RETRY_MS = 1_000;

/** Bars that wait for a database that is away. */
const MOST_WAITING = 100_000;

const PRUNE_EVERY_MS = 3_600_000;

/**
 * Bars out of the trades and prices on the bus: back onto it, running ones at a cadence and closed ones at once, and to
 * PostgreSQL behind it. A worker that starts goes on with the bars that the one before it left, from the trade after the last
 * that is in them. Reports as the component `candles`.
 */
export function createCandleWorker(options: CandleWorkerOptions): Worker {
  const candles = new CandleWorker(options);
  return defineWorker({
    name: NAME,
    start: (healthChanged) => candles.start(healthChanged),
    health: () => candles.health(),
    stop: () => candles.stop(),
  });
}

class CandleWorker {
  readonly #options: CandleWorkerOptions;
  readonly #log: Log;
  readonly #engine = new CandleEngine();
  readonly #latest: Latest;
  readonly #failures: FailureLog;
  readonly #published: StatePublisher<Candle>;
  readonly #stored: WriteBehind<Candle>;
  /** Running bars as they were put out last. */
  readonly #running = new Map<string, Candle>();
  readonly #closings: Cancel[] = [];
  #follower: EventFollower | null = null;
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #lastUpdate: number | null = null;
  #loaded = false;
  #stopped = false;

  constructor(options: CandleWorkerOptions) {
    this.#options = options;
    const { bus, clock, candles } = options;
    this.#log = options.log.child({ worker: NAME });
    this.#latest = new Latest(bus, this.#log);
    this.#failures = new FailureLog('a bar could not be made or published', clock, this.#log);
    this.#published = new StatePublisher({
      topic: topics.candles,
      bus,
      clock,
      failures: this.#failures,
      storeLost: () => this.#published.republish(),
    });
    this.#stored = new WriteBehind<Candle>({
      what: NAME,
      keyOf: candleKey,
      write: (batch) => candles.put(batch),
      most: MOST_WAITING,
      clock,
      log: this.#log,
    });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('load bars', this.#begin(), this.#log);
  }

  health(): ComponentHealth {
    const { failing, dropped } = this.#stored;
    const lost = dropped === 0 ? '' : `; ${dropped} bars were dropped`;
    const [status, message] = !this.#loaded
      ? (['DEGRADED', 'bars are being loaded'] as const)
      : failing
        ? (['DEGRADED', `the database does not take what is written; what is live goes on${lost}`] as const)
        : ([
            'HEALTHY',
            this.#engine.late === 0 ? '' : `${this.#engine.late} trades came too late for their bars`,
          ] as const);
    return {
      name: NAME,
      status,
      message,
      startedAt: this.#startedAt,
      lastUpdate: this.#lastUpdate,
      errorCount: this.#failures.count,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#follower?.stop();
    for (const close of this.#closings) close();
    this.#published.stop();
    for (const candle of this.#engine.flush()) this.#running.set(candleKey(candle), candle);
    for (const candle of this.#running.values()) this.#stored.put(candle);
    await this.#stored.close();
  }

  /** Tries until bus and database answer. */
  async #begin(): Promise<void> {
    try {
      const [stored, live] = await Promise.all([
        this.#options.candles.newest(CANDLE_INTERVALS, 1),
        this.#latest.all(topics.candles),
      ]);
      if (this.#stopped) return;
      const from = this.#load(
        stored,
        live.map(({ value }) => value),
      );
      await this.#listen();
      if (this.#stopped) return;
      await this.#follow(from);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'bars cannot be loaded yet');
      for (const close of this.#closings.splice(0)) close();
      if (!this.#stopped)
        this.#closings.push(this.#options.clock.after(RETRY_MS, () => this.start(this.#healthChanged)));
    }
  }

  #load(stored: readonly Candle[], live: readonly Candle[]): Position | null {
    const { candles, from, severed } = continuation(stored, live);
    for (const candle of candles) {
      this.#process({ kind: 'loaded', candle });
      if (!candle.closed) this.#running.set(candleKey(candle), candle);
    }
    for (const symbol of severed) this.#process({ kind: 'lost', of: 'trades', symbol });
    this.#process({ kind: 'lost', of: 'prices', symbol: null });
    return from;
  }

  async #listen(): Promise<void> {
    const { bus } = this.#options;
    const listen = async <V>(topic: typeof topics.instruments | typeof topics.prices, take: (value: V) => void) => {
      const read = async () => {
        for (const { value } of await this.#latest.all<V, V>(topic as never)) take(value);
      };
      const close = await bus.subscribe(topic, {
        message: (record) => this.#read<V>(record, take),
        restored: () => background(`read ${topic.name}`, read(), this.#log),
      });
      this.#closings.push(close);
      await read();
    };
    await listen<Instrument>(topics.instruments, ({ symbol, primarySource }) =>
      this.#process({ kind: 'instrument', symbol, primarySource }),
    );
    await listen<Price>(topics.prices, (price) =>
      this.#process({ kind: 'price', price, now: this.#options.clock.now() }),
    );
  }

  async #follow(from: Position | null): Promise<void> {
    const { bus, clock, intervalMs } = this.#options;
    this.#follower = new EventFollower({
      bus,
      topic: topics.trades,
      clock,
      log: this.#log,
      from,
      event: (record) => this.#trade(record),
      lost: () => this.#process({ kind: 'lost', of: 'trades', symbol: null }),
    });
    await this.#follower.start();
    if (this.#stopped) return;
    this.#loaded = true;
    this.#healthChanged();
    this.#closings.push(
      clock.every(STEP_MS, () => this.#process({ kind: 'time', now: clock.now() })),
      clock.every(intervalMs, () => this.#flush()),
      clock.every(KEEP_MS, () => this.#keep()),
      clock.every(PRUNE_EVERY_MS, () => background('prune bars', this.#prune(), this.#log)),
    );
  }

  #trade(record: BusRecord): void {
    const { epoch, sequence } = record;
    this.#read<Trade>(record, (trade) => {
      this.#lastUpdate = trade.receivedAt;
      this.#process({ kind: 'trade', trade, place: { epoch, sequence } });
    });
  }

  #read<V>(record: BusRecord, take: (value: V) => void): void {
    if (this.#stopped || record.form !== 'value') return;
    try {
      take(JSON.parse(record.payload) as V);
    } catch (error) {
      this.#failures.note(error, { key: record.key });
    }
  }

  #process(event: CandleEvent): void {
    if (this.#stopped) return;
    for (const output of this.#engine.process(event)) {
      if (output.kind === 'ended') this.#published.end(output.key);
      else this.#put(output.candle);
    }
  }

  #flush(): void {
    for (const candle of this.#engine.flush()) this.#put(candle);
  }

  #put(candle: Candle): void {
    this.#published.publish(candle);
    const key = candleKey(candle);
    if (!candle.closed) this.#running.set(key, candle);
    else {
      this.#running.delete(key);
      this.#stored.put(candle);
    }
  }

  #keep(): void {
    for (const candle of this.#running.values()) if (candle.interval !== 'S1') this.#stored.put(candle);
  }

  async #prune(): Promise<void> {
    try {
      await this.#options.candles.prune(this.#options.clock.now());
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'bars could not be pruned');
    }
  }
}
