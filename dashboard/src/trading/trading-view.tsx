import { useState } from 'react';
import { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { useStream } from '../data/use-stream.ts';
import { useSymbol } from '../parts/market-choice.tsx';
import { ExecutionsPanel } from './executions-panel.tsx';
import { OrdersPanel } from './orders-panel.tsx';
import { PortfolioPanel } from './portfolio-panel.tsx';
import { TicketPanel } from './ticket-panel.tsx';

export function TradingView({ symbol }: { readonly symbol: string | null }) {
  const prices = useStream(PRICES, () => new Prices());
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = useSymbol(prices, chosen ?? symbol);
  return (
    <div className="view trading">
      <TicketPanel prices={prices} symbol={shown} onSymbol={setChosen} />
      <OrdersPanel />
      <PortfolioPanel />
      <ExecutionsPanel />
    </div>
  );
}
