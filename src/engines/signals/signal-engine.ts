import { type Decimal, fromUnits, ZERO } from '../../lib/decimal.ts';
import { divide, FIXED_PLACES, fixed, ONE } from '../../lib/fixed.ts';
import { type Candle, type CandleInterval, INTERVAL_MS, seriesKey } from '../../model/candle.ts';
import type { MarketKind } from '../../model/instrument.ts';
import { NOBODY, type Signal } from '../../model/signal.ts';
import { Breakout } from './breakout.ts';
import { EmaCross } from './ema-cross.ts';
import { RsiReversal } from './rsi-reversal.ts';
import { confidenceOf, STRATEGIES, type Strategy, type StrategyName, type Verdict } from './strategy.ts';

const MAKES: Readonly<Record<StrategyName, () => Strategy>> = {
  EMA_CROSS: () => new EmaCross(),
  RSI_REVERSAL: () => new RsiReversal(),
  BREAKOUT: () => new Breakout(),
};

/** Intervals without a bar after which what was before says nothing of what comes: strategies begin anew. */
const MOST_EMPTY = 10;

/** Bars that a strategy must have seen for the first that it saw to weigh nothing any more: (25/27)^250 is 4e-9. */
export const BARS_TO_WARM = 250;

/** What a suggested quantity is worth, in the quote currency. */
const SUGGESTED_VALUE = fixed('1000' as Decimal);

/** Places of a suggested quantity; of a share none. */
const QUANTITY_PLACES = 5;

/** Places of what led to a signal: a double has no more that mean something. */
const VALUE_PLACES = 1e8;

interface Watched {
  newest: number;
  strategies: ReadonlyMap<StrategyName, Strategy>;
}

/**
 * Signals of the built-in strategies, each on every symbol and on every interval that it is made for, out of closed bars in the order
 * of their times. A bar that comes again, amended, is not looked at again. A bar that is incomplete is looked at, but nothing is said
 * at it. The same bars give the same signals, under the same ids.
 */
export class SignalEngine {
  readonly #intervals: ReadonlySet<CandleInterval>;
  readonly #watched = new Map<string, Watched>();

  constructor(intervals: readonly CandleInterval[]) {
    this.#intervals = new Set(intervals);
  }

  /** @param kind of the symbol; null while nobody has said. */
  process(candle: Candle, kind: MarketKind | null): readonly Signal[] {
    const { symbol, interval, openTime } = candle;
    if (!candle.closed || !this.#intervals.has(interval)) return [];
    const watched = this.#of(candle);
    if (openTime <= watched.newest) return [];
    watched.newest = openTime;
    const [high, low, close] = [Number(candle.high), Number(candle.low), Number(candle.close)];
    const signals: Signal[] = [];
    for (const [name, strategy] of watched.strategies) {
      const verdict = strategy.bar({ high, low, close });
      if (!verdict || !candle.complete) continue;
      const quantity = verdict.type === 'HOLD' ? ZERO : suggested(candle.close, kind);
      signals.push({ id: `${name}|${symbol}|${interval}|${openTime}`, ...signalOf(name, candle, verdict), quantity });
    }
    return signals;
  }

  #of({ symbol, interval, openTime }: Candle): Watched {
    const key = seriesKey(symbol, interval);
    const known = this.#watched.get(key);
    if (known && openTime - known.newest <= (MOST_EMPTY + 1) * INTERVAL_MS[interval]) return known;
    const strategies = new Map(STRATEGIES.map((name) => [name, MAKES[name]()]));
    const watched = { newest: known?.newest ?? Number.NEGATIVE_INFINITY, strategies };
    this.#watched.set(key, watched);
    return watched;
  }
}

function signalOf(strategy: StrategyName, candle: Candle, { type, strength, values }: Verdict) {
  const { symbol, interval, openTime, close, receivedAt } = candle;
  return {
    owner: NOBODY,
    strategy,
    interval,
    signalType: type,
    symbol,
    price: close,
    confidence: confidenceOf(strength),
    values: values.map(({ name, value }) => ({ name, value: Math.round(value * VALUE_PLACES) / VALUE_PLACES })),
    timestamp: openTime + INTERVAL_MS[interval],
    receivedAt,
  };
}

/** As much as {@link SUGGESTED_VALUE} buys, rounded down to what can be bought. */
function suggested(price: Decimal, kind: MarketKind | null): Decimal {
  const at = fixed(price);
  if (at <= 0n) return ZERO;
  const places = kind === 'EQUITY' ? 0 : QUANTITY_PLACES;
  const step = ONE / 10n ** BigInt(places);
  const quantity = divide(SUGGESTED_VALUE, at);
  return fromUnits(quantity - (quantity % step), FIXED_PLACES);
}
