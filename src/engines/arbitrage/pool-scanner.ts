import type { Decimal } from '../../lib/decimal.ts';
import { fromUnits, toUnits } from '../../lib/decimal.ts';
import type { ArbitrageTransaction } from '../../model/arbitrage-transaction.ts';
import type { BlockMined, BlockRemoved, Hex, ReservesRead } from '../../model/chain.ts';
import { hasShape, TOPIC, word } from '../../model/chain-logs.ts';
import { measuresOf, type Opportunity, type OpportunityCloseReason, USD_PLACES } from '../../model/opportunity.ts';
import type { Pool, PoolState } from '../../model/pool.ts';
import { BestRing } from './best-ring.ts';
import { type Candidate, netUsd, priced, refined } from './candidate.ts';
import { changed, type Moment, opened, updated } from './opportunity-noun.ts';
import type { ArbitrageOutput } from './outputs.ts';
import { PoolGraph, type PoolNode } from './pool-graph.ts';
import { remember } from './remember.ts';
import type { Round } from './rounds.ts';
import type { TokenPrices } from './token-prices.ts';

export interface ScannerOptions {
  /** After gas, in dollars: from here on an opportunity is one. It ends below half of it, so that it does not flicker. */
  readonly minProfitUsd: Decimal;
  /** Of the profit that was told last: smaller changes are not told, per cent. */
  readonly updatePct: number;
  /** Nobody has taken it for so many blocks: something is in the way that reserves do not show. */
  readonly expiryBlocks: number;
  /** Blocks that can be taken back. */
  readonly reorgBlocks: number;
  /** Opportunities that an earlier life has told, and in which version: opened again, they count on from there. */
  readonly told: ReadonlyMap<string, number>;
}

/** A transaction that made rounds, with the swaps of each: who may have taken an opportunity. */
export interface Taker {
  readonly transaction: ArbitrageTransaction;
  readonly rounds: readonly Round[];
}

interface Open {
  readonly node: PoolNode;
  readonly opportunity: Opportunity;
  readonly candidate: Candidate;
  readonly openedAt: number;
}

/** What a block changed, as it was before. */
interface Undo {
  readonly hash: Hex;
  readonly reserves: Map<PoolNode, readonly [reserve0: bigint, reserve1: bigint]>;
  readonly opportunities: Map<string, Before>;
}

interface Before {
  readonly node: PoolNode;
  readonly open: Open | null;
  /** The one that the block left behind: its version counts on. */
  after: Opportunity;
}

const PRICE_PLACES = 18;

/**
 * The opportunities of one chain's constant-product pools.
 *
 * An opportunity belongs to the pool that moved out of balance, and shows the best ring through it; rings that pass such a
 * pool open no second one. A block is judged by what its last `Sync` of each pool left, for nobody can trade in between;
 * only changed pools, and opportunities whose route passes one, are searched anew.
 */
export class PoolScanner {
  readonly #options: ScannerOptions;
  readonly #prices: TokenPrices;
  readonly #graph = new PoolGraph();
  readonly #best: BestRing;
  readonly #openAt: bigint;
  readonly #closeBelow: bigint;
  /** The same in dollars, to search by. */
  readonly #leastUsd: number;
  readonly #open = new Map<PoolNode, Open>();
  /** Expired, and still there: silent until the imbalance has gone away once. */
  readonly #dormant = new Set<PoolNode>();
  readonly #excluded = new Map<Hex, string>();
  readonly #undo: Undo[] = [];
  /** The highest version of opportunities that were retracted: opened again in the same block, they count on. */
  readonly #versions = new Map<string, number>();

