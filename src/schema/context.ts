import type { Clock } from '../lib/clock.ts';
import type { Decimal } from '../lib/decimal.ts';
import type { BotCommand } from '../model/bot.ts';
import type { Address, Identity, Permission } from '../model/identity.ts';
import type { Perishable } from '../model/observed.ts';
import type { Position } from '../model/position.ts';
import type { PriceShock, WhatIf } from '../model/risk.ts';
import type { RiskCommand } from '../model/risk-command.ts';
import type { Signal } from '../model/signal.ts';
import type { KeptKey } from '../store/accounts.ts';
import type { Alerts } from '../store/alerts.ts';
import type { Arbitrage } from '../store/arbitrage/arbitrage.ts';
import type { History } from '../store/archive/history.ts';
import type { Bots } from '../store/bots.ts';
import type { CandleHistory } from '../store/candle-history.ts';
import type { Chains } from '../store/chains.ts';
import type { Instruments } from '../store/instruments.ts';
import type { Latest } from '../store/latest.ts';
import type { MarketHistory } from '../store/market-history.ts';
import type { Orders } from '../store/orders.ts';
import type { Positions } from '../store/positions.ts';
import type { Recent } from '../store/recent.ts';
import type { Trading } from '../store/trading.ts';
import type { TradingDesk } from '../store/trading-desk.ts';

/** The connection that an operation came over. */
export interface Connection {
  readonly id: string;
  /** Has its delivery reported from now on: the first report is there when this resolves. */
  watch(): Promise<void>;
}

/** Who asks, and over what. */
export interface Caller {
  /** Null where an answer is shared, and over transports that have none. */
  readonly connection: Connection | null;
  /** Null where an answer is shared, and for a caller that has not said who it is. */
  readonly identity: Identity | null;
}

/** A token for a caller, and when it ends, milliseconds. */
export interface Issued {
  readonly token: string;
  readonly expiresAt: number;
}

/** What can be done about who a caller is. All of it throws ApiError `UNAVAILABLE` when the database does not answer. */
export interface Identities {
  /** A nonce to sign, good once and until `expiresAt`, and the host that the wallet must show. */
  nonce(): Promise<{ readonly nonce: string; readonly expiresAt: number; readonly domain: string }>;
  /** Sign-In with Ethereum. @throws ApiError `BAD_USER_INPUT`, `UNAUTHENTICATED`, `CONFLICT`. */
  signIn(
    message: string,
    signature: string,
    caller: Identity | null,
  ): Promise<Issued & { readonly identity: Identity }>;
  /** Takes up a newer token on an open connection. @throws ApiError `UNAUTHENTICATED`, `FORBIDDEN`. */
  renew(connection: Connection, token: string): Promise<Identity>;
  /** Ends the caller's credential everywhere. */
  signOut(caller: Identity): Promise<void>;
  /** @returns the key, and its secret: shown now and never again. */
  createKey(
    caller: Identity,
    key: { readonly name: string; readonly permissions: readonly Permission[]; readonly expiresAt: number | null },
  ): Promise<{ readonly key: KeptKey; readonly secret: string }>;
  /** @throws ApiError `NOT_FOUND` for a key that is not the caller's. */
  revokeKey(caller: Identity, id: string): Promise<KeptKey>;
  keys(caller: Identity): Promise<readonly KeptKey[]>;
  /** Null for a key that is not the caller's. */
  key(caller: Identity, id: string): Promise<KeptKey | null>;
  /** Resolves when the connection's session can be read, and is told from then on. */
  watch(connection: Connection): Promise<void>;
}

/** What is known of a price, for {@link Context.whatIf}. */
export interface PriceKnown extends Perishable {
  readonly price: Decimal;
  /** Half the width of the oracle's confidence interval; null where it gives none. */
  readonly confidence: Decimal | null;
}

export interface WhatIfInput {
  readonly position: Position;
  /** The other open positions of its owner. */
  readonly others: readonly Position[];
  readonly priceOf: (symbol: string) => PriceKnown | null;
  readonly shocks: readonly PriceShock[];
}

/** Commands of callers, stored, and a worker told of them. All of it throws ApiError `UNAVAILABLE` when they cannot be. */
export interface Commands {
  /**
   * @param idempotencyKey the same one again, of the same owner, is the same command.
   * @returns the command that counts: this one, or what the same key asked for before.
   */
  risk(owner: Address, command: RiskCommand, idempotencyKey: string | null): Promise<RiskCommand>;
  /** @returns the command that counts. */
  bot(owner: Address, command: BotCommand, idempotencyKey: string | null): Promise<BotCommand>;
  /** @returns the signal that counts. */
  signal(owner: Address, signal: Signal, idempotencyKey: string | null): Promise<Signal>;
}

/** What may be brought about by hand. */
export interface Simulations {
  /** Has a feed hear nothing for a while. @throws ApiError `UNAVAILABLE` when its process cannot be told. */
  staleFeed(source: string, forMs: number): Promise<void>;
}

/** What resolvers may use. Without what belongs to a caller, it is what shared answers are made with. */
export interface Context extends Caller {
  /** Whether what is public is so only to callers who have said who they are. */
  readonly identityRequired: boolean;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly instruments: Instruments;
  readonly chains: Chains;
  /** Latest values of shared topics. */
  readonly latest: Latest;
  /** Latest values of topics that each process has for itself. */
  readonly ownLatest: Latest;
  /** Events still kept. */
  readonly recent: Recent;
  readonly positions: Positions;
  readonly alerts: Alerts;
  readonly bots: Bots;
  readonly marketHistory: MarketHistory;
  readonly candles: CandleHistory;
  readonly arbitrage: Arbitrage;
  readonly commands: Commands;
  readonly orders: Orders;
  readonly trading: Trading;
  /** Null in production. */
  readonly simulations: Simulations | null;
  /** Where orders are handed in. */
  readonly tradingDesk: TradingDesk;
  /** What a position would be under other prices: the engine that computes it, handed in. */
  readonly whatIf: (input: WhatIfInput) => WhatIf;
  /** Protocols that positions may be of: those of the risk table. */
  readonly protocols: readonly string[];
  /** What durable topics have told. */
  readonly history: History;
}
