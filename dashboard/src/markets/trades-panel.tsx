import { memo } from 'react';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { TradesDocument, type TradesSubscription } from '../generated/graphql.ts';
import { RecentTable } from '../parts/recent-panel.tsx';
import { number, text } from '../parts/table.tsx';

type Trade = TradesSubscription['trades'];

/** As many as a tall screen shows. */
const KEPT = 50;

const COLUMNS = [text('Price'), number('Size'), number('Time')];

export function TradesPanel({ symbol }: { readonly symbol: string }) {
  const question = {
    document: TradesDocument,
    variables: { symbol, last: KEPT },
    value: ({ trades }: TradesSubscription) => trades,
  };
  return (
    <RecentTable
      title="Trades"
      area="trades"
      question={question}
      keep={KEPT}
      empty={`Nobody has traded ${symbol} yet.`}
      caption="The newest trades, newest first"
      columns={COLUMNS}
      className="dense tape"
      Row={Row}
    />
  );
}

const Row = memo(function Row({ event: { price, quantity, side, timestamp } }: { readonly event: Trade }) {
  return (
    <tr>
      <td className={side === 'BUY' ? 'up' : 'down'}>{decimal.price(price)}</td>
      <td className="number">{decimal.amount(quantity)}</td>
      <td className="number muted">{clock(timestamp)}</td>
    </tr>
  );
});
