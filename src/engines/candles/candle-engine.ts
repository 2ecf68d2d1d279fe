import { fixed, multiply } from '../../lib/fixed.ts';
import { type Candle, candleKey, type TradePlace } from '../../model/candle.ts';
import type { Price } from '../../model/price.ts';
import type { Trade } from '../../model/trade.ts';
import type { Bar } from './bar.ts';
import { SymbolCandles } from './symbol-candles.ts';

/** How far a trade may lie ahead of when it was heard, milliseconds: a clock so wrong would close every bar before its time. */
const MOST_AHEAD_MS = 60_000;

export type CandleEvent =
  /** A bar that an engine before this one had put out. Before any trade. */
  | { readonly kind: 'loaded'; readonly candle: Candle }
  /** Who stands for a symbol: nobody else's trades make its bars. */
  | { readonly kind: 'instrument'; readonly symbol: string; readonly primarySource: string }
  | { readonly kind: 'trade'; readonly trade: Trade; readonly place: TradePlace }
  /** @param now when it was heard, milliseconds by our clock. */
  | { readonly kind: 'price'; readonly price: Price; readonly now: number }
  /** What was told on a topic meanwhile cannot be had any more; of one symbol, or of all. */
  | { readonly kind: 'lost'; readonly of: 'trades' | 'prices'; readonly symbol: string | null }
  | { readonly kind: 'time'; readonly now: number };

export type CandleOutput =
  /** Closed, or amended after it was: not to be held back. */
  | { readonly kind: 'closed'; readonly candle: Candle }
  /** Nothing changes it any more. */
  | { readonly kind: 'ended'; readonly key: string };

/**
 * Bars of all intervals out of trades; of a symbol of which none are heard and whose price is an oracle's, out of prices.
 *
 * - A bar is the trades whose times lie in it, whatever the order in which they come: the same trades give the same bars. An
 *   interval without a trade has none.
 * - It is closed by the first trade of a later one, or by time. A late trade amends it while it is held, and is counted after.
 * - It is incomplete when something that belongs in it is known to be missing, or may be: begun before trades were heard, a gap
 *   in what the source told, a source that is away and has not come back with a trade, a stream that was lost.
 * - A trade that is in a loaded bar is not taken twice.
 */
export class CandleEngine {
  readonly #symbols = new Map<string, SymbolCandles>();
  readonly #primary = new Map<string, string>();
  #refused = 0;

  /** Trades that are in no bar, since their bars were over for too long. */
  get late(): number {
    let late = this.#refused;
    for (const symbol of this.#symbols.values()) late += symbol.late;
    return late;
  }

  process(event: CandleEvent): readonly CandleOutput[] {
    switch (event.kind) {
      case 'loaded':
        this.#of(event.candle.symbol).load(event.candle);
        return [];
      case 'instrument':
        this.#primary.set(event.symbol, event.primarySource);
        return [];
      case 'trade':
        return this.#trade(event.trade, event.place);
      case 'price':
        return this.#price(event.price, event.now);
      case 'lost':
        this.#lost(event.of === 'trades', event.symbol);
        return [];
      case 'time':
        return this.#time(event.now);
    }
  }

  /** The running bars that have changed since. */
  flush(): readonly Candle[] {
    const changed: Candle[] = [];
    for (const { series } of this.#symbols.values())
      for (const { bars } of series) for (const bar of bars) if (bar.changed) changed.push(bar.put());
    return changed;
  }

  #of(symbol: string): SymbolCandles {
    const candles = this.#symbols.get(symbol) ?? new SymbolCandles(symbol);
    this.#symbols.set(symbol, candles);
    return candles;
  }

  #lost(trades: boolean, only: string | null): void {
    for (const [symbol, candles] of this.#symbols)
      if (candles.ofTrades === trades && (only ?? symbol) === symbol) candles.lost();
  }

  #trade({ symbol, source, price, quantity, gapBefore, timestamp, receivedAt }: Trade, place: TradePlace) {
    if ((this.#primary.get(symbol) ?? source) !== source) return [];
    if (timestamp - receivedAt > MOST_AHEAD_MS) {
      this.#refused++;
      return [];
    }
    const amount = fixed(quantity);
    const amounts = { quantity: amount, value: multiply(amount, fixed(price)) };
    return closedOf(this.#of(symbol).trade({ price, amounts, place, timestamp, receivedAt }, source, gapBefore));
  }

  #price({ symbol, source, primary, token, confidence, price, stale, timestamp, receivedAt }: Price, now: number) {
    if (!primary || token?.further) return [];
    const candles = this.#symbols.get(symbol);
    candles?.hears(stale, now);
    // A venue's own price is its last trade, or its valuation: of such a symbol bars are made of trades.
    if (stale || confidence === null) return [];
    return closedOf(this.#of(symbol).price({ price, amounts: null, place: null, timestamp, receivedAt }, source));
  }

  #time(now: number): readonly CandleOutput[] {
    const outputs: CandleOutput[] = [];
    for (const { series } of this.#symbols.values())
      for (const one of series) {
        outputs.push(...closedOf(one.pass(now)));
        for (const { name } of one.release(now)) outputs.push({ kind: 'ended', key: candleKey(name) });
      }
    return outputs;
  }
}

function closedOf(bars: readonly Bar[]): readonly CandleOutput[] {
  return bars.map((bar) => ({ kind: 'closed', candle: bar.put() }));
}
