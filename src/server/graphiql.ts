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
