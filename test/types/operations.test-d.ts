// Checked by `npm run check:types`: what a front end's generated types say of our scalars and nulls. Nothing here runs.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { expectTypeOf } from 'vitest';
import type {
  BookDeltaSubscription,
  BookDeltaSubscriptionVariables,
  BookSubscription,
  PricesOfSubscriptionVariables,
  PricesSubscription,
  StatusSubscription,
  TradesSubscription,
  TradesSubscriptionVariables,
} from './generated/graphql.ts';
import { BookDeltaDocument, TradesDocument } from './generated/graphql.ts';

type Price = PricesSubscription['prices'];
type Level = BookSubscription['orderbook']['bids'][number];
type Delta = BookDeltaSubscription['orderbook'];
type Trade = TradesSubscription['trades'];
type Status = StatusSubscription['systemStatus'];

// Decimal is text, so that no client multiplies money in floating point by accident.
expectTypeOf<Price['price']>().toEqualTypeOf<string>();
expectTypeOf<Price['open24h']>().toEqualTypeOf<string | null>();
expectTypeOf<Level>().toEqualTypeOf<{ price: string; size: string }>();
expectTypeOf<Trade['quantity']>().toEqualTypeOf<string>();

// SafeInt is a number: sequences stay below 2^53.
expectTypeOf<Price['sequence']>().toEqualTypeOf<number>();
expectTypeOf<Delta['previousSequence']>().toEqualTypeOf<number | null>();
expectTypeOf<Delta['checksum']>().toEqualTypeOf<number | null>();

// Statistics are numbers, and null until there is something to say.
expectTypeOf<Price['changePct24h']>().toEqualTypeOf<number | null>();

// DateTime and Cursor are text.
expectTypeOf<Price['timestamp']>().toEqualTypeOf<string>();
expectTypeOf<Status['components'][number]['lastUpdate']>().toEqualTypeOf<string | null>();
expectTypeOf<Trade['cursor']>().toEqualTypeOf<string>();
expectTypeOf<PricesOfSubscriptionVariables['symbols']>().toEqualTypeOf<string[] | string>();
expectTypeOf<TradesSubscriptionVariables['cursor']>().toEqualTypeOf<string | null | undefined>();

// Enums are their names.
expectTypeOf<Trade['side']>().toEqualTypeOf<'BUY' | 'SELL'>();
expectTypeOf<Status['status']>().toEqualTypeOf<'DEGRADED' | 'DOWN' | 'HEALTHY'>();

// A document carries its result and its variables: what Apollo Client and urql infer from.
expectTypeOf(TradesDocument).toEqualTypeOf<TypedDocumentNode<TradesSubscription, TradesSubscriptionVariables>>();
expectTypeOf(BookDeltaDocument).toEqualTypeOf<
  TypedDocumentNode<BookDeltaSubscription, BookDeltaSubscriptionVariables>
>();

declare const price: Price;
// @ts-expect-error money is no number
export const wrongArithmetic = price.price * 2;
// @ts-expect-error a field that was not selected is not there
export const notSelected = price.market;
