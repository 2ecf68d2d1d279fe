import { memo } from 'react';
import * as decimal from '../format/decimal.ts';
import { clock } from '../format/time.ts';
import { intervalName, strategyName, words } from '../format/words.ts';
import { SignalsDocument, type SignalsSubscription, type SignalType } from '../generated/graphql.ts';
import { Bar } from '../parts/bar.tsx';
import { RecentTable } from '../parts/recent-panel.tsx';
import { number, text } from '../parts/table.tsx';

type Signal = SignalsSubscription['signals'];

const KEPT = 100;

const SIGNALS = {
  document: SignalsDocument,
  variables: { last: KEPT },
  value: ({ signals }: SignalsSubscription) => signals,
};

const TONES: Readonly<Record<SignalType, string>> = { BUY: 'up', SELL: 'down', HOLD: '' };

const COLUMNS = [
  text('Market'),
  text('Signal'),
  text('Strategy'),
  number('Price'),
  text('Confidence', 'optional'),
  number('Time', 'optional'),
];

export function SignalsPanel() {
  return (
    <RecentTable
      title="Signals"
      area="signals"
      question={SIGNALS}
      keep={KEPT}
      empty="No strategy has said anything yet."
      caption="Signals, newest first"
      columns={COLUMNS}
      Row={Row}
    />
  );
}

const Row = memo(function Row({
  event: { symbol, signalType, strategy, interval, price, confidence, timestamp },
}: {
  readonly event: Signal;
}) {
  return (
    <tr>
      <th scope="row" className="strong">
        {symbol}
      </th>
      <td>
        <span className={`chip ${TONES[signalType]}`}>{words(signalType)}</span>
      </td>
      <td>
        {strategyName(strategy)} {interval && <span className="muted">{intervalName(interval)}</span>}
      </td>
      <td className="number">{decimal.price(price)}</td>
      <td className="optional">
        <span className="measured">
          <Bar part={confidence} />
          {confidence.toFixed(2)}
        </span>
      </td>
      <td className="number muted optional">{clock(timestamp)}</td>
    </tr>
  );
});
