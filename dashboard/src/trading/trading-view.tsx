import { useState } from 'react';
import { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { useIds, useStream } from '../data/use-stream.ts';
import { ExecutionsPanel } from './executions-panel.tsx';
import { OrdersPanel } from './orders-panel.tsx';
import { PortfolioPanel } from './portfolio-panel.tsx';
import { TicketPanel } from './ticket-panel.tsx';

export function TradingView({ symbol }: { readonly symbol: string | null }) {
  const prices = useStream(PRICES, () => new Prices());
  const [chosen, setChosen] = useState<string | null>(null);
  const [first = ''] = useIds(prices).map((id) => prices.get(id)?.symbol ?? '');
  return (
    <div className="view trading">
      <TicketPanel prices={prices} symbol={chosen ?? symbol ?? first} onSymbol={setChosen} />
      <OrdersPanel />
      <PortfolioPanel />
      <ExecutionsPanel />
    </div>
  );
}
