import type { Abi } from 'viem';
import { getAddress } from 'viem/utils';
import type { BlockMined, BlockRemoved, ChainEvent, Hex } from '../../model/chain.ts';
import type { ContractEvent } from '../../model/contract-event.ts';
import type { Address } from '../../model/identity.ts';
import { type Decoder, decodeLog, decoderOf } from './decode-log.ts';

/** A contract whose logs are told. */
export interface WatchedContract {
  readonly address: Address;
  /** By which its logs are decoded; null for raw logs alone. */
  readonly abi: Abi | null;
}

export interface ContractEventsOptions {
  readonly contracts: readonly WatchedContract[];
  /** Blocks that can be taken back. */
  readonly reorgBlocks?: number;
}

/** As of the arbitrage engine: above the deepest reorganisation that is known of the chains we preset. */
const REORG_BLOCKS = 256;

/** Events that stand retracted are remembered up to so many. */
const MOST_RETRACTED = 10_000;

const NOTHING: readonly ContractEvent[] = [];

/** The logs of watched contracts of one chain, decoded where an ABI fits; what a removed block told is taken back. */
export class ContractEventsEngine {
  readonly #contracts: ReadonlyMap<Hex, { readonly address: Address; readonly decoder: Decoder | null }>;
  readonly #reorgBlocks: number;
  readonly #blocks: { readonly number: number; readonly hash: Hex; readonly told: readonly ContractEvent[] }[] = [];
  /** Versions of those that stand retracted, by id. */
  readonly #retracted = new Map<string, number>();

  constructor({ contracts, reorgBlocks = REORG_BLOCKS }: ContractEventsOptions) {
    this.#reorgBlocks = reorgBlocks;
    this.#contracts = new Map(
      contracts.map(({ address, abi }) => [
        address.toLowerCase(),
        { address: getAddress(address), decoder: abi && decoderOf(abi) },
      ]),
    );
  }

  process(event: ChainEvent): readonly ContractEvent[] {
    if (this.#contracts.size === 0) return NOTHING;
    if (event.kind === 'block') return this.#block(event);
    return event.kind === 'block-removed' ? this.#removed(event) : NOTHING;
  }

  #block(block: BlockMined): readonly ContractEvent[] {
    const last = this.#blocks.at(-1);
    if (last !== undefined && block.number <= last.number) return NOTHING;
    const told: ContractEvent[] = [];
    for (const { txHash, logs } of block.receipts)
      for (const [ordinal, log] of logs.entries()) {
        const contract = this.#contracts.get(log.address);
        if (contract === undefined) continue;
        // By its place in the transaction: its place in the block is another one when it is mined again.
        const id = `${block.chainId}:${txHash}:${ordinal}`;
        const version = (this.#retracted.get(id) ?? 0) + 1;
        this.#retracted.delete(id);
        const decoded = contract.decoder && decodeLog(contract.decoder, log);
        told.push({
          id,
          version,
          retracted: false,
          chainId: block.chainId,
          address: contract.address,
          blockNumber: block.number,
          blockHash: block.hash,
          txHash,
          logIndex: log.index,
          topics: log.topics,
          data: log.data,
          name: decoded?.name ?? null,
          arguments: decoded?.arguments ?? [],
          timestamp: block.timestamp,
          receivedAt: block.receivedAt,
        });
      }
    this.#blocks.push({ number: block.number, hash: block.hash, told });
    if (this.#blocks.length > this.#reorgBlocks) this.#blocks.shift();
    return told;
  }

  #removed({ hash, timestamp, receivedAt }: BlockRemoved): readonly ContractEvent[] {
    const last = this.#blocks.at(-1);
    if (last === undefined || last.hash !== hash) return NOTHING;
    this.#blocks.pop();
    return last.told.map((event) => {
      const version = event.version + 1;
      this.#retracted.set(event.id, version);
      for (const oldest of this.#retracted.keys()) {
        if (this.#retracted.size <= MOST_RETRACTED) break;
        this.#retracted.delete(oldest);
      }
      return { ...event, version, retracted: true, timestamp, receivedAt };
    });
  }
}
