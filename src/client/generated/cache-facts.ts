/** Fields of Subscription whose every event counts: they resume by cursor. */
export const eventFields: readonly string[] = [
  "alerts",
  "fundingRates",
  "opportunities",
  "positionEvents",
  "trades",
  "transactions"
];

/** The types of each interface. */
export const possibleTypes: Readonly<Record<string, readonly string[]>> = {
  "Delivered": [
    "Alert",
    "ChainStatus",
    "DeliveryStats",
    "FundingRate",
    "LiquidationWarning",
    "Liquidations",
    "MarketStats",
    "Opportunity",
    "Orderbook",
    "OwnerPositions",
    "PositionAdjusted",
    "PositionClosed",
    "PositionLiquidated",
    "PositionOpened",
    "PositionValue",
    "Price",
    "RiskUpdate",
    "Session",
    "SystemStatus",
    "Trade",
    "Transaction"
  ],
  "Node": [
    "Alert",
    "AlertRule",
    "ApiKey",
    "ChainStatus",
    "DeliveryStats",
    "FundingRate",
    "Liquidations",
    "Market",
    "MarketStats",
    "Opportunity",
    "Orderbook",
    "OwnerPositions",
    "Pool",
    "Position",
    "PositionValue",
    "Price",
    "RiskUpdate",
    "Session",
    "SystemStatus",
    "Trade",
    "Transaction"
  ],
  "PositionEvent": [
    "LiquidationWarning",
    "PositionAdjusted",
    "PositionClosed",
    "PositionLiquidated",
    "PositionOpened"
  ],
  "StateUpdate": [
    "ChainStatus",
    "DeliveryStats",
    "Liquidations",
    "MarketStats",
    "Orderbook",
    "OwnerPositions",
    "PositionValue",
    "Price",
    "RiskUpdate",
    "Session",
    "SystemStatus"
  ],
  "StreamEvent": [
    "Alert",
    "FundingRate",
    "LiquidationWarning",
    "Opportunity",
    "PositionAdjusted",
    "PositionClosed",
    "PositionLiquidated",
    "PositionOpened",
    "Trade",
    "Transaction"
  ]
};

/** Types without an id: values, which are replaced whole. */
export const valueTypes: readonly string[] = [
  "AlertConnection",
  "AlertEdge",
  "AlertPayload",
  "AlertRulePayload",
  "ArbitrageDay",
  "ArbitrageRound",
  "Collateral",
  "ComponentStatus",
  "ConfidenceBand",
  "CreateApiKeyPayload",
  "CreateSignInNoncePayload",
  "Debt",
  "FeedGap",
  "FundingRateConnection",
  "FundingRateEdge",
  "Lag",
  "LiquidationCandidate",
  "OpportunityConnection",
  "OpportunityEdge",
  "PageInfo",
  "PositionConnection",
  "PositionEdge",
  "PositionEventConnection",
  "PositionEventEdge",
  "PositionPayload",
  "PositionValueConnection",
  "PositionValueEdge",
  "PositionValuePoint",
  "PriceLevel",
  "RenewSessionPayload",
  "RevokeApiKeyPayload",
  "RiskAttribution",
  "RiskConventions",
  "RiskHistoryBucket",
  "RiskMetrics",
  "RouteHop",
  "SignInWithEthereumPayload",
  "SignOutPayload",
  "SubscriptionStats",
  "Token",
  "TransactionConnection",
  "TransactionEdge",
  "Unavailable",
  "Viewer",
  "WhatIf"
];

/** Entities of which the higher `version` is true. */
export const versioned: readonly string[] = [
  "Alert",
  "AlertRule",
  "Opportunity",
  "Position",
  "Transaction"
];

/** Entities of which the higher `sequence` is true. */
export const sequenced: readonly string[] = [
  "ChainStatus",
  "DeliveryStats",
  "Liquidations",
  "MarketStats",
  "Orderbook",
  "OwnerPositions",
  "PositionValue",
  "Price",
  "RiskUpdate",
  "Session",
  "SystemStatus"
];
