import type { Decimal } from '../../lib/decimal.ts';
import { ApiError } from '../../lib/errors.ts';
import { fundingPayment } from '../../lib/finance/perpetual.ts';
import { type Fixed, fixed, fixedText, ONE, quotientText, toNumber } from '../../lib/fixed.ts';
import type { PriceOf } from '../../model/ledger/booked.ts';
import { applyChange } from '../../model/ledger/ledger.ts';
import type { Observed } from '../../model/observed.ts';
import type { Position } from '../../model/position.ts';
import type { PositionChange } from '../../model/position-change.ts';
import { type OwnerPositions, type PositionReading, WARNING_THRESHOLDS } from '../../model/risk.ts';
import { DEFAULT_RISK_MODEL, type RiskModel } from '../../model/risk-tables.ts';
import { assessAccount } from './account.ts';
import type { FundingHeard, RiskEvent, RiskFlushes, RiskOutput } from './events.ts';
import { figuresOf } from './figures.ts';
import { Followed, poolKey, poolOf } from './followed.ts';
import { MarketWatch } from './liquidations.ts';
import { Pending } from './pending.ts';
import { eventOf, warningOf } from './position-events.ts';
import { Quote } from './quote.ts';
import type { PoolExtraction } from './risk-score.ts';
import { riskUpdateOf } from './risk-update.ts';
import { type Account, type CrossTracked, Tracked } from './tracked.ts';
import { DEFAULT_HISTORY, type HistoryOptions } from './value-history.ts';
import { warningLevel } from './warnings.ts';

export interface RiskEngineOptions {
  readonly history?: HistoryOptions;
  readonly model?: RiskModel;
  /** Health factor below which a position is at risk. */
  readonly atRisk?: Decimal;
}

/**
 * Health factor below which a position is listed near liquidation: above every threshold that a subscriber is likely to
 * choose. Whoever asks for more is told what is allowed.
 */
const WATCHED_BELOW = '2' as Decimal;

/** Settlements that wait for a symbol's first price: an hourly venue's of a month. */
const MOST_UNPRICED = 744;

const UNTOLD = 'nobody was there to hear of them, and the venue tells them no more';

const DEFAULT_AT_RISK = '1.2' as Decimal;

/** Changes by which nobody pays in or takes out: what they move is gain or loss. */
const EARNED: readonly PositionChange['type'][] = ['FUNDING', 'INTEREST', 'EARN'];

/**
 * Positions and what they are worth, from prices, depths, fundings and changes. A function of the events it has been given: no I/O, time
 * only from the events. What must not wait comes back from {@link process}; what has a cadence is marked, and made by {@link flush}.
 */
export class RiskEngine {
  readonly #model: RiskModel;
  readonly #history: HistoryOptions;
  readonly #atRisk: Fixed;
  readonly #quotes = new Map<string, Quote>();
  readonly #followed = new Followed();
  readonly #markets = new Map<string, MarketWatch>();
  readonly #extractions = new Map<string, PoolExtraction>();
  readonly #pending = new Pending();
  /** Settlements of symbols whose price has not been heard. */
  readonly #unpriced = new Map<string, readonly FundingHeard[]>();
  #touched: readonly PositionReading[] = [];
  /** Number of the sampling interval that was sampled last; null before the first. */
  #sampled: number | null = null;

  constructor({ history = DEFAULT_HISTORY, model = DEFAULT_RISK_MODEL, atRisk = DEFAULT_AT_RISK }: RiskEngineOptions) {
    this.#history = history;
    this.#model = model;
    this.#atRisk = fixed(atRisk);
  }

  /** Open positions that it follows. */
  get size(): number {
    return this.#followed.size;
  }

  /** What the last event has changed, to be read before the next one: for whoever looks at every change. */
  get touched(): readonly PositionReading[] {
    return this.#touched;
  }

  /** An open position; undefined when there is none. */
  position(id: string): Position | undefined {
    return this.#followed.get(id)?.position;
  }

  /** How many warning thresholds the owner has been warned of: to be kept with the position. */
  warningLevel(id: string): number {
    return this.#followed.get(id)?.level ?? 0;
  }

  /** The numbers of all open positions. */
  readings(): Iterable<PositionReading> {
    return this.#followed.all();
  }

