import type { Wish } from './follower.ts';

const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'AAPL', 'MSFT', 'BTC-PERP'] as const;

const event = (field: string, filter: string, selection = 'cursor'): string =>
  `subscription ($after: Cursor${filter ? `, $filter: ${filter}` : ''}) { ${field}(after: $after${filter ? ', filter: $filter' : ''}) { ${selection} } }`;

const state = (field: string, filter: string, selection: string): string =>
  `subscription ($filter: ${filter}) { ${field}(filter: $filter) { id sequence snapshot matches stale ${selection} } }`;

const some = <T>(all: readonly T[], random: () => number): T[] => {
  const chosen = all.filter(() => random() < 0.5);
  return chosen.length > 0 ? chosen : [...all];
};

/** Event and state topics with filters by chance: `whole` ones get every event of a stream, and can prove that none is missing. */
export function wishes(count: number, random: () => number): readonly Wish[] {
  const kinds: readonly (() => Wish)[] = [
    () => ({ field: 'trades', kind: 'event', whole: true, query: event('trades', '') }),
    () => ({
      field: 'trades',
      kind: 'event',
      query: event('trades', 'TradeFilter'),
      variables: { filter: { symbols: some(SYMBOLS, random).slice(0, 2) } },
    }),
    () => ({ field: 'opportunities', kind: 'event', whole: true, query: event('opportunities', '') }),
    () => ({ field: 'transactions', kind: 'event', whole: true, query: event('transactions', '') }),
    () => ({ field: 'alerts', kind: 'event', whole: true, query: event('alerts', '') }),
    () => ({ field: 'positionEvents', kind: 'event', whole: true, query: event('positionEvents', '') }),
    () => ({
      field: 'prices',
      kind: 'state',
      query: state('prices', 'PriceFilter', 'symbol price timestamp'),
      variables: { filter: { symbols: some(SYMBOLS, random) } },
    }),
    () => ({
      field: 'orderbook',
      kind: 'state',
      query: `subscription ($symbol: String!) { orderbook(symbol: $symbol, format: DELTA) { id sequence previousSequence snapshot stale } }`,
      variables: { symbol: SYMBOLS[Math.floor(random() * 2)] },
    }),
    () => ({
      field: 'positions',
      kind: 'state',
      query: state('positions', 'OwnerFilter', 'totalUnrealizedPnl'),
      variables: {},
    }),
    () => ({
      field: 'marketStats',
      kind: 'state',
      query: state('marketStats', 'MarketFilter', 'volume24h'),
      variables: {},
    }),
    () => ({
      field: 'chainStatus',
      kind: 'state',
      query: state('chainStatus', 'ChainFilter', 'timestamp'),
      variables: {},
    }),
  ];
  return Array.from({ length: count }, (_, at) => (kinds[at % kinds.length] as () => Wish)());
}
