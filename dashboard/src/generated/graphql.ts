/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How urgent an alert is. */
export type AlertSeverity =
  /** Act now. */
  | 'CRITICAL'
  /** Act soon. */
  | 'HIGH'
  /** Worth knowing. */
  | 'LOW'
  /** Worth looking at. */
  | 'MEDIUM';

/** How far the life of an alert has come. */
export type AlertState =
  /** Its condition holds, and its owner knows. */
  | 'ACKNOWLEDGED'
  /** Its condition holds, and nobody has said that they know. */
  | 'OPEN'
  /** Its condition has ended, or its owner ended it. */
  | 'RESOLVED';

/** What kind of danger it is about. */
export type AlertType =
  /** A share of a pool is worth less than its deposit would be. */
  | 'IMPERMANENT_LOSS'
  /** A position is near liquidation. */
  | 'LIQUIDATION_RISK'
  /** More has been lost than its owner wants. */
  | 'LOSS_LIMIT_EXCEEDED'
  /** Something else that its owner asked to be told of. */
  | 'OTHER'
  /** A position, or all together, is larger than its owner wants. */
  | 'POSITION_LIMIT_EXCEEDED';

/** How many swaps the longest round of a transaction has. */
export type ArbitrageStrategy =
  /** Four. */
  | 'FOUR_HOP'
  /** Five or more. */
  | 'MULTI_HOP'
  /** Three: a triangle. */
  | 'THREE_HOP'
  /** Two. */
  | 'TWO_HOP';

/** What a bot does. */
export type BotKind =
  /** Buys for the same amount again and again. */
  | 'DCA'
  /** Buys at steps below the price and sells each one step higher. */
  | 'GRID'
  /** Buys on BUY, and sells what it has on SELL. */
  | 'SIGNAL';

/** What the bot does: one of these. */
export type BotPlanInput =
  {   /** Buys again and again. */
  dca: DcaBotInput; grid?: never; signal?: never; }
  |  { dca?: never;   /** Buys low and sells a step higher. */
  grid: GridBotInput; signal?: never; }
  |  { dca?: never; grid?: never;   /** Follows signals. */
  signal: SignalBotInput; };

/** Whether a bot works. */
export type BotState =
  /** It reached a limit, or an order was refused: `lastError` says why. Its orders are cancelled. */
  | 'FAILED'
  /** It decides nothing; its orders stand. */
  | 'PAUSED'
  /** It decides by itself. */
  | 'RUNNING'
  /** It decides nothing, and its orders are cancelled. As it is made. */
  | 'STOPPED';

/** How long a bar is. Bars begin at whole multiples since 1970, UTC. */
export type CandleInterval =
  /** A day, from midnight. */
  | 'D1'
  /** An hour. */
  | 'H1'
  /** Four hours. */
  | 'H4'
  /** A minute. */
  | 'M1'
  /** Five minutes. */
  | 'M5'
  /** A quarter of an hour. */
  | 'M15'
  /** A second. */
  | 'S1';

/** A new bot. It is made STOPPED. */
export type CreateBotInput = {
  /** The same one again makes nothing and answers with the first; 1 to 100 characters. */
  idempotencyKey?: string | null | undefined;
  /** Most that it may lose, in the quote currency; above 0. Left out: no limit. */
  maxLoss?: string | null | undefined;
  /** Orders in all; 1 or more. Left out: no limit. */
  maxOrders?: number | null | undefined;
  /** Largest position, in the base currency; above 0. Left out: no limit. */
  maxPosition?: string | null | undefined;
  /** What you call it; 1 to 100 characters. */
  name: string;
  /** Whose it is, one of your addresses. Needed only where you have several. */
  owner?: string | null | undefined;
  /** What it does. */
  plan: BotPlanInput;
  /** What it trades, as in `instruments`. */
  symbol: string;
};

/** Buys for the same amount again and again. */
export type DcaBotInput = {
  /** Of each purchase, in the quote currency; above 0. */
  amount: string;
  /** Between two, 10 to 31536000. The first comes at once; one that was missed is not made up for. */
  intervalSeconds: number;
};

/** Divides a range of prices into equal steps; buys at the bottom of each below the price, sells at its top. */
export type GridBotInput = {
  /** What all steps may cost together, in the quote currency. A grid that could cost more is refused. */
  budget: string;
  /** Bottom of the range; above 0. */
  lower: string;
  /** Of each order, in the base currency; above 0. */
  quantity: string;
  /** How many steps, 1 to 100. */
  steps: number;
  /** Top of the range; above `lower`. */
  upper: string;
};

/** How well something works. */
export type HealthStatus =
  /** It works in part, or is coming back. */
  | 'DEGRADED'
  /** It does not work. */
  | 'DOWN'
  /** It does what it is for. */
  | 'HEALTHY';

/** Which side of a fill an order was. */
export type Liquidity =
  /** It rested, and was met. */
  | 'MAKER'
  /** It took what was offered. */
  | 'TAKER';

/** What kind of instrument it is. */
export type MarketKind =
  /** A share. */
  | 'EQUITY'
  /** A perpetual future. */
  | 'PERP'
  /** Bought and sold for delivery. */
  | 'SPOT';

