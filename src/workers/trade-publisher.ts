import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { FeedGap, Trade } from '../model/trade.ts';
import type { FailureLog } from './failure-log.ts';

const REFUSED = 'trades came faster than the event store took them, or while it was away';

const SEPARATOR = '; ';

/** Reasons that one gap names: a reader needs the kinds, not the list. */
const MOST_REASONS = 4;

/**
 * Trades on their way to the bus, which buffers them while it is down. A trade that it refuses is lost for good, and the
 * next one of its symbol says so: a hole is told, with the first event after it.
 */
export class TradePublisher {
  readonly #bus: Bus;
  readonly #failures: FailureLog;
  /** What is missing of a symbol and has not been told: one gap a symbol, which grows. */
  readonly #untold = new Map<string, FeedGap>();

  constructor(bus: Bus, failures: FailureLog) {
    this.#bus = bus;
    this.#failures = failures;
  }

  publish(trade: Trade): void {
    const missing = this.#untold.get(trade.symbol);
    this.#untold.delete(trade.symbol);
    const told = missing ? { ...trade, gapBefore: joinGaps(missing, trade.gapBefore) } : trade;
    this.#bus.publishEvent(topics.trades, told).then(undefined, (error: unknown) => this.#refused(told, error));
  }

  #refused(trade: Trade, error: unknown): void {
    this.#failures.note(error, { topic: topics.trades.name, key: trade.symbol });
    const gap = { from: trade.timestamp, to: trade.timestamp, reason: REFUSED };
    const earlier = this.#untold.get(trade.symbol) ?? null;
    this.#untold.set(trade.symbol, joinGaps(joinGaps(gap, trade.gapBefore), earlier));
  }
}

/** One gap over both. A gap that grows for hours must not grow its text: each reason stands in it once. */
function joinGaps(gap: FeedGap, other: FeedGap | null): FeedGap {
  if (!other) return gap;
  const reasons = new Set([...gap.reason.split(SEPARATOR), ...other.reason.split(SEPARATOR)]);
  return {
    from: Math.min(gap.from, other.from),
    to: Math.max(gap.to, other.to),
    reason: [...reasons].slice(0, MOST_REASONS).join(SEPARATOR),
  };
}
