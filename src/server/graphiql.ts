/** Operations that GraphiQL opens with, a tab each. They are run by a test, so that what a newcomer tries first works. */
export const EXAMPLES: readonly { readonly title: string; readonly query: string }[] = [
  {
    title: 'Prices, live',
    query: `# Every price as it changes. Press play; the first frames are the snapshot.
subscription Prices {
  prices(delivery: {minIntervalMs: 1000}) {
    id symbol source price changePct24h volatilityPct
    stale snapshot sequence conflated timestamp
  }
}
`,
  },
  {
    title: 'Order book',
    query: `# The ten best levels a side.
subscription Book {
  orderbook(symbol: "BTCUSDT", depth: 10, delivery: {minIntervalMs: 500}) {
    id symbol source
    bids { price size }
    asks { price size }
    stale sequence timestamp
  }
}
`,
  },
  {
    title: 'Book as changes',
    query: `# A whole book, then what changes: prove yours with the checksum.
subscription BookDelta {
  orderbook(symbol: "BTCUSDT", format: DELTA) {
    id symbol
    bids { price size }
    asks { price size }
    sequence previousSequence checksum snapshot stale
  }
}
`,
  },
  {
    title: 'Trades',
    query: `# The last five, then every one. Keep the cursor: with "after" nothing is lost over a reconnect.
subscription Trades {
  trades(last: 5) {
    id tradeId cursor symbol price quantity side replayed timestamp
  }
}
`,
  },
  {
    title: 'Positions',
    query: `# Everything open of the demo owner, with what it is worth and how safe it is.
subscription Positions {
  positions {
    owner totalValueUsd totalUnrealizedPnl
    positions { id kind market { symbol } side size currentValueUsd pnlUsd healthFactor liquidationPrice isAtRisk }
    stale sequence
  }
}
`,
  },
  {
    title: 'Risk',
    query: `# How risky each position is, and what moved it.
subscription Risk {
  riskUpdates(delivery: {minIntervalMs: 2000}) {
    positionId
    metrics { overallRiskScore liquidityRisk volatilityRisk protocolRisk var95Pct maxDrawdownPct unavailable { field reason } }
    attribution { part contribution change }
  }
}
`,
  },
  {
    title: 'Liquidations',
    query: `# Public positions that are near liquidation, by market.
subscription Liquidations {
  liquidations { market { symbol } count candidates { owner healthFactor liquidationPrice potentialReward liquidatable } }
}
`,
  },
  {
    title: 'Alerts',
    query: `# The last ten, then every one: raised, acknowledged, resolved.
subscription Alerts {
  alerts(last: 10) { id version state severity title message currentValue thresholdValue cursor replayed }
}
`,
  },
  {
    title: 'Arbitrage',
    query: `# Pools out of balance: found, taken by a transaction that is named, or gone.
subscription Opportunities {
  opportunities(last: 5) {
    id version state closeReason chainId poolName imbalancePct profitUsd captureTxHash realizedProfitUsd cursor
  }
}
`,
  },
  {
    title: 'Orders',
    query: `# Your orders at each change: accepted, filled in part, done. Leave it running, and place one in the next tab.
subscription Orders {
  orderUpdates(last: 10) {
    cursor replayed timestamp
    order { id version clientOrderId symbol side type status quantity filledQuantity averagePrice price rejection { code message } }
  }
}
`,
  },
  {
    title: 'Place an order',
    query: `# A market order of the demo owner, on paper. What becomes of it comes by orderUpdates, tradeExecutions and portfolio.
mutation Buy {
  placeOrder(input: {symbol: "BTCUSDT", side: BUY, type: MARKET, quantity: "0.01"}) {
    order { id version status symbol side quantity }
  }
}
`,
  },
  {
    title: 'Portfolio',
    query: `# What the orders have made of the account, at each price.
subscription Portfolio {
  portfolio {
    owner equity exposure totalPnl realizedPnl fees
    positions { symbol quantity averagePrice marketPrice unrealizedPnl unrealizedPnlPct }
    stale sequence timestamp
  }
}
`,
  },
  {
    title: 'Bots',
    query: `# How each bot stands and does. Make others with createBot, startBot and stopBot.
subscription Bots {
  botStatus {
    botId name status lastAction lastError
    performance { totalPnl winRatePct tradesToday }
    bot { kind symbol position orderCount }
    stale sequence timestamp
  }
}
`,
  },
  {
    title: 'Signals',
    query: `# What the built-in strategies say of the simulated market, and what you publish yourself with publishSignal.
subscription Signals {
  signals(last: 10) { signalType symbol strategy interval price confidence cursor replayed timestamp }
}
`,
  },
  {
    title: 'Candles',
    query: `# The bar that is being made, at each trade, and each that is closed.
subscription Candles {
  candles(symbol: "BTCUSDT", interval: M1) { id version openTime open high low close volume }
}
`,
  },
  {
    title: 'System status',
    query: `# How the system is, and each part of it.
subscription Status {
  systemStatus {
    id status message
    components { name status message startedAt lastUpdate errorCount recoveries }
    sequence timestamp
  }
}
`,
  },
  {
    title: 'What there is',
    query: `query Markets {
  instruments { id symbol kind venue base quote }
  prices { id symbol source price high24h low24h volume24h stale }
  systemStatus { id status message }
  serverTime
}
`,
  },
];
