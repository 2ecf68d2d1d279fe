import { z } from 'zod';
import type { ChainLog, Receipt } from '../../model/chain.ts';

/** What a node answers is outside data: nothing is taken that has not the shape it must have. Hexadecimal text comes out lower case. */
const hex = (pattern: RegExp) => z.string().regex(pattern).toLowerCase();
const Data = hex(/^0x(?:[0-9a-fA-F]{2})*$/);
const Hash = hex(/^0x[0-9a-fA-F]{64}$/);
const Account = hex(/^0x[0-9a-fA-F]{40}$/);
const Quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform(BigInt);
const Whole = Quantity.refine((value) => value <= Number.MAX_SAFE_INTEGER).transform(Number);

export const Count = Whole;
export const Wei = Quantity;

/** A block as `eth_getBlockByNumber` gives it; null where the node has none (yet). */
export const BlockAnswer = z.object({ number: Whole, hash: Hash, parentHash: Hash, timestamp: Whole }).nullable();
export type BlockHeader = NonNullable<z.infer<typeof BlockAnswer>>;

const LogAnswer = z.object({
  address: Account,
  topics: z.array(Hash).max(4),
  data: Data,
  logIndex: Whole,
  blockHash: Hash,
  transactionHash: Hash,
});

export const LogsAnswer = z.array(LogAnswer);

export const ReceiptAnswer = z.object({
  blockHash: Hash,
  transactionHash: Hash,
  transactionIndex: Whole,
  from: Account,
  to: Account.nullish(),
  /** Missing before Byzantium, when a failed transaction could not be told. */
  status: Whole.optional(),
  gasUsed: Quantity,
  /** Missing on nodes that are older than the fee market. */
  effectiveGasPrice: Quantity.optional(),
  logs: z.array(LogAnswer),
});
export type ReceiptAnswer = z.infer<typeof ReceiptAnswer>;

export const ReceiptsAnswer = z.array(ReceiptAnswer).nullable();

/** @throws Error where a receipt or a log belongs to another block than the one asked for: the node lies, or has changed its mind. */
export function receiptOf(answer: ReceiptAnswer, blockHash: string, gasPriceWei: bigint): Receipt {
  const { transactionHash, logs } = answer;
  if (answer.blockHash !== blockHash || logs.some((log) => log.blockHash !== blockHash))
    throw new Error(`the node gave a receipt of another block: ${transactionHash}`);
  if (logs.some((log) => log.transactionHash !== transactionHash))
    throw new Error(`the node gave a log of another transaction: ${transactionHash}`);
  return {
    txHash: transactionHash,
    txIndex: answer.transactionIndex,
    from: answer.from,
    to: answer.to ?? null,
    succeeded: answer.status !== 0,
    gasUsed: answer.gasUsed,
    gasPriceWei: answer.effectiveGasPrice ?? gasPriceWei,
    logs: logs.map(({ address, topics, data, logIndex }): ChainLog => ({ address, topics, data, index: logIndex })),
  };
}