/** Whether the exchange of a share trades. */
export type MarketSession =
  /** It does not: the price is the last one of its session, or of what trades after it. */
  | 'CLOSED'
  /** It trades now. */
  | 'OPEN';

/** Why an opportunity is over. */
export type OpportunityCloseReason =
  /** Prices met without an arbitrage. */
  | 'CONVERGED'
  /** Nobody took it for so long that something must be in the way; or nobody watched it for a while. */
  | 'EXPIRED'
  /** A transaction took it: it is named. */
  | 'TAKEN';

/** How far the life of an opportunity has come. */
export type OpportunityState =
  /** It is over: `closeReason` says why, the other fields show it as it last was. */
  | 'CLOSED'
  /** It has just been found. */
  | 'OPENED'
  /** The chain has given up the block in which it was found: it never was. */
  | 'RETRACTED'
  /** Its figures have changed; it is still there. */
  | 'UPDATED';

/** How far the life of an order has come. */
export type OrderStatus =
  /** Its owner ended it. */
  | 'CANCELED'
  /** Its time in force ended it, or nothing more could be had: `rejection` says why. */
  | 'EXPIRED'
  /** All of it is filled. */
  | 'FILLED'
  /** It rests, or waits for its stop price. */
  | 'NEW'
  /** A part of it is filled, and the rest lives on. */
  | 'PARTIALLY_FILLED'
  /** Stored; no venue has seen it yet. */
  | 'PENDING'
  /** It was never taken: `rejection` says why. */
  | 'REJECTED';

/** What an order does. */
export type OrderType =
  /** Trades at `price` or better. */
  | 'LIMIT'
  /** Takes what is offered now, at any price. */
  | 'MARKET'
  /** A MARKET order once the last price has gone to `stopPrice`, against the position. */
  | 'STOP'
  /** A LIMIT order once the last price has gone to `stopPrice`, against the position. */
  | 'STOP_LIMIT'
  /** A MARKET order, or with `price` a LIMIT order, once the last price has gone to `stopPrice`, in favour. */
  | 'TAKE_PROFIT';

/** What a credential may be used for. */
export type Permission =
  /** See every owner's data, and manage keys. */
  | 'OPERATOR'
  /** See the user's own data. */
  | 'READ'
  /** Change the user's own data. */
  | 'WRITE';

/** An order at the paper venue. */
export type PlaceOrderInput = {
  /** Yours, 1 to 64 characters, unique among the owner's orders: the same one again with the same content is the same order, with another `CONFLICT`. Left out: one is made, and a retry is a second order. */
  clientOrderId?: string | null | undefined;
  /** Whose. Left out: your only address. */
  owner?: string | null | undefined;
  /** Refused rather than to take what is there. Left out: false. */
  postOnly?: boolean | null | undefined;
  /** Worst price, a multiple of the tick: of LIMIT and STOP_LIMIT, and of a TAKE_PROFIT that is to rest. */
  price?: string | null | undefined;
  /** In the base currency, a multiple of the step. */
  quantity: string;
  /** Only ever makes a position smaller. Left out: false. */
  reduceOnly?: boolean | null | undefined;
  /** Buy or sell. */
  side: Side;
  /** Last price at which it comes to life: of STOP, STOP_LIMIT and TAKE_PROFIT. */
  stopPrice?: string | null | undefined;
  /** As in `instruments`: "BTCUSDT". */
  symbol: string;
  /** Left out: GTC. */
  timeInForce?: TimeInForce | null | undefined;
  /** What it does. */
  type: OrderType;
};

/** What happened to a position. */
export type PositionEventType =
  /** Its size, collateral, debt or deposit changed. */
  | 'ADJUSTED'
  /** Its owner ended it. */
  | 'CLOSED'
  /** Somebody else ended it, because too little stood for it. */
  | 'LIQUIDATED'
  /** Its health factor fell below a warning threshold. */
  | 'LIQUIDATION_WARNING'
  /** It began. */
  | 'OPENED';

/** What kind of position it is. */
export type PositionKind =
  /** A share of a pool within a range of prices. */
  | 'CONCENTRATED_LP'
  /** A loan against collateral: several collaterals, several debts. */
  | 'LENDING'
  /** A share of a constant-product pool. */
  | 'LP'
  /** A perpetual future, with isolated or cross margin. */
  | 'PERP'
  /** Something held. */
  | 'SPOT';

/** Which way a perpetual goes. */
export type PositionSide =
  /** Gains when the price rises. */
  | 'LONG'
  /** Gains when the price falls. */
  | 'SHORT';

