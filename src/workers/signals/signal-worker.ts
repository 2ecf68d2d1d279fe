import type { Bus, BusRecord } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { BARS_TO_WARM, SignalEngine } from '../../engines/signals/signal-engine.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Candle, CandleInterval } from '../../model/candle.ts';
import type { Instrument, MarketKind } from '../../model/instrument.ts';
import type { Signal, SignalCommand } from '../../model/signal.ts';
import type { ArchiveWriter } from '../../store/archive/archive-writer.ts';
import type { Candles } from '../../store/candles.ts';
import type { Commands } from '../../store/commands.ts';
import { Latest } from '../../store/latest.ts';
import { CommandTaker } from '../command-taker.ts';
import { EventPublisher } from '../event-publisher.ts';
import { FailureLog } from '../failure-log.ts';
import { type ComponentHealth, defineWorker, type Worker } from '../worker.ts';

export interface SignalWorkerOptions {
  readonly bus: Bus;
  readonly candles: Candles;
  readonly commands: Commands;
  readonly archive: ArchiveWriter;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the bars that the built-in strategies look at. */
  readonly intervals: readonly CandleInterval[];
}

const NAME = 'signals';

/** Until what could not be loaded is asked for again, milliseconds. */
const RETRY_MS = 1_000;

/**
 * Closed bars in from the bus, signals of the built-in strategies out; and signals that owners publish, on their own streams. At the
 * start the strategies are shown the bars of the past. Reports as the component `signals`.
 */
export function createSignalWorker(options: SignalWorkerOptions): Worker {
  const signals = new SignalWorker(options);
  return defineWorker({
    name: NAME,
    start: (healthChanged) => signals.start(healthChanged),
    health: () => signals.health(),
    stop: () => signals.stop(),
  });
}

class SignalWorker {
  readonly #options: SignalWorkerOptions;
  readonly #log: Log;
  readonly #engine: SignalEngine;
  readonly #latest: Latest;
  readonly #failures: FailureLog;
  readonly #events: EventPublisher;
  readonly #taker: CommandTaker;
  readonly #kinds = new Map<string, MarketKind>();
  readonly #closings: Cancel[] = [];
  /** Closed bars that were heard while those before them are read; null when none are. */
  #waiting: Candle[] | null = null;
  #healthChanged: () => void = () => undefined;
  #startedAt = 0;
  #lastUpdate: number | null = null;
  #loaded = false;
  #stopped = false;

  constructor(options: SignalWorkerOptions) {
    this.#options = options;
    const { bus, archive, commands, clock, intervals } = options;
    this.#log = options.log.child({ worker: NAME });
    this.#engine = new SignalEngine(intervals);
    this.#latest = new Latest(bus, this.#log);
    this.#failures = new FailureLog('a signal could not be made or published', clock, this.#log);
    this.#events = new EventPublisher(bus, archive, this.#failures);
    const obey = async ({ body }: { readonly body: unknown }) => {
      this.#publish((body as SignalCommand).signal, false);
      return null;
    };
    this.#taker = new CommandTaker({ about: 'signals', bus, commands, clock, log: this.#log, obey });
  }

  start(healthChanged: () => void): void {
    this.#healthChanged = healthChanged;
    this.#startedAt = this.#options.clock.now();
    background('warm strategies', this.#begin(), this.#log);
  }

  health(): ComponentHealth {
    return {
      name: NAME,
      status: this.#loaded ? 'HEALTHY' : 'DEGRADED',
      message: this.#loaded ? '' : 'bars are being loaded',
      startedAt: this.#startedAt,
      lastUpdate: this.#lastUpdate,
      errorCount: this.#failures.count,
      recoveries: 0,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const close of this.#closings) close();
    await this.#taker.stop();
  }

  /** Tries until bus and database answer. */
  async #begin(): Promise<void> {
    const { bus, candles, clock, intervals } = this.#options;
    try {
      await this.#knowKinds();
      for (const candle of await candles.newest(intervals, BARS_TO_WARM)) this.#engine.process(candle, null);
      if (this.#stopped) return;
      const close = await bus.subscribe(topics.candles, {
        message: (record) => this.#heard(record),
        restored: () => background('read bars', this.#read(), this.#log),
      });
      this.#closings.push(close);
      await this.#read();
      this.#taker.start();
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'bars cannot be loaded yet');
      for (const close of this.#closings.splice(0)) close();
      if (!this.#stopped) this.#closings.push(clock.after(RETRY_MS, () => this.start(this.#healthChanged)));
      return;
    }
    this.#loaded = true;
    this.#healthChanged();
  }

  async #knowKinds(): Promise<void> {
    const { bus } = this.#options;
    const know = ({ symbol, kind }: Instrument) => this.#kinds.set(symbol, kind);
    const read = async () => {
      for (const { value } of await this.#latest.all(topics.instruments)) know(value);
    };
    const close = await bus.subscribe(topics.instruments, {
      message: ({ payload }) => know(JSON.parse(payload) as Instrument),
      restored: () => background('read instruments', read(), this.#log),
    });
    this.#closings.push(close);
    await read();
  }

  /** Closed bars are held long enough to be read after a short break; whether somebody has told of them the archive knows. */
  async #read(): Promise<void> {
    this.#waiting ??= [];
    const held = (await this.#latest.all(topics.candles)).map(({ value }) => value);
    for (const candle of held.sort((a, b) => a.openTime - b.openTime)) this.#take(candle, true);
    for (const candle of this.#waiting.splice(0)) this.#take(candle, false);
    this.#waiting = null;
  }

  #heard(record: BusRecord): void {
    if (record.form !== 'value') return;
    try {
      const candle = JSON.parse(record.payload) as Candle;
      if (!candle.closed) return;
      if (this.#waiting) this.#waiting.push(candle);
      else this.#take(candle, false);
    } catch (error) {
      this.#failures.note(error, { key: record.key });
    }
  }

  #take(candle: Candle, past: boolean): void {
    if (this.#stopped) return;
    for (const signal of this.#engine.process(candle, this.#kinds.get(candle.symbol) ?? null))
      this.#publish(signal, past);
  }

  #publish(signal: Signal, past: boolean): void {
    this.#lastUpdate = signal.receivedAt;
    if (past) this.#events.publishUnlessKept(topics.signals, signal);
    else this.#events.publish(topics.signals, signal);
  }
}
