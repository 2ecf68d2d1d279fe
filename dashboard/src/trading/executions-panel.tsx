import { memo } from 'react';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import { ExecutionsDocument, type ExecutionsSubscription } from '../generated/graphql.ts';
import { RecentTable } from '../parts/recent-panel.tsx';
import { number, text } from '../parts/table.tsx';

type Execution = ExecutionsSubscription['tradeExecutions'];

const KEPT = 100;

const EXECUTIONS = {
  document: ExecutionsDocument,
  variables: { last: KEPT },
  value: ({ tradeExecutions }: ExecutionsSubscription) => tradeExecutions,
};

const COLUMNS = [text('Trade'), number('Size'), number('Price'), number('Fee', 'optional'), number('Time')];

export function ExecutionsPanel() {
  return (
    <RecentTable
      title="Executions"
      area="executions"
      question={EXECUTIONS}
      keep={KEPT}
      empty="Nothing was executed yet."
      caption="Executions, newest first"
      columns={COLUMNS}
      Row={Row}
    />
  );
}

const Row = memo(function Row({ event }: { readonly event: Execution }) {
  const { symbol, side, quantity, price, fee, feeCurrency, liquidity, timestamp } = event;
  return (
    <tr>
      <th scope="row" className="strong" title={words(liquidity)}>
        <span className={side === 'BUY' ? 'up' : 'down'}>{words(side)}</span> {symbol}
      </th>
      <td className="number">{decimal.amount(quantity)}</td>
      <td className="number">{decimal.price(price)}</td>
      <td className="number muted optional" title={feeCurrency}>
        {decimal.amount(fee)} {feeCurrency}
      </td>
      <td className="number muted">{clock(timestamp)}</td>
    </tr>
  );
});
