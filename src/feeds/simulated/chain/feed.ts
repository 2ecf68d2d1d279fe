import type { Cancel, Clock } from '../../../lib/clock.ts';
import type { ChainMoney, ChainStatus, Receipt } from '../../../model/chain.ts';
import type { Address } from '../../../model/identity.ts';
import type { ChainFeed, ChainFeedSink } from '../../chain-feed.ts';
import { Random } from '../random.ts';
import { E18, madeAddress, madePool, quoted, type SimulatedPool, swapped } from './pools.ts';

export interface SimulatedChainOptions {
  /** What counts as money there, as of the real chain. */
  readonly money: ChainMoney;
  /** `BNB Smart Chain`: shown as simulated. */
  readonly name: string;
  readonly nativeToken: string;
  /** Dollars of the native coin that pools begin at. */
  readonly nativeUsd: number;
  readonly seed: number;
  readonly clock: Clock;
}

/** Between two blocks, milliseconds. */
const BLOCK_MS = 2_000;

/** A tenth of a gwei: what a swap costs is cents, as on the chains that it stands for. */
const GAS_PRICE_WEI = 100_000_000n;

const GAS_USED = 180_000n;

/** Chance that somebody trades so much in a block that pools of one pair stand apart. */
const MOVED = 0.25;

/** Chance that an arbitrage bot acts in a block: so that opportunities live for some blocks, and some converge by themselves. */
const TAKEN = 0.3;

/** Swaps of a block that move little. */
const SMALL_SWAPS = 2;

/** The first block of a life: above what an earlier life reached, whatever its length. */
const blockNumberAt = (ms: number) => Math.floor(ms / BLOCK_MS);

/**
 * A chain in a box: pools of one pair at several exchanges, people who trade, bots who bring prices together again. It tells blocks with
 * receipts and logs as a node does; what follows from them is found by the engine that reads real chains. The same seed trades the same.
 */
export function createSimulatedChain(options: SimulatedChainOptions): ChainFeed {
  return new SimulatedChain(options);
}

class SimulatedChain implements ChainFeed {
  readonly name: string;
  readonly chainId: number;
  readonly #options: SimulatedChainOptions;
  readonly #random: Random;
  readonly #pools: readonly SimulatedPool[];
  readonly #native: Address;
  readonly #bots: readonly Address[];
  readonly #people: readonly Address[];
  #sink: ChainFeedSink | null = null;
  #cancel: Cancel = () => undefined;
  #number = 0;
  #head: number | null = null;
  #transactions = 0;
  #toldAt = 0;

  constructor(options: SimulatedChainOptions) {
    const { money, nativeToken, nativeUsd, seed } = options;
    this.#options = options;
    this.chainId = money.chainId;
    this.name = `simulated:${money.chainId}`;
    this.#random = new Random(`${seed}:chain:${money.chainId}`);
    this.#native = money.wrappedNative;
    const native = { address: money.wrappedNative, symbol: nativeToken, decimals: 18 };
    const dollars = money.stablecoins.map((address, at) => ({
      address,
      symbol: ['USDT', 'USDC', 'DAI'][at] ?? null,
      decimals: 18,
    }));
    let number = 0x5100 + money.chainId * 0x100;
    this.#pools = dollars.flatMap((dollar) =>
      [2_500, 3_000].map((feePpm) => {
        const pool = madePool(money.chainId, ++number, [native, dollar], feePpm);
        const depth = BigInt(500 + this.#random.below(1_500)) * E18;
        const worth = (depth * BigInt(Math.round(nativeUsd * 1_000))) / 1_000n;
        const isFirst = pool.token0.address === this.#native;
        return { pool, reserve0: isFirst ? depth : worth, reserve1: isFirst ? worth : depth };
      }),
    );
    this.#bots = [1, 2, 3].map((bot) => madeAddress(0xb070 + money.chainId * 0x100 + bot));
    this.#people = [1, 2, 3, 4, 5].map((person) => madeAddress(0xae00 + money.chainId * 0x100 + person));
  }

