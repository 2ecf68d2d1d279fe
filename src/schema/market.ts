import { type Instrument, MARKET_KINDS } from '../model/instrument.ts';
import { builder } from './builder.ts';
import { perItem, UNBOUNDED } from './cost.ts';

const MarketKindEnum = builder.enumType('MarketKind', {
  description: 'What kind of instrument it is.',
  values: Object.fromEntries(
    MARKET_KINDS.map((kind) => [
      kind,
      { description: { SPOT: 'Bought and sold for delivery.', PERP: 'A perpetual future.', EQUITY: 'A share.' }[kind] },
    ]),
  ) as Record<(typeof MARKET_KINDS)[number], { description: string }>,
});

export const MarketRef = builder.objectRef<Instrument>('Market');

builder.node(MarketRef, {
  description: 'An instrument: what a symbol names, everywhere in this API.',
  id: { resolve: (instrument) => instrument.symbol, description: 'Opaque and stable.' },
  loadOne: (symbol, { instruments }) => instruments.get(symbol),
  fields: (t) => ({
    symbol: t.exposeString('symbol', {
      description: 'Its name in every filter: "BTCUSDT" (spot), "BTCUSDT-PERP" (USD-margined future), "AAPL".',
    }),
    kind: t.expose('kind', { type: MarketKindEnum, description: 'What kind of instrument it is.' }),
    venue: t.exposeString('venue', { description: 'Where it is traded: "binance", "simulated".' }),
    source: t.exposeString('primarySource', {
      description: 'The source that stands for it where a `source` argument is left out.',
    }),
    base: t.exposeString('base', { description: 'What is bought and sold: "BTC". Sizes and volumes are in it.' }),
    quote: t.exposeString('quote', { description: 'What it is priced in: "USDT".' }),
  }),
});

builder.queryFields((t) => ({
  instruments: t.field({
    authScopes: { public: true },
    type: [MarketRef],
    description: `Every instrument that a running feed gives, by symbol. Empty until the first feed has spoken. Costs 1, and what is selected ${UNBOUNDED} times.`,
    complexity: perItem(UNBOUNDED),
    resolve: (_root, _args, { instruments }) => instruments.list(),
  }),
  instrument: t.field({
    authScopes: { public: true },
    type: MarketRef,
    nullable: true,
    description: 'The instrument of this symbol; null when no running feed gives it.',
    args: { symbol: t.arg.string({ required: true, description: 'As in `instruments`: "BTCUSDT".' }) },
    resolve: (_root, { symbol }, { instruments }) => instruments.get(symbol),
  }),
}));
