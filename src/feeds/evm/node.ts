import { type Abi, type Address, createPublicClient, custom, type PublicClient } from 'viem';
import type { Clock } from '../../lib/clock.ts';
import type { Receipt } from '../../model/chain.ts';
import {
  BlockAnswer,
  type BlockHeader,
  Count,
  LogsAnswer,
  ReceiptAnswer,
  ReceiptsAnswer,
  receiptOf,
  Wei,
} from './answers.ts';
import { createHttpRpc } from './http-rpc.ts';
import { type JsonRpc, NodeError } from './json-rpc.ts';
import { SocketRpc } from './socket-rpc.ts';

/** Calls under way at a time where the chain has no multicall: public nodes refuse more. */
const CALLS_AT_ONCE = 20;

export interface ContractCall {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args?: readonly unknown[];
}

/** Logs that are wanted of every block: those of one of the topics, and those of one of the contracts. */
export interface WantedLogs {
  readonly topics: readonly string[];
  readonly addresses: readonly string[];
}

export interface EvmNodeOptions {
  /** `ws:`, `wss:`, `http:` or `https:`. */
  readonly url: string;
  readonly multicall: Address | null;
  readonly clock: Clock;
  /** There may be a new head; called of a WebSocket only. */
  readonly notified: () => void;
  readonly closed: (reason: string) => void;
}

/** A node, asked for what we need: every answer checked, every call bounded in time. Whatever fails is a {@link NodeError}. */
export class EvmNode {
  readonly #rpc: JsonRpc;
  readonly #client: PublicClient;
  readonly #multicall: Address | null;
  #wholeReceipts = true;

  /** @throws NodeError when it cannot be reached. */
  static async connect(options: EvmNodeOptions): Promise<EvmNode> {
    const { url, clock, notified, closed } = options;
    if (!/^wss?:/.test(url)) return new EvmNode(createHttpRpc(url, clock), options);
    const rpc = await SocketRpc.open(url, clock, { notified, closed });
    return new EvmNode(rpc, options);
  }

  private constructor(rpc: JsonRpc, { multicall }: EvmNodeOptions) {
    this.#rpc = rpc;
    this.#multicall = multicall;
    const request = ({ method, params }: { readonly method: string; readonly params?: unknown }) =>
      rpc.call(method, Array.isArray(params) ? params : []);
    this.#client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  }

  close(): void {
    this.#rpc.close();
  }

  /** Asks to be told of new heads; a node that does not know how is asked for them instead. */
  async followHeads(): Promise<void> {
    try {
      await this.#rpc.call('eth_subscribe', ['newHeads']);
    } catch (error) {
      if (!(error instanceof NodeError) || !error.unknownMethod) throw error;
    }
  }

  async chainId(): Promise<number> {
    return this.#ask('eth_chainId', [], Count);
  }

  async head(): Promise<BlockHeader> {
    const head = await this.#ask('eth_getBlockByNumber', ['latest', false], BlockAnswer);
    if (head === null) throw new NodeError('the node has no head');
    return head;
  }

  /** Null where the node has no block of this number. */
  async block(number: number): Promise<BlockHeader | null> {
    const block = await this.#ask('eth_getBlockByNumber', [`0x${number.toString(16)}`, false], BlockAnswer);
    if (block !== null && block.number !== number) throw new NodeError('the node gave another block than asked for');
    return block;
  }

  async gasPrice(): Promise<bigint> {
    return this.#ask('eth_gasPrice', [], Wei);
  }

  /** Of all transactions, or where the node cannot give those, of the ones with logs that are wanted. */
  async receipts(hash: string, wanted: WantedLogs, gasPriceWei: bigint): Promise<readonly Receipt[]> {
    const answers = this.#wholeReceipts ? await this.#whole(hash) : null;
    const receipts = answers ?? (await this.#single(hash, wanted));
    return receipts.map((answer) => receiptOf(answer, hash, gasPriceWei)).sort((a, b) => a.txIndex - b.txIndex);
  }

  /** Results in the order of the calls, of one block where one is named; null for a call that the contract refused. */
  async read(calls: readonly ContractCall[], blockNumber?: number): Promise<readonly unknown[]> {
    if (calls.length === 0) return [];
    const at = blockNumber === undefined ? {} : { blockNumber: BigInt(blockNumber) };
    if (this.#multicall !== null) {
      const results = await this.#client.multicall({
        contracts: calls,
        multicallAddress: this.#multicall,
        allowFailure: true,
        ...at,
      });
      return results.map((result) => (result.status === 'success' ? result.result : null));
    }
    const results: unknown[] = [];
    for (let index = 0; index < calls.length; index += CALLS_AT_ONCE)
      results.push(
        ...(await Promise.all(calls.slice(index, index + CALLS_AT_ONCE).map((call) => this.#one(call, at)))),
      );
    return results;
  }

  async #one(call: ContractCall, at: { readonly blockNumber?: bigint }): Promise<unknown> {
    try {
      return await this.#client.readContract({ ...call, ...at });
    } catch (error) {
      // A contract that refuses has answered; a node that does not is another matter.
      const cause = error instanceof Error && 'walk' in error ? nodeErrorIn(error) : null;
      if (cause !== null && !/revert|execution|invalid opcode/i.test(cause.message)) throw cause;
      return null;
    }
  }

  async #whole(hash: string): Promise<readonly ReceiptAnswer[] | null> {
    try {
      const receipts = await this.#ask('eth_getBlockReceipts', [hash], ReceiptsAnswer);
      if (receipts === null) throw new NodeError('the node has no receipts of its block yet');
      return receipts;
    } catch (error) {
      if (!(error instanceof NodeError) || !error.unknownMethod) throw error;
      this.#wholeReceipts = false;
      return null;
    }
  }

  async #single(blockHash: string, { topics, addresses }: WantedLogs): Promise<readonly ReceiptAnswer[]> {
    const logs = await this.#ask('eth_getLogs', [{ blockHash, topics: [topics] }], LogsAnswer);
    if (addresses.length > 0)
      logs.push(...(await this.#ask('eth_getLogs', [{ blockHash, address: addresses }], LogsAnswer)));
    const hashes = [...new Set(logs.map(({ transactionHash }) => transactionHash))];
    const receipts: ReceiptAnswer[] = [];
    for (let index = 0; index < hashes.length; index += CALLS_AT_ONCE) {
      const some = hashes.slice(index, index + CALLS_AT_ONCE);
      const asked = some.map((tx) => this.#ask('eth_getTransactionReceipt', [tx], ReceiptAnswer));
      receipts.push(...(await Promise.all(asked)));
    }
    return receipts;
  }

  async #ask<T>(method: string, params: readonly unknown[], shape: { parse: (value: unknown) => T }): Promise<T> {
    const result = await this.#rpc.call(method, params);
    try {
      return shape.parse(result);
    } catch {
      throw new NodeError(`${method}: the node's answer was not understood`);
    }
  }
}

/** viem wraps what its transport threw. */
function nodeErrorIn(error: Error): NodeError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++)
    if (at instanceof NodeError) return at;
  return null;
}
