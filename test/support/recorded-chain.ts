import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { ChainLog, Receipt } from '../../src/model/chain.ts';
import type { Pool } from '../../src/model/pool.ts';
import { type RecordedTrace, TraceReader } from './recorded-trace.ts';
import { RECORDINGS_DIR } from './recording.ts';

const CHAIN_DIR = join(RECORDINGS_DIR, 'chain');

/** Why a test that reads recordings of chains may be skipped. */
export const HAS_CHAIN_RECORDINGS = existsSync(join(CHAIN_DIR, 'blocks'));

/** A block of Ethereum: what its transactions told, and the pools that they swapped in. */
export interface RecordedBlock {
  readonly number: number;
  readonly receipts: readonly Receipt[];
  readonly pools: readonly Pool[];
}

const Trace = z.object({
  type: z.string(),
  action: z.object({
    callType: z.string().optional(),
    from: z.string().optional(),
    to: z.string().optional(),
    input: z.string().optional(),
  }),
  result: z.object({ output: z.string().optional() }).nullish(),
  error: z.string().nullish(),
  trace_address: z.array(z.number()),
  transaction_hash: z.string().nullish(),
});

const Block = z.object({
  block_number: z.number(),
  traces: z.array(Trace),
  receipts: z.array(
    z.object({
      transaction_hash: z.string(),
      transaction_index: z.number(),
      gas_used: z.union([z.number(), z.string()]),
      effective_gas_price: z.union([z.number(), z.string()]),
    }),
  ),
});

function readText(path: string): string {
  const bytes = readFileSync(join(CHAIN_DIR, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

function readJson(path: string): unknown {
  return JSON.parse(readText(path));
}

/** Numbers of the blocks that were recorded with their traces. */
export function recordedBlockNumbers(): readonly number[] {
  return readdirSync(join(CHAIN_DIR, 'blocks')).map((name) => Number.parseInt(name, 10));
}

/** A block that was recorded by its traces: the logs are made from the calls that cause them, in their order. */
export function recordedBlock(number: number): RecordedBlock {
  const block = Block.parse(readJson(`blocks/${number}.json.gz`));
  const byTransaction = Map.groupBy(block.traces, (trace) => trace.transaction_hash ?? '');
  const reader = new TraceReader();
  const receipts = block.receipts.map((receipt): Receipt => {
    const traces = (byTransaction.get(receipt.transaction_hash) ?? []).map(traceOf);
    const root = traces[0];
    return {
      txHash: receipt.transaction_hash,
      txIndex: receipt.transaction_index,
      from: root?.from ?? '0x',
      to: root?.to ?? null,
      succeeded: root !== undefined && !root.failed,
      gasUsed: BigInt(receipt.gas_used),
      gasPriceWei: BigInt(receipt.effective_gas_price),
      logs: root === undefined || root.failed ? [] : reader.logs(traces),
    };
  });
  return { number, receipts, pools: [...reader.pools.values()] };
}

function traceOf({ action, result, error, type, trace_address }: z.infer<typeof Trace>): RecordedTrace {
  return {
    path: trace_address,
    call: type === 'call' ? (action.callType ?? '') : type,
    from: action.from?.toLowerCase() ?? '',
    to: action.to?.toLowerCase() ?? '',
    input: action.input ?? '0x',
    output: result?.output ?? '0x',
    failed: error != null,
  };
}

const Arbitrages = z.object({
  arbitrages: z.array(
    z.object({
      block: z.number(),
      swaps: z.number(),
      arbitrages: z
        .array(z.object({ tx: z.string(), swaps: z.number(), profit_token: z.string(), profit_amount: z.string() }))
        .optional(),
    }),
  ),
});

/** The published arbitrages, block by block. */
export function publishedArbitrages(): z.infer<typeof Arbitrages>['arbitrages'] {
  return Arbitrages.parse(readJson('mev_expected.json')).arbitrages;
}

const Log = z.object({
  address: z.string(),
  topics: z.array(z.string()),
  data: z.string(),
  logIndex: z.string(),
  blockNumber: z.string(),
  transactionHash: z.string(),
});
export type RecordedLog = z.infer<typeof Log>;

const Answers = z.array(z.object({ response: z.object({ result: z.array(z.unknown()) }) }));
const WithLogs = z.object({ logs: z.array(Log) });

/** Every log of a recorded answer, however its method nests them. */
function logsIn(value: unknown): readonly RecordedLog[] {
  const log = Log.safeParse(value);
  if (log.success) return [log.data];
  const receipt = WithLogs.safeParse(value);
  if (receipt.success) return receipt.data.logs;
  return Array.isArray(value) ? value.flatMap(logsIn) : [];
}

/** The logs of whole blocks as nodes gave them, one entry for each file. */
export function recordedLogs(): readonly { readonly file: string; readonly logs: readonly RecordedLog[] }[] {
  return readdirSync(join(CHAIN_DIR, 'logs')).map((file) => ({
    file,
    logs: Answers.parse(readJson(`logs/${file}`)).flatMap(({ response }) => response.result.flatMap(logsIn)),
  }));
}

/** Logs of one PancakeSwap pair, which keeps 0.25 %. */
export function pancakeLogs(): { readonly pair: string; readonly logs: readonly RecordedLog[] } {
  return z.object({ pair: z.string(), logs: z.array(Log) }).parse(readJson('bsc_pancake_bobai_run.json'));
}

export function chainLog({ address, topics, data, logIndex }: RecordedLog): ChainLog {
  return { address: address.toLowerCase(), topics, data, index: Number(logIndex) };
}

const Sandwiches = z.tuple([
  z.object({
    block_number: z.number(),
    frontrun_swap: z.object({ transaction_hash: z.string() }),
    backrun_swap: z.object({ transaction_hash: z.string() }),
    sandwiched_swaps: z.array(z.object({ transaction_hash: z.string() })),
  }),
]);

/** The published sandwich. */
export function publishedSandwich(): {
  readonly block: number;
  readonly front: string;
  readonly back: string;
  readonly victims: readonly string[];
  readonly profit: bigint;
} {
  const text = readText('mev_sandwich_12775690.json');
  const [found] = Sandwiches.parse(JSON.parse(text));
  return {
    block: found.block_number,
    front: found.frontrun_swap.transaction_hash,
    back: found.backrun_swap.transaction_hash,
    victims: found.sandwiched_swaps.map(({ transaction_hash }) => transaction_hash),
    // Written as a number beyond what a JSON parser holds exactly.
    profit: BigInt(/"profit_amount": (\d+)/.exec(text)?.[1] ?? ''),
  };
}
