import type { Clock } from '../../lib/clock.ts';
import type { BookSnapshotHeard, TradeHeard } from '../../model/market-event.ts';
import { RestClient, RestFailure } from '../rest-client.ts';
import type { WeightLimits } from '../weight-budget.ts';
import { mapDepthSnapshot, mapPastTrades } from './mapper.ts';
import { BINANCE, type BinanceMarket, type BinanceSymbol } from './symbols.ts';
import type { PastTrades } from './trade-sequence.ts';

interface MarketRest {
  /** Half of what the venue allows an address a minute, a burst of a third on top: others may share the address. */
  readonly limits: WeightLimits;
  /** Path and weight of a book as deep as the venue gives it. */
  readonly depth: (pair: string) => string;
  readonly depthWeight: number;
  readonly history: (pair: string, fromId: number) => string;
  readonly historyWeight: number;
}

const MARKETS: Readonly<Record<BinanceMarket, MarketRest>> = {
  // 6,000 a minute.
  spot: {
    limits: { burst: 2_000, perMinute: 3_000 },
    depth: (pair) => `/api/v3/depth?symbol=${pair}&limit=5000`,
    depthWeight: 250,
    history: (pair, fromId) => `/api/v3/historicalTrades?symbol=${pair}&fromId=${fromId}&limit=1000`,
    historyWeight: 25,
  },
  // 2,400 a minute.
  usdm: {
    limits: { burst: 800, perMinute: 1_200 },
    depth: (pair) => `/fapi/v1/depth?symbol=${pair}&limit=1000`,
    depthWeight: 20,
    history: (pair, fromId) => `/fapi/v1/historicalTrades?symbol=${pair}&fromId=${fromId}&limit=500`,
    historyWeight: 20,
  },
};

/** The futures' newest trades, which need no API key; the history there does. */
const RECENT_FUTURES_TRADES = '/fapi/v1/trades?limit=1000&symbol=';
const RECENT_FUTURES_WEIGHT = 5;

/** Trades of one hole that are asked for, newest first to keep: more would hold the live ones back for too long. */
const MAX_PAST_TRADES = 10_000;

/** Longest wait for the limits before a history request, milliseconds; the live trades wait with it. */
const PAST_PATIENCE_MS = 5_000;

/** REST of one market of the venue. */
export class BinanceRest {
  readonly #client: RestClient;
  readonly #market: MarketRest;
  readonly #clock: Clock;
  readonly #isFutures: boolean;

  constructor(market: BinanceMarket, base: string, clock: Clock) {
    this.#market = MARKETS[market];
    this.#clock = clock;
    this.#isFutures = market === 'usdm';
    this.#client = new RestClient({ base, limits: this.#market.limits, clock });
  }

  /** @throws RestFailure */
  async snapshot({ symbol, pair }: BinanceSymbol, signal: AbortSignal): Promise<BookSnapshotHeard> {
    const path = this.#market.depth(pair);
    const weight = this.#market.depthWeight;
    const body = await this.#client.ask({ path, weight, signal, patienceMs: Number.POSITIVE_INFINITY });
    const snapshot = mapDepthSnapshot(body, BINANCE, symbol, this.#clock.now());
    if (!snapshot) throw new RestFailure(200, 'the answer is no order book');
    return snapshot;
  }

  /** Trades from one id to another, both inclusive, as far as the venue gives them. Never rejects. */
  async pastTrades(of: BinanceSymbol, fromId: number, toId: number, signal: AbortSignal): Promise<PastTrades> {
    const trades: TradeHeard[] = [];
    let next = Math.max(fromId, toId - MAX_PAST_TRADES + 1);
    let missing = next > fromId ? `only the last ${MAX_PAST_TRADES} of a hole are fetched` : '';
    try {
      while (next <= toId) {
        const page = await this.#page(of, this.#market.history(of.pair, next), this.#market.historyWeight, signal);
        const newest = page.at(-1);
        if (!newest || Number(newest.tradeId) < next) break;
        for (const trade of page) if (Number(trade.tradeId) <= toId) trades.push(trade);
        next = Number(newest.tradeId) + 1;
      }
    } catch (error) {
      missing ||= `the venue's history could not be read (${(error as Error).message})`;
      if (this.#isFutures && refusedForGood(error)) trades.push(...(await this.#recent(of, next, toId, signal)));
    }
    return { trades, missing };
  }

  async #recent(of: BinanceSymbol, fromId: number, toId: number, signal: AbortSignal): Promise<readonly TradeHeard[]> {
    try {
      const page = await this.#page(of, RECENT_FUTURES_TRADES + of.pair, RECENT_FUTURES_WEIGHT, signal);
      return page.filter(({ tradeId }) => Number(tradeId) >= fromId && Number(tradeId) <= toId);
    } catch {
      // The refusal before this one is the reason that is told.
      return [];
    }
  }

  async #page(of: BinanceSymbol, path: string, weight: number, signal: AbortSignal): Promise<readonly TradeHeard[]> {
    const body = await this.#client.ask({ path, weight, signal, patienceMs: PAST_PATIENCE_MS });
    const trades = mapPastTrades(body, BINANCE, of.symbol, this.#clock.now());
    if (!trades) throw new RestFailure(200, 'the answer is no list of trades');
    return [...trades].sort((a, b) => Number(a.tradeId) - Number(b.tradeId));
  }
}

/** Refused for what was asked, not for how often: an API key is missing. */
function refusedForGood(error: unknown): boolean {
  return error instanceof RestFailure && error.status !== null && error.status >= 400 && error.status < 500;
}
