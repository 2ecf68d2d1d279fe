// Prices and the newest trades, with urql: `npx vite examples` and open /urql.html
import { createRoot } from 'react-dom/client';
import { createTidewire } from 'tidewire-client';
import { PricesDocument, TradesDocument } from 'tidewire-client/documents';
import { useTidewireStatus } from 'tidewire-client/react';
import { useLiveEvents, useLiveValues } from 'tidewire-client/react-urql';
import { forwardSubscription } from 'tidewire-client/urql';
import { Client, Provider, subscriptionExchange } from 'urql';

const server = new URLSearchParams(location.search).get('server') ?? 'http://127.0.0.1:4000';
const tidewire = createTidewire({ url: `${server.replace('http', 'ws')}/graphql` });
const client = new Client({
  url: `${server}/graphql`,
  preferGetMethod: false,
  exchanges: [subscriptionExchange({ forwardSubscription: forwardSubscription(tidewire), enableAllOperations: true })],
});

function App() {
  const status = useTidewireStatus(tidewire);
  const { values } = useLiveValues(PricesDocument, { symbols: ['BTCUSDT', 'ETHUSDT'], minIntervalMs: 250 });
  const { events } = useLiveEvents(TradesDocument, { symbols: ['BTCUSDT'], last: 10 }, 10);
  return (
    <main data-status={status}>
      <ul id="prices">
        {values.map(({ id, symbol, price }) => (
          <li key={id}>{`${symbol} ${price}`}</li>
        ))}
      </ul>
      <ol id="trades">
        {events.map(({ cursor, price, quantity, side }) => (
          <li key={cursor}>{`${side} ${quantity} at ${price}`}</li>
        ))}
      </ol>
    </main>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <Provider value={client}>
      <App />
    </Provider>,
  );
