import { encodeAbiParameters, getAddress, pad, parseAbiParameters } from 'viem/utils';
import type { ChainLog } from '../../src/model/chain.ts';
import { TOPIC } from '../../src/model/chain-logs.ts';
import type { Pool, PoolKind, Token } from '../../src/model/pool.ts';

/** A call within a transaction. Addresses lower case. */
export interface RecordedTrace {
  readonly path: readonly number[];
  /** `call`, `delegatecall`, `staticcall`, `create`. */
  readonly call: string;
  readonly from: string;
  readonly to: string;
  readonly input: string;
  readonly output: string;
  readonly failed: boolean;
}

const SELECTOR = {
  transfer: '0xa9059cbb',
  transferFrom: '0x23b872dd',
  balanceOf: '0x70a08231',
  swapV2: '0x022c0d9f',
  swapV3: '0x128acb08',
};

const [UINT_1, UINT_2, UINT_4] = [1, 2, 4].map((count) => parseAbiParameters(Array(count).fill('uint256').join(', ')));
const V3_WORDS = parseAbiParameters('int256, int256, uint160, uint128, int24');

type Hex = `0x${string}`;

/**
 * What calls of tokens and pools would have logged: a recording of traces has no logs, and our engine reads nothing else.
 * What comes into a pair is what was sent to it in the transaction since its last swap.
 */
export class TraceReader {
  readonly pools = new Map<string, Pool>();
  #index = 0;

  /** @param traces of one transaction, each call before those that it made. */
  logs(traces: readonly RecordedTrace[]): readonly ChainLog[] {
    const sent = new Map<string, bigint>();
    const logs: ChainLog[] = [];
    const tell = (address: string, topics: readonly string[], data: string) => {
      logs.push({ address, topics, data, index: this.#index++ });
    };
    const read = (path: readonly number[]): void => {
      const trace = traces.find((candidate) => samePath(candidate.path, path));
      if (trace === undefined || trace.failed) return;
      const selector = trace.input.slice(0, 10);
      if (trace.call === 'call' && (selector === SELECTOR.transfer || selector === SELECTOR.transferFrom)) {
        const [from, to, value] =
          selector === SELECTOR.transfer
            ? [trace.from, argumentAddress(trace.input, 0), argument(trace.input, 1)]
            : [argumentAddress(trace.input, 0), argumentAddress(trace.input, 1), argument(trace.input, 2)];
        const key = `${trace.to}>${to}`;
        sent.set(key, (sent.get(key) ?? 0n) + value);
        tell(trace.to, [TOPIC.transfer, topic(from), topic(to)], encodeAbiParameters(UINT_1 ?? [], [value]));
      }
      const inner = traces.filter(
        (candidate) => candidate.path.length === path.length + 1 && samePath(candidate.path.slice(0, -1), path),
      );
      for (const child of inner) read(child.path);
      if (trace.call === 'call' && selector === SELECTOR.swapV2) this.#swapV2(trace, inner, sent, tell);
      if (trace.call === 'call' && selector === SELECTOR.swapV3) this.#swapV3(trace, inner, tell);
    };
    read([]);
    return logs;
  }

  #swapV2(
    trace: RecordedTrace,
    inner: readonly RecordedTrace[],
    sent: Map<string, bigint>,
    tell: (address: string, topics: readonly string[], data: string) => void,
  ): void {
    // A pair asks both tokens for its balance, token0 first, and then updates.
    const [balance0, balance1] = inner.filter((call) => call.input.startsWith(SELECTOR.balanceOf)).slice(-2);
    if (balance0 === undefined || balance1 === undefined) return;
    const [out0, out1] = [argument(trace.input, 0), argument(trace.input, 1)];
    const take = (token: string): bigint => {
      const key = `${token}>${trace.to}`;
      const amount = sent.get(key) ?? 0n;
      sent.delete(key);
      return amount;
    };
    const [in0, in1] = [take(balance0.to), take(balance1.to)];
    this.#list('V2', trace.to, balance0.to, balance1.to);
    tell(trace.to, [TOPIC.sync], encodeAbiParameters(UINT_2 ?? [], [BigInt(balance0.output), BigInt(balance1.output)]));
    tell(
      trace.to,
      [TOPIC.swapV2, topic(trace.from), topic(argumentAddress(trace.input, 2))],
      encodeAbiParameters(UINT_4 ?? [], [in0, in1, out0, out1]),
    );
  }

  #swapV3(
    trace: RecordedTrace,
    inner: readonly RecordedTrace[],
    tell: (address: string, topics: readonly string[], data: string) => void,
  ): void {
    const tokenOut = inner.find((call) => call.input.startsWith(SELECTOR.transfer))?.to;
    const tokenIn = inner.find((call) => call.input.startsWith(SELECTOR.balanceOf))?.to;
    if (tokenIn === undefined || tokenOut === undefined || trace.output.length < 130) return;
    const zeroForOne = argument(trace.input, 1) !== 0n;
    const [token0, token1] = zeroForOne ? [tokenIn, tokenOut] : [tokenOut, tokenIn];
    this.#list('V3', trace.to, token0, token1);
    const amount = (index: number) =>
      BigInt.asIntN(256, BigInt(`0x${trace.output.slice(2 + index * 64, 66 + index * 64)}`));
    tell(
      trace.to,
      [TOPIC.swapV3, topic(trace.from), topic(argumentAddress(trace.input, 0))],
      encodeAbiParameters(V3_WORDS, [amount(0), amount(1), 0n, 0n, 0]),
    );
  }

  #list(kind: PoolKind, address: string, token0: string, token1: string): void {
    this.pools.set(address, {
      chainId: 1,
      kind,
      address: getAddress(address),
      name: `${token0.slice(0, 8)}-${token1.slice(0, 8)}`,
      token0: tokenOf(token0),
      token1: tokenOf(token1),
      feePpm: 3_000,
    });
  }
}

function tokenOf(address: string): Token {
  return { address: getAddress(address), symbol: null, decimals: 18 };
}

function samePath(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

function argument(input: string, index: number): bigint {
  return BigInt(`0x${input.slice(10 + index * 64, 74 + index * 64) || '0'}`);
}

function argumentAddress(input: string, index: number): string {
  return `0x${input.slice(34 + index * 64, 74 + index * 64)}`;
}

function topic(address: string): string {
  return pad(address as Hex, { size: 32 });
}
