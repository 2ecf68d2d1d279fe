/** The part of Tidewire's schema that the benchmark asks for, for the GraphQL peers. */
export const typeDefs = `
  type Query { hello: String }
  input TradeFilter { minQuantity: String }
  type Trade {
    tradeId: String!
    symbol: String!
    source: String!
    price: String!
    quantity: String!
    side: String!
  }
  type Subscription { trades(filter: TradeFilter): Trade! }
`;

/** The name under which every peer publishes. */
export const TOPIC = 'trades';
