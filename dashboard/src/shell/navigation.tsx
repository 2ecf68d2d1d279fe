import { ArbitrageIcon, AutomationIcon, MarketsIcon, RiskIcon, SystemIcon, TradingIcon } from '../parts/icons.tsx';
import { hrefOf, type Route, type View } from './route.ts';

const PLACES: readonly { readonly view: View; readonly name: string; readonly Icon: () => React.ReactNode }[] = [
  { view: 'markets', name: 'Markets', Icon: MarketsIcon },
  { view: 'risk', name: 'Risk', Icon: RiskIcon },
  { view: 'trading', name: 'Trading', Icon: TradingIcon },
  { view: 'arbitrage', name: 'Arbitrage', Icon: ArbitrageIcon },
  { view: 'automation', name: 'Bots', Icon: AutomationIcon },
  { view: 'system', name: 'System', Icon: SystemIcon },
];

export function Navigation({ route }: { readonly route: Route }) {
  return (
    <nav className="side" aria-label="Views">
      <ul>
        {PLACES.map(({ view, name, Icon }) => (
          <li key={view}>
            <a href={hrefOf({ view, symbol: route.symbol })} aria-current={view === route.view ? 'page' : undefined}>
              <Icon />
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