  process(event: RiskEvent): readonly RiskOutput[] {
    this.#touched = [];
    const outputs: RiskOutput[] = [];
    switch (event.kind) {
      case 'price':
        this.#heard(event, outputs);
        break;
      case 'depth':
        this.#quoteOf(event.symbol).depth = event.depth;
        for (const tracked of this.#followed.ofSymbol(event.symbol)) this.#pending.score(tracked);
        break;
      case 'extraction': {
        const pool = poolKey(event.chainId, event.pool);
        this.#extractions.set(pool, event);
        for (const tracked of this.#followed.ofPool(pool)) this.#pending.score(tracked);
        break;
      }
      case 'funding':
        this.#funded(event, outputs);
        break;
      case 'change':
        this.#change(event.change, outputs);
        break;
      case 'loaded':
        this.#follow(event.position, event.warningLevel, outputs);
        break;
      case 'time':
        this.#sample(event.now);
        break;
    }
    return outputs;
  }

  /** What has changed of a topic since the last flush of it. */
  flush<T extends keyof RiskFlushes>(topic: T): readonly RiskFlushes[T][];
  flush(topic: keyof RiskFlushes): readonly RiskFlushes[keyof RiskFlushes][] {
    switch (topic) {
      case 'positionValue':
        return this.#pending.takeValues().flatMap((tracked) => {
          // Without a price there is no value to tell, and never zero in its place.
          if (!tracked.known) return [];
          const figures = figuresOf(tracked);
          const { stale, timestamp, receivedAt } = figures;
          const valueUsd = fixedText(tracked.value);
          const pnlUsd = fixedText(tracked.pnl);
          return [{ position: tracked.position, figures, valueUsd, pnlUsd, stale, timestamp, receivedAt }];
        });
      case 'riskUpdates':
        return this.#pending.takeRisks().flatMap((tracked) => {
          if (tracked.position.status !== 'OPEN') return [];
          const extraction = this.#extractions.get(poolOf(tracked) ?? '') ?? null;
          return riskUpdateOf(tracked, extraction, this.#model, this.#history);
        });
      case 'positions':
        return [...this.#pending.takeOwners()].map((owner) => this.positionsOf(owner));
      case 'liquidations':
        return this.#pending.takeMarkets().flatMap((symbol) => this.#markets.get(symbol)?.liquidations() ?? []);
    }
  }

  /** All open positions of one owner, the oldest first. */
  positionsOf(owner: string): OwnerPositions {
    const tracked = [...this.#followed.ofOwner(owner)].sort(byOpening);
    let unrealized = 0n;
    let value = 0n;
    const times = { stale: false, timestamp: 0, receivedAt: 0 };
    const positions = tracked.map((one) => {
      const figures = figuresOf(one);
      unrealized += one.unrealizedPnl;
      value += one.value;
      times.stale ||= figures.stale;
      times.timestamp = Math.max(times.timestamp, figures.timestamp, one.position.updatedAt);
      times.receivedAt = Math.max(times.receivedAt, figures.receivedAt, one.position.updatedAt);
      return { position: one.position, figures };
    });
    return {
      owner,
      positions,
      totalUnrealizedPnl: fixedText(unrealized),
      totalValueUsd: fixedText(value),
      ...times,
    };
  }

  #quoteOf(symbol: string): Quote {
    let quote = this.#quotes.get(symbol);
    if (!quote) {
      quote = new Quote(symbol);
      this.#quotes.set(symbol, quote);
    }
    return quote;
  }

  readonly #priceOf: PriceOf = (symbol) => this.#quotes.get(symbol)?.price ?? this.#quoteOf(symbol).price;

