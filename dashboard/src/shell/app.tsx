import { useEffect, useMemo, useState } from 'react';
import { Provider } from 'urql';
import { ArbitrageView } from '../arbitrage/arbitrage-view.tsx';
import { AutomationView } from '../automation/automation-view.tsx';
import { connect } from '../data/connection.ts';
import { signedIn } from '../data/session.ts';
import { SharedStreams } from '../data/shared.ts';
import { Streams } from '../data/use-stream.ts';
import { words } from '../format/words.ts';
import { MarketsView } from '../markets/markets-view.tsx';
import { RiskView } from '../risk/risk-view.tsx';
import { SystemView } from '../system/system-view.tsx';
import { TradingView } from '../trading/trading-view.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { type Route, useRoute } from './route.ts';

/** Where the view stands: the address cannot say it, its fragment is the route. */
const MAIN = 'main';

/** Everything on one connection: somebody else is another connection, and nothing of the one before is left. */
export function App() {
  const [session, setSession] = useState(signedIn);
  const token = session?.token ?? null;
  const streams = useMemo(() => new SharedStreams(connect(token)), [token]);
  useEffect(() => () => streams.connection.close(), [streams]);
  const route = useRoute();
  return (
    <Provider value={streams.connection.client}>
      <Streams.Provider value={streams}>
        <div className="app">
          <button type="button" className="skip" onClick={() => document.getElementById(MAIN)?.focus()}>
            Skip to content
          </button>
          <Header onSession={setSession} />
          <Navigation route={route} />
          <main className="main" id={MAIN} tabIndex={-1}>
            <h1 className="hidden">{words(route.view)}</h1>
            <Shown route={route} />
          </main>
        </div>
      </Streams.Provider>
    </Provider>
  );
}

function Shown({ route: { view, symbol } }: { readonly route: Route }) {
  switch (view) {
    case 'markets':
      return <MarketsView symbol={symbol} />;
    case 'risk':
      return <RiskView />;
    case 'trading':
      return <TradingView symbol={symbol} />;
    case 'arbitrage':
      return <ArbitrageView />;
    case 'automation':
      return <AutomationView symbol={symbol} />;
    case 'system':
      return <SystemView />;
  }
}
