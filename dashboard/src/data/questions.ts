import * as documents from '../generated/graphql.ts';

/** The subscriptions that more than one place of the page reads. */
export const PRICES = {
  document: documents.PricesDocument,
  variables: {},
  value: ({ prices }: documents.PricesSubscription) => prices,
};

export const MARKET_STATS = {
  document: documents.MarketStatsDocument,
  variables: {},
  value: ({ marketStats }: documents.MarketStatsSubscription) => marketStats,
};