  #heard(event: Extract<RiskEvent, { kind: 'price' }>, outputs: RiskOutput[]): void {
    const quote = this.#quoteOf(event.symbol);
    const { price, low, high, stale } = quote;
    if (!quote.take(event.price, event.confidence)) return;
    quote.volatilityPct = event.volatilityPct ?? quote.volatilityPct;
    quote.stale = event.stale;
    quote.timestamp = event.timestamp;
    quote.receivedAt = event.receivedAt;
    const waiting = price === null ? this.#unpriced.get(event.symbol) : undefined;
    if (waiting !== undefined) {
      this.#unpriced.delete(event.symbol);
      for (const funding of waiting) this.#funded(funding, outputs);
    }
    // Said again, it moves nothing.
    if (quote.price === price && quote.low === low && quote.high === high && quote.stale === stale) return;
    this.#assess(this.#followed.ofSymbol(event.symbol), outputs);
  }

  /** Writes anew the figures of these positions, and of those that stand with them. */
  #assess(positions: Iterable<Tracked>, outputs: RiskOutput[]): void {
    const touched: Tracked[] = [];
    let accounts: Set<Account> | null = null;
    for (const tracked of positions) {
      tracked.assess();
      if (tracked.account === null) touched.push(tracked);
      else {
        accounts ??= new Set();
        accounts.add(tracked.account);
      }
    }
    for (const account of accounts ?? []) {
      assessAccount(account);
      touched.push(...account);
    }
    for (const tracked of touched) this.#judge(tracked, outputs);
    this.#touched = touched;
  }

  /** What follows from new figures: who is told what, now and at the next flush. */
  #judge(tracked: Tracked, outputs: RiskOutput[]): void {
    const { position, healthFactor: health } = tracked;
    this.#pending.touch(tracked);
    if (this.#marketOf(position.symbol).look(tracked)) this.#pending.markets.add(position.symbol);
    if (!tracked.known) return;
    const level = warningLevel(tracked.level, health);
    if (level > tracked.level && health !== null) {
      const threshold = WARNING_THRESHOLDS[level - 1];
      if (threshold !== undefined) {
        const event = warningOf(position, figuresOf(tracked), quotientText(health), threshold);
        outputs.push({ kind: 'positionEvent', event });
      }
    }
    tracked.level = level;
    const liquidatable = health !== null && health < ONE;
    if (liquidatable && !tracked.liquidatable) {
      const price = fixedText(tracked.assessment.price);
      outputs.push({ kind: 'liquidatable', positionId: position.id, symbol: position.symbol, price });
    }
    tracked.liquidatable = liquidatable;
  }

  #marketOf(symbol: string): MarketWatch {
    let market = this.#markets.get(symbol);
    if (!market) {
      market = new MarketWatch(symbol, fixed(WATCHED_BELOW));
      this.#markets.set(symbol, market);
    }
    return market;
  }

  /**
   * Longs pay shorts where the rate is positive: notional times rate (every venue's own definition of its rate). Of a position's
   * settlements each is booked once, in their order; what comes before its price waits for it.
   */
  #funded(funding: FundingHeard, outputs: RiskOutput[]): void {
    const { symbol, rate, timestamp, receivedAt, intervalMs } = funding;
    const price = this.#quoteOf(symbol).price;
    if (price === null) {
      const waiting = this.#unpriced.get(symbol) ?? [];
      this.#unpriced.set(symbol, [...waiting, funding].slice(-MOST_UNPRICED));
      return;
    }
    for (const { position } of [...this.#followed.ofSymbol(symbol)]) {
      if (position.kind !== 'PERP' || position.symbol !== symbol || !position.accruesFunding) continue;
      const since = Math.max(position.openedAt, position.fundedThrough ?? 0);
      if (timestamp <= since) continue;
      const size = fixed(position.size);
      const amount = fixedText(fundingPayment(position.side === 'LONG' ? size : -size, price, fixed(rate)));
      const facts = { positionId: position.id, transactionHash: null, prices: {}, fee: '0' as Decimal };
      // Venues stamp settlements some milliseconds beside their hour.
      const missing = intervalMs !== null && timestamp - since > intervalMs * 1.5;
      const gapBefore = missing ? { from: since, to: timestamp, reason: UNTOLD } : null;
      this.#change({ ...facts, type: 'FUNDING', amount, gapBefore, timestamp, receivedAt }, outputs);
    }
  }

  #change(change: PositionChange, outputs: RiskOutput[]): void {
    const before = this.#followed.get(change.positionId);
    try {
      if (!before) return this.#begin(change, outputs);
      const after = applyChange(before.position, change, this.#priceOf);
      if (change.type === 'REPORT' && isSame(before.position, after)) return;
      this.#become(before, after, change, outputs);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      outputs.push({ kind: 'refused', change, code: error.code, reason: error.message });
    }
  }

  /** @throws ApiError `NOT_FOUND` for a change of what is not there. */
  #begin(change: PositionChange, outputs: RiskOutput[]): void {
    if (change.type !== 'OPEN' && change.type !== 'REPORT')
      throw new ApiError('NOT_FOUND', 'There is no such open position.', { argument: 'positionId' });
    const { position } = change;
    if (position.status !== 'OPEN') return;
    outputs.push({ kind: 'position', position });
    const event = eventOf(null, position, change, this.#textOf(position.symbol));
    if (event) outputs.push({ kind: 'positionEvent', event });
    this.#follow(position, 0, outputs, change);
  }

  #follow(position: Position, level: number, outputs: RiskOutput[], heard?: Observed): void {
    if (this.#followed.get(position.id)) return;
    const quoteOf = (symbol: string) => this.#quoteOf(symbol);
    const tracked = new Tracked(position, { history: this.#history, atRisk: this.#atRisk, quoteOf }, level, heard);
    this.#followed.add(tracked);
    this.#assess([tracked], outputs);
  }

  #become(tracked: Tracked, position: Position, change: PositionChange, outputs: RiskOutput[]): void {
    const before = tracked.position;
    const worth = tracked.known ? toNumber(tracked.value) : null;
    const account = tracked.account;
    this.#followed.unindex(tracked);
    tracked.become(position, change);
    const ended = position.status !== 'OPEN';
    if (ended) this.#followed.remove(tracked);
    else this.#followed.index(tracked);
    outputs.push({ kind: 'position', position });
    const event = eventOf(before, position, change, this.#textOf(position.symbol, change));
    if (event) outputs.push({ kind: 'positionEvent', event });
    // A report is how a venue has booked it: what others bear comes with their own.
    if (ended && account && change.type !== 'REPORT') this.#bear(account, before, position, change, outputs);
    this.#assess([tracked, ...(account ?? [])], outputs);
    if (!ended && worth !== null && tracked.known && !EARNED.includes(change.type))
      tracked.history.paid(worth, toNumber(tracked.value));
  }

  /** A cross position that lost more than it brought leaves the rest of its loss to its account: the largest margin bears it. */
  #bear(account: Account, before: Position, ended: Position, change: PositionChange, outputs: RiskOutput[]): void {
    if (before.kind !== 'PERP') return;
    const left = fixed(before.collateral) + fixed(ended.realizedPnl) - fixed(before.realizedPnl);
    let bearer: CrossTracked | null = null;
    for (const member of account)
      if (bearer === null || member.valuation.collateral > bearer.valuation.collateral) bearer = member;
    if (left >= 0n || bearer === null || bearer.position.kind !== 'PERP') return;
    const { position } = bearer;
    const worth = bearer.known ? toNumber(bearer.value) : null;
    const collateral = fixedText(bearer.valuation.collateral + left);
    const bearing: Position = { ...position, collateral, version: position.version + 1, updatedAt: change.timestamp };
    bearer.become(bearing, change);
    bearer.assess();
    if (worth !== null && bearer.known) bearer.history.paid(worth, toNumber(bearer.value));
    outputs.push({ kind: 'position', position: bearing });
    const event = eventOf(position, bearing, change, this.#textOf(position.symbol));
    if (event) outputs.push({ kind: 'positionEvent', event });
  }

  #textOf(symbol: string, change?: PositionChange): Decimal | null {
    const price = change?.prices[symbol];
    if (price !== undefined) return price;
    const heard = this.#priceOf(symbol);
    return heard === null ? null : fixedText(heard);
  }

  /** Values are sampled together, at even times, so that statistics of positions can be compared. */
  #sample(now: number): void {
    const interval = Math.floor(now / this.#history.sampleMs);
    if (this.#sampled !== null && interval <= this.#sampled) return;
    const whole = this.#sampled !== null && interval === this.#sampled + 1;
    this.#sampled = interval;
    for (const tracked of this.#followed.all()) {
      tracked.sample(whole);
      this.#pending.score(tracked);
    }
  }
}

/** The oldest first, then by id: an owner's list is always in the same order. */
function byOpening({ position: a }: Tracked, { position: b }: Tracked): number {
  return a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1);
}

/** Whether a report tells nothing new: only its version and time differ. */
function isSame(before: Position, after: Position): boolean {
  const bare = (position: Position) => JSON.stringify({ ...position, version: 0, updatedAt: 0 });
  return bare(before) === bare(after);
}
