import { badInput } from '../../lib/errors.ts';
import { type Instrument, type MarketKind, splitPair } from '../../model/instrument.ts';

/** The feed's name, and the venue of everything that it lists. */
export const SIMULATED = 'simulated';

/**
 * How one symbol behaves. Prices are whole ticks and quantities whole lots everywhere inside the venue; only its text
 * has decimal points.
 */
export interface Market {
  readonly instrument: Instrument;
  /** Symbol whose fair price it has: its own, or of a perpetual what it is on. */
  readonly underlying: string;
  /** A tick is 10^-tickPlaces of the quote currency. */
  readonly tickPlaces: number;
  /** A lot is 10^-lotPlaces of the base currency. */
  readonly lotPlaces: number;
  /** Places printed in prices and quantities, trailing zeros included. */
  readonly pricePlaces: number;
  readonly quantityPlaces: number;
  /** Price a day before the start, ticks. */
  readonly openTicks: number;
  /** Long-run volatility without jumps, as a fraction, annualised over 365 days of 24 hours; jumps add about a seventh. */
  readonly annualVolatility: number;
  /** Taker orders a second in quiet times. */
  readonly ordersPerSecond: number;
  /** Median taker order, lots. */
  readonly orderLots: number;
  /** Median size of a level at the touch, lots. */
  readonly levelLots: number;
  /** Distance from the middle within which makers quote, ticks. At least as many as a side must hold levels. */
  readonly spanTicks: number;
  /** How far from the middle the best quote may stand before a maker betters it, ticks. */
  readonly touchTicks: number;
}

type Behaviour = Omit<
  Market,
  'instrument' | 'underlying' | 'tickPlaces' | 'lotPlaces' | 'pricePlaces' | 'quantityPlaces'
>;

/** Tick 0.01; text with eight places, as crypto venues print. */
const coin = (symbol: string, lotPlaces: number, behaviour: Behaviour): Market => ({
  instrument: listing(symbol, 'SPOT'),
  underlying: symbol,
  tickPlaces: 2,
  lotPlaces,
  pricePlaces: 8,
  quantityPlaces: 8,
  ...behaviour,
});

/** Tick one cent, whole shares. They trade round the clock here: the simulated venue keeps no sessions. */
const share = (symbol: string, behaviour: Behaviour): Market => ({
  instrument: listing(symbol, 'EQUITY'),
  underlying: symbol,
  tickPlaces: 2,
  lotPlaces: 0,
  pricePlaces: 4,
  quantityPlaces: 0,
  ...behaviour,
});

/** A perpetual on a coin, in dollars: its price is the coin's, its orders are its own. */
const perpetual = (symbol: string, coinMarket: Market): Market => {
  const { base } = coinMarket.instrument;
  const instrument: Instrument = { ...listing(symbol, 'PERP'), base, quote: 'USD' };
  return { ...coinMarket, instrument };
};

const BTC = coin('BTCUSDT', 5, {
  openTicks: 6_180_000,
  annualVolatility: 0.55,
  ordersPerSecond: 6,
  orderLots: 900,
  levelLots: 12_000,
  spanTicks: 20_000,
  touchTicks: 40,
});

const ETH = coin('ETHUSDT', 4, {
  openTicks: 341_000,
  annualVolatility: 0.7,
  ordersPerSecond: 5,
  orderLots: 1_600,
  levelLots: 22_000,
  spanTicks: 1_600,
  touchTicks: 4,
});

const MARKETS: readonly Market[] = [
  BTC,
  ETH,
  coin('BNBUSDT', 3, {
    openTicks: 59_200,
    annualVolatility: 0.6,
    ordersPerSecond: 2.5,
    orderLots: 700,
    levelLots: 6_000,
    spanTicks: 600,
    touchTicks: 2,
  }),
  coin('SOLUSDT', 3, {
    openTicks: 15_150,
    annualVolatility: 0.9,
    ordersPerSecond: 4,
    orderLots: 6_000,
    levelLots: 45_000,
    spanTicks: 400,
    touchTicks: 1,
  }),
  share('AAPL', {
    openTicks: 22_680,
    annualVolatility: 0.28,
    ordersPerSecond: 3,
    orderLots: 60,
    levelLots: 300,
    spanTicks: 400,
    touchTicks: 1,
  }),
  share('MSFT', {
    openTicks: 41_550,
    annualVolatility: 0.25,
    ordersPerSecond: 2,
    orderLots: 40,
    levelLots: 200,
    spanTicks: 500,
    touchTicks: 2,
  }),
  perpetual('BTC-PERP', BTC),
  perpetual('ETH-PERP', ETH),
];

/** Every symbol that the venue can list. */
export const SIMULATED_SYMBOLS: readonly string[] = MARKETS.map((market) => market.instrument.symbol);

/**
 * The markets of these symbols, all of them for an empty list; a symbol named twice is one market.
 * @throws ApiError `BAD_USER_INPUT` with the symbols that there are in `details.allowed`.
 */
export function marketsOf(symbols: readonly string[]): readonly Market[] {
  if (symbols.length === 0) return MARKETS;
  return [...new Set(symbols)].map((symbol) => {
    const market = MARKETS.find((candidate) => candidate.instrument.symbol === symbol);
    if (market) return market;
    throw badInput('symbols', `the simulated venue has no ${symbol.slice(0, 40)}`, SIMULATED_SYMBOLS);
  });
}

function listing(symbol: string, kind: MarketKind): Instrument {
  // A share's symbol names what is bought alone; all shares here are priced in dollars.
  const { base, quote } = splitPair(symbol) ?? { base: symbol, quote: 'USD' };
  return { symbol, kind, venue: SIMULATED, primarySource: SIMULATED, base, quote };
}
