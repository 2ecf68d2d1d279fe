import { memo } from 'react';
import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { TradesDocument, type TradesSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Trade = TradesSubscription['trades'];

/** As many as a tall screen shows. */
const KEPT = 50;

export function TradesPanel({ symbol }: { readonly symbol: string }) {
  const question = {
    document: TradesDocument,
    variables: { symbol, last: KEPT },
    value: ({ trades }: TradesSubscription) => trades,
  };
  const recent = useStream(question, () => new Recent<Trade>(KEPT));
  return (
    <Panel
      title="Trades"
      area="trades"
      collection={recent}
      question={question}
      empty={`Nobody has traded ${symbol} yet.`}
    >
      <Tape recent={recent} />
    </Panel>
  );
}

function Tape({ recent }: { readonly recent: Recent<Trade> }) {
  const trades = useEvents(recent);
  return (
    <table className="dense tape">
      <caption className="hidden">The newest trades, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Price</th>
          <th scope="col" className="number">
            Size
          </th>
          <th scope="col" className="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <TradeRow key={trade.cursor} trade={trade} />
        ))}
      </tbody>
    </table>
  );
}

const TradeRow = memo(function TradeRow({ trade: { price, quantity, side, timestamp } }: { readonly trade: Trade }) {
  return (
    <tr>
      <td className={side === 'BUY' ? 'up' : 'down'}>
        <span className="hidden">{side === 'BUY' ? 'Bought at ' : 'Sold at '}</span>
        {decimal.price(price)}
      </td>
      <td className="number">{decimal.amount(quantity)}</td>
      <td className="number muted">{clock(timestamp)}</td>
    </tr>
  );
});
