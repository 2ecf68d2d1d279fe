import { Latest } from '../data/latest.ts';
import { Prices } from '../data/price-trail.ts';
import { MARKET_STATS, PRICES } from '../data/questions.ts';
import { useStream } from '../data/use-stream.ts';
import type { MarketStatsSubscription } from '../generated/graphql.ts';
import { useSymbol } from '../parts/market-choice.tsx';
import { CandlesPanel } from './candles-panel.tsx';
import { DepthPanel } from './depth-panel.tsx';
import { Instrument } from './instrument.tsx';
import { LadderPanel } from './ladder-panel.tsx';
import { PricesPanel } from './prices-panel.tsx';
import { TradesPanel } from './trades-panel.tsx';

export function MarketsView({ symbol }: { readonly symbol: string | null }) {
  const prices = useStream(PRICES, () => new Prices());
  const stats = useStream(MARKET_STATS, () => new Latest<MarketStatsSubscription['marketStats']>());
  const looked = useSymbol(prices, symbol);
  return (
    <div className="view markets">
      <PricesPanel prices={prices} symbol={looked} />
      <Instrument prices={prices} stats={stats} symbol={looked} />
      <CandlesPanel key={`candles ${looked}`} symbol={looked} />
      <DepthPanel key={`depth ${looked}`} symbol={looked} />
      <LadderPanel key={`ladder ${looked}`} symbol={looked} />
      <TradesPanel key={`trades ${looked}`} symbol={looked} />
    </div>
  );
}
