import { getAddress } from 'viem';
import { background } from '../../lib/background.ts';
import { Backoff, VENUE_BACKOFF } from '../../lib/backoff.ts';
import { type Clock, pause } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { ChainStatus, Hex, Receipt } from '../../model/chain.ts';
import { TOPIC } from '../../model/chain-logs.ts';
import type { Address } from '../../model/identity.ts';
import type { Pool } from '../../model/pool.ts';
import type { ChainFeed, ChainFeedSink } from '../chain-feed.ts';
import type { EvmChain } from '../chains.ts';
import type { BlockHeader } from './answers.ts';
import { NodeError } from './json-rpc.ts';
import { EvmNode } from './node.ts';
import { PoolReader } from './pool-reader.ts';
import { StatusLedger } from './status-ledger.ts';
import type { TokenCache } from './token-cache.ts';

/** Events by which a pool gives itself away: `Sync`, and `Swap` of both kinds. Where a node cannot give whole receipts, these are asked for. */
const POOL_TOPICS: readonly Hex[] = [TOPIC.sync, TOPIC.swapV2, TOPIC.swapV3];

/** Blocks that can be told as removed; what goes deeper starts anew. Above the deepest that is known of the chains we preset. */
const HISTORY_BLOCKS = 256;

/** Blocks that are read after an absence; a longer one would keep the head waiting for minutes. */
const MAX_BACKFILL = 500;

/** Pools whose reserves are told at once: what listens works through them without a pause. */
const RESERVES_AT_ONCE = 250;

/** Contracts of one block that are asked whether they are pools, at most: the others are asked when they speak again. */
const ASKED_A_BLOCK = 50;

/** Contracts that are remembered as none of ours. */
const MAX_STRANGERS = 100_000;

/** A chain that is silent for so many of its usual block times, and for so long, has stopped, or its node has. */
const QUIET_BLOCKS = 20;
const QUIET_MS = 30_000;

/** A block is asked for at least so often where the node tells of none, milliseconds. */
const MIN_POLL_MS = 200;

/** A node may know of a block before it has its receipts: asked again so often, with a pause of a poll. */
const BLOCK_ATTEMPTS = 5;

/** Names a block. */
export interface BlockRef {
  readonly number: number;
  readonly hash: Hex;
}

export interface EvmFeedOptions {
  readonly chain: EvmChain;
  /** `ws:`, `wss:` for notifications, `http:`, `https:` for polling. It may hold a key: never logged, never told. */
  readonly url: string;
  /** Pools to watch from the start. */
  readonly pools: readonly Address[];
  /** Whether pools of known factories are taken up when they are heard. */
  readonly discover: boolean;
  /**
   * The newest blocks that were worked through before, oldest first: it goes on from the newest that is still of the chain, and
   * tells those that are not as removed, before anything else. None: from the head.
   */
  readonly after: readonly BlockRef[];
  /** Contracts whose logs are wanted, whatever they say; lower case. */
  readonly watched: readonly Hex[];
  readonly tokens: TokenCache;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1), for jitter only. */
  readonly random: () => number;
}

/** Follows one chain by one node. What comes by itself (a new head) is only a hint: what counts is asked for. */
export function createEvmFeed(options: EvmFeedOptions): ChainFeed {
  return new EvmFeed(options);
}

class EvmFeed implements ChainFeed {
  readonly name: string;
  readonly chainId: number;
  readonly #options: EvmFeedOptions;
  readonly #reader: PoolReader;
  readonly #ledger: StatusLedger;
  readonly #stop = new AbortController();
  readonly #pools = new Map<Hex, Pool>();
  readonly #strangers = new Set<Hex>();
  /** Blocks told, oldest first, without a hole. */
  #history: BlockHeader[] = [];
  #sink: ChainFeedSink | null = null;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #begun = false;

  constructor(options: EvmFeedOptions) {
    const { chain, clock, tokens } = options;
    this.#options = options;
    this.chainId = chain.chainId;
    this.name = `evm:${chain.chainId}`;
    this.#reader = new PoolReader(chain, tokens);
    this.#ledger = new StatusLedger(chain, clock, () => this.#sink?.statusChanged());
  }