  start(sink: ChainFeedSink): void {
    const { clock } = this.#options;
    this.#sink = sink;
    const now = clock.now();
    this.#number = blockNumberAt(now);
    const facts = { chainId: this.chainId, timestamp: now, receivedAt: now };
    for (const { pool } of this.#pools) sink.event({ kind: 'pool', pool, ...facts });
    sink.event({
      kind: 'reserves',
      blockNumber: this.#number,
      gasPriceWei: GAS_PRICE_WEI,
      reserves: this.#pools.map(({ pool, reserve0, reserve1 }) => ({
        pool: pool.address.toLowerCase(),
        reserve0,
        reserve1,
      })),
      ...facts,
    });
    this.#head = this.#number;
    this.#toldAt = now;
    sink.statusChanged();
    this.#cancel = clock.every(BLOCK_MS, () => this.#mine());
  }

  status(): ChainStatus {
    const live = this.#head !== null && this.#sink !== null;
    return {
      chainId: this.chainId,
      name: `${this.#options.name} (simulated)`,
      status: live ? 'HEALTHY' : 'DOWN',
      message: live ? '' : 'it does not run',
      head: this.#head,
      headHash: this.#head === null ? null : this.#hash(this.#head),
      lagMs: this.#head === null ? null : 0,
      reorgs: 0,
      lastReorgDepth: null,
      errorCount: 0,
      poolCount: this.#pools.length,
      stale: !live,
      timestamp: this.#toldAt,
      receivedAt: this.#toldAt,
    };
  }

  async stop(): Promise<void> {
    this.#cancel();
    this.#sink = null;
  }

  #mine(): void {
    const now = this.#options.clock.now();
    const number = ++this.#number;
    const receipts: Receipt[] = [];
    for (let n = 0; n < SMALL_SWAPS; n++) receipts.push(this.#trade(0.0005, receipts.length));
    if (this.#random.chance(MOVED)) receipts.push(this.#trade(0.012, receipts.length));
    if (this.#random.chance(TAKEN)) {
      const taken = this.#take(receipts.length);
      if (taken) receipts.push(taken);
    }
    this.#head = number;
    this.#toldAt = now;
    this.#sink?.event({
      kind: 'block',
      chainId: this.chainId,
      number,
      hash: this.#hash(number),
      parentHash: this.#hash(number - 1),
      gasPriceWei: GAS_PRICE_WEI,
      receipts,
      timestamp: now,
      receivedAt: now,
    });
    this.#sink?.statusChanged();
  }

  /** Somebody swaps a part of what a pool holds, in either direction. */
  #trade(part: number, place: number): Receipt {
    const random = this.#random;
    const of = this.#pools[random.below(this.#pools.length)] as SimulatedPool;
    const isFirst = random.chance(0.5);
    const reserve = isFirst ? of.reserve0 : of.reserve1;
    const millionths = BigInt(Math.max(1, Math.round(part * (0.5 + random.unit()) * 1_000_000)));
    const tokenIn = isFirst ? of.pool.token0.address : of.pool.token1.address;
    const person = this.#people[random.below(this.#people.length)] as Address;
    const { logs } = swapped(of, tokenIn, (reserve * millionths) / 1_000_000n, person);
    return this.#receipt(person, logs, place);
  }

  /** A bot buys in one pool and sells in another of the same pair, with the input that it found best; null where nothing pays. */
  #take(place: number): Receipt | null {
    let best: {
      readonly from: SimulatedPool;
      readonly to: SimulatedPool;
      readonly input: bigint;
      readonly profit: bigint;
    } | null = null;
    for (const from of this.#pools)
      for (const to of this.#pools) {
        if (from === to || from.pool.name !== to.pool.name) continue;
        const dollar = from.pool.token0.address === this.#native ? from.pool.token1.address : from.pool.token0.address;
        for (const part of [1n, 2n, 3n, 5n, 8n, 12n]) {
          const reserve = from.pool.token0.address === dollar ? from.reserve0 : from.reserve1;
          const input = (reserve * part) / 2_000n;
          const profit = quoted(to, this.#native, quoted(from, dollar, input)) - input;
          if (profit > E18 && profit > (best?.profit ?? 0n)) best = { from, to, input, profit };
        }
      }
    if (!best) return null;
    const { from, to, input } = best;
    const dollar = from.pool.token0.address === this.#native ? from.pool.token1.address : from.pool.token0.address;
    const bot = this.#bots[this.#random.below(this.#bots.length)] as Address;
    const bought = swapped(from, dollar, input, bot);
    const sold = swapped(to, this.#native, bought.out, bot);
    return this.#receipt(bot, [...bought.logs, ...sold.logs], place);
  }

  #receipt(from: Address, logs: Receipt['logs'], txIndex: number): Receipt {
    const hash = `${this.#number.toString(16)}${(++this.#transactions).toString(16).padStart(8, '0')}`;
    return {
      txHash: `0x${hash.padStart(64, '0')}`,
      txIndex,
      from: from.toLowerCase(),
      to: from.toLowerCase(),
      succeeded: true,
      gasUsed: GAS_USED,
      gasPriceWei: GAS_PRICE_WEI,
      logs: logs.map((log, index) => ({ ...log, index })),
    };
  }

  #hash(number: number): string {
    return `0x${number.toString(16).padStart(64, '0')}`;
  }
}
