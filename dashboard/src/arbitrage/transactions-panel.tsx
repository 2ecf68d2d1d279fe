import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { chainName, short, words } from '../format/words.ts';
import { TransactionsDocument, type TransactionsSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Transaction = TransactionsSubscription['transactions'];

const KEPT = 100;

const TRANSACTIONS = {
  document: TransactionsDocument,
  variables: { last: KEPT },
  value: ({ transactions }: TransactionsSubscription) => transactions,
};

export function TransactionsPanel() {
  const recent = useStream(TRANSACTIONS, () => new Recent<Transaction>(KEPT));
  return (
    <Panel
      title="Transactions"
      area="transactions"
      collection={recent}
      question={TRANSACTIONS}
      empty="No arbitrage was seen on a chain yet."
    >
      <Table recent={recent} />
    </Panel>
  );
}

function Table({ recent }: { readonly recent: Recent<Transaction> }) {
  return (
    <table>
      <caption className="hidden">Arbitrage transactions, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Transaction</th>
          <th scope="col">Chain</th>
          <th scope="col">Strategy</th>
          <th scope="col" className="number">
            Gas
          </th>
          <th scope="col" className="number">
            Net profit
          </th>
          <th scope="col" className="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {useEvents(recent).map((one) => (
          <tr key={one.id} className={one.retracted ? 'past' : undefined}>
            <th scope="row" title={one.txHash} className="strong">
              {short(one.txHash)} {one.retracted && <span className="chip warn">Retracted</span>}
            </th>
            <td>{chainName(one.chainId)}</td>
            <td>
              {words(one.strategy)} <span className="muted">· {one.swapCount} swaps</span>
            </td>
            <td className="number muted">{one.gasCostUsd === null ? '—' : decimal.dollars(one.gasCostUsd)}</td>
            <td
              className={`number ${one.profitNetUsd !== null && decimal.isNegative(one.profitNetUsd) ? 'down' : 'up'}`}
            >
              {one.profitNetUsd === null ? '—' : decimal.gain(one.profitNetUsd)}
            </td>
            <td className="number muted">{clock(one.timestamp)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