  start(sink: ChainFeedSink): void {
    this.#sink = sink;
    this.#running = this.#run();
    background(this.name, this.#running, this.#options.log);
  }

  status(): ChainStatus {
    return this.#ledger.get();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
    this.#sink = null;
  }

  async #run(): Promise<void> {
    const { clock, random, log } = this.#options;
    const backoff = new Backoff(VENUE_BACKOFF, random);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#connected(() => backoff.reset());
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        // viem's messages go on for lines, with the request in them.
        const reason = messageOf(error).split('\n')[0] ?? '';
        const limited = error instanceof NodeError && error.rateLimited;
        this.#ledger.failed(limited ? 'DEGRADED' : 'DOWN', limited ? 'the node asks for fewer requests' : reason);
        log.debug({ feed: this.name, reason }, 'chain node failed');
      }
      await pause(clock, backoff.next(), this.#stop.signal);
    }
  }

  /** One life of a connection; returns when stopped, and throws when it fails. */
  async #connected(succeeded: () => void): Promise<void> {
    const { url, clock, chain } = this.#options;
    let lost: string | null = null;
    const node = await EvmNode.connect({
      url,
      multicall: chain.multicall === null ? null : getAddress(chain.multicall),
      clock,
      notified: () => this.#wake(),
      closed: (reason) => {
        lost = reason;
        this.#wake();
      },
    });
    try {
      const chainId = await node.chainId();
      if (chainId !== chain.chainId) throw new NodeError(`the node is of chain ${chainId}, not ${chain.chainId}`);
      if (/^ws/.test(url)) await node.followHeads();
      while (!this.#stop.signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        await this.#advance(node);
        succeeded();
        if (lost !== null) throw new NodeError(lost);
        const poll = new AbortController();
        await Promise.race([woken, pause(clock, Math.max(MIN_POLL_MS, chain.blockMs / 2), poll.signal)]);
        poll.abort();
        this.#watchSilence();
      }
    } finally {
      node.close();
    }
  }

  #watchSilence(): void {
    const quietMs = Math.max(QUIET_MS, QUIET_BLOCKS * this.#options.chain.blockMs);
    const heard = this.#ledger.headHeardAt;
    if (heard !== null && this.#options.clock.now() - heard > quietMs)
      this.#ledger.set('DEGRADED', `no new block for more than ${quietMs / 1_000} s`);
  }

  /** Comes up to the node's head. */
  async #advance(node: EvmNode): Promise<void> {
    const head = await node.head();
    if (!this.#begun) await this.#begin(node, head);
    const last = this.#history.at(-1);
    if (last !== undefined && head.hash === last.hash) return this.#ledger.set('HEALTHY', '');
    if (await this.#isBehind(node, head)) return;
    await this.#takeBack(node, head);
    const next = (this.#history.at(-1)?.number ?? Number.NEGATIVE_INFINITY) + 1;
    if (!Number.isFinite(next) || head.number - next > MAX_BACKFILL) return this.#rebase(node, head);
    for (let number = next; number <= head.number; number++) {
      if (this.#stop.signal.aborted) return;
      // The chain turned while we read it: begin again from the head.
      if (!(await this.#tellBlock(node, number))) return this.#wake();
    }
  }

  /** A node behind others of its service knows our blocks, and not yet the newest: it is waited for, nothing is taken back. */
  async #isBehind(node: EvmNode, head: BlockHeader): Promise<boolean> {
    const last = this.#history.at(-1);
    if (last === undefined || head.number >= last.number) return false;
    const ours = this.#history.find(({ number }) => number === head.number);
    if (ours !== undefined && ours.hash !== head.hash) return false;
    // It may have learnt more while we asked.
    const again = await node.block(last.number);
    if (again !== null) return false;
    this.#ledger.set('DEGRADED', `the node is ${last.number - head.number} blocks behind what it has told before`);
    return true;
  }

  /** Tells blocks as removed that are not of the node's chain any more. */
  async #takeBack(node: EvmNode, head: BlockHeader): Promise<void> {
    let depth = 0;
    for (let last = this.#history.at(-1); last !== undefined; last = this.#history.at(-1)) {
      const now = last.number > head.number ? null : await node.block(last.number);
      if (now?.hash === last.hash) break;
      this.#history.pop();
      depth++;
      this.#sink?.event({ kind: 'block-removed', number: last.number, hash: last.hash, ...this.#at(last) });
    }
    if (depth > 0) this.#ledger.reorganised(depth);
  }

  /** False where the block is not the child of the one told before: the chain has turned. */
  async #tellBlock(node: EvmNode, number: number): Promise<boolean> {
    const header = await node.block(number);
    if (header === null || header.parentHash !== this.#history.at(-1)?.hash) return false;
    const gasPriceWei = await node.gasPrice();
    const receipts = await this.#receipts(node, header, gasPriceWei);
    if (receipts === null) return false;
    if (this.#options.discover) await this.#takeUp(node, receipts);
    if (this.#stop.signal.aborted) return false;
    this.#history.push(header);
    if (this.#history.length > HISTORY_BLOCKS) this.#history.shift();
    const { hash, parentHash } = header;
    this.#sink?.event({ kind: 'block', number, hash, parentHash, gasPriceWei, receipts, ...this.#at(header) });
    this.#ledger.head(header);
    return true;
  }

  /** Null where the node has given the block away meanwhile. */
  async #receipts(
    node: EvmNode,
    { hash, number }: BlockHeader,
    gasPriceWei: bigint,
  ): Promise<readonly Receipt[] | null> {
    const { clock, chain } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await node.receipts(hash, { topics: POOL_TOPICS, addresses: this.#options.watched }, gasPriceWei);
      } catch (error) {
        if (attempt === BLOCK_ATTEMPTS || this.#stop.signal.aborted) throw error;
        const now = await node.block(number);
        if (now?.hash !== hash) return null;
        await pause(clock, Math.max(MIN_POLL_MS, chain.blockMs / 2), this.#stop.signal);
      }
    }
  }

  /** The pools that were named, and where to go on from. */
  async #begin(node: EvmNode, head: BlockHeader): Promise<void> {
    const { pools } = this.#options;
    const base = (await this.#goneOn(node, head)) ?? head;
    await this.#learn(
      node,
      pools.map((address) => address.toLowerCase()),
      head,
    );
    await this.#tellReserves(node, base);
    this.#history = [base];
    this.#begun = true;
    this.#ledger.head(base);
  }

  /** The newest block of an earlier life that the chain still has; null where there is none near enough. */
  async #goneOn(node: EvmNode, head: BlockHeader): Promise<BlockHeader | null> {
    const { after } = this.#options;
    const removed: BlockRef[] = [];
    let found: BlockHeader | null = null;
    for (const block of after.toReversed()) {
      if (head.number - block.number > MAX_BACKFILL) break;
      const now = await node.block(block.number);
      if (now?.hash === block.hash) {
        found = now;
        break;
      }
      removed.push(block);
    }
    for (const { number, hash } of removed)
      this.#sink?.event({ kind: 'block-removed', number, hash, ...this.#at(null) });
    if (removed.length > 0) this.#ledger.reorganised(removed.length);
    return found;
  }

  /** After too long an absence, or too deep a turn: reserves as they are, and blocks from there. */
  async #rebase(node: EvmNode, head: BlockHeader): Promise<void> {
    this.#options.log.warn({ feed: this.name, head: head.number }, 'blocks were skipped: reserves are read anew');
    await this.#tellReserves(node, head);
    this.#history = [head];
    this.#ledger.head(head);
  }

  async #tellReserves(node: EvmNode, header: BlockHeader): Promise<void> {
    const pools = [...this.#pools.values()];
    const gasPriceWei = await node.gasPrice();
    for (let index = 0; index < pools.length; index += RESERVES_AT_ONCE) {
      const reserves = await this.#reader.reserves(node, pools.slice(index, index + RESERVES_AT_ONCE), header.number);
      if (this.#stop.signal.aborted) return;
      const { number: blockNumber, hash: blockHash } = header;
      this.#sink?.event({ kind: 'reserves', blockNumber, blockHash, gasPriceWei, reserves, ...this.#at(header) });
    }
  }

  /** Pools that speak for the first time: before their block is told, so that it is understood. */
  async #takeUp(node: EvmNode, receipts: readonly Receipt[]): Promise<void> {
    const unknown = new Set<Hex>();
    for (const { logs } of receipts)
      for (const { address, topics } of logs)
        if (POOL_TOPICS.includes(topics[0] ?? '') && !this.#pools.has(address) && !this.#strangers.has(address))
          unknown.add(address);
    const asked = [...unknown].slice(0, ASKED_A_BLOCK);
    if (asked.length > 0) await this.#learn(node, asked, null);
  }

  /** @param at whose time to say of the pools; null for now. */
  async #learn(node: EvmNode, addresses: readonly Hex[], at: BlockHeader | null): Promise<void> {
    for (const { address, pool, reason } of await this.#reader.pools(node, addresses)) {
      if (pool === null) {
        if (this.#strangers.size < MAX_STRANGERS) this.#strangers.add(address);
        this.#options.log.info({ feed: this.name, contract: address, reason }, 'not taken for a pool');
        continue;
      }
      if (this.#stop.signal.aborted) return;
      this.#pools.set(address, pool);
      this.#sink?.event({ kind: 'pool', pool, ...this.#at(at) });
    }
    this.#ledger.pools(this.#pools.size);
  }

  #at(header: BlockHeader | null): {
    readonly chainId: number;
    readonly timestamp: number;
    readonly receivedAt: number;
  } {
    const receivedAt = this.#options.clock.now();
    return { chainId: this.chainId, timestamp: header === null ? receivedAt : header.timestamp * 1_000, receivedAt };
  }
}
