import { useState } from 'react';
import { Latest } from '../data/latest.ts';
import { useOnly, useStream } from '../data/use-stream.ts';
import { words } from '../format/words.ts';
import { AlertsPanel } from './alerts-panel.tsx';
import { EventsPanel } from './events-panel.tsx';
import { LiquidationsPanel } from './liquidations-panel.tsx';
import { type Owner, PositionsPanel } from './positions-panel.tsx';
import { POSITIONS } from './questions.ts';
import { RadarPanel } from './radar-panel.tsx';

export function RiskView() {
  const latest = useStream(POSITIONS, () => new Latest<Owner>());
  const [chosen, setChosen] = useState<string | null>(null);
  const first = useOnly(latest)?.positions[0]?.id ?? null;
  const shown = chosen ?? first;
  const position = latest.values().flatMap(({ positions }) => positions.filter(({ id }) => id === shown))[0];
  const name = position ? [position.market.symbol, words(position.side ?? position.kind)].join(' ') : '';
  return (
    <div className="view risk">
      <PositionsPanel latest={latest} chosen={shown} onChoose={setChosen} />
      <RadarPanel chosen={shown} name={name} />
      <AlertsPanel />
      <LiquidationsPanel />
      <EventsPanel />
    </div>
  );
}
