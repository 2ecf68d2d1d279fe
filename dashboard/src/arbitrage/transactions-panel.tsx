import { memo } from 'react';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { chainName, short, words } from '../format/words.ts';
import { TransactionsDocument, type TransactionsSubscription } from '../generated/graphql.ts';
import { RecentTable } from '../parts/recent-panel.tsx';
import { number, text } from '../parts/table.tsx';

type Transaction = TransactionsSubscription['transactions'];

const KEPT = 100;

const TRANSACTIONS = {
  document: TransactionsDocument,
  variables: { last: KEPT },
  value: ({ transactions }: TransactionsSubscription) => transactions,
};

const COLUMNS = [
  text('Transaction'),
  text('Chain', 'optional'),
  text('Strategy'),
  number('Gas', 'optional'),
  number('Net profit'),
  number('Time', 'optional'),
];

export function TransactionsPanel() {
  return (
    <RecentTable
      title="Transactions"
      area="transactions"
      question={TRANSACTIONS}
      keep={KEPT}
      empty="No arbitrage was seen on a chain yet."
      caption="Arbitrage transactions, newest first"
      columns={COLUMNS}
      Row={Row}
    />
  );
}

const Row = memo(function Row({ event: one }: { readonly event: Transaction }) {
  return (
    <tr className={one.retracted ? 'past' : undefined}>
      <th scope="row" title={one.txHash} className="strong">
        <span className="two-lines">
          <span>
            {short(one.txHash)} {one.retracted && <span className="chip warn">Retracted</span>}
          </span>
          <small className="narrow-only">{chainName(one.chainId)}</small>
        </span>
      </th>
      <td className="optional">{chainName(one.chainId)}</td>
      <td>
        {words(one.strategy)} <span className="muted">· {one.swapCount} swaps</span>
      </td>
      <td className="number muted optional">{one.gasCostUsd === null ? '—' : decimal.dollars(one.gasCostUsd)}</td>
      <td className={`number ${decimal.tone(one.profitNetUsd)}`}>
        {one.profitNetUsd === null ? '—' : decimal.gain(one.profitNetUsd)}
      </td>
      <td className="number muted optional">{clock(one.timestamp)}</td>
    </tr>
  );
});
