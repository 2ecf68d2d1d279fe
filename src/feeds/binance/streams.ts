import type { BinanceMarket, BinanceSymbol } from './symbols.ts';

/** Streams on one connection: the venue takes no more. */
const MAX_STREAMS = 1_024;

/** Streams named in the URL, about 4 KB of it; the rest is asked for by messages. */
const STREAMS_IN_URL = 200;

/** Streams in one SUBSCRIBE message, to keep it about as long as the URL. */
const STREAMS_IN_MESSAGE = 200;

/**
 * `main`: trades, best prices and book; on spot the 24 h ticker too. `ticker`: the futures' 24 h ticker, which the venue
 * serves on a path of its own and nowhere else.
 */
export type StreamRole = 'main' | 'ticker';

/** What one connection asks for. All streams of a symbol in a role are on the same connection. */
export interface StreamPlan {
  readonly market: BinanceMarket;
  readonly role: StreamRole;
  readonly symbols: readonly BinanceSymbol[];
  readonly url: string;
  /** SUBSCRIBE messages for what the URL does not name. */
  readonly requests: readonly string[];
}

interface Route {
  readonly role: StreamRole;
  readonly path: string;
  readonly suffixes: readonly string[];
}

/**
 * The finest that is documented. On futures a path without a route serves the same as `/public`: trades, best prices and
 * books; a `@ticker` asked for there is accepted and never sent.
 */
const ROUTES: Readonly<Record<BinanceMarket, readonly Route[]>> = {
  spot: [{ role: 'main', path: '/stream', suffixes: ['@trade', '@ticker', '@bookTicker', '@depth@100ms'] }],
  usdm: [
    { role: 'main', path: '/stream', suffixes: ['@trade', '@bookTicker', '@depth@100ms'] },
    { role: 'ticker', path: '/market/stream', suffixes: ['@ticker'] },
  ],
};

/** The connections needed for these symbols of one market. `base` as the venue's, with or without a trailing slash. */
export function planStreams(
  market: BinanceMarket,
  symbols: readonly BinanceSymbol[],
  base: string,
): readonly StreamPlan[] {
  const plans: StreamPlan[] = [];
  for (const { role, path, suffixes } of ROUTES[market]) {
    const perConnection = Math.floor(MAX_STREAMS / suffixes.length);
    for (let from = 0; from < symbols.length; from += perConnection) {
      const chunk = symbols.slice(from, from + perConnection);
      const streams = chunk.flatMap(({ pair }) => suffixes.map((suffix) => pair.toLowerCase() + suffix));
      const inUrl = streams.slice(0, STREAMS_IN_URL).join('/');
      const url = `${base.replace(/\/+$/, '')}${path}?streams=${inUrl}`;
      plans.push({ market, role, symbols: chunk, url, requests: subscribeMessages(streams.slice(STREAMS_IN_URL)) });
    }
  }
  return plans;
}

function subscribeMessages(streams: readonly string[]): readonly string[] {
  const messages: string[] = [];
  for (let from = 0; from < streams.length; from += STREAMS_IN_MESSAGE) {
    const params = streams.slice(from, from + STREAMS_IN_MESSAGE);
    messages.push(JSON.stringify({ method: 'SUBSCRIBE', params, id: messages.length + 1 }));
  }
  return messages;
}
