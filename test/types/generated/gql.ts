/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "subscription BookDelta {\n  orderbook(symbol: \"BTCUSDT\", format: DELTA) {\n    id\n    symbol\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    previousSequence\n    checksum\n    snapshot\n    stale\n  }\n}": typeof types.BookDeltaDocument,
    "subscription Book {\n  orderbook(symbol: \"BTCUSDT\", depth: 20) {\n    id\n    symbol\n    source\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    snapshot\n    stale\n    timestamp\n  }\n}": typeof types.BookDocument,
    "subscription PricesOf($symbols: [String!]!, $minIntervalMs: Int) {\n  prices(filter: {symbols: $symbols}, delivery: {minIntervalMs: $minIntervalMs}) {\n    id\n    price\n    sequence\n    conflated\n  }\n}": typeof types.PricesOfDocument,
    "subscription Prices {\n  prices(filter: {symbols: [\"BTCUSDT\"]}) {\n    id\n    symbol\n    source\n    price\n    open24h\n    high24h\n    low24h\n    close\n    volume24h\n    change24h\n    changePct24h\n    volatilityPct\n    stale\n    snapshot\n    sequence\n    conflated\n    timestamp\n    receivedAt\n  }\n}": typeof types.PricesDocument,
    "subscription Status {\n  systemStatus {\n    id\n    status\n    message\n    components {\n      name\n      status\n      startedAt\n      lastUpdate\n      errorCount\n      recoveries\n    }\n    snapshot\n    sequence\n    timestamp\n  }\n}": typeof types.StatusDocument,
    "subscription Trades($cursor: Cursor) {\n  trades(filter: {symbols: [\"BTCUSDT\"]}, after: $cursor) {\n    id\n    tradeId\n    cursor\n    symbol\n    price\n    quantity\n    side\n    replayed\n    timestamp\n  }\n}": typeof types.TradesDocument,
};
const documents: Documents = {
    "subscription BookDelta {\n  orderbook(symbol: \"BTCUSDT\", format: DELTA) {\n    id\n    symbol\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    previousSequence\n    checksum\n    snapshot\n    stale\n  }\n}": types.BookDeltaDocument,
    "subscription Book {\n  orderbook(symbol: \"BTCUSDT\", depth: 20) {\n    id\n    symbol\n    source\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    snapshot\n    stale\n    timestamp\n  }\n}": types.BookDocument,
    "subscription PricesOf($symbols: [String!]!, $minIntervalMs: Int) {\n  prices(filter: {symbols: $symbols}, delivery: {minIntervalMs: $minIntervalMs}) {\n    id\n    price\n    sequence\n    conflated\n  }\n}": types.PricesOfDocument,
    "subscription Prices {\n  prices(filter: {symbols: [\"BTCUSDT\"]}) {\n    id\n    symbol\n    source\n    price\n    open24h\n    high24h\n    low24h\n    close\n    volume24h\n    change24h\n    changePct24h\n    volatilityPct\n    stale\n    snapshot\n    sequence\n    conflated\n    timestamp\n    receivedAt\n  }\n}": types.PricesDocument,
    "subscription Status {\n  systemStatus {\n    id\n    status\n    message\n    components {\n      name\n      status\n      startedAt\n      lastUpdate\n      errorCount\n      recoveries\n    }\n    snapshot\n    sequence\n    timestamp\n  }\n}": types.StatusDocument,
    "subscription Trades($cursor: Cursor) {\n  trades(filter: {symbols: [\"BTCUSDT\"]}, after: $cursor) {\n    id\n    tradeId\n    cursor\n    symbol\n    price\n    quantity\n    side\n    replayed\n    timestamp\n  }\n}": types.TradesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription BookDelta {\n  orderbook(symbol: \"BTCUSDT\", format: DELTA) {\n    id\n    symbol\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    previousSequence\n    checksum\n    snapshot\n    stale\n  }\n}"): (typeof documents)["subscription BookDelta {\n  orderbook(symbol: \"BTCUSDT\", format: DELTA) {\n    id\n    symbol\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    previousSequence\n    checksum\n    snapshot\n    stale\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription Book {\n  orderbook(symbol: \"BTCUSDT\", depth: 20) {\n    id\n    symbol\n    source\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    snapshot\n    stale\n    timestamp\n  }\n}"): (typeof documents)["subscription Book {\n  orderbook(symbol: \"BTCUSDT\", depth: 20) {\n    id\n    symbol\n    source\n    bids {\n      price\n      size\n    }\n    asks {\n      price\n      size\n    }\n    sequence\n    snapshot\n    stale\n    timestamp\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription PricesOf($symbols: [String!]!, $minIntervalMs: Int) {\n  prices(filter: {symbols: $symbols}, delivery: {minIntervalMs: $minIntervalMs}) {\n    id\n    price\n    sequence\n    conflated\n  }\n}"): (typeof documents)["subscription PricesOf($symbols: [String!]!, $minIntervalMs: Int) {\n  prices(filter: {symbols: $symbols}, delivery: {minIntervalMs: $minIntervalMs}) {\n    id\n    price\n    sequence\n    conflated\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription Prices {\n  prices(filter: {symbols: [\"BTCUSDT\"]}) {\n    id\n    symbol\n    source\n    price\n    open24h\n    high24h\n    low24h\n    close\n    volume24h\n    change24h\n    changePct24h\n    volatilityPct\n    stale\n    snapshot\n    sequence\n    conflated\n    timestamp\n    receivedAt\n  }\n}"): (typeof documents)["subscription Prices {\n  prices(filter: {symbols: [\"BTCUSDT\"]}) {\n    id\n    symbol\n    source\n    price\n    open24h\n    high24h\n    low24h\n    close\n    volume24h\n    change24h\n    changePct24h\n    volatilityPct\n    stale\n    snapshot\n    sequence\n    conflated\n    timestamp\n    receivedAt\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription Status {\n  systemStatus {\n    id\n    status\n    message\n    components {\n      name\n      status\n      startedAt\n      lastUpdate\n      errorCount\n      recoveries\n    }\n    snapshot\n    sequence\n    timestamp\n  }\n}"): (typeof documents)["subscription Status {\n  systemStatus {\n    id\n    status\n    message\n    components {\n      name\n      status\n      startedAt\n      lastUpdate\n      errorCount\n      recoveries\n    }\n    snapshot\n    sequence\n    timestamp\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription Trades($cursor: Cursor) {\n  trades(filter: {symbols: [\"BTCUSDT\"]}, after: $cursor) {\n    id\n    tradeId\n    cursor\n    symbol\n    price\n    quantity\n    side\n    replayed\n    timestamp\n  }\n}"): (typeof documents)["subscription Trades($cursor: Cursor) {\n  trades(filter: {symbols: [\"BTCUSDT\"]}, after: $cursor) {\n    id\n    tradeId\n    cursor\n    symbol\n    price\n    quantity\n    side\n    replayed\n    timestamp\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;