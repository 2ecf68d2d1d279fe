import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { words } from '../format/words.ts';
import { ExecutionsDocument, type ExecutionsSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Execution = ExecutionsSubscription['tradeExecutions'];

const KEPT = 100;

const EXECUTIONS = {
  document: ExecutionsDocument,
  variables: { last: KEPT },
  value: ({ tradeExecutions }: ExecutionsSubscription) => tradeExecutions,
};

export function ExecutionsPanel() {
  const recent = useStream(EXECUTIONS, () => new Recent<Execution>(KEPT));
  return (
    <Panel
      title="Executions"
      area="executions"
      collection={recent}
      question={EXECUTIONS}
      empty="Nothing was executed yet."
    >
      <Table recent={recent} />
    </Panel>
  );
}

function Table({ recent }: { readonly recent: Recent<Execution> }) {
  return (
    <table>
      <caption className="hidden">Executions, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Trade</th>
          <th scope="col" className="number">
            Size
          </th>
          <th scope="col" className="number">
            Price
          </th>
          <th scope="col" className="number">
            Fee
          </th>
          <th scope="col" className="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {useEvents(recent).map(({ cursor, symbol, side, quantity, price, fee, feeCurrency, liquidity, timestamp }) => (
          <tr key={cursor}>
            <th scope="row" className="strong">
              <span className={side === 'BUY' ? 'up' : 'down'}>{words(side)}</span> {symbol}{' '}
              <span className="muted">{words(liquidity).toLowerCase()}</span>
            </th>
            <td className="number">{decimal.amount(quantity)}</td>
            <td className="number">{decimal.price(price)}</td>
            <td className="number muted">
              {decimal.amount(fee)} {feeCurrency}
            </td>
            <td className="number muted">{clock(timestamp)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
