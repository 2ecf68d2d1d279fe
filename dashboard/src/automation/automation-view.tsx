import { useState } from 'react';
import { Prices } from '../data/price-trail.ts';
import { PRICES } from '../data/questions.ts';
import { useStream } from '../data/use-stream.ts';
import { useSymbol } from '../parts/market-choice.tsx';
import { BotsPanel } from './bots-panel.tsx';
import { NewBotPanel } from './new-bot-panel.tsx';
import { SignalsPanel } from './signals-panel.tsx';

export function AutomationView({ symbol }: { readonly symbol: string | null }) {
  const prices = useStream(PRICES, () => new Prices());
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = useSymbol(prices, chosen ?? symbol);
  return (
    <div className="view automation">
      <NewBotPanel prices={prices} symbol={shown} onSymbol={setChosen} />
      <BotsPanel />
      <SignalsPanel />
    </div>
  );
}
