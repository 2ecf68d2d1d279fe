import type { TradeHeard } from '../../model/market-event.ts';
import type { FeedGap } from '../../model/trade.ts';

/** Trades of a symbol that are known again: several times what the venue repeats when it is subscribed to. */
const REMEMBERED = 1_000;

const LOST = 'trades while the connection was lost; the venue keeps no list of them';

interface Memory {
  /** Ids, oldest first. */
  readonly ids: Set<string>;
  lastAt: number;
  /** Set while nothing has shown yet that no trade is missing since the connection was lost. */
  suspect: boolean;
}

/**
 * Gives each trade once. The venue's ids have no order, and it repeats its last trades to who subscribes: those of them
 * that are known show that none is missing; when none of them is, the next trade says that there is a hole.
 */
export class TradeMemory {
  readonly #symbols = new Map<string, Memory>();

  /** An earlier life has told these, oldest first: whether others came since is not known. */
  goOnAfter(symbol: string, told: readonly Pick<TradeHeard, 'tradeId' | 'timestamp'>[]): void {
    const last = told.at(-1);
    if (!last) return;
    const ids = told.slice(-REMEMBERED).map(({ tradeId, timestamp }) => `${timestamp}|${tradeId}`);
    this.#symbols.set(symbol, { ids: new Set(ids), lastAt: last.timestamp, suspect: true });
  }

  /** The connection of these symbols was lost. */
  lost(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      const memory = this.#symbols.get(symbol);
      if (memory) memory.suspect = true;
    }
  }

  /** Those of one message that are new, in their order. */
  unheard(trades: readonly TradeHeard[]): readonly TradeHeard[] {
    for (const { symbol, tradeId, timestamp } of trades) {
      const memory = this.#symbols.get(symbol);
      if (memory?.ids.has(`${timestamp}|${tradeId}`)) memory.suspect = false;
    }
    return trades.flatMap((trade) => {
      const memory = this.#of(trade);
      const id = `${trade.timestamp}|${trade.tradeId}`;
      if (memory.ids.has(id)) return [];
      memory.ids.add(id);
      const [oldest] = memory.ids;
      if (memory.ids.size > REMEMBERED && oldest !== undefined) memory.ids.delete(oldest);
      const gapBefore: FeedGap | null = memory.suspect
        ? { from: memory.lastAt, to: trade.timestamp, reason: LOST }
        : null;
      memory.suspect = false;
      memory.lastAt = trade.timestamp;
      return [gapBefore ? { ...trade, gapBefore } : trade];
    });
  }

  #of({ symbol, timestamp }: TradeHeard): Memory {
    let memory = this.#symbols.get(symbol);
    if (!memory) {
      memory = { ids: new Set(), lastAt: timestamp, suspect: false };
      this.#symbols.set(symbol, memory);
    }
    return memory;
  }
}