  constructor(options: ScannerOptions, prices: TokenPrices) {
    this.#options = options;
    this.#prices = prices;
    this.#best = new BestRing(this.#graph, prices);
    for (const [token, usd] of prices.rough()) this.#graph.price(token, usd);
    this.#openAt = toUnits(options.minProfitUsd, USD_PLACES);
    this.#closeBelow = this.#openAt / 2n;
    this.#leastUsd = Number(options.minProfitUsd) / 2;
    for (const [id, version] of options.told) remember(this.#versions, id, version);
  }

  /** Pools of other kinds are none of ours. */
  list(pool: Pool): void {
    if (pool.kind === 'V2') this.#graph.add(pool);
  }

  /** What one whole token is worth has changed. */
  price(token: Hex, usd: Decimal): void {
    this.#graph.price(token, Number(usd));
  }

  /** Opportunities with this token would be an error: nothing is looked for in its pools any more. */
  exclude(token: Hex, reason: string): void {
    if (this.#excluded.has(token)) return;
    this.#excluded.set(token, reason);
    for (const node of this.#graph.pools())
      if (this.#reasonOf(node) !== null) this.#graph.set(node, node.reserve0, node.reserve1, false);
  }

  reserves(event: ReservesRead): readonly ArbitrageOutput[] {
    const moment: Moment = { ...event, number: event.blockNumber };
    this.#best.gasPriceWei = event.gasPriceWei;
    const moved = new Set<PoolNode>();
    for (const { pool, reserve0, reserve1 } of event.reserves) {
      const node = this.#graph.pool(pool);
      if (node === undefined || (node.reserve0 === reserve0 && node.reserve1 === reserve1)) continue;
      this.#set(node, reserve0, reserve1);
      moved.add(node);
    }
    return this.#settle(moved, moment, [], null);
  }

  block(event: BlockMined, takers: readonly Taker[]): readonly ArbitrageOutput[] {
    const undo: Undo = { hash: event.hash, reserves: new Map(), opportunities: new Map() };
    this.#undo.push(undo);
    if (this.#undo.length > this.#options.reorgBlocks) this.#undo.shift();
    this.#best.gasPriceWei = event.gasPriceWei;
    for (const { logs } of event.receipts)
      for (const log of logs) {
        if (log.topics[0] !== TOPIC.sync || !hasShape(log, 1, 2)) continue;
        const node = this.#graph.pool(log.address);
        if (node === undefined) continue;
        if (!undo.reserves.has(node)) undo.reserves.set(node, [node.reserve0, node.reserve1]);
        this.#set(node, word(log.data, 0), word(log.data, 1));
      }
    return this.#settle(new Set(undo.reserves.keys()), event, takers, undo);
  }

  /** Takes back the newest block: reserves and opportunities are what they were before it, told with a higher version. */
  removed(event: BlockRemoved): readonly ArbitrageOutput[] {
    const undo = this.#undo.at(-1);
    if (undo === undefined || undo.hash !== event.hash) return [];
    this.#undo.pop();
    const outputs: ArbitrageOutput[] = [];
    const moment: Moment = event;
    for (const [node, [reserve0, reserve1]] of undo.reserves) {
      this.#set(node, reserve0, reserve1);
      outputs.push(this.#state(node, moment));
    }
    for (const { node, open, after } of undo.opportunities.values()) {
      const version = after.version + 1;
      if (this.#open.get(node)?.opportunity.id === after.id) this.#forget(node);
      const { timestamp, receivedAt } = moment;
      const before = measuresOf(after);
      const opportunity: Opportunity =
        open === null
          ? { ...after, version, before, state: 'RETRACTED', timestamp, receivedAt }
          : { ...open.opportunity, version, before, state: 'UPDATED', timestamp, receivedAt };
      if (open === null) remember(this.#versions, after.id, version);
      else {
        this.#keep({ ...open, opportunity });
        this.#countOn(opportunity);
      }
      outputs.push({ kind: 'opportunity', opportunity });
    }
    return outputs;
  }

  /** The block before that changed it has left it behind in this version now: taken back as well, it counts on from here. */
  #countOn(opportunity: Opportunity): void {
    const earlier = this.#undo.findLast(({ opportunities }) => opportunities.has(opportunity.id));
    const change = earlier?.opportunities.get(opportunity.id);
    if (change !== undefined) change.after = opportunity;
  }

  #set(node: PoolNode, reserve0: bigint, reserve1: bigint): void {
    this.#graph.set(node, reserve0, reserve1, this.#reasonOf(node) === null);
  }

  #reasonOf({ pair }: PoolNode): string | null {
    return this.#excluded.get(pair.token0.key) ?? this.#excluded.get(pair.token1.key) ?? null;
  }

  #settle(
    moved: ReadonlySet<PoolNode>,
    moment: Moment,
    takers: readonly Taker[],
    undo: Undo | null,
  ): readonly ArbitrageOutput[] {
    const outputs: ArbitrageOutput[] = [];
    const tell = (node: PoolNode, before: Open | null, after: Opportunity) => {
      const kept = undo?.opportunities.get(after.id);
      if (kept !== undefined) kept.after = after;
      else undo?.opportunities.set(after.id, { node, open: before, after });
      outputs.push({ kind: 'opportunity', opportunity: after });
    };
    for (const node of moved) outputs.push(this.#state(node, moment));
    for (const open of [...this.#open.values()]) this.#review(open, moved, moment, takers, tell);
    const improved = new Set<PoolNode>();
    for (const node of moved) {
      if (this.#open.has(node)) continue;
      const { own: found, others } = this.#best.through(node, this.#leastUsd, true);
      for (const [other, rough] of others) if (this.#wouldGain(other, rough)) improved.add(other);
      if (found === null || netUsd(found) < this.#closeBelow) this.#dormant.delete(node);
      if (found === null || netUsd(found) < this.#openAt || this.#dormant.has(node)) continue;
      const own = refined(found, this.#best.gasPriceWei, this.#prices);
      const opportunity = opened(node, own, this.#prices, moment, (id) => (this.#versions.get(id) ?? 0) + 1);
      this.#keep({ node, opportunity, candidate: own, openedAt: moment.number });
      tell(node, null, opportunity);
    }
    for (const node of improved) {
      const open = this.#open.get(node);
      if (open !== undefined) this.#review(open, new Set([node]), moment, [], tell);
    }
    return outputs;
  }

  #wouldGain(node: PoolNode, rough: number): boolean {
    const open = this.#open.get(node);
    return open !== undefined && rough > Number(open.opportunity.profitUsd) * (1 + this.#options.updatePct / 100);
  }

  /** What became of an open opportunity. */
  #review(
    open: Open,
    moved: ReadonlySet<PoolNode>,
    moment: Moment,
    takers: readonly Taker[],
    tell: (node: PoolNode, before: Open | null, after: Opportunity) => void,
  ): void {
    const { node, opportunity } = open;
    const { ring, best: outcome } = open.candidate;
    const close = (closeReason: OpportunityCloseReason, taker?: ArbitrageTransaction) => {
      this.#forget(node);
      const taken = taker && {
        captured: true,
        capturedBy: taker.fromAddress,
        captureTxHash: taker.txHash,
        realizedProfitUsd: taker.profitNetUsd,
      };
      tell(node, open, { ...opportunity, ...changed(opportunity, moment), state: 'CLOSED', closeReason, ...taken });
    };
    if (this.#reasonOf(node) !== null) return close('EXPIRED');
    const touched = ring.some((step) => moved.has(step.node));
    const now = touched
      ? this.#best.through(node, this.#leastUsd, false).own
      : priced(ring, outcome, this.#best.gasPriceWei, this.#prices);
    if (
      now === null ||
      netUsd(now) < this.#closeBelow ||
      directionAt(now, node) !== directionAt(open.candidate, node)
    ) {
      const taker = takers.find(({ rounds }) => took(rounds, open));
      return taker === undefined ? close('CONVERGED') : close('TAKEN', taker.transaction);
    }
    if (moment.number - open.openedAt > this.#options.expiryBlocks) {
      this.#dormant.add(node);
      return close('EXPIRED');
    }
    const told = toUnits(opportunity.profitUsd, USD_PLACES);
    const difference = netUsd(now) > told ? netUsd(now) - told : told - netUsd(now);
    const enough = Number(difference) * 100 >= Number(told) * this.#options.updatePct;
    if (!enough && (!touched || isSameRing(now, open.candidate))) {
      this.#keep({ ...open, candidate: now });
      return;
    }
    const best = refined(now, this.#best.gasPriceWei, this.#prices);
    const next = updated(opportunity, node, best, this.#prices, moment);
    this.#keep({ ...open, opportunity: next, candidate: best });
    tell(node, open, next);
  }

  #keep(open: Open): void {
    this.#open.set(open.node, open);
    open.node.anchor = true;
  }

  #forget(node: PoolNode): void {
    this.#open.delete(node);
    node.anchor = false;
  }

  #state(node: PoolNode, { number, timestamp, receivedAt }: Moment): ArbitrageOutput {
    const { pool, reserve0, reserve1 } = node;
    const state: PoolState = {
      pool,
      reserve0,
      reserve1,
      blockNumber: number,
      price: priceOf(node),
      excluded: this.#reasonOf(node),
      timestamp,
      receivedAt,
    };
    return { kind: 'pool-state', state };
  }
}

function priceOf({ pool, reserve0, reserve1 }: PoolNode): Decimal | null {
  if (reserve0 === 0n || reserve1 === 0n) return null;
  const up = 10n ** BigInt(pool.token0.decimals + PRICE_PLACES);
  return fromUnits((reserve1 * up) / (reserve0 * 10n ** BigInt(pool.token1.decimals)), PRICE_PLACES);
}

function directionAt({ ring }: Candidate, node: PoolNode): boolean | undefined {
  return ring.find((step) => step.node === node)?.zeroForOne;
}

function isSameRing(a: Candidate, b: Candidate): boolean {
  return a.ring.length === b.ring.length && a.ring.every((step, index) => step.node === b.ring[index]?.node);
}

/** Whether one of the rounds passed the opportunity's pool the way that its route does. */
function took(rounds: readonly Round[], { node, candidate }: Open): boolean {
  const zeroForOne = directionAt(candidate, node);
  const tokenIn = zeroForOne ? node.pair.token0.key : node.pair.token1.key;
  return rounds.some(({ swaps }) => swaps.some((swap) => swap.address === node.key && swap.tokenIn === tokenIn));
}
