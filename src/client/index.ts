// The front door of the package: what an application imports from 'tidewire-client'. Adapters have doors of their own, so
// that nobody installs what they do not use.
export type { BookFrame, Level } from './book.ts';
export { OrderBook } from './book.ts';
export type { Document, OperationRequest, Tidewire, TidewireOptions } from './client.ts';
export { createTidewire } from './client.ts';
export type { ApiError } from './errors.ts';
export { OperationError } from './errors.ts';
export type { BookSubscription } from './follow-book.ts';
export { followBook } from './follow-book.ts';
export { Latest } from './latest.ts';
export type { Observable } from './observable.ts';
export type { Observer, Restart, Status, Subscription } from './subscription.ts';
export type { ConnectionLoss, TokenProvider } from './websocket-transport.ts';