/** Which rule an order, or a change of one, did not keep. */
export type RejectionCode =
  /** No less than is filled, `limit`, can be asked for. */
  | 'AMEND_BELOW_FILLED'
  /** Only `limit` is free, and `actual` is needed. */
  | 'INSUFFICIENT_BALANCE'
  /** Its members do not go together. */
  | 'INVALID_ORDER'
  /** The owner's loss limit, `limit` dollars, is reached: orders may only reduce. */
  | 'LOSS_LIMIT'
  /** The book of the symbol is not known now. */
  | 'MARKET_UNAVAILABLE'
  /** Price times quantity is below the least, `limit`. */
  | 'MIN_NOTIONAL'
  /** The quantity is below the least, `limit`. */
  | 'MIN_QUANTITY'
  /** The symbol is known, and orders are not taken in it. */
  | 'NOT_TRADABLE'
  /** No more than `limit` can be had at once. */
  | 'NO_LIQUIDITY'
  /** The order has ended already. */
  | 'ORDER_ENDED'
  /** The owner's position limit, `limit` dollars, would be exceeded. */
  | 'POSITION_LIMIT'
  /** A post-only order at `actual` would take what is offered at `limit`. */
  | 'POST_ONLY_WOULD_TAKE'
  /** A price is no multiple of the tick, `limit`. */
  | 'PRICE_TICK'
  /** The quantity is no multiple of the step, `limit`. */
  | 'QUANTITY_STEP'
  /** Only `limit` can be reduced. */
  | 'REDUCE_ONLY_WOULD_INCREASE'
  /** The owner has too many open orders. */
  | 'TOO_MANY_ORDERS'
  /** No such symbol is traded. */
  | 'UNKNOWN_SYMBOL'
  /** A real venue has refused it, in its own words. */
  | 'VENUE_REFUSED'
  /** The last price, `limit`, has reached the stop price already. */
  | 'WOULD_TRIGGER_IMMEDIATELY';

/** A part of the risk score. */
export type RiskPart =
  /** The chain, and the bridge that its assets came over. */
  | 'CROSS_CHAIN'
  /** Size against what is quoted within 2 % of the price. */
  | 'LIQUIDITY'
  /** How many swaps of its pool somebody extracts value from. */
  | 'MEV'
  /** What the protocol has shown so far, from a table. */
  | 'PROTOCOL'
  /** How much the value moves. */
  | 'VOLATILITY';

/** Bought or sold; of a trade, who took the initiative. */
export type Side =
  /** A buyer lifted an ask. */
  | 'BUY'
  /** A seller hit a bid. */
  | 'SELL';

/** Buys on BUY while it holds nothing, and sells what it holds on SELL. */
export type SignalBotInput = {
  /** Of a purchase, in the quote currency; above 0. */
  amount: string;
  /** Only with at least this, 0 to 1. */
  minConfidence?: number | null | undefined;
  /** Only of these strategies, built-in or your own; 1 to 20. Left out: of all. */
  strategies?: Array<string> | null | undefined;
};

/** What a strategy would do. */
export type SignalType =
  /** It would buy. */
  | 'BUY'
  /** What it said last holds no longer, and the opposite does not hold either. */
  | 'HOLD'
  /** It would sell. */
  | 'SELL';

/** How long an order lives. */
export type TimeInForce =
  /** Fill or kill: all of it at once, or nothing. */
  | 'FOK'
  /** Good till cancelled. */
  | 'GTC'
  /** Immediate or cancel: what cannot be had at once expires. */
  | 'IOC';

