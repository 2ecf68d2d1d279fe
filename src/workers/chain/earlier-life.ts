import {
  type ArbitrageTransactionTold,
  type RetractedTransaction,
  transactionMeasures,
} from '../../model/arbitrage-transaction.ts';
import type { BlockRemoved } from '../../model/chain.ts';
import { measuresOf, type OpportunityTold } from '../../model/opportunity.ts';
import type { BlockPlace, Earlier } from '../../store/arbitrage/chain-ledger.ts';

interface Moment {
  readonly timestamp: number;
  readonly receivedAt: number;
}

/** What is to be told anew of what an earlier life has told. */
export interface Corrections {
  readonly opportunities: readonly OpportunityTold[];
  readonly transactions: readonly ArbitrageTransactionTold[];
}

/**
 * What the worker of a chain told before it ended, as far as it can still change: opportunities that nobody has watched since,
 * and what blocks told that the chain may have given up meanwhile. The engine of the new life goes on where this one ends.
 */
export class EarlierLife {
  readonly #blocks: readonly BlockPlace[];
  readonly #opportunities: Map<string, OpportunityTold>;
  readonly #transactions: Map<string, ArbitrageTransactionTold>;

  constructor({ progress, opportunities, transactions }: Earlier) {
    this.#blocks = progress?.blocks ?? [];
    this.#opportunities = new Map(opportunities.map((one) => [one.id, one]));
    this.#transactions = new Map(transactions.map((one) => [one.id, one]));
  }

  /** Blocks that were worked through, oldest first. */
  get blocks(): readonly BlockPlace[] {
    return this.#blocks;
  }

  /** Versions of opportunities, from which those of the same ids count on. */
  get told(): ReadonlyMap<string, number> {
    return new Map([...this.#opportunities.values()].map(({ id, version }) => [id, version]));
  }

  get retracted(): readonly RetractedTransaction[] {
    return [...this.#transactions.values()].filter(({ retracted }) => retracted);
  }

  /** A block that the earlier life worked through is not of the chain any more. Said again, it changes nothing. */
  removed({ number, timestamp, receivedAt }: Pick<BlockRemoved, 'number' | 'timestamp' | 'receivedAt'>): Corrections {
    const moment = { timestamp, receivedAt };
    const transactions: ArbitrageTransactionTold[] = [];
    const hashes = new Set<string>();
    for (const one of this.#transactions.values()) {
      if (one.blockNumber !== number || one.retracted) continue;
      hashes.add(one.txHash);
      transactions.push({ ...one, ...moment, ...next(one, transactionMeasures), retracted: true });
    }
    const opportunities: OpportunityTold[] = [];
    for (const one of this.#opportunities.values()) {
      const change = { ...one, ...moment, ...next(one, measuresOf) };
      if (one.id.endsWith(`:${number}`) && one.state !== 'RETRACTED')
        opportunities.push({ ...change, state: 'RETRACTED' });
      else if (one.captureTxHash !== null && hashes.has(one.captureTxHash))
        opportunities.push({ ...change, ...UNTAKEN });
    }
    return this.#keep({ opportunities, transactions });
  }

  /** Nobody has watched what was open: what there still is of it opens anew. */
  abandon(moment: Moment): Corrections {
    const opportunities = [...this.#opportunities.values()]
      .filter(({ state }) => state === 'OPENED' || state === 'UPDATED')
      .map((one): OpportunityTold => ({ ...one, ...moment, ...next(one, measuresOf), ...UNTAKEN }));
    return this.#keep({ opportunities, transactions: [] });
  }

  #keep(corrections: Corrections): Corrections {
    for (const one of corrections.opportunities) this.#opportunities.set(one.id, one);
    for (const one of corrections.transactions) this.#transactions.set(one.id, one);
    return corrections;
  }
}

const UNTAKEN = {
  state: 'CLOSED',
  closeReason: 'EXPIRED',
  captured: false,
  capturedBy: null,
  captureTxHash: null,
  realizedProfitUsd: null,
} as const;

function next<V extends { readonly version: number }, M>(one: V, measures: (one: V) => M) {
  return { version: one.version + 1, before: measures(one) };
}