export type OpportunitiesSubscriptionVariables = Exact<{
  chainIds?: Array<number> | number | null | undefined;
  minProfitUsd?: string | null | undefined;
  states?: Array<OpportunityState> | OpportunityState | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type OpportunitiesSubscription = { opportunities: { id: string, version: number, cursor: string, state: OpportunityState, closeReason: OpportunityCloseReason | null, chainId: number, poolName: string, poolAddress: string, imbalancePct: number, profitUsd: string, gasCostUsd: string, realizedProfitUsd: string | null, captureTxHash: string | null, blockNumber: number, ageBlocks: number, detectedAt: string, matches: boolean, replayed: boolean, timestamp: string } };

export type TransactionsSubscriptionVariables = Exact<{
  chainIds?: Array<number> | number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TransactionsSubscription = { transactions: { id: string, version: number, cursor: string, retracted: boolean, chainId: number, txHash: string, fromAddress: string, blockNumber: number, strategy: ArbitrageStrategy, swapCount: number, gasCostUsd: string | null, profitGrossUsd: string | null, profitNetUsd: string | null, matches: boolean, replayed: boolean, timestamp: string } };

export type ChainsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type ChainsSubscription = { chainStatus: { id: string, chainId: number, name: string, status: HealthStatus, message: string, head: number | null, lagMs: number | null, poolCount: number, reorgs: number, errorCount: number, matches: boolean, stale: boolean, sequence: number, timestamp: string } };

export type SignalsSubscriptionVariables = Exact<{
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SignalsSubscription = { signals: { id: string, cursor: string, signalType: SignalType, symbol: string, strategy: string, interval: CandleInterval | null, price: string, confidence: number, matches: boolean, replayed: boolean, timestamp: string } };

export type BotsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type BotsSubscription = { botStatus: { id: string, botId: string, name: string, status: BotState, lastAction: string | null, lastError: string | null, matches: boolean, stale: boolean, sequence: number, timestamp: string, performance: { totalPnl: string, winRatePct: number | null, tradesToday: number }, bot: { id: string, kind: BotKind, symbol: string, position: string, orderCount: number } } };

export type CreateBotMutationVariables = Exact<{
  input: CreateBotInput;
}>;


export type CreateBotMutation = { createBot: { bot: { id: string, name: string } } };

export type StartBotMutationVariables = Exact<{
  botId: string | number;
}>;


export type StartBotMutation = { startBot: { bot: { id: string } } };

export type PauseBotMutationVariables = Exact<{
  botId: string | number;
}>;


export type PauseBotMutation = { pauseBot: { bot: { id: string } } };

export type StopBotMutationVariables = Exact<{
  botId: string | number;
}>;


export type StopBotMutation = { stopBot: { bot: { id: string } } };

export type PricesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PricesSubscription = { prices: { id: string, symbol: string, source: string, price: string, confidence: string | null, ageSeconds: number | null, open24h: string | null, high24h: string | null, low24h: string | null, volume24h: string | null, change24h: string | null, changePct24h: number | null, volatilityPct: number | null, marketSession: MarketSession | null, matches: boolean, stale: boolean, sequence: number, timestamp: string, market: { id: string, kind: MarketKind, base: string, quote: string, venue: string } } };

export type TradesSubscriptionVariables = Exact<{
  symbol: string;
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TradesSubscription = { trades: { id: string, cursor: string, symbol: string, price: string, quantity: string, side: Side, replayed: boolean, matches: boolean, timestamp: string } };

export type MarketStatsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type MarketStatsSubscription = { marketStats: { id: string, currentPrice: string, longOpenInterest: string | null, shortOpenInterest: string | null, totalOpenInterest: string | null, volume24h: string | null, fundingRate: string | null, fundingRateAnnualPct: number | null, fundingIntervalSeconds: number | null, lastFundingUpdate: string | null, matches: boolean, stale: boolean, sequence: number, timestamp: string, market: { id: string, symbol: string, base: string } } };

export type BookSubscriptionVariables = Exact<{
  symbol: string;
}>;


export type BookSubscription = { orderbook: { id: string, symbol: string, source: string, sequence: number, previousSequence: number | null, checksum: number | null, matches: boolean, snapshot: boolean, stale: boolean, timestamp: string, bids: Array<{ price: string, size: string }>, asks: Array<{ price: string, size: string }> } };

export type CandlesSubscriptionVariables = Exact<{
  symbol: string;
  interval: CandleInterval;
}>;


export type CandlesSubscription = { candles: { id: string, version: number, openTime: string, open: string, high: string, low: string, close: string, volume: string | null, matches: boolean } };

export type PastCandlesQueryVariables = Exact<{
  symbol: string;
  interval: CandleInterval;
  first: number;
}>;


export type PastCandlesQuery = { candles: { edges: Array<{ node: { id: string, version: number, openTime: string, open: string, high: string, low: string, close: string, volume: string | null, matches: boolean } }> } };

export type PositionsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PositionsSubscription = { positions: { id: string, owner: string, totalValueUsd: string, totalUnrealizedPnl: string, matches: boolean, stale: boolean, sequence: number, timestamp: string, positions: Array<{ id: string, version: number, kind: PositionKind, side: PositionSide | null, size: string, protocol: string, leverage: string | null, entryPrice: string | null, currentPrice: string | null, currentValueUsd: string | null, pnlUsd: string | null, healthFactor: string | null, liquidationPrice: string | null, liquidationDistancePct: number | null, isAtRisk: boolean, warningInsideBand: boolean | null, inRange: boolean | null, impermanentLossPct: number | null, market: { id: string, symbol: string, base: string, quote: string } }> } };

export type RiskSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type RiskSubscription = { riskUpdates: { id: string, positionId: string, matches: boolean, stale: boolean, sequence: number, timestamp: string, metrics: { overallRiskScore: number, liquidityRisk: number | null, volatilityRisk: number | null, protocolRisk: number | null, mevRiskScore: number | null, crossChainRisk: number | null, impermanentLossPct: number | null, currentIlUsd: string | null, maxDrawdownPct: number | null, sharpeRatio: number | null, var95Pct: number | null, unavailable: Array<{ field: string, reason: string }> }, attribution: Array<{ part: RiskPart, contribution: number, change: number }> } };

export type AlertsSubscriptionVariables = Exact<{
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AlertsSubscription = { alerts: { id: string, version: number, cursor: string, alertType: AlertType, severity: AlertSeverity, title: string, message: string, state: AlertState, positionId: string | null, currentValue: string | null, thresholdValue: string | null, createdAt: string, matches: boolean, replayed: boolean, timestamp: string } };

export type LiquidationsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type LiquidationsSubscription = { liquidations: { id: string, count: number, matches: boolean, stale: boolean, sequence: number, timestamp: string, market: { id: string, symbol: string }, candidates: Array<{ positionId: string, owner: string, healthFactor: string, liquidationPrice: string | null, currentPrice: string, potentialReward: string | null, liquidatable: boolean, market: { id: string, symbol: string } }> } };

export type PositionEventsSubscriptionVariables = Exact<{
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PositionEventsSubscription = { positionEvents:
    | { __typename: 'LiquidationWarning', healthFactor: string, message: string, id: string, cursor: string, type: PositionEventType, positionId: string, matches: boolean, replayed: boolean, timestamp: string, market: { id: string, symbol: string } }
    | { __typename: 'PositionAdjusted', side: PositionSide | null, size: string, id: string, cursor: string, type: PositionEventType, positionId: string, matches: boolean, replayed: boolean, timestamp: string, market: { id: string, symbol: string } }
    | { __typename: 'PositionClosed', exitPrice: string | null, realizedPnl: string, id: string, cursor: string, type: PositionEventType, positionId: string, matches: boolean, replayed: boolean, timestamp: string, market: { id: string, symbol: string } }
    | { __typename: 'PositionLiquidated', liquidationPrice: string | null, id: string, cursor: string, type: PositionEventType, positionId: string, matches: boolean, replayed: boolean, timestamp: string, market: { id: string, symbol: string } }
    | { __typename: 'PositionOpened', side: PositionSide | null, size: string, entryPrice: string | null, id: string, cursor: string, type: PositionEventType, positionId: string, matches: boolean, replayed: boolean, timestamp: string, market: { id: string, symbol: string } }
   };

export type AcknowledgeAlertMutationVariables = Exact<{
  id: string | number;
}>;


export type AcknowledgeAlertMutation = { acknowledgeAlert: { alert: { id: string, version: number, state: AlertState } } };

export type ResolveAlertMutationVariables = Exact<{
  id: string | number;
}>;


export type ResolveAlertMutation = { resolveAlert: { alert: { id: string, version: number, state: AlertState } } };

export type StatusSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type StatusSubscription = { systemStatus: { id: string, status: HealthStatus, message: string, matches: boolean, stale: boolean, sequence: number, timestamp: string, components: Array<{ name: string, status: HealthStatus, message: string, startedAt: string, lastUpdate: string | null, errorCount: number, recoveries: number }> } };

export type DeliverySubscriptionVariables = Exact<{ [key: string]: never; }>;


export type DeliverySubscription = { deliveryStats: { id: string, queuedBytes: number, matches: boolean, stale: boolean, sequence: number, timestamp: string, subscriptions: Array<{ operationId: string, field: string, delivered: number, conflated: number, queuedBytes: number, lagMs: { p50: number, p99: number } }> } };

export type SessionSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SessionSubscription = { session: { id: string, expiresAt: string | null, renewBefore: string | null, matches: boolean, stale: boolean, sequence: number, timestamp: string, viewer: { userId: string, addresses: Array<string>, isDemo: boolean, permissions: Array<Permission> } | null } };

export type CreateSignInNonceMutationVariables = Exact<{ [key: string]: never; }>;


export type CreateSignInNonceMutation = { createSignInNonce: { nonce: string, domain: string, expiresAt: string } };

export type SignInMutationVariables = Exact<{
  message: string;
  signature: string;
}>;


export type SignInMutation = { signInWithEthereum: { token: string, expiresAt: string, viewer: { userId: string, addresses: Array<string> } } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { signedOut: boolean } };

export type OrdersSubscriptionVariables = Exact<{
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type OrdersSubscription = { orderUpdates: { id: string, cursor: string, matches: boolean, replayed: boolean, timestamp: string, order: { id: string, version: number, clientOrderId: string, symbol: string, side: Side, type: OrderType, status: OrderStatus, quantity: string, price: string | null, stopPrice: string | null, filledQuantity: string, remainingQuantity: string, averagePrice: string | null, createdAt: string, updatedAt: string, rejection: { code: RejectionCode, message: string } | null } } };

export type PortfolioSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PortfolioSubscription = { portfolio: { id: string, owner: string, equity: string, exposure: string, totalPnl: string, realizedPnl: string, unrealizedPnl: string, fees: string, positionCount: number, matches: boolean, stale: boolean, sequence: number, timestamp: string, positions: Array<{ symbol: string, quantity: string, averagePrice: string, marketPrice: string | null, marketValue: string | null, unrealizedPnl: string | null, unrealizedPnlPct: number | null }> } };

export type ExecutionsSubscriptionVariables = Exact<{
  last?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ExecutionsSubscription = { tradeExecutions: { id: string, cursor: string, symbol: string, side: Side, quantity: string, price: string, fee: string, feeCurrency: string, liquidity: Liquidity, realizedPnl: string, matches: boolean, replayed: boolean, timestamp: string } };

export type PlaceOrderMutationVariables = Exact<{
  input: PlaceOrderInput;
}>;


export type PlaceOrderMutation = { placeOrder: { order: { id: string, status: OrderStatus, symbol: string } } };

export type CancelOrderMutationVariables = Exact<{
  orderId: string | number;
}>;


export type CancelOrderMutation = { cancelOrder: { order: { id: string, status: OrderStatus } } };


export const OpportunitiesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Opportunities"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"chainIds"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"minProfitUsd"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Decimal"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"states"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"OpportunityState"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"opportunities"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"chainIds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"chainIds"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"minProfitUsd"},"value":{"kind":"Variable","name":{"kind":"Name","value":"minProfitUsd"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"states"},"value":{"kind":"Variable","name":{"kind":"Name","value":"states"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"closeReason"}},{"kind":"Field","name":{"kind":"Name","value":"chainId"}},{"kind":"Field","name":{"kind":"Name","value":"poolName"}},{"kind":"Field","name":{"kind":"Name","value":"poolAddress"}},{"kind":"Field","name":{"kind":"Name","value":"imbalancePct"}},{"kind":"Field","name":{"kind":"Name","value":"profitUsd"}},{"kind":"Field","name":{"kind":"Name","value":"gasCostUsd"}},{"kind":"Field","name":{"kind":"Name","value":"realizedProfitUsd"}},{"kind":"Field","name":{"kind":"Name","value":"captureTxHash"}},{"kind":"Field","name":{"kind":"Name","value":"blockNumber"}},{"kind":"Field","name":{"kind":"Name","value":"ageBlocks"}},{"kind":"Field","name":{"kind":"Name","value":"detectedAt"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<OpportunitiesSubscription, OpportunitiesSubscriptionVariables>;
export const TransactionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Transactions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"chainIds"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"transactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"chainIds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"chainIds"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"retracted"}},{"kind":"Field","name":{"kind":"Name","value":"chainId"}},{"kind":"Field","name":{"kind":"Name","value":"txHash"}},{"kind":"Field","name":{"kind":"Name","value":"fromAddress"}},{"kind":"Field","name":{"kind":"Name","value":"blockNumber"}},{"kind":"Field","name":{"kind":"Name","value":"strategy"}},{"kind":"Field","name":{"kind":"Name","value":"swapCount"}},{"kind":"Field","name":{"kind":"Name","value":"gasCostUsd"}},{"kind":"Field","name":{"kind":"Name","value":"profitGrossUsd"}},{"kind":"Field","name":{"kind":"Name","value":"profitNetUsd"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<TransactionsSubscription, TransactionsSubscriptionVariables>;
export const ChainsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Chains"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"chainStatus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"chainId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"head"}},{"kind":"Field","name":{"kind":"Name","value":"lagMs"}},{"kind":"Field","name":{"kind":"Name","value":"poolCount"}},{"kind":"Field","name":{"kind":"Name","value":"reorgs"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<ChainsSubscription, ChainsSubscriptionVariables>;
export const SignalsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Signals"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signals"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"signalType"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"strategy"}},{"kind":"Field","name":{"kind":"Name","value":"interval"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<SignalsSubscription, SignalsSubscriptionVariables>;
export const BotsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Bots"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"botStatus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"botId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"lastAction"}},{"kind":"Field","name":{"kind":"Name","value":"lastError"}},{"kind":"Field","name":{"kind":"Name","value":"performance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalPnl"}},{"kind":"Field","name":{"kind":"Name","value":"winRatePct"}},{"kind":"Field","name":{"kind":"Name","value":"tradesToday"}}]}},{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"orderCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<BotsSubscription, BotsSubscriptionVariables>;
export const CreateBotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateBot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateBotInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createBot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<CreateBotMutation, CreateBotMutationVariables>;
export const StartBotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"StartBot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"botId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startBot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"botId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"botId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<StartBotMutation, StartBotMutationVariables>;
export const PauseBotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PauseBot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"botId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pauseBot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"botId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"botId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<PauseBotMutation, PauseBotMutationVariables>;
export const StopBotDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"StopBot"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"botId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"stopBot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"botId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"botId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bot"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<StopBotMutation, StopBotMutationVariables>;
export const PricesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Prices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"prices"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"ageSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"open24h"}},{"kind":"Field","name":{"kind":"Name","value":"high24h"}},{"kind":"Field","name":{"kind":"Name","value":"low24h"}},{"kind":"Field","name":{"kind":"Name","value":"volume24h"}},{"kind":"Field","name":{"kind":"Name","value":"change24h"}},{"kind":"Field","name":{"kind":"Name","value":"changePct24h"}},{"kind":"Field","name":{"kind":"Name","value":"volatilityPct"}},{"kind":"Field","name":{"kind":"Name","value":"marketSession"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"base"}},{"kind":"Field","name":{"kind":"Name","value":"quote"}},{"kind":"Field","name":{"kind":"Name","value":"venue"}}]}}]}}]}}]} as unknown as DocumentNode<PricesSubscription, PricesSubscriptionVariables>;
export const TradesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Trades"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"symbols"},"value":{"kind":"ListValue","values":[{"kind":"Variable","name":{"kind":"Name","value":"symbol"}}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<TradesSubscription, TradesSubscriptionVariables>;
export const MarketStatsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MarketStats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"marketStats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"base"}}]}},{"kind":"Field","name":{"kind":"Name","value":"currentPrice"}},{"kind":"Field","name":{"kind":"Name","value":"longOpenInterest"}},{"kind":"Field","name":{"kind":"Name","value":"shortOpenInterest"}},{"kind":"Field","name":{"kind":"Name","value":"totalOpenInterest"}},{"kind":"Field","name":{"kind":"Name","value":"volume24h"}},{"kind":"Field","name":{"kind":"Name","value":"fundingRate"}},{"kind":"Field","name":{"kind":"Name","value":"fundingRateAnnualPct"}},{"kind":"Field","name":{"kind":"Name","value":"fundingIntervalSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"lastFundingUpdate"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<MarketStatsSubscription, MarketStatsSubscriptionVariables>;
export const BookDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Book"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderbook"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"symbol"},"value":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}}},{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"EnumValue","value":"DELTA"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"bids"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}},{"kind":"Field","name":{"kind":"Name","value":"asks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"previousSequence"}},{"kind":"Field","name":{"kind":"Name","value":"checksum"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"snapshot"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<BookSubscription, BookSubscriptionVariables>;
export const CandlesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Candles"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"interval"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CandleInterval"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"candles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"symbol"},"value":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}}},{"kind":"Argument","name":{"kind":"Name","value":"interval"},"value":{"kind":"Variable","name":{"kind":"Name","value":"interval"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"openTime"}},{"kind":"Field","name":{"kind":"Name","value":"open"}},{"kind":"Field","name":{"kind":"Name","value":"high"}},{"kind":"Field","name":{"kind":"Name","value":"low"}},{"kind":"Field","name":{"kind":"Name","value":"close"}},{"kind":"Field","name":{"kind":"Name","value":"volume"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}}]}}]}}]} as unknown as DocumentNode<CandlesSubscription, CandlesSubscriptionVariables>;
export const PastCandlesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PastCandles"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"interval"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CandleInterval"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"candles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"symbol"},"value":{"kind":"Variable","name":{"kind":"Name","value":"symbol"}}},{"kind":"Argument","name":{"kind":"Name","value":"interval"},"value":{"kind":"Variable","name":{"kind":"Name","value":"interval"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"EnumValue","value":"NEWEST_FIRST"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"openTime"}},{"kind":"Field","name":{"kind":"Name","value":"open"}},{"kind":"Field","name":{"kind":"Name","value":"high"}},{"kind":"Field","name":{"kind":"Name","value":"low"}},{"kind":"Field","name":{"kind":"Name","value":"close"}},{"kind":"Field","name":{"kind":"Name","value":"volume"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PastCandlesQuery, PastCandlesQueryVariables>;
export const PositionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"totalValueUsd"}},{"kind":"Field","name":{"kind":"Name","value":"totalUnrealizedPnl"}},{"kind":"Field","name":{"kind":"Name","value":"positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"protocol"}},{"kind":"Field","name":{"kind":"Name","value":"leverage"}},{"kind":"Field","name":{"kind":"Name","value":"entryPrice"}},{"kind":"Field","name":{"kind":"Name","value":"currentPrice"}},{"kind":"Field","name":{"kind":"Name","value":"currentValueUsd"}},{"kind":"Field","name":{"kind":"Name","value":"pnlUsd"}},{"kind":"Field","name":{"kind":"Name","value":"healthFactor"}},{"kind":"Field","name":{"kind":"Name","value":"liquidationPrice"}},{"kind":"Field","name":{"kind":"Name","value":"liquidationDistancePct"}},{"kind":"Field","name":{"kind":"Name","value":"isAtRisk"}},{"kind":"Field","name":{"kind":"Name","value":"warningInsideBand"}},{"kind":"Field","name":{"kind":"Name","value":"inRange"}},{"kind":"Field","name":{"kind":"Name","value":"impermanentLossPct"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"base"}},{"kind":"Field","name":{"kind":"Name","value":"quote"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<PositionsSubscription, PositionsSubscriptionVariables>;
export const RiskDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Risk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"riskUpdates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"delivery"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"minIntervalMs"},"value":{"kind":"IntValue","value":"500"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"positionId"}},{"kind":"Field","name":{"kind":"Name","value":"metrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"overallRiskScore"}},{"kind":"Field","name":{"kind":"Name","value":"liquidityRisk"}},{"kind":"Field","name":{"kind":"Name","value":"volatilityRisk"}},{"kind":"Field","name":{"kind":"Name","value":"protocolRisk"}},{"kind":"Field","name":{"kind":"Name","value":"mevRiskScore"}},{"kind":"Field","name":{"kind":"Name","value":"crossChainRisk"}},{"kind":"Field","name":{"kind":"Name","value":"impermanentLossPct"}},{"kind":"Field","name":{"kind":"Name","value":"currentIlUsd"}},{"kind":"Field","name":{"kind":"Name","value":"maxDrawdownPct"}},{"kind":"Field","name":{"kind":"Name","value":"sharpeRatio"}},{"kind":"Field","name":{"kind":"Name","value":"var95Pct"}},{"kind":"Field","name":{"kind":"Name","value":"unavailable"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"attribution"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"part"}},{"kind":"Field","name":{"kind":"Name","value":"contribution"}},{"kind":"Field","name":{"kind":"Name","value":"change"}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<RiskSubscription, RiskSubscriptionVariables>;
export const AlertsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Alerts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alerts"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"alertType"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"positionId"}},{"kind":"Field","name":{"kind":"Name","value":"currentValue"}},{"kind":"Field","name":{"kind":"Name","value":"thresholdValue"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<AlertsSubscription, AlertsSubscriptionVariables>;
export const LiquidationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Liquidations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"liquidations"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"delivery"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"minIntervalMs"},"value":{"kind":"IntValue","value":"1000"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"candidates"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positionId"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"healthFactor"}},{"kind":"Field","name":{"kind":"Name","value":"liquidationPrice"}},{"kind":"Field","name":{"kind":"Name","value":"currentPrice"}},{"kind":"Field","name":{"kind":"Name","value":"potentialReward"}},{"kind":"Field","name":{"kind":"Name","value":"liquidatable"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<LiquidationsSubscription, LiquidationsSubscriptionVariables>;
export const PositionEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PositionEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positionEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"positionId"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}},{"kind":"Field","name":{"kind":"Name","value":"market"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PositionOpened"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"entryPrice"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PositionAdjusted"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"size"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PositionClosed"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"exitPrice"}},{"kind":"Field","name":{"kind":"Name","value":"realizedPnl"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PositionLiquidated"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"liquidationPrice"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LiquidationWarning"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"healthFactor"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<PositionEventsSubscription, PositionEventsSubscriptionVariables>;
export const AcknowledgeAlertDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AcknowledgeAlert"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"acknowledgeAlert"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alert"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<AcknowledgeAlertMutation, AcknowledgeAlertMutationVariables>;
export const ResolveAlertDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ResolveAlert"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resolveAlert"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alert"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<ResolveAlertMutation, ResolveAlertMutationVariables>;
export const StatusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Status"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"systemStatus"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"components"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastUpdate"}},{"kind":"Field","name":{"kind":"Name","value":"errorCount"}},{"kind":"Field","name":{"kind":"Name","value":"recoveries"}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<StatusSubscription, StatusSubscriptionVariables>;
export const DeliveryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Delivery"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deliveryStats"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"delivery"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"minIntervalMs"},"value":{"kind":"IntValue","value":"1000"}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"queuedBytes"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"operationId"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"delivered"}},{"kind":"Field","name":{"kind":"Name","value":"conflated"}},{"kind":"Field","name":{"kind":"Name","value":"queuedBytes"}},{"kind":"Field","name":{"kind":"Name","value":"lagMs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"p50"}},{"kind":"Field","name":{"kind":"Name","value":"p99"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<DeliverySubscription, DeliverySubscriptionVariables>;
export const SessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"session"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"renewBefore"}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"addresses"}},{"kind":"Field","name":{"kind":"Name","value":"isDemo"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<SessionSubscription, SessionSubscriptionVariables>;
export const CreateSignInNonceDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateSignInNonce"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSignInNonce"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nonce"}},{"kind":"Field","name":{"kind":"Name","value":"domain"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]} as unknown as DocumentNode<CreateSignInNonceMutation, CreateSignInNonceMutationVariables>;
export const SignInDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SignIn"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"message"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"signature"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signInWithEthereum"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"message"},"value":{"kind":"Variable","name":{"kind":"Name","value":"message"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"signature"},"value":{"kind":"Variable","name":{"kind":"Name","value":"signature"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"token"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"addresses"}}]}}]}}]}}]} as unknown as DocumentNode<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SignOut"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signOut"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"signedOut"}}]}}]}}]} as unknown as DocumentNode<SignOutMutation, SignOutMutationVariables>;
export const OrdersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Orders"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"orderUpdates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}},{"kind":"Field","name":{"kind":"Name","value":"order"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"clientOrderId"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"stopPrice"}},{"kind":"Field","name":{"kind":"Name","value":"filledQuantity"}},{"kind":"Field","name":{"kind":"Name","value":"remainingQuantity"}},{"kind":"Field","name":{"kind":"Name","value":"averagePrice"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"rejection"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<OrdersSubscription, OrdersSubscriptionVariables>;
export const PortfolioDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"owner"}},{"kind":"Field","name":{"kind":"Name","value":"equity"}},{"kind":"Field","name":{"kind":"Name","value":"exposure"}},{"kind":"Field","name":{"kind":"Name","value":"totalPnl"}},{"kind":"Field","name":{"kind":"Name","value":"realizedPnl"}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnl"}},{"kind":"Field","name":{"kind":"Name","value":"fees"}},{"kind":"Field","name":{"kind":"Name","value":"positionCount"}},{"kind":"Field","name":{"kind":"Name","value":"positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"averagePrice"}},{"kind":"Field","name":{"kind":"Name","value":"marketPrice"}},{"kind":"Field","name":{"kind":"Name","value":"marketValue"}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnl"}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnlPct"}}]}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"stale"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<PortfolioSubscription, PortfolioSubscriptionVariables>;
export const ExecutionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Executions"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Cursor"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tradeExecutions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"fee"}},{"kind":"Field","name":{"kind":"Name","value":"feeCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"liquidity"}},{"kind":"Field","name":{"kind":"Name","value":"realizedPnl"}},{"kind":"Field","name":{"kind":"Name","value":"matches"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"timestamp"}}]}}]}}]} as unknown as DocumentNode<ExecutionsSubscription, ExecutionsSubscriptionVariables>;
export const PlaceOrderDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PlaceOrder"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PlaceOrderInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"placeOrder"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}}]}}]}}]} as unknown as DocumentNode<PlaceOrderMutation, PlaceOrderMutationVariables>;
export const CancelOrderDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelOrder"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelOrder"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"orderId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"order"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]}}]} as unknown as DocumentNode<CancelOrderMutation, CancelOrderMutationVariables>;